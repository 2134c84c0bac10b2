--TEST--
ob_start() and echo work wherever code of the application runs: destructors after a request, shutdown functions after exit() and fatal errors, a script after its loop
--EXTENSIONS--
lyger
session
posix
pcntl
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$boot = <<<'PHP'
    ini_set('session.save_path', __DIR__);
    function journal(string $line): void { file_put_contents(__DIR__ . '/journal', "$line\n", FILE_APPEND); }
    function buffered(string $where): void {
        $level = ob_get_level();
        ob_start(); ob_start(fn(string $text) => strtoupper($text)); echo "buffered $where"; ob_end_flush(); $got = ob_get_clean();
        echo "dropped $where";
        journal("$where: $got, level $level");
    }
    class Late { function __construct(public string $where) { } function __destruct() { buffered($this->where); ob_start(); echo 'left open'; } }
    function exhaust(): void { // malloc, in PHP's place, knows no limit
        ini_set('memory_limit', '16M');
        getenv('USE_ZEND_ALLOC') === '0' ? trigger_error('memory', E_USER_ERROR) : str_repeat('x', 64 << 20);
    }
    function act(string $path): void {
        switch ($path) {
            case '/session': session_start(); $GLOBALS['late'] = null; $_SESSION['late'] = new Late('session'); echo 'session'; return;
            case '/handler': $late = new Late('error handler'); set_error_handler(function () use ($late) { }); echo 'handler'; return;
            case '/exit': register_shutdown_function(function () { ob_start(); echo 'page of exit'; ob_end_flush(); }); exit;
            case '/memory': register_shutdown_function(function () { ob_start(); echo 'page of memory'; ob_end_flush(); }); exhaust(); return;
            case '/fatal': register_shutdown_function(function () { ob_start(); echo 'page of fatal'; ob_end_flush(); }); eval('function twice() {} function twice() {}'); return;
            case '/time': register_shutdown_function(function () { ob_start(); echo 'page of time'; ob_end_flush(); }); set_time_limit(1); while (true) { }
            default: echo 'plain';
        }
    }
    PHP;
$forms = [
    'handler' => ["act(\$uri);", false],
    'loop' => ["register_shutdown_function(fn() => buffered('end of the script'));\n" .
        "while (lyger_handle_request(fn() => act(\$_SERVER['REQUEST_URI']))) { buffered('between'); }\nbuffered('after the loop');", true],
];
foreach ($forms as $form => [$code, $whole]) {
    $server = new Server($code, ['max_requests' => 100], ['display_errors' => 0], $boot, $whole, ['session', 'posix', 'pcntl']);
    foreach (['/', '/session', '/', '/handler', '/', '/exit', '/', '/memory', '/', '/fatal', '/', '/time', '/'] as $path) {
        $response = $server->get($path);
        echo "$form $path: $response->status $response->body\n";
    }
    posix_kill($server->pid(), SIGTERM);
    $server->wait();
    $lines = array_unique(file("$server->directory/journal", FILE_IGNORE_NEW_LINES));
    sort($lines);
    echo implode("\n", $lines), "\n", preg_match('/signal/', $server->output()) ? $server->output() : '';
    $server->stop(expected: '/^(BUFFERED|dropped|page|left open)/');
}
?>
--EXPECT--
handler /: 200 plain
handler /session: 200 session
handler /: 200 plain
handler /handler: 200 handler
handler /: 200 plain
handler /exit: 200 page of exit
handler /: 200 plain
handler /memory: 500 page of memory
handler /: 200 plain
handler /fatal: 500 page of fatal
handler /: 200 plain
handler /time: 500 page of time
handler /: 200 plain
error handler: BUFFERED ERROR HANDLER, level 0
session: BUFFERED SESSION, level 0
loop /: 200 plain
loop /session: 200 session
loop /: 200 plain
loop /handler: 200 handler
loop /: 200 plain
loop /exit: 200 dropped end of the scriptpage of exit
loop /: 200 plain
loop /memory: 500 dropped end of the scriptpage of memory
loop /: 200 plain
loop /fatal: 500 dropped end of the scriptpage of fatal
loop /: 200 plain
loop /time: 500 dropped end of the scriptpage of time
loop /: 200 plain
after the loop: BUFFERED AFTER THE LOOP, level 0
between: BUFFERED BETWEEN, level 0
between: BUFFERED BETWEEN, level 1
end of the script: BUFFERED END OF THE SCRIPT, level 0
error handler: BUFFERED ERROR HANDLER, level 0
session: BUFFERED SESSION, level 0
