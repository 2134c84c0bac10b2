--TEST--
Prefixes say which keys are on the server; the others stay in the segment
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_redis.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/redis.inc';
[$url] = redis_start();
$settings = ['lyger.cache_backend' => "$url?timeout=60&connect_timeout=60", 'lyger.cache_far_prefixes' => 'cart: user: user:here:=near'];
echo backend_php($settings, <<<'PHP'
    lyger_cache_set_batch(['cart:1' => 'c', 'user:1' => 'u', 'user:here:1' => 'h', 'other' => 'o']);
    var_dump(lyger_cache_size());
    echo json_encode(lyger_cache_get_batch(['other', 'cart:1', 'user:here:1', 'user:1', 'cart:2'])), "\n";
    $keys = iterator_to_array(lyger_cache_keys(), false);
    sort($keys);
    echo json_encode($keys), "\n";
    var_dump(lyger_cache_delete_batch(['other', 'cart:1', 'cart:2']));
    $info = lyger_cache_info();
    var_dump($info['backend']['connected'], $info['backend']['connections'], $info['backend']['failures'], $info['entries']);
    PHP);
echo redis_cli($url, 'KEYS', '*'), "\n";
echo backend_php($settings, 'var_dump(lyger_cache_get("user:1"), lyger_cache_get("user:here:1", "another process"));');
/* Without a backend nothing of it is there, and hiredis is not loaded. */
echo backend_php([], 'lyger_cache_set("a", 1); lyger_cache_get("a"); var_dump(isset(lyger_cache_info()["backend"]), str_contains(file_get_contents("/proc/self/maps"), "hiredis"));');
/* A backend that is never asked is not connected to, and hiredis is not loaded. */
echo backend_php(['lyger.cache_backend' => 'redis://no-such-host.invalid', 'lyger.cache_far_prefixes' => 'cart:'],
    'lyger_cache_set("a", 1); var_dump(lyger_cache_get("a"), str_contains(file_get_contents("/proc/self/maps"), "hiredis"));');
?>
--EXPECT--
int(2)
{"other":"o","cart:1":"c","user:here:1":"h","user:1":"u","cart:2":null}
["cart:1","other","user:1","user:here:1"]
int(2)
bool(true)
int(1)
int(0)
int(1)
user:1
string(1) "u"
string(15) "another process"
bool(false)
bool(false)
int(1)
bool(false)
