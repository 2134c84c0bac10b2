--TEST--
Exceptions, fatal errors and memory: 500 for that request, reported, and the next one is served
--EXTENSIONS--
lyger
posix
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    switch (rawurldecode($data['path'])) {
        case '/exception': throw new RuntimeException('of the handler');
        case '/sent': echo 'part'; flush(); throw new RuntimeException('after the headers');
        case '/error': return undefined();
        case '/handled': set_exception_handler(function ($e) { http_response_code(503); echo 'handled: ', $e->getMessage(); }); throw new Exception('mine');
        case '/in shutdown': register_shutdown_function(function () { throw new LogicException('of the shutdown function'); }); return 'main ';
        case '/in destructor': $x = new class { function __destruct() { throw new LogicException('of the destructor'); } }; return 'main ';
        case '/in output': ob_start(function () { throw new LogicException('of the callback'); }); return 'main ';
        case '/status': http_response_code(422); throw new Exception('own status');
        case '/json': return [new class implements JsonSerializable { function jsonSerialize(): mixed { throw new Exception('of json'); } }];
        case '/memory': ini_set('memory_limit', '8M'); $x = []; while (true) { $x[] = str_repeat('x', 100000); }
        case '/fatal': eval('class A { function a(); }'); return;
        case '/compile': eval('function strlen() { }'); return;
        case '/fatal with shutdown': register_shutdown_function(function () { echo 'still: ', error_get_last()['message']; }); eval('class B { function b(); }'); return;
        case '/time': set_time_limit(1); while (true) { }
        case '/kill': posix_kill(getmypid(), 9); sleep(5);
    }
    return (string) getmypid();
    PHP, ini: ['display_errors' => 0, 'log_errors' => 1], extensions: ['posix']);
$pid = $server->get('/')->body;
$next = function () use ($server, &$pid) {
    $now = $server->get('/')->body;
    $same = $now === $pid;
    $pid = $now;
    return $same ? 'the same worker goes on' : 'another worker goes on';
};
foreach (['exception', 'error', 'handled', 'in shutdown', 'in destructor', 'in output', 'status', 'json', 'sent', 'memory', 'fatal', 'compile',
    'fatal with shutdown', 'time', 'kill'] as $path) {
    $response = $server->get('/' . str_replace(' ', '%20', $path));
    echo $path, ': ', $response->status, ' ', json_encode($response->status === 502 ? '' : $response->body), ', ', $next(), "\n";
}
$log = preg_match_all('/^PHP (Fatal error: .*?)(?: in .*)?$/m', $server->output(), $lines);
echo implode("\n", $lines[1]), "\n";
ob_start();
$server->stop();
ob_end_clean();
?>
--EXPECTF--
exception: 500 "", the same worker goes on
error: 500 "", the same worker goes on
handled: 503 "handled: mine", the same worker goes on
in shutdown: 500 "main ", the same worker goes on
in destructor: 500 "", the same worker goes on
in output: 500 "main ", the same worker goes on
status: 422 "", the same worker goes on
json: 500 "", the same worker goes on
sent: 200 "part [cut off]", the same worker goes on
memory: 500 "", another worker goes on
fatal: 500 "", another worker goes on
compile: 500 "", another worker goes on
fatal with shutdown: 500 "still: Non-abstract method B::b() must contain body", another worker goes on
time: 500 "", another worker goes on
kill: 502 "", another worker goes on
Fatal error:  Uncaught RuntimeException: of the handler
Fatal error:  Uncaught Error: Call to undefined function undefined()
Fatal error:  Uncaught LogicException: of the shutdown function
Fatal error:  Uncaught LogicException: of the destructor
Fatal error:  Uncaught LogicException: of the callback
Fatal error:  Uncaught Exception: own status
Fatal error:  Uncaught Exception: of json
Fatal error:  Uncaught RuntimeException: after the headers
Fatal error:  Allowed memory size of 8388608 bytes exhausted%S (tried to allocate %d bytes)
Fatal error:  Non-abstract method A::a() must contain body
Fatal error:  Cannot redeclare %Sstrlen()
Fatal error:  Non-abstract method B::b() must contain body
Fatal error:  Maximum execution time of 1 second exceeded
