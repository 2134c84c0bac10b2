--TEST--
Through FFI, a cache that is switched off refuses locks, and a value is just computed
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_ffi.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
require __DIR__ . '/../../packages/engine/autoload.php';
require __DIR__ . '/../inc/ffi.inc';
var_dump(ffi()->lyger_ffi_cache_configure(0, null));
putenv('LYGER_LIBRARY=' . ffi_library());
$engine = Lyger\EngineFactory::create('ffi');
for ($i = 0; $i < 2; $i++) {
    var_dump($engine->cacheRemember('k', fn() => "computed $i", 60, 60));
}
echo outcome(fn() => $engine->cacheLock('k', 1)), "\n";
echo outcome(fn() => $engine->cacheUnlock('k', '0123456789abcdef')), "\n";
echo count(iterator_to_array($engine->cacheKeys())), ' ', json_encode(array_slice($engine->cacheInfo(true), -2)), "\n";
?>
--EXPECT--
int(1)
string(10) "computed 0"
string(10) "computed 1"
Lyger\Exception\CacheException: the cache is switched off: there is nothing to lock with
Lyger\Exception\CacheException: the cache is switched off: there is nothing to lock with
0 {"shard_list":[],"size_classes":[]}
