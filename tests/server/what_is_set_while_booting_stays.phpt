--TEST--
What the application sets up while it boots holds for every request: session handler, ini, libxml, streams
--EXTENSIONS--
lyger
session
libxml
dom
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$boot = <<<'PHP'
    final class Store implements SessionHandlerInterface {
        public array $rows = [];
        function open($path, $name): bool { return true; }
        function close(): bool { return true; }
        function read($id): string { return $this->rows[$id] ?? ''; }
        function write($id, $text): bool { $this->rows[$id] = $text; return true; }
        function destroy($id): bool { unset($this->rows[$id]); return true; }
        function gc($age): int { return 0; }
    }
    session_set_save_handler(new Store);
    session_name('BOOTED');
    ini_set('precision', '5');
    libxml_use_internal_errors(true);
    stream_context_set_default(['http' => ['user_agent' => 'booted']]);
    @assert_options(@ASSERT_CALLBACK, 'strlen');
    error_reporting(E_ERROR);
    PHP;
$server = new Server(<<<'PHP'
    if ($uri === '/dirty') {
        session_set_save_handler(new class extends SessionHandler { });
        ini_restore('precision');
        libxml_use_internal_errors(false);
        assert_options(ASSERT_CALLBACK, null);
        return 'dirty ' . ini_get('precision');
    }
    session_start();
    $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
    (new DOMDocument)->loadXML('<a');
    return [session_name(), $_SESSION['n'], get_class(@session_module_name() === 'user' ? $GLOBALS['store'] ?? new Store : new stdClass), ini_get('precision'),
        libxml_use_internal_errors(), count(libxml_get_errors()), stream_context_get_options(stream_context_get_default()), error_reporting(),
        json_decode(lyger_system_info())->server];
    PHP, boot: $boot, extensions: ['dom']);
$first = $server->get('/');
$cookie = ['Cookie' => strtok($first->field('set-cookie'), ';')];
echo $first->body, "\n", $server->get('/', $cookie)->body, "\n", $server->get('/dirty')->body, "\n", $server->get('/', $cookie)->body, "\n";
$server->stop();
?>
--EXPECT--
["BOOTED",1,"Store","5",true,1,{"http":{"user_agent":"booted"}},1,"worker"]
["BOOTED",2,"Store","5",true,1,{"http":{"user_agent":"booted"}},1,"worker"]
dirty 5
["BOOTED",3,"Store","5",true,1,{"http":{"user_agent":"booted"}},1,"worker"]
