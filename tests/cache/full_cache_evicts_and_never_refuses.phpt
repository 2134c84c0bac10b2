--TEST--
A full cache evicts what is used least and stores on; a value larger than it can ever hold is an exception
--EXTENSIONS--
lyger
--INI--
lyger.cache_size=1M
--FILE--
<?php
for ($i = 0; $i < 5000; $i++) {
    $value = str_repeat(chr($i & 255), $i % 2000);
    if (!lyger_cache_set("k$i", $value) || lyger_cache_get("k$i") !== $value) {
        echo "entry $i is not there\n";
    }
}
$info = lyger_cache_info();
var_dump($info['evictions'] > 1000, $info['entries'] + $info['evictions'] === 5000);
var_dump($info['bytes_used'] + $info['bytes_free'] === $info['bytes_capacity']);
try {
    lyger_cache_set('huge', str_repeat('x', 2 << 20));
} catch (Lyger\Exception\CacheException $e) {
    echo $e->getMessage(), "\n";
}
lyger_cache_clear('k1');
var_dump(lyger_cache_has('k1999'), lyger_cache_has('k4999'));
lyger_cache_clear();
var_dump(lyger_cache_info()['bytes_used']);
?>
--EXPECTF--
bool(true)
bool(true)
bool(true)
the value has %d bytes, the whole cache has room for %d
bool(false)
bool(true)
int(0)
