--TEST--
The library stays loaded when the FFI object goes: its cache keeps what was stored, its server goes on serving
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_ffi.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/ffi.inc';
$first = FFI::cdef(ffi_header(), ffi_library());
$first->lyger_cache_set('key', 'value');
$first->lyger_start_server(0);
$port = $first->lyger_ffi_server_port();
unset($first);
gc_collect_cycles();
var_dump(json_decode(file_get_contents("http://127.0.0.1:$port/health"))->status);
$second = FFI::cdef(ffi_header(), ffi_library());
$text = $second->lyger_cache_get('key');
var_dump(FFI::string($text), $second->lyger_ffi_server_port() === $port);
$second->lyger_free_string($text);
// The process ends with the server running.
?>
--EXPECT--
string(2) "ok"
string(5) "value"
bool(true)
