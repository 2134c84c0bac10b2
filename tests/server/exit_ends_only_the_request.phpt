--TEST--
exit() ends a request as it ends a script, wherever it is called, and the worker goes on
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    static $requests = 0;
    $requests++;
    switch (rawurldecode($data["path"])) {
        case '/plain': echo 'a'; exit;
        case '/text': exit('b');
        case '/status': exit(3);
        case '/nested': array_map(function ($x) { array_walk($x, function () { echo 'c'; exit; }); }, [[1]]); break;
        case '/finally': try { echo 'd'; exit; } finally { echo 'never'; }
        case '/destructor': $x = new class { function __destruct() { echo 'e'; exit; } }; $x = null; return 'never';
        case '/late destructor': $x = new class { function __destruct() { echo 'f'; exit; } }; return 'never';
        case '/output callback': ob_start(function ($text) { static $n = 0; if (!$n++) { exit; } return $text; }); echo 'g'; return 'h';
        case '/shutdown': register_shutdown_function(function () { echo ' i'; exit; }); register_shutdown_function(fn() => print('never')); return 'main';
        case '/generator': foreach ((function () { yield 1; exit('j'); })() as $x) { } return 'never';
        case '/fiber': (new Fiber(function () { echo 'k'; exit; }))->start(); return 'never';
        case '/eval': eval('exit("l");'); return 'never';
        case '/error handler': set_error_handler(function () { exit('m'); }); $undefined[1]; return 'never';
        case '/exception handler': set_exception_handler(function () { echo 'n'; exit; }); throw new Exception;
        case '/sort': usort($GLOBALS['list'], function () { exit('o'); }); return 'never';
        case '/open buffer': ob_start(); echo 'p'; ob_start(); echo 'q'; exit;
    }
    return [$requests, getmypid(), ob_get_level()];
    PHP, boot: '$list = [3, 1, 2];');
$pid = json_decode($server->get('/')->body)[1];
foreach (['plain', 'text', 'status', 'nested', 'finally', 'destructor', 'late destructor', 'output callback', 'shutdown', 'generator',
    'fiber', 'eval', 'error handler', 'exception handler', 'sort', 'open buffer'] as $path) {
    $response = $server->get('/' . str_replace(' ', '%20', $path));
    echo $path, ': ', $response->status, ' ', $response->body, "\n";
}
[$requests, $now, $level] = json_decode($server->get('/')->body);
var_dump($requests, $now === $pid, $level);
$server->stop();
?>
--EXPECT--
plain: 200 a
text: 200 b
status: 200 
nested: 200 c
finally: 200 d
destructor: 200 e
late destructor: 200 f
output callback: 200 gh
shutdown: 200 main i
generator: 200 j
fiber: 200 k
eval: 200 l
error handler: 200 m
exception handler: 200 n
sort: 200 o
open buffer: 200 pq
int(18)
bool(true)
int(0)
