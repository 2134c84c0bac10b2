--TEST--
NULL, stale and forged arguments are reported through FFI and never crash
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_ffi.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/ffi.inc';
$ffi = ffi();
$calls = [
    ['lyger_cache_set', null, 'v'],
    ['lyger_cache_set', 'k', null],
    ['lyger_cache_set', '', 'v'],
    ['lyger_cache_set', str_repeat('k', 65536), 'v'],
    ['lyger_cache_get', null],
    ['lyger_cache_delete', null],
    ['lyger_db_query', null, 'SELECT 1'],
    ['lyger_db_query', 'sqlite::memory:', null],
    ['lyger_ffi_cache_store', 'k', 1, 9, 'v', 1, 0],
    ['lyger_ffi_cache_fetch', 'k', 1, null, null, null],
    ['lyger_ffi_db_execute', 'sqlite::memory:', 15, 'SELECT 1', 8, 'junk', 4, 0],
];
foreach ($calls as $call) {
    $function = array_shift($call);
    $result = $ffi->$function(...$call);
    if ($result instanceof FFI\CData) {
        $result = FFI::typeof($result)->getKind() === FFI\CType::TYPE_POINTER ? ffi_take($result) : null; // else void
    }
    echo $function, ' ', json_encode($result), ': ', $ffi->lyger_last_error(), "\n";
}

$handle = $ffi->lyger_db_query('sqlite::memory:', 'SELECT 1');
$ffi->lyger_free_result($handle);
foreach ([0, 1, -1, $handle, $handle + 1, PHP_INT_MAX, PHP_INT_MIN] as $wrong) {
    echo ffi_take($ffi->lyger_jsonify_result($wrong)), ' ', $ffi->lyger_ffi_error_status(), "\n";
    $ffi->lyger_free_result($wrong);
}
$forged = ffi()->cast('void *', 4096);
$ffi->lyger_free_engine($forged);
echo "alive\n";
?>
--EXPECT--
lyger_cache_set null: key is NULL
lyger_cache_set null: value is NULL
lyger_cache_set null: key must be 1 to 65535 bytes long, 0 given
lyger_cache_set null: key must be 1 to 65535 bytes long, 65536 given
lyger_cache_get "": key is NULL
lyger_cache_delete null: key is NULL
lyger_db_query 0: dsn is NULL
lyger_db_query 0: query is NULL
lyger_ffi_cache_store -1: type must be 0 to 5, 9 given
lyger_ffi_cache_fetch -1: type is NULL
lyger_ffi_db_execute -1: params end within parameter 1
[] 5
[] 5
[] 5
[] 5
[] 5
[] 5
[] 5
alive
