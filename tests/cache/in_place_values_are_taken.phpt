--TEST--
A value used in place can be taken: it stays as it was for who took it, whatever is stored then
--EXTENSIONS--
lyger
--INI--
lyger.cache_zero_copy=1
lyger.cache_size=4M
--FILE--
<?php
$rows = fn(int $n): array => array_fill(0, 200, ["row $n", $n]);
lyger_cache_set('rows', $rows(1));
lyger_cache_set('text', str_repeat('text', 1000));
$taken = [lyger_cache_take('rows'), lyger_cache_take('text')];
var_dump(lyger_cache_has('rows'), lyger_cache_has('text'), lyger_cache_info()['bytes_held'] > 0);
for ($n = 2; $n < 2000; $n++) {
    lyger_cache_set("rows $n", $rows($n));
    lyger_cache_set('text', str_repeat('more', 1000));
}
var_dump($taken === [$rows(1), str_repeat('text', 1000)]);

// Comparing keeps nothing in place.
lyger_cache_clear();
$held = lyger_cache_info()['bytes_held'];
for ($n = 0; $n < 2000; $n++) {
    lyger_cache_set('rows', $rows($n));
    lyger_cache_compare_and_set('rows', $rows($n), $rows($n + 1)) || print("not replaced\n");
    lyger_cache_compare_and_delete('rows', $rows($n + 1)) || print("not deleted\n");
}
lyger_cache_size();
var_dump(lyger_cache_info()['bytes_held'] === $held);
?>
--EXPECT--
bool(false)
bool(false)
bool(true)
bool(true)
bool(true)
