--TEST--
A key or value that is too large is not stored, with a warning, and nothing is thrown
--EXTENSIONS--
lyger
--INI--
lyger.apcu_api=1
apc.enable_cli=1
lyger.cache_size=2M
--FILE--
<?php
$long = str_repeat('k', 65536);
var_dump(apcu_store(substr($long, 1), 'fits'), apcu_fetch(substr($long, 1)));
var_dump(apcu_store($long, 1), apcu_add($long, 1), apcu_inc($long), apcu_fetch($long), apcu_exists($long), apcu_delete($long), apcu_key_info($long));
var_dump(apcu_entry($long, fn() => 'computed'), apcu_store(['a' => 1, $long => 2]) === [$long => -1]);
var_dump(apcu_store('large', str_repeat('x', 3 << 20)), apcu_fetch('large'), apcu_fetch('a'));
for ($i = 0; $i < 3000; $i++) {
    apcu_store("fill$i", str_repeat('x', 3000)) || print 'not stored';
}
$info = apcu_cache_info(true);
var_dump($info['expunges'] > 0, $info['num_entries'] > 100);
apcu_clear_cache();
$info = apcu_cache_info(true);
var_dump($info['expunges'], $info['num_inserts'], $info['num_entries'], abs($info['start_time'] - time()) < 60);
$memory = apcu_sma_info();
$free = array_sum(array_column($memory['block_lists'][0], 'size'));
var_dump($memory['num_seg'], $memory['seg_size'] > $memory['avail_mem'] * 0.99, $free > $memory['avail_mem'] * 0.99 && $free <= $memory['avail_mem']);
?>
--EXPECTF--
bool(true)
string(4) "fits"

Warning: apcu_store(): A key of 65536 bytes is too long for the cache, which takes 65535 in %s on line %d

Warning: apcu_add(): A key of 65536 bytes is too long for the cache, which takes 65535 in %s on line %d

Warning: apcu_inc(): A key of 65536 bytes is too long for the cache, which takes 65535 in %s on line %d
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)
NULL

Warning: apcu_entry(): A key of 65536 bytes is too long for the cache, which takes 65535 in %s on line %d

Warning: apcu_store(): A key of 65536 bytes is too long for the cache, which takes 65535 in %s on line %d
string(8) "computed"
bool(true)

Warning: apcu_store(): the value has 3145728 bytes, the whole cache has room for %d in %s on line %d
bool(false)
bool(false)
int(1)
bool(true)
bool(true)
float(0)
float(0)
int(0)
bool(true)
int(1)
bool(true)
bool(true)
