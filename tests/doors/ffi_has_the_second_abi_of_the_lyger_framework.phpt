--TEST--
liblyger.so is what version 0.2 of the Lyger framework loads: its declarations, its types, its order of calls
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_ffi.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/ffi.inc';
// The types are the framework's: an int for the handle of a transaction, a char * that is freed for the last error.
$ffi = FFI::cdef('
    unsigned int lyger_abi_version(void);
    char *lyger_core_version(void);
    char *lyger_abi_contract(void);
    char *lyger_last_error(void);
    unsigned int lyger_last_error_code(void);
    void lyger_free_string(char *string);
    unsigned long lyger_db_query(const char *dsn, const char *query);
    unsigned long lyger_db_query_v2(const char *dsn, const char *query, const char *bindings);
    int lyger_db_health(const char *dsn);
    int lyger_db_health_with_retry(const char *dsn, unsigned int attempts, unsigned long long backoff);
    int lyger_db_transaction(const char *dsn, const char *statements);
    char *lyger_jsonify_result(unsigned long handle);
    char *lyger_result_chunk(unsigned long handle, unsigned long long offset, unsigned int limit);
    void lyger_free_result(unsigned long handle);
    unsigned long long lyger_active_result_handles(void);
    unsigned long lyger_create_benchmark_dataset(unsigned int rows);
    char *lyger_memory_metrics(void);
    char *lyger_db_pool_metrics(void);
    int lyger_db_close_pools(void);
    int lyger_cache_set_with_ttl(const char *key, const char *value, unsigned long long ttl);
    char *lyger_cache_get(const char *key);
    int lyger_start_server_v3(unsigned short port);
    char *lyger_next_request(unsigned long long timeout);
    int lyger_send_response(unsigned long long id, const char *response);
    void lyger_stop_server(void);
    int lyger_server_is_running(void);
    char *lyger_system_info(void);
', ffi_library());
$take = function (?FFI\CData $text) use ($ffi): ?string {
    if ($text === null) {
        return null;
    }
    try {
        return FFI::string($text);
    } finally {
        $ffi->lyger_free_string($text);
    }
};
echo $ffi->lyger_abi_version(), ' ', preg_match('/^\d+\.\d+\.\d+$/', $take($ffi->lyger_core_version())), ' ',
    json_decode($take($ffi->lyger_abi_contract()))->abi, "\n";

$file = sys_get_temp_dir() . '/lyger-abi2-' . getmypid() . '.sqlite';
$dsn = "sqlite:$file";
$json = function (int $handle) use ($ffi, $take): string {
    $text = $take($ffi->lyger_jsonify_result($handle));
    $ffi->lyger_free_result($handle);
    return $text;
};
echo $json($ffi->lyger_db_query($dsn, 'CREATE TABLE t (id INTEGER PRIMARY KEY, a)')), "\n";
echo $json($ffi->lyger_db_query_v2($dsn, 'INSERT INTO t (a) VALUES (?), (?)', '["x", 1.5]')), "\n";
echo $json($ffi->lyger_db_query_v2($dsn, 'SELECT * FROM t WHERE id = :id', '{"id": 2}')), "\n";
echo $json($ffi->lyger_db_query($dsn, 'SELECT count(*) AS n FROM t')), "\n";
$handle = $ffi->lyger_db_transaction($dsn, '[{"sql":"DELETE FROM t WHERE id = ?","bindings":[1]},{"sql":"SELECT id FROM t"}]');
var_dump($handle > 0);
echo $json($handle), "\n";
echo $take($ffi->lyger_jsonify_result($handle)), " for a handle that was freed\n";
echo $ffi->lyger_db_transaction($dsn, '[{"sql":"DELETE FROM t"},{"sql":"nonsense"}]'), ' ', $take($ffi->lyger_last_error()), ' ',
    $ffi->lyger_last_error_code(), "\n";
echo $json($ffi->lyger_db_query($dsn, 'SELECT count(*) AS n FROM t')), ' ', json_encode($take($ffi->lyger_last_error())), "\n";
for ($i = 0; $i < 70000; $i++) { // more handles than one of their halves can tell apart
    $ffi->lyger_free_result($last = $ffi->lyger_db_transaction('sqlite::memory:', '[{"sql":"SELECT 1 AS a"}]'));
}
var_dump($last > 0 && $last < 2 ** 31);
echo $ffi->lyger_db_health($dsn), $ffi->lyger_db_health("$file/x"), $ffi->lyger_db_health_with_retry('postgres://127.0.0.1:1/x', 2, 1), "\n";

$handle = $ffi->lyger_create_benchmark_dataset(5);
echo $take($ffi->lyger_result_chunk($handle, 3, 3)), "\n";
var_dump($take($ffi->lyger_result_chunk($handle, 0, 0)), $ffi->lyger_active_result_handles());
$ffi->lyger_free_result($handle);
var_dump($ffi->lyger_active_result_handles());
$metrics = json_decode($take($ffi->lyger_memory_metrics()), true);
var_dump($metrics['used_bytes'], $metrics['budget_bytes'] > 0, json_decode($take($ffi->lyger_db_pool_metrics()))->connections > 0);
echo $ffi->lyger_cache_set_with_ttl('k', 'v', 60), $take($ffi->lyger_cache_get('k')), $ffi->lyger_db_close_pools(), "\n";

var_dump($ffi->lyger_server_is_running(), $ffi->lyger_start_server_v3(0), $ffi->lyger_server_is_running(), $ffi->lyger_start_server_v3(0));
$port = json_decode($take($ffi->lyger_system_info()))->port;
$client = stream_socket_client("tcp://127.0.0.1:$port");
stream_set_timeout($client, 30);
$body = "{\"a\":\"ü\"}";
fwrite($client, "POST /hello?x=1 HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: " . strlen($body) . "\r\n\r\n$body");
for ($i = 0; $i < 300 && ($text = $take($ffi->lyger_next_request(100))) === null; $i++) {
}
$request = json_decode($text, true, 512, JSON_THROW_ON_ERROR);
echo $request['method'], ' ', $request['uri'], ' ', $request['headers']['content-type'], ' ', $request['body'], ' ', $request['client_ip'], "\n";
$response = ['status' => 201, 'headers' => (object) ['Content-Type' => 'text/plain', 'X-Two' => ['a', 'b']], 'body' => 'wörld'];
echo $ffi->lyger_send_response($request['request_id'], json_encode($response, JSON_UNESCAPED_UNICODE)), "\n";
$answer = '';
while (!str_contains($answer, 'wörld') && !feof($client)) {
    $answer .= fread($client, 4096);
}
echo preg_replace(['/^Date: .*\R/m', '/\r/'], '', $answer), "\n";
// The connection is kept; a body that is no text comes in base64, and headers may be PHP's empty array.
fwrite($client, "PUT / HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\nConnection: close\r\n\r\n\xff!");
for ($i = 0; $i < 300 && ($text = $take($ffi->lyger_next_request(100))) === null; $i++) {
}
$request = json_decode($text, true, 512, JSON_THROW_ON_ERROR);
echo $request['body'], ' ', bin2hex(base64_decode($request['body_base64'])), ' ',
    $ffi->lyger_send_response($request['request_id'], '{"headers":[],"body":"done"}'), "\n";
echo substr(stream_get_contents($client), -4), "\n";
echo $ffi->lyger_send_response($request['request_id'], '{}'), ' ', $take($ffi->lyger_last_error()), "\n";
$ffi->lyger_stop_server();
var_dump($ffi->lyger_server_is_running(), $take($ffi->lyger_next_request(0)));
unlink($file);
?>
--EXPECT--
2 1 2
[]
{"rows":[],"columns":[],"affected_rows":2,"last_insert_id":2}
{"rows":[{"id":2,"a":1.5}],"columns":["id","a"],"affected_rows":0,"last_insert_id":null}
[{"n":2}]
bool(true)
{"rows":[{"id":2}],"columns":["id"],"affected_rows":0,"last_insert_id":null}
[] for a handle that was freed
0 statement 2: near "nonsense": syntax error 7
[{"n":1}] ""
bool(true)
100
{"rows":[{"id":4,"name":"Item 4","price":5.0,"active":1},{"id":5,"name":"Item 5","price":6.25,"active":0}],"offset":3,"total":5,"has_more":false}
NULL
int(1)
int(0)
int(0)
bool(true)
bool(true)
1v1
int(0)
int(1)
int(1)
int(0)
POST /hello?x=1 application/json {"a":"ü"} 127.0.0.1
1
HTTP/1.1 201 Created
Content-Type: text/plain
X-Two: a
X-Two: b
Content-Length: 6

wörld
! ff21 1
done
0 an answer is a JSON object with status, headers, body
int(0)
NULL
