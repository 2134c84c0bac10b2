--TEST--
A query through FFI: rows, bound parameters, JSON with any length, errors with their reason
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_ffi.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/ffi.inc';
$ffi = ffi();
$dsn = 'sqlite::memory:';
function param(int $type, string $value, string $name = ''): string
{
    return pack('CVV', $type, strlen($name), strlen($value)) . $name . $value;
}
function execute(string $query, string $params = ''): int
{
    global $dsn;
    return ffi()->lyger_ffi_db_execute($dsn, strlen($dsn), $query, strlen($query), $params, strlen($params), 0);
}
execute('CREATE TABLE t (id INTEGER, name TEXT, price REAL)');
var_dump(execute('INSERT INTO t VALUES (?, ?, ?), (2, NULL, 0.5)', param(2, pack('P', 1)) . param(4, "Zoë \"x\"\n") . param(3, pack('e', 12.25))));
$handle = $ffi->lyger_db_query($dsn, 'SELECT * FROM t ORDER BY id');
$json = ffi_take($ffi->lyger_jsonify_result($handle));
echo $json, "\n";
var_dump(json_decode($json, true) === [['id' => 1, 'name' => "Zoë \"x\"\n", 'price' => 12.25], ['id' => 2, 'name' => null, 'price' => 0.5]]);
$info = json_decode(ffi_take($ffi->lyger_ffi_result_facts($handle)), true);
echo $info['rows'], ' ', implode(',', array_column($info['columns'], 'name')), "\n";
$ffi->lyger_free_result($handle);

$length = ffi()->new('size_t');
$query = "SELECT :text AS text";
$params = param(4, str_repeat('é', 100000), 'text');
$text = $ffi->lyger_ffi_db_query_json($dsn, strlen($dsn), $query, strlen($query), $params, strlen($params), 0, 0, 0, 0, FFI::addr($length));
var_dump(strlen(ffi_take($text, $length->cdata)) === 200000 + strlen('[{"text":""}]'));

var_dump($ffi->lyger_db_query('oracle:x', 'SELECT 1'), $ffi->lyger_last_error() !== '', $ffi->lyger_ffi_error_status());
var_dump($ffi->lyger_db_query($dsn, 'SELECT 1 FROM nowhere'), str_contains($ffi->lyger_last_error(), 'nowhere'));
?>
--EXPECT--
int(2)
[{"id":1,"name":"Zoë \"x\"\n","price":12.25},{"id":2,"name":null,"price":0.5}]
bool(true)
2 id,name,price
bool(true)
int(0)
bool(true)
int(7)
int(0)
bool(true)
