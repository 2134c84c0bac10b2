--TEST--
A computation that is suspended in a fiber ends with the fiber; a child that is forked meanwhile does not end it
--EXTENSIONS--
lyger
pcntl
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
$fiber = new Fiber(fn() => lyger_cache_remember('fiber', fn() => Fiber::suspend() ?? 'from the fiber'));
$fiber->start();
echo outcome(fn() => lyger_cache_remember('fiber', fn() => 1)), "\n";
$fiber->resume();
var_dump(lyger_cache_get('fiber'));

$fiber = new Fiber(fn() => lyger_cache_remember('destroyed', fn() => Fiber::suspend()));
$fiber->start();
unset($fiber);
var_dump(lyger_cache_remember('destroyed', fn() => 'free'));

echo "-- forked\n";
var_dump(lyger_cache_remember('forked', function (): string {
    wait_for_all(start(fn() => null)); // leaves the computation as one that ends
    wait_for_all(start(fn() => print(outcome(fn() => lyger_cache_remember('forked', fn() => 'child', wait: 0.05)) . "\n")));
    return 'parent';
}));
?>
--EXPECT--
Lyger\Exception\CacheException: this process is computing the value of this key already
string(14) "from the fiber"
string(4) "free"
-- forked
Lyger\Exception\CacheException: the value of "forked" is being computed by another process, and was not there in 0.05 seconds
string(6) "parent"
