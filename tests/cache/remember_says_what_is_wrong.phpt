--TEST--
lyger_cache_remember() says what is wrong with its arguments, with what was computed, and with waiting
--EXTENSIONS--
lyger
pcntl
posix
--INI--
lyger.cache_size=1M
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
$compute = fn() => 1;
$recursive = [];
$recursive[] = &$recursive;
$calls = [
    fn() => lyger_cache_remember('', $compute),
    fn() => lyger_cache_remember('k', 'nothing'),
    fn() => lyger_cache_remember('k', $compute, -1),
    fn() => lyger_cache_remember('k', $compute, 1, 1000001),
    fn() => lyger_cache_remember('k', $compute, 0, 1),
    fn() => lyger_cache_remember('k', $compute, 1, 1, NAN),
    fn() => lyger_cache_remember('k', $compute, 1, 1, 86400.25),
    fn() => Lyger\Engine::getInstance()->cacheRemember('k', $compute, wait: -1),
    fn() => lyger_cache_remember('k', fn() => $compute),
    fn() => lyger_cache_remember('k', fn() => [[STDOUT]]),
    fn() => lyger_cache_remember('k', fn() => $recursive),
    fn() => lyger_cache_remember('k', fn() => (object) ['closure' => $compute]),
    fn() => lyger_cache_remember('k', fn() => str_repeat('x', 1 << 20)),
    fn() => lyger_cache_remember('k', fn() => lyger_cache_remember('k', $compute)),
    fn() => lyger_cache_lock('k', -1),
    fn() => lyger_cache_lock('k', 1, 0, ''),
    fn() => lyger_cache_lock('k', 1, 0, str_repeat('t', 65)),
    fn() => lyger_cache_lock_extend('k', 'bearer', -1),
    fn() => Lyger\Engine::getInstance()->cacheLockOwner(''),
    fn() => lyger_cache_lock('k', 1, -0.5),
];
foreach ($calls as $call) {
    echo outcome($call), "\n";
}
var_dump(lyger_cache_has('k'), lyger_cache_remember('k', $compute));

echo "-- a key that is long and not text\n";
$key = "grüße\0" . str_repeat('k', 100);
$pid = start(fn() => lyger_cache_remember($key, fn() => lyger_cache_set('computing', true) && sleep(60)));
until(fn() => lyger_cache_has('computing'), 'it is computed');
echo outcome(fn() => lyger_cache_remember($key, $compute, wait: 0)), "\n";
posix_kill($pid, SIGKILL);
wait_for_all($pid);

echo "-- more locks than there is room for\n";
for ($locks = 0; is_string($last = outcome(fn() => lyger_cache_lock("lock $locks", 60))) && strlen($last) === 16; $locks++);
echo $locks >= 32 ? '' : "only $locks locks\n", $last, "\n";
?>
--EXPECTF--
ValueError: lyger_cache_remember(): Argument #1 ($key) must be 1 to 65535 bytes long, 0 given
TypeError: lyger_cache_remember(): Argument #2 ($compute) must be a valid callback, function "nothing" not found or invalid function name
ValueError: lyger_cache_remember(): Argument #3 ($ttl) must be between 0 and 4294967295 seconds, -1 given
ValueError: lyger_cache_remember(): Argument #4 ($stale) must be between 0 and 1000000 seconds, 1000001 given
ValueError: lyger_cache_remember(): Argument #4 ($stale) must be 0 when argument #3 ($ttl) is: such a value is never stale
ValueError: lyger_cache_remember(): Argument #5 ($wait) must be between 0 and 86400 seconds, NAN given
ValueError: lyger_cache_remember(): Argument #5 ($wait) must be between 0 and 86400 seconds, 86400.25 given
ValueError: Lyger\Engine::cacheRemember(): Argument #5 ($wait) must be between 0 and 86400 seconds, -1 given
TypeError: lyger_cache_remember(): Argument #2 ($compute) must not return what is or contains a closure
TypeError: lyger_cache_remember(): Argument #2 ($compute) must not return what is or contains a resource
TypeError: lyger_cache_remember(): Argument #2 ($compute) must not return what is or contains a recursive array
Exception: Serialization of 'Closure' is not allowed
Lyger\Exception\CacheException: %s
Lyger\Exception\CacheException: this process is computing the value of this key already
ValueError: lyger_cache_lock(): Argument #2 ($ttl) must be between 0 and 4294967295 seconds, -1 given
ValueError: lyger_cache_lock(): Argument #4 ($token) must be 1 to 64 bytes long, 0 given
ValueError: lyger_cache_lock(): Argument #4 ($token) must be 1 to 64 bytes long, 65 given
ValueError: lyger_cache_lock_extend(): Argument #3 ($ttl) must be between 0 and 4294967295 seconds, -1 given
ValueError: Lyger\Engine::cacheLockOwner(): Argument #1 ($key) must be 1 to 65535 bytes long, 0 given
ValueError: lyger_cache_lock(): Argument #3 ($wait) must be between 0 and 86400 seconds, -0.5 given
bool(false)
int(1)
-- a key that is long and not text
Lyger\Exception\CacheException: the value of "gr\303\274\303\237e\000kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk…" is being computed by another process, and was not there in 0 seconds
-- more locks than there is room for
Lyger\Exception\CacheException: more named locks are held than this cache has room for (%d)
