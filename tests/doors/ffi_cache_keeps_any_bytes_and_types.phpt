--TEST--
The cache through FFI keeps any bytes, types and times to live
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_ffi.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/ffi.inc';
$ffi = ffi();
function fetch(string $key): ?array
{
    $type = ffi()->new('int');
    $value = ffi()->new('char *');
    $length = ffi()->new('size_t');
    if (ffi()->lyger_ffi_cache_fetch($key, strlen($key), FFI::addr($type), FFI::addr($value), FFI::addr($length)) !== 1) {
        return null;
    }
    $copy = FFI::string($value, $length->cdata);
    ffi()->lyger_free_string($value);
    return [$type->cdata, $copy];
}
$all = implode('', array_map(chr(...), range(0, 255)));
foreach ([[4, $all], [2, pack('P', -5)], [3, pack('e', 0.1)], [1, "\1"], [0, ''], [5, serialize([1, 2])]] as [$type, $bytes]) {
    $ffi->lyger_ffi_cache_store("a\0key", 5, $type, $bytes, strlen($bytes), 0);
    var_dump(fetch("a\0key") === [$type, $bytes]);
}
var_dump(fetch('a'), $ffi->lyger_cache_size());

$sum = ffi()->new('long long');
$ffi->lyger_ffi_cache_add_integer('n', 1, 40, 0, FFI::addr($sum));
$ffi->lyger_ffi_cache_add_integer('n', 1, 2, 0, FFI::addr($sum));
var_dump($sum->cdata, ffi_take($ffi->lyger_cache_get('n')));

$ffi->lyger_ffi_cache_store('soon', 4, 4, 'gone', 4, 1);
var_dump(ffi_take($ffi->lyger_cache_get('soon')));
for ($end = microtime(true) + 10; microtime(true) < $end && $ffi->lyger_ffi_cache_contains('soon', 4); usleep(10000));
var_dump(ffi_take($ffi->lyger_cache_get('soon')));
var_dump(json_decode(ffi_take($ffi->lyger_ffi_cache_facts()), true)['entries']);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
NULL
int(1)
int(42)
string(2) "42"
string(4) "gone"
string(0) ""
int(2)
