--TEST--
FFI notices a freed handle because C checks it, and does not notice a freed pointer
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_ffi.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/probes.inc';
$ffi = probes();
$value = $ffi->new('int64_t');
$handle = $ffi->lyger_probe_handle_new(41);
var_dump($ffi->lyger_probe_handle_use($handle, FFI::addr($value)), $value->cdata);
var_dump($ffi->lyger_probe_handle_free($handle), $ffi->lyger_probe_handle_use($handle, FFI::addr($value)));

// Undefined behaviour, so in a process of its own: no exception comes, whatever else does. With the C library's
// allocator told to overwrite what is freed, the value is another one.
$code = 'require ' . var_export(__DIR__ . '/../inc/probes.inc', true) . '; $ffi = probes();'
    . '$owner = $ffi->lyger_probe_owner_new(41); $ffi->lyger_probe_owner_free($owner);'
    . 'try { $after = $ffi->lyger_probe_owner_use($owner); echo $after === 42 ? "as if alive" : "another value"; }'
    . 'catch (Throwable $error) { echo "an error"; }';
$library = getenv('LYGER_TEST_LIB') ?: ini_get('extension_dir') . '/liblyger.so';
putenv("LYGER_TEST_LIB=$library");
putenv('MALLOC_PERTURB_=165');

$extension = ini_get('extension_dir');
exec(escapeshellarg(PHP_BINARY) . ' -n -d ' . escapeshellarg("extension_dir=$extension")
    . ' -d extension=ffi -d ffi.enable=1 -r ' . escapeshellarg($code) . ' 2>&1', $output);
echo implode("\n", $output) === 'an error' ? 'noticed' : 'not noticed', "\n";
?>
--EXPECT--
int(1)
int(42)
int(1)
int(-1)
not noticed
