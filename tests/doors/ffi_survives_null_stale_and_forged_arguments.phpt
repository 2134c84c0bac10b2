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
[$token, $bytes, $length] = [$ffi->new('unsigned long long'), $ffi->new('char *'), $ffi->new('size_t')];
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
    ['lyger_ffi_cache_store_stale', 'k', 1, 4, 'v', 1, 1, 1000001],
    ['lyger_ffi_cache_fetch_stale', null, 1, null, null, null],
    ['lyger_ffi_cache_lock', 'k', 1, 1, null],
    ['lyger_ffi_cache_lock', 'k', 1, 0, FFI::addr($token)],
    ['lyger_ffi_cache_lock', 'k', 1, 4294967296, FFI::addr($token)],
    ['lyger_ffi_cache_lock', null, 1, 1, FFI::addr($token)],
    ['lyger_ffi_cache_lease', 'k', 1, null],
    ['lyger_ffi_cache_lease', '', 0, FFI::addr($token)],
    ['lyger_ffi_cache_give_back', 'k', 1, 2, 1],
    ['lyger_ffi_cache_give_back', 'k', 1, 0, 0],
    ['lyger_ffi_cache_give_back', 'k', 1, 1, 12345],
    ['lyger_ffi_cache_wait', 'k', 1, -1, 0],
    ['lyger_ffi_cache_wait', 'k', 1, 0, 4294967296],
    ['lyger_ffi_cache_wait', 'not held', 8, 1, 60000],
    ['lyger_ffi_cache_walk', null, '', 0, null, null],
    ['lyger_ffi_cache_walk', FFI::addr($token), null, 1, FFI::addr($bytes), FFI::addr($length)],
    ['lyger_ffi_db_execute', 'sqlite::memory:', 15, 'SELECT 1', 8, 'junk', 4, 0],
    ['lyger_ffi_db_send', null, 0, 'SELECT 1', 8, null, 0, 0, 0, 0, 0],
    ['lyger_ffi_db_send', 'sqlite::memory:', 15, 'SELECT 1', 8, null, 0, 3, 0, 0, 0],
    ['lyger_ffi_db_begin', null, 0, 0, 0, 0, 0, 0],
    ['lyger_ffi_db_begin', "a\0b", 3, 0, 0, 0, 0, 0],
    ['lyger_ffi_db_begin', 'sqlite::memory:', 15, 5, 0, 0, 0, 0],
    ['lyger_ffi_db_begin', 'sqlite::memory:', 15, 0, 0, 0, -1, 0],
    ['lyger_ffi_db_begin', 'sqlite::memory:', 15, 0, 0, 0, 0, -1],
    ['lyger_ffi_db_end', 'sqlite::memory:', 15, 1],
    ['lyger_ffi_db_end', 'sqlite::memory:', 15, 2],
    ['lyger_ffi_result_rows', 1, null, FFI::addr($bytes), FFI::addr($length)],
    ['lyger_ffi_result_rows', 4294967297, FFI::addr($token), FFI::addr($bytes), FFI::addr($length)],
];
foreach ($calls as $call) {
    $function = array_shift($call);
    $result = $ffi->$function(...$call);
    if ($result instanceof FFI\CData) {
        $result = FFI::typeof($result)->getKind() === FFI\CType::TYPE_POINTER ? ffi_take($result) : null; // else void
    }
    echo $function, ' ', json_encode($result), ': ', $ffi->lyger_last_error(), "\n";
}

foreach ([1 << 32, (1 << 62), -1, 0xffffffff, 0x7fffffff] as $forged) {
    $token->cdata = $forged;
    for ($steps = 0; $ffi->lyger_ffi_cache_walk(FFI::addr($token), '', 0, FFI::addr($bytes), FFI::addr($length)) === 1; $steps++) {
        ffi_take($bytes);
    }
    ffi_take($bytes);
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
lyger_ffi_cache_store_stale -1: stale must be at most 1000000 seconds, 1000001 given
lyger_ffi_cache_fetch_stale -1: type is NULL
lyger_ffi_cache_lock -1: token is NULL
lyger_ffi_cache_lock -1: ttl must be 1 to 4294967295 seconds, 0 given
lyger_ffi_cache_lock -1: ttl must be 1 to 4294967295 seconds, 4294967296 given
lyger_ffi_cache_lock -1: key is NULL
lyger_ffi_cache_lease -1: token is NULL
lyger_ffi_cache_lease -1: key must be 1 to 65535 bytes long, 0 given
lyger_ffi_cache_give_back -1: kind must be 0 or 1, 2 given
lyger_ffi_cache_give_back 0: 
lyger_ffi_cache_give_back 0: 
lyger_ffi_cache_wait -1: kind must be 0 or 1, -1 given
lyger_ffi_cache_wait -1: milliseconds must be at most 4294967295, 4294967296 given
lyger_ffi_cache_wait 1: 
lyger_ffi_cache_walk -1: cursor is NULL
lyger_ffi_cache_walk -1: prefix is NULL
lyger_ffi_db_execute -1: params end within parameter 1
lyger_ffi_db_send 0: dsn is NULL
lyger_ffi_db_send 0: bigint must be 0 to 2, 3 given
lyger_ffi_db_begin -1: dsn is NULL
lyger_ffi_db_begin -1: the DSN holds a NUL byte
lyger_ffi_db_begin -1: isolation must be 0 to 4, 5 given
lyger_ffi_db_begin -1: mode must be 0 to 3, -1 given
lyger_ffi_db_begin -1: timeout must be a number of seconds, 0 or more
lyger_ffi_db_end -1: there is no transaction on this DSN
lyger_ffi_db_end -1: keep must be 0 to 1, 2 given
lyger_ffi_result_rows -1: row, rows or rows_len is NULL
lyger_ffi_result_rows -1: 4294967297 is not the handle of a result that is live
[] 5
[] 5
[] 5
[] 5
[] 5
[] 5
[] 5
alive
