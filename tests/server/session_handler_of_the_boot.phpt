--TEST--
A session handler that the application set while booting serves every request, in both forms
--EXTENSIONS--
lyger
session
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$boot = <<<'PHP'
    final class Files implements SessionHandlerInterface
    {
        public int $opened = 0;
        function open(string $path, string $name): bool { $this->opened++; return true; }
        function close(): bool { return true; }
        function read(string $id): string { return (string) @file_get_contents(__DIR__ . "/session-$id"); }
        function write(string $id, string $data): bool { return file_put_contents(__DIR__ . "/session-$id", $data) !== false; }
        function destroy(string $id): bool { return @unlink(__DIR__ . "/session-$id"); }
        function gc(int $lifetime): int { return 0; }
    }
    session_set_save_handler($handler = new Files);
    function act(): string {
        session_id($_GET['id']);
        session_start();
        $_SESSION['count'] = ($_SESSION['count'] ?? 0) + 1;
        return "$_GET[id]: $_SESSION[count], opened {$GLOBALS['handler']->opened}, " . session_module_name();
    }
    PHP;
foreach (['handler' => ['return act();', false], 'loop' => ['while (lyger_handle_request(function () { echo act(); })) { }', true]] as $form => [$code, $whole]) {
    $server = new Server($code, boot: $boot, whole: $whole, extensions: ['session']);
    foreach (['alice', 'bob', 'alice', 'alice', 'bob'] as $id) {
        echo "$form ", $server->get("/?id=$id")->body, "\n";
    }
    $server->stop();
}
?>
--EXPECT--
handler alice: 1, opened 1, user
handler bob: 1, opened 2, user
handler alice: 2, opened 3, user
handler alice: 3, opened 4, user
handler bob: 2, opened 5, user
loop alice: 1, opened 1, user
loop bob: 1, opened 2, user
loop alice: 2, opened 3, user
loop alice: 3, opened 4, user
loop bob: 2, opened 5, user
