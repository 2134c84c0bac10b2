--TEST--
The functions of the cache mean the same for keys on the server
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_redis.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/redis.inc';
[$url, $socket] = redis_start();
/* One program, on the segment and on the server. */
$program = <<<'PHP'
    $out = [];
    $out['add'] = [lyger_cache_add('k', 'first', 50), lyger_cache_add('k', 'second'), lyger_cache_get('k')];
    $ttl = lyger_cache_entry('k')['ttl'];
    $out['ttl'] = $ttl > 0 && $ttl <= 50;
    $out['touch'] = [lyger_cache_touch('k', 0), lyger_cache_entry('k')['ttl'], lyger_cache_touch('absent', 9)];
    $out['delete'] = [lyger_cache_delete('k'), lyger_cache_delete('k'), lyger_cache_get('k', 'gone')];
    $out['count'] = [lyger_cache_increment('n'), lyger_cache_increment('n', 41), lyger_cache_decrement('n', 2, 9), lyger_cache_entry('n')['ttl']];
    $out['new counter'] = [lyger_cache_increment('timed', 3, 40), lyger_cache_entry('timed')['ttl'] > 0];
    lyger_cache_set('word', '5');
    $out['no counter'] = outcome(fn () => lyger_cache_increment('word'));
    lyger_cache_set('top', PHP_INT_MAX);
    $out['over'] = str_contains(outcome(fn () => lyger_cache_increment('top')), 'Lyger\Exception\CacheException');
    $out['least'] = outcome(fn () => lyger_cache_decrement('n', PHP_INT_MIN));
    $out['take'] = [lyger_cache_take('n'), lyger_cache_take('n', 'none')];
    lyger_cache_set('x', ['a' => 1.5]);
    $out['exchange'] = [lyger_cache_compare_and_set('x', ['a' => 2.5], 'no'), lyger_cache_compare_and_set('x', ['a' => 1.5], 7, 30),
        lyger_cache_compare_and_set('x', '7', 'no'), lyger_cache_compare_and_delete('x', '7'), lyger_cache_compare_and_delete('x', 7),
        lyger_cache_compare_and_delete('x', 7), lyger_cache_compare_and_set('x', null, 1)];
    $out['set_batch'] = [lyger_cache_set_batch(['b1' => 'one', 'b2' => [2], 3 => 3.5], 60), lyger_cache_set_batch('{"b4":4}')];
    $out['get_batch'] = [lyger_cache_get_batch(['b2', 'absent', 'b1', 3, 'b4'], 'miss'), lyger_cache_get_batch([])];
    $out['delete_batch'] = lyger_cache_delete_batch(['b1', 'absent', 'b2']);
    $keys = iterator_to_array(lyger_cache_keys('b'));
    $out['keys'] = $keys;
    $out['errors'] = [outcome(fn () => lyger_cache_get('')), outcome(fn () => lyger_cache_set('k', STDERR)), outcome(fn () => lyger_cache_set('k', 1, -1)),
        outcome(fn () => lyger_cache_set_batch(['a' => 1, 'b' => fopen('php://memory', 'r')])), lyger_cache_has('a')];
    $token = lyger_cache_lock('l', 30);
    $out['lock'] = [strlen($token), lyger_cache_lock('l', 30), lyger_cache_lock('l', 30, 0.05), lyger_cache_lock_owner('l') === $token,
        lyger_cache_lock_extend('l', 'other', 5), lyger_cache_lock_extend('l', $token, 5), lyger_cache_unlock('l', 'other'),
        lyger_cache_unlock('l', $token), lyger_cache_unlock('l', $token), lyger_cache_lock_owner('l')];
    $out['bearer'] = [lyger_cache_lock('l', 30, 0, 'mine'), lyger_cache_lock('l', 0, 0, 'mine'), lyger_cache_lock('l', 30, 0, 'theirs'),
        lyger_cache_unlock('l', null), lyger_cache_unlock('l', null)];
    lyger_cache_lock('kept', 30);
    $calls = 0;
    $compute = function () use (&$calls) { return ['n' => ++$calls]; };
    $out['remember'] = [lyger_cache_remember('r', $compute, 60), lyger_cache_remember('r', $compute, 60), lyger_cache_get('r')];
    $out['throws'] = [outcome(fn () => lyger_cache_remember('t', fn () => throw new DomainException('no'))), lyger_cache_has('t')];
    $out['again'] = lyger_cache_remember('t', fn () => 'second time');
    $out['own key'] = outcome(fn () => lyger_cache_remember('circle', fn () => lyger_cache_remember('circle', fn () => 1, 0, 0, 0.2), 0, 0, 0.2));
    $out['bad result'] = outcome(fn () => lyger_cache_remember('bad', fn () => STDERR));
    lyger_cache_clear('b');
    $out['cleared'] = [lyger_cache_has('b4'), lyger_cache_has('r')];
    lyger_cache_clear();
    $out['all cleared'] = [lyger_cache_has('r'), iterator_to_array(lyger_cache_keys()), lyger_cache_lock('kept', 1)];
    foreach ($out as $name => $value) {
        echo $name, ' ', json_encode($value), "\n";
    }
    PHP;
$near = backend_php([], $program);
echo $near;
foreach (["$url/2?prefix=app:&timeout=60&connect_timeout=60", "$socket?db=1&timeout=60&connect_timeout=60"] as $backend) {
    redis_cli($url, '-n', '2', 'SET', 'r', 'of another application');
    $far = backend_php(['lyger.cache_backend' => $backend], $program);
    echo $far === $near ? "the same\n" : "different:\n$far";
}
echo redis_cli($url, '-n', '2', 'GET', 'r'), "\n";
?>
--EXPECT--
add [true,false,"first"]
ttl true
touch [true,0,false]
delete [true,false,"gone"]
count [1,42,40,0]
new counter [3,true]
no counter "Lyger\\Exception\\CacheException: the value is not an integer"
over true
least "ValueError: lyger_cache_decrement(): Argument #2 ($by) must be greater than -9223372036854775808"
take [40,"none"]
exchange [false,true,false,false,true,false,false]
set_batch [3,1]
get_batch [{"b2":[2],"absent":"miss","b1":"one","3":3.5,"b4":4},[]]
delete_batch 2
keys ["b4"]
errors ["ValueError: lyger_cache_get(): Argument #1 ($key) must be 1 to 65535 bytes long, 0 given","TypeError: lyger_cache_set(): Argument #2 ($value) must not be or contain a resource","ValueError: lyger_cache_set(): Argument #3 ($ttl) must be between 0 and 4294967295 seconds, -1 given","TypeError: lyger_cache_set_batch(): Argument #1 ($items) must not be or contain a resource, as element 1 does",false]
lock [16,null,null,true,false,true,false,true,false,null]
bearer ["mine","mine",null,true,false]
remember [{"n":1},{"n":1},{"n":1}]
throws ["DomainException: no",false]
again "second time"
own key "Lyger\\Exception\\CacheException: this process is computing the value of this key already"
bad result "TypeError: lyger_cache_remember(): Argument #2 ($compute) must not return what is or contains a resource"
cleared [false,true]
all cleared [false,[],null]
the same
the same
of another application
