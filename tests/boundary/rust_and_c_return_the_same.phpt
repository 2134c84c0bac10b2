--TEST--
Every probe returns the same from the Rust library, which exports what the header says and nothing else
--EXTENSIONS--
ffi
--SKIPIF--
<?php
require __DIR__ . '/../inc/skip_without_ffi.inc';
require __DIR__ . '/../inc/probes.inc';
if (!is_file(rust_library())) {
    die('skip benchmarks/rust/build has not been run');
}
?>
--FILE--
<?php
require __DIR__ . '/../inc/probes.inc';
require __DIR__ . '/doors_agree.inc';
compare_results(results_of_ffi(probes(rust_library())), results_of_ffi(probes()));

$ffi = probes(rust_library());
$value = $ffi->new('int64_t');
$handle = $ffi->lyger_probe_handle_new(41);
var_dump($ffi->lyger_probe_handle_use($handle, FFI::addr($value)), $value->cdata);
var_dump($ffi->lyger_probe_handle_free($handle), $ffi->lyger_probe_handle_use($handle, FFI::addr($value)));
var_dump($ffi->lyger_probe_handle_new(1) === $handle);

preg_match_all('/\b(lyger_probe_\w+)\(/', preg_replace('~/\*.*?\*/~s', '', probes_header()), $declared);
exec('nm -D --defined-only ' . escapeshellarg(rust_library()), $lines);
$exported = array_map(static fn(string $line): string => preg_replace('/^.* /', '', $line), $lines);
echo 'missing: ', implode(' ', array_diff($declared[1], $exported)), "\n";
echo 'too many: ', implode(' ', array_diff(preg_grep('/^lyger/', $exported), $declared[1])), "\n";
?>
--EXPECT--
compared
int(1)
int(42)
int(1)
int(-1)
bool(false)
missing: 
too many: 
