--TEST--
A value that is larger than memory_limit allows ends the script with PHP's fatal error, however large it is
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
$code = <<<'PHP'
    ini_set('memory_limit', '-1');
    lyger_cache_set('string', str_repeat('x', 30 << 20));
    lyger_cache_set('list', array_fill(0, 500000, 'some string that has 30 bytes.'));
    lyger_cache_set('map', array_fill_keys(array_map(fn($i) => "a key of some length $i", range(1, 300000)), 'some string'));
    lyger_cache_set('object', new ArrayObject(array_fill(0, 300000, 'some string that has 30 bytes.')));
    for ($i = 0; $i < 40; $i++) lyger_cache_set("small$i", str_repeat('x', 1 << 20));
    gc_mem_caches();
    ini_set('memory_limit', '8M');
    register_shutdown_function(fn() => print("the end\n"));

    PHP;
foreach (['lyger_cache_get("string")', 'lyger_cache_get("list")', 'lyger_cache_get("map")', 'lyger_cache_get("object")',
    'lyger_cache_get_batch(array_map(fn($i) => "small$i", range(0, 39)))', 'lyger_cache_remember("string", fn() => print("computed"))'] as $call) {
    $output = run_php("$code\$value = $call; echo 'went on';", ['lyger.cache_size' => '512M'], $status);
    if ($status !== 255 || !preg_match('/^Fatal error: Allowed memory size of 8388608 bytes exhausted.*the end$/s', trim($output))) {
        echo "$call ended with $status: ", substr($output, 0, 300), "\n";
    }
}
echo "done\n";
?>
--EXPECT--
done
