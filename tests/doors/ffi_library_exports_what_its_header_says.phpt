--TEST--
liblyger.so exports the functions of lyger.h, the fifteen among them, nothing else, and misses none of its own
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_ffi.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/ffi.inc';
exec('nm -D --defined-only ' . escapeshellarg(ffi_library()), $lines, $status);
var_dump($status);
$exported = array_map(static fn(string $line): string => preg_replace('/^.* /', '', $line), $lines);
$exported = array_values(array_filter($exported, static fn(string $name): bool => !str_starts_with($name, 'lyger_probe_')));
preg_match_all('/\b(lyger_\w+)\(/', preg_replace('~/\*.*?\*/~s', '', ffi_header()), $declared);
$fifteen = ['cache_clear', 'cache_delete', 'cache_get', 'cache_set', 'cache_size', 'db_query', 'free_engine', 'free_result',
    'free_string', 'heavy_computation', 'hello_world', 'jsonify_result', 'start_server', 'stop_server', 'system_info'];
echo 'missing: ', implode(' ', array_diff($declared[1], $exported)), "\n";
echo 'too many: ', implode(' ', array_diff($exported, $declared[1])), "\n";
echo 'missing of the fifteen: ', implode(' ', array_diff($fifteen, array_map(static fn($n) => substr($n, 6), $exported))), "\n";
exec('nm -D --undefined-only ' . escapeshellarg(ffi_library()), $undefined);
echo 'undefined: ', implode(' ', preg_grep('/ lyger_/', $undefined)), "\n";
?>
--EXPECT--
int(0)
missing: 
too many: 
missing of the fifteen: 
undefined: 
