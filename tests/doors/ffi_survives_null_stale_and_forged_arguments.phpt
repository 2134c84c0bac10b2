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
    ['lyger_ffi_cache_fetch_version', 'k', 1, null, null, null, null],
    ['lyger_ffi_cache_fetch_version', 'k', 1, null, null, null, FFI::addr($token)],
    ['lyger_ffi_cache_exchange', 'k', 1, 1, 0, 9, 'v', 1, 0],
    ['lyger_ffi_cache_exchange', 'not there', 9, 12345, 0, 4, 'v', 1, 0],
    ['lyger_ffi_cache_remove_version', null, 1, 1, 0],
    ['lyger_ffi_cache_remove_version', 'not there', 9, 12345, 0],
    ['lyger_ffi_cache_take', 'k', 1, null, null, null],
    ['lyger_ffi_cache_entry', 'k', 1, null],
    ['lyger_ffi_cache_entry', '', 0, FFI::addr($bytes)],
    ['lyger_ffi_cache_entry', 'not there', 9, FFI::addr($bytes)],
    ['lyger_ffi_cache_lock', 'k', 1, 1, null],
    ['lyger_ffi_cache_lock', 'k', 1, 4294967296, FFI::addr($token)],
    ['lyger_ffi_cache_lock', null, 1, 1, FFI::addr($token)],
    ['lyger_ffi_cache_lock_as', 'k', 1, 1, null, 1],
    ['lyger_ffi_cache_lock_as', 'k', 1, 1, '', 0],
    ['lyger_ffi_cache_lock_as', 'k', 1, 1, str_repeat('t', 65), 65],
    ['lyger_ffi_cache_unlock', null, 1, null, 0],
    ['lyger_ffi_cache_unlock', 'k', 1, null, 0],
    ['lyger_ffi_cache_lock_extend', 'k', 1, null, 0, 1],
    ['lyger_ffi_cache_lock_owner', 'k', 1, null, FFI::addr($length)],
    ['lyger_ffi_cache_lock_owner', 'k', 1, FFI::addr($bytes), FFI::addr($length)],
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
    ['lyger_db_query_v2', null, 'SELECT 1', null],
    ['lyger_db_query_v2', 'sqlite::memory:', 'SELECT 1', '[1'],
    ['lyger_db_query_v2', 'sqlite::memory:', 'SELECT 1', '1'],
    ['lyger_db_transaction', 'sqlite::memory:', null],
    ['lyger_db_transaction', 'sqlite::memory:', '[]'],
    ['lyger_db_transaction', 'sqlite::memory:', '[{"sql":1}]'],
    ['lyger_db_health', null],
    ['lyger_db_health_with_retry', 'sqlite::memory:', 0, 1],
    ['lyger_result_chunk', 12345, 0, 1],
    ['lyger_result_chunk', 0, 0, 10001],
    ['lyger_create_benchmark_dataset', 10000001],
    ['lyger_cache_set_with_ttl', 'k', null, 1],
    ['lyger_cache_set_with_ttl', 'k', 'v', 4294967296],
    ['lyger_send_response', 1, null],
    ['lyger_send_response', 1, '[]'],
    ['lyger_send_response', 1, '{"status":"200"}'],
    ['lyger_send_response', 1, '{"headers":{"a b":"c"}}'],
    ['lyger_send_response', 1, '{"headers":{"a":1}}'],
    ['lyger_send_response', 1, '{"body":1}'],
    ['lyger_send_response', 1, '{"body":""}'],
    ['lyger_ffi_send_answer', 1, 200, 'junk', 4, '', 0],
    ['lyger_ffi_send_answer', 1, 99, null, 0, null, 0],
    ['lyger_ffi_start_queue', null, 0, 0, 0, 0],
    ['lyger_ffi_start_queue', 'localhost', 0, -1, -1, -1],
    ['lyger_start_server_v2', 0, null, null],
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
lyger_ffi_cache_fetch_version -1: number is NULL
lyger_ffi_cache_fetch_version -1: type is NULL
lyger_ffi_cache_exchange -1: type must be 0 to 5, 9 given
lyger_ffi_cache_exchange 0: 
lyger_ffi_cache_remove_version -1: key is NULL
lyger_ffi_cache_remove_version 0: 
lyger_ffi_cache_take -1: type is NULL
lyger_ffi_cache_entry -1: json is NULL
lyger_ffi_cache_entry -1: key must be 1 to 65535 bytes long, 0 given
lyger_ffi_cache_entry 0: 
lyger_ffi_cache_lock -1: token is NULL
lyger_ffi_cache_lock -1: ttl must be at most 4294967295 seconds, 4294967296 given
lyger_ffi_cache_lock -1: key is NULL
lyger_ffi_cache_lock_as -1: token is NULL
lyger_ffi_cache_lock_as -1: token must be 1 to 64 bytes long, 0 given
lyger_ffi_cache_lock_as -1: token must be 1 to 64 bytes long, 65 given
lyger_ffi_cache_unlock -1: key is NULL
lyger_ffi_cache_unlock 0: 
lyger_ffi_cache_lock_extend -1: token is NULL
lyger_ffi_cache_lock_owner -1: token is NULL
lyger_ffi_cache_lock_owner 0: 
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
lyger_db_query_v2 0: dsn is NULL
lyger_db_query_v2 0: neither comma nor bracket behind an item at byte 3 of the JSON
lyger_db_query_v2 0: parameters must be a JSON array, or an object with names
lyger_db_transaction 0: statements_json is NULL
lyger_db_transaction 0: there are no statements to run
lyger_db_transaction 0: statement 1 must be an object whose "sql" is a string
lyger_db_health 0: dsn is NULL
lyger_db_health_with_retry 0: attempts must be at least 1, and backoff_ms at most 60000
lyger_result_chunk null: 12345 is not the handle of a result that is live
lyger_result_chunk null: limit must be 1 to 10000 rows, 10001 given
lyger_create_benchmark_dataset 0: rows must be at most 10000000, 10000001 given
lyger_cache_set_with_ttl 0: value is NULL
lyger_cache_set_with_ttl 0: ttl must be at most 4294967295 seconds, 4294967296 given
lyger_send_response 0: response_json is NULL
lyger_send_response 0: an answer is a JSON object with status, headers, body
lyger_send_response 0: "status" must be an integer
lyger_send_response 0: "a b" cannot be a header, or not with its value
lyger_send_response 0: the header "a" must be a string, or an array of strings
lyger_send_response 0: "body" must be a string
lyger_send_response 0: no request 1 waits for an answer
lyger_ffi_send_answer -1: the headers end within a header
lyger_ffi_send_answer -1: the status of an answer must be 200 to 599, 99 given
lyger_ffi_start_queue -1: queue_limit must be 1 to 1000000, and answer_timeout at most 86400000
lyger_ffi_start_queue -1: "localhost" is no address to listen on
lyger_start_server_v2 0: callback is NULL
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
