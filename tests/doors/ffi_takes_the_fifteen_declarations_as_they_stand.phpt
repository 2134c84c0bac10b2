--TEST--
FFI::cdef() with the fifteen declarations of the contract finds every symbol, and each does its work
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_ffi.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/ffi.inc';
$ffi = FFI::cdef('
    char *lyger_hello_world(void);
    double lyger_heavy_computation(unsigned long iterations);
    char *lyger_system_info(void);
    void lyger_cache_set(const char *key, const char *value);
    char *lyger_cache_get(const char *key);
    void lyger_cache_delete(const char *key);
    void lyger_cache_clear(void);
    unsigned long lyger_cache_size(void);
    void lyger_free_string(char *);
    void lyger_free_engine(void *);
    unsigned long lyger_db_query(const char *dsn, const char *query);
    char *lyger_jsonify_result(unsigned long handle);
    void lyger_free_result(unsigned long handle);
    void lyger_start_server(unsigned short port);
    void lyger_stop_server(void);
', ffi_library());

function take(FFI\CData $text): string
{
    global $ffi;
    $copy = FFI::string($text);
    $ffi->lyger_free_string($text);
    return $copy;
}

echo preg_replace('/[0-9]+\.[0-9]+\.[0-9]+$/', 'VERSION', take($ffi->lyger_hello_world())), "\n";
$sum = 0.0;
for ($i = 0; $i < 1000; $i++) {
    $sum += sqrt($i) * sin($i);
}
var_dump(abs($ffi->lyger_heavy_computation(1000) - $sum) < 1e-9);
var_dump(json_decode(take($ffi->lyger_system_info()))->door);
$ffi->lyger_cache_set('key', 'value');
var_dump($ffi->lyger_cache_size(), take($ffi->lyger_cache_get('key')));
$ffi->lyger_cache_delete('key');
var_dump($ffi->lyger_cache_size(), take($ffi->lyger_cache_get('key')));
$ffi->lyger_cache_set('key', 'value');
$ffi->lyger_cache_clear();
var_dump($ffi->lyger_cache_size());
$handle = $ffi->lyger_db_query('sqlite::memory:', "SELECT 1 AS a, 'b' AS b");
echo take($ffi->lyger_jsonify_result($handle)), "\n";
$ffi->lyger_free_result($handle);
echo take($ffi->lyger_jsonify_result($handle)), "\n";
$ffi->lyger_start_server(0);
$ffi->lyger_stop_server();
$ffi->lyger_free_engine(null);
$ffi->lyger_free_string(null);
?>
--EXPECT--
Hello from lyger VERSION
bool(true)
string(3) "ffi"
int(1)
string(5) "value"
int(0)
string(0) ""
int(0)
[{"a":1,"b":"b"}]
[]
