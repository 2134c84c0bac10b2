--TEST--
An observer in the server's workers sees every handler begin and end, also those that exit, throw or exit in a nested call
--EXTENSIONS--
lyger
observer
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$boot = <<<'PHP'
    function deep(callable $last) { return array_map(fn($x) => $last(), [1]); }
    PHP;
$handler = <<<'PHP'
    switch ($data['path']) {
        case '/exit': exit('a');
        case '/deep': deep(function () { exit('b'); });
        case '/throw': throw new DomainException('c');
        case '/remember': return [lyger_cache_remember('key' . random_int(0, PHP_INT_MAX), fn() => 'd')];
        case '/remember-exit': lyger_cache_remember('gone', function () { exit('e'); });
        case '/transaction': lyger_db_transaction('sqlite::memory:', function () { exit('f'); });
        case '/shutdown': register_shutdown_function(function () { deep(fn() => exit('g')); }); return 'h';
        case '/destructor': $x = new class { function __destruct() { exit('i'); } }; return 'j';
        case '/fiber': (new Fiber(function () { deep(function () { Fiber::suspend(); }); }))->start(); return 'k';
        case '/generator': $x = (function () { try { yield 1; } finally { deep(fn() => 1); } })(); $x->current(); return 'l';
        case '/result': return Lyger\Engine::getInstance()->query('sqlite::memory:', 'SELECT 1 AS a');
        case '/fatal': trigger_error('m', E_USER_ERROR);
    }
    return ['pid' => getmypid(), 'counts' => observer_counts(), 'open' => observer_open(), 'unmatched' => observer_unmatched()];
    PHP;
$server = new Server($handler, ini: ['observer.report' => 1, 'display_errors' => 0], boot: $boot, extensions: ['observer']);
$first = json_decode($server->get('/')->body, true);
for ($i = 0; $i < 20; $i++) { // often enough for a JIT
    foreach (['exit', 'deep', 'throw', 'remember', 'remember-exit', 'transaction', 'shutdown', 'destructor', 'fiber', 'generator', 'result'] as $path) {
        $response = $server->get("/$path");
        if ($i === 0) {
            echo $path, ': ', $response->status, ' ', $response->body, "\n";
        }
    }
}
$last = json_decode($server->get('/')->body, true);
// PHP 8.4 adds a file and a line to a closure's name.
$open = preg_replace('/^\{closure.*/', '{closure}', $last['open']);
var_dump($last['pid'] === $first['pid'], $open, $last['unmatched']);
foreach ($last['counts'] as $name => [$begun, $ended]) {
    if ($begun !== $ended && !in_array($name, ['observer_counts', ...$last['open']], true)) {
        echo "$name: begun $begun times, ended $ended times\n";
    }
}
echo implode('/', $last['counts']['lyger_cache_remember']), ' ', implode('/', $last['counts']['lyger_db_transaction']), ' ',
    implode('/', $last['counts']['deep']), "\n";
echo 'fatal: ', $server->get('/fatal')->status, "\n";
$server->stop(expected: '/^observer: balanced, 0 open, 0 unmatched$/');
?>
--EXPECT--
exit: 200 a
deep: 200 b
throw: 500 
remember: 200 ["d"]
remember-exit: 200 e
transaction: 200 f
shutdown: 200 hg
destructor: 200 i
fiber: 200 k
generator: 200 l
result: 200 [{"a":1}]
bool(true)
array(4) {
  [0]=>
  string(4) "main"
  [1]=>
  string(18) "lyger_start_server"
  [2]=>
  string(9) "{closure}"
  [3]=>
  string(13) "observer_open"
}
int(0)
40/40 20/20 80/80
fatal: 500
