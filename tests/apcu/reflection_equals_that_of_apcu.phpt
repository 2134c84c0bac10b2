--TEST--
Reflection of APCu's functions, class and constants is that of ext/apcu
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_apcu.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/apcu.inc';
$said = both(<<<'PHP'
    $functions = array_filter(get_defined_functions()['internal'], fn($name) => str_starts_with($name, 'apc'));
    sort($functions);
    $text = '';
    foreach ($functions as $name) {
        $text .= preg_replace('/internal:\w+/', 'internal', new ReflectionFunction($name));
    }
    $text .= preg_replace('/internal:\w+/', 'internal', new ReflectionClass('APCUIterator'));
    foreach (get_defined_constants() as $name => $value) {
        if (str_starts_with($name, 'APC_') && $name !== 'APC_REGISTER_SERIALIZER-0' && !str_contains($name, '-')) {
            $constants["$name "] = $value;
        }
    }
    ksort($constants);
    $settings = ini_get_all(null, true);
    foreach (['apc.enabled', 'apc.enable_cli', 'apc.ttl', 'apc.serializer', 'apc.use_request_time', 'apc.gc_ttl', 'apc.slam_defense', 'apc.preload_path'] as $name) {
        $text .= $name . json_encode($settings[$name]) . "\n";
    }
    echo count($functions), ' functions, ', count($constants), " constants\n", json_encode($constants), "\n", md5($text), "\n";
    PHP);
echo preg_replace('/^[0-9a-f]{32}$/m', 'the same', $said), "\n";
?>
--EXPECT--
14 functions, 15 constants
{"APC_ITER_ALL ":4294967295,"APC_ITER_ATIME ":128,"APC_ITER_CTIME ":32,"APC_ITER_DTIME ":64,"APC_ITER_KEY ":2,"APC_ITER_MEM_SIZE ":512,"APC_ITER_MTIME ":16,"APC_ITER_NONE ":0,"APC_ITER_NUM_HITS ":8,"APC_ITER_REFCOUNT ":256,"APC_ITER_TTL ":1024,"APC_ITER_TYPE ":1,"APC_ITER_VALUE ":4,"APC_LIST_ACTIVE ":1,"APC_LIST_DELETED ":2}
the same
