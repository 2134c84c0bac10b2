--TEST--
lyger.cache_size=0 switches the cache off: nothing is stored, counting says why it cannot
--EXTENSIONS--
lyger
--INI--
lyger.cache_size=0
--FILE--
<?php
var_dump(lyger_cache_set('k', 'v'), lyger_cache_get('k', 'default'), lyger_cache_has('k'), lyger_cache_size());
var_dump(lyger_cache_add('k', 'v'), lyger_cache_delete('k'), lyger_cache_set_batch(['k' => 'v']));
lyger_cache_clear();
var_dump(lyger_cache_get_batch(['k']), lyger_cache_info()['enabled']);
try {
    lyger_cache_increment('k');
} catch (Lyger\Exception\CacheException $e) {
    echo $e->getMessage(), "\n";
}
for ($i = 0; $i < 2; $i++) {
    var_dump(lyger_cache_remember('k', fn() => "computed $i", 60, 60));
}
foreach ([fn() => lyger_cache_lock('k', 1), fn() => lyger_cache_unlock('k', '0123456789abcdef'),
    fn() => lyger_cache_lock_extend('k', 'bearer', 1), fn() => lyger_cache_lock_owner('k')] as $call) {
    try {
        $call();
    } catch (Lyger\Exception\CacheException $e) {
        echo $e->getMessage(), "\n";
    }
}
echo count(iterator_to_array(lyger_cache_keys())), ' ';
echo json_encode(array_slice(lyger_cache_info(true), -2)), "\n";
?>
--EXPECT--
bool(false)
string(7) "default"
bool(false)
int(0)
bool(false)
bool(false)
int(0)
array(1) {
  ["k"]=>
  NULL
}
bool(false)
the cache is switched off (lyger.cache_size=0): there is nowhere to count
string(10) "computed 0"
string(10) "computed 1"
the cache is switched off (lyger.cache_size=0): there is nothing to lock with
the cache is switched off (lyger.cache_size=0): there is nothing to lock with
the cache is switched off (lyger.cache_size=0): there is nothing to lock with
the cache is switched off (lyger.cache_size=0): there is nothing to lock with
0 {"shard_list":[],"size_classes":[]}
