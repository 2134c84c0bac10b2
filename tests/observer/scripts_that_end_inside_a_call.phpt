--TEST--
Calls that an exit or a fatal error ends inside of lyger's functions end for an observer as well
--EXTENSIONS--
lyger
observer
--SKIPIF--
<?php
if (!function_exists('pcntl_fork')) {
    exit('skip needs pcntl');
}
?>
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
$ends = [
    'exit' => 'exit(3)',
    'fatal error' => 'trigger_error("the end", E_USER_ERROR)',
    'uncaught exception' => 'throw new DomainException("the end")',
    'exit in a destructor' => '$x = new class { function __destruct() { exit(3); } }; unset($x)',
    'fork' => 'if (!pcntl_fork()) { exit(3); } pcntl_wait($status); exit(3)',
];
$calls = [
    'remember' => 'lyger_cache_remember("key", function () { %s; });',
    'transaction' => 'lyger_db_transaction("sqlite::memory:", function () { lyger_db_query("sqlite::memory:", "SELECT 1"); %s; });',
    'json' => 'lyger_json_encode(new class implements JsonSerializable { function jsonSerialize(): mixed { %s; } });',
    'fiber' => '(new Fiber(function () { lyger_cache_remember("key", function () { Fiber::suspend(); %1$s; }); }))->start(); %1$s;',
    'nested' => 'Lyger\Engine::getInstance()->cacheRemember("key", fn() => lyger_db_transaction("sqlite::memory:", function () { %s; }));',
];
$ini = ['extension' => 'observer', 'observer.report' => 1, 'display_errors' => 0];
if (extension_loaded('Zend OPcache') && ini_get('opcache.enable_cli')) {
    $ini += load_opcache() + ['opcache.enable_cli' => 1, 'opcache.jit' => ini_get('opcache.jit'), 'opcache.jit_buffer_size' => '16M'];
}
foreach ($calls as $call => $code) {
    foreach ($ends as $end => $last) {
        $printed = run_php(sprintf($code, $last), $ini, $status);
        echo "$call, $end: $status, ", implode(', ', array_unique(array_filter(explode("\n", $printed)))), "\n";
    }
}
?>
--EXPECT--
remember, exit: 3, observer: balanced, 0 open, 0 unmatched
remember, fatal error: 255, observer: balanced, 0 open, 0 unmatched
remember, uncaught exception: 255, observer: balanced, 0 open, 0 unmatched
remember, exit in a destructor: 3, observer: balanced, 0 open, 0 unmatched
remember, fork: 3, observer: balanced, 0 open, 0 unmatched
transaction, exit: 3, observer: balanced, 0 open, 0 unmatched
transaction, fatal error: 255, observer: balanced, 0 open, 0 unmatched
transaction, uncaught exception: 255, observer: balanced, 0 open, 0 unmatched
transaction, exit in a destructor: 3, observer: balanced, 0 open, 0 unmatched
transaction, fork: 3, observer: balanced, 0 open, 0 unmatched
json, exit: 3, observer: balanced, 0 open, 0 unmatched
json, fatal error: 255, observer: balanced, 0 open, 0 unmatched
json, uncaught exception: 255, observer: balanced, 0 open, 0 unmatched
json, exit in a destructor: 3, observer: balanced, 0 open, 0 unmatched
json, fork: 3, observer: balanced, 0 open, 0 unmatched
fiber, exit: 3, observer: balanced, 0 open, 0 unmatched
fiber, fatal error: 255, observer: balanced, 0 open, 0 unmatched
fiber, uncaught exception: 255, observer: balanced, 0 open, 0 unmatched
fiber, exit in a destructor: 3, observer: balanced, 0 open, 0 unmatched
fiber, fork: 3, observer: balanced, 0 open, 0 unmatched
nested, exit: 3, observer: balanced, 0 open, 0 unmatched
nested, fatal error: 255, observer: balanced, 0 open, 0 unmatched
nested, uncaught exception: 255, observer: balanced, 0 open, 0 unmatched
nested, exit in a destructor: 3, observer: balanced, 0 open, 0 unmatched
nested, fork: 3, observer: balanced, 0 open, 0 unmatched
