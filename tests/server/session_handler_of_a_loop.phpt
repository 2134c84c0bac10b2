--TEST--
In the loop form a session handler stays as a request left it, as other handlers do; in the handler form it is the boot's again
--EXTENSIONS--
lyger
session
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$boot = <<<'PHP'
    final class Memory implements SessionHandlerInterface, SessionUpdateTimestampHandlerInterface
    {
        public array $sessions = [];
        public int $opened = 0;
        public function __construct(public string $name) { }
        function open(string $path, string $name): bool { $this->opened++; return true; }
        function close(): bool { return true; }
        function read(string $id): string { return $this->sessions[$id] ?? ''; }
        function write(string $id, string $data): bool { $this->sessions[$id] = $data; return true; }
        function destroy(string $id): bool { unset($this->sessions[$id]); return true; }
        function gc(int $lifetime): int { return 0; }
        function validateId(string $id): bool { return true; }
        function updateTimestamp(string $id, string $data): bool { return $this->write($id, $data); }
        function __destruct() { $GLOBALS['destroyed'][] = $this->name; }
    }
    ini_set('session.save_path', __DIR__);
    function act(): void {
        if (isset($_GET['set'])) { session_set_save_handler(new Memory($_GET['set']), true); }
        session_id($_GET['id'] ?? 'one');
        session_start();
        $_SESSION['count'] = ($_SESSION['count'] ?? 0) + 1;
        if (isset($_GET['throw'])) { throw new Exception('in the middle'); }
        echo session_module_name(), ' ', $_SESSION['count'], ', destroyed: ', implode(' ', $GLOBALS['destroyed'] ?? []);
    }
    PHP;
$forms = ['handler' => ['act();', ['boot' => $boot]], 'loop' => ['while (lyger_handle_request(act(...))) { }', ['boot' => $boot, 'whole' => true]]];
foreach ($forms as $form => [$code, $how]) {
    $server = new Server($code, ...$how, extensions: ['session'], ini: ['display_errors' => 0]);
    foreach (['/', '/?set=a', '/', '/?throw=1', '/?id=two', '/', '/?set=b', '/'] as $target) {
        $response = $server->get($target);
        echo "$form $target: $response->status $response->body\n";
    }
    $server->stop();
}
?>
--EXPECT--
handler /: 200 files 1, destroyed: 
handler /?set=a: 200 user 1, destroyed: 
handler /: 200 files 2, destroyed: a
handler /?throw=1: 500 
handler /?id=two: 200 files 1, destroyed: a
handler /: 200 files 4, destroyed: a
handler /?set=b: 200 user 1, destroyed: a
handler /: 200 files 5, destroyed: a b
loop /: 200 files 1, destroyed: 
loop /?set=a: 200 user 1, destroyed: 
loop /: 200 user 2, destroyed: 
loop /?throw=1: 500 
loop /?id=two: 200 user 1, destroyed: 
loop /: 200 user 4, destroyed: 
loop /?set=b: 200 user 1, destroyed: a
loop /: 200 user 2, destroyed: a
