--TEST--
Values of every type come back from the server, and other clients read strings and integers
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_redis.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/redis.inc';
[$url] = redis_start();
$settings = ['lyger.cache_backend' => "$url/0?timeout=60&connect_timeout=60", 'serialize_precision' => '3'];
$stored = backend_php($settings, <<<'PHP'
    $values = ['string' => 'hello', 'digits' => '12', 'marker' => "\0lyger", 'empty' => '', 'one' => 'x', 'int' => -7, 'most' => PHP_INT_MAX,
        'least' => PHP_INT_MIN, 'float' => 0.1 + 0.2, 'zero' => -0.0, 'inf' => INF, 'true' => true, 'false' => false, 'null' => null,
        'list' => [1, 2.5, 'x', null, [true]], 'map' => ['a' => ['b' => 'c'], 5 => 'five']];
    foreach ($values as $name => $value) {
        lyger_cache_set($name, $value) || print("$name was not stored\n");
        $back = lyger_cache_get($name, 'a miss');
        $same = is_float($value) ? is_float($back) && var_export($back, true) === var_export($value, true) : $back === $value;
        $same || print("$name is " . var_export($back, true) . "\n");
    }
    lyger_cache_set('nan', NAN);
    var_dump(is_nan(lyger_cache_get('nan')), ini_get('serialize_precision'));
    foreach (['string', 'int', 'float', 'true', 'null', 'map', 'digits', 'absent'] as $name) {
        $entry = lyger_cache_entry($name);
        echo $name, ' ', $entry ? "{$entry['type']} {$entry['ttl']}" : 'null', "\n";
    }
    PHP);
echo $stored;
foreach (['string', 'int', 'digits', 'list'] as $name) {
    echo json_encode(redis_cli($url, 'GET', $name)), "\n";
}
redis_cli($url, 'SET', 'theirs', '42');
redis_cli($url, 'LPUSH', 'queue', 'x');
echo backend_php($settings, <<<'PHP'
    var_dump(lyger_cache_get('theirs'), lyger_cache_get('map'), lyger_cache_has('int'), lyger_cache_has('absent'), lyger_cache_size());
    echo preg_replace('/ [0-9.]+:[0-9]+:/', ' SERVER:', outcome(fn () => lyger_cache_get('queue'))), "\n";
    PHP);
?>
--EXPECTF--
bool(true)
string(1) "3"
string string 0
int int 0
float float 0
true bool 0
null null 0
map array 0
digits string 0
absent null
"hello"
"-7"
"\u0000lyger1s12"
"\u0000lyger1pa:5:{i:0;i:1;i:1;d:2.5;i:2;s:1:\"x\";i:3;N;i:4;a:1:{i:0;b:1;}}"
int(42)
array(2) {
  ["a"]=>
  array(1) {
    ["b"]=>
    string(1) "c"
  }
  [5]=>
  string(4) "five"
}
bool(true)
bool(false)
int(0)
Lyger\Exception\CacheException: lyger.cache_backend SERVER: it refuses: WRONGTYPE Operation against a key holding the wrong kind of value
