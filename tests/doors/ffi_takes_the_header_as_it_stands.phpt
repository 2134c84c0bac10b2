--TEST--
FFI::cdef() takes ext/abi/lyger.h as it stands, and every declaration in it is found in the library
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_ffi.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/ffi.inc';
var_dump(preg_match('/^\s*#/m', preg_replace('~/\*.*?\*/~s', '', ffi_header())));
$ffi = ffi();
var_dump($ffi->lyger_ffi_version() === json_decode(ffi_take($ffi->lyger_system_info()))->version);
var_dump($ffi->lyger_last_error(), $ffi->lyger_ffi_error_status());
?>
--EXPECT--
int(0)
bool(true)
string(0) ""
int(0)
