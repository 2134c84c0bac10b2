--TEST--
A named segment with values of every form, igbinary's too, is opened by other processes, and by those without igbinary
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_igbinary.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
$path = sys_get_temp_dir() . '/lyger-types-' . getmypid();
$ini = ['lyger.cache_path' => $path, 'lyger.cache_size' => '2M'];
$values = <<<'PHP'
    $values = [null, true, false, 7, 1.5, '', 'x', str_repeat('long', 2000), ['a' => [1, null]], new ArrayObject([1, 2]), [new ArrayObject(['deep'])]];

    PHP;
$store = $values . 'foreach ($values as $i => $value) lyger_cache_set("$prefix$i", $value); echo count($values), "\n";';
$compare = $values . 'foreach ($values as $i => $value) if (lyger_cache_get("$prefix$i", "a miss") != $value) echo "value $i differs\n";';
echo run_php('$prefix = "plain";' . $store, $ini);
echo run_php('$prefix = "igbinary";' . $store, $ini, $status, ['igbinary']);
foreach (['plain', 'igbinary'] as $prefix) {
    echo run_php("\$prefix = '$prefix';" . $compare, $ini, $status, ['igbinary']);
}
// Until entries are moved to make room, and evicted.
echo run_php('for ($i = 0; $i < 9000; $i++) lyger_cache_set("more$i", $i % 3 ? str_repeat("x", $i % 900) : new ArrayObject([$i]));
    var_dump(lyger_cache_info()["evictions"] > 0);', $ini, $status, ['igbinary']);
echo run_php('var_dump(lyger_cache_set("object", new ArrayObject([1])));', $ini, $status, ['igbinary']);
echo run_php('var_dump(lyger_cache_get("object", "a miss"), lyger_cache_remember("object", fn() => "computed"), lyger_cache_get("object"));', $ini);
unlink($path);
?>
--EXPECT--
11
11
bool(true)
bool(true)
Warning: lyger_cache_get(): The entry "object" cannot be read and counts as a miss: it was written by igbinary, which this PHP has not loaded in Command line code on line 1

Warning: lyger_cache_remember(): The entry "object" cannot be read and counts as a miss: it was written by igbinary, which this PHP has not loaded in Command line code on line 1
string(6) "a miss"
string(8) "computed"
string(8) "computed"
