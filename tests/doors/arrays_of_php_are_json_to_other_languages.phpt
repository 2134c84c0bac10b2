--TEST--
lyger_ffi_cache_get_json() gives what PHP stored, arrays as json_encode() has them, from both forms in which they are stored
--EXTENSIONS--
lyger
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_ffi.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
$path = sys_get_temp_dir() . '/lyger-json-' . getmypid();
// Both doors are in one process, and have one segment.
echo run_php('require ' . var_export(dirname(__DIR__) . '/inc/ffi.inc', true) . ';' . <<<'PHP'
    putenv('LYGER_CACHE_PATH=' . ini_get('lyger.cache_path'));
    putenv('LYGER_CACHE_SIZE=4M');
    function json(string $key): ?string
    {
        [$text, $length] = [ffi()->new('char *'), ffi()->new('size_t')];
        $found = ffi()->lyger_ffi_cache_get_json($key, strlen($key), FFI::addr($text), FFI::addr($length));
        if ($found < 0) {
            echo "$key: ", ffi()->lyger_last_error(), "\n";
        }
        return $found === 1 ? ffi_take($text, $length->cdata) : null;
    }
    function random_value(int $depth): mixed
    {
        $text = fn() => implode('', array_map(fn() => (mt_rand(0, 9) ? chr(mt_rand(0, 127)) : ['ä', '€', '😀', "\u{2028}", '/'][mt_rand(0, 4)]), range(0, mt_rand(0, 20))));
        $key = fn(int $i) => [$i, $i, mt_rand(-3, 30), $text(), "key $i"][mt_rand(0, 4)];
        return match (mt_rand(0, $depth > 4 ? 5 : 9)) {
            0 => null,
            1 => mt_rand(0, 1) === 1,
            2 => [PHP_INT_MIN, PHP_INT_MAX, 0, mt_rand(), -mt_rand()][mt_rand(0, 4)],
            3 => [0.0, -0.0, 1e25, 1e-9, 0.1, mt_rand() / 7, -1e300, 123456789012345678.0][mt_rand(0, 7)],
            4, 5 => $text(),
            6 => array_map(fn() => random_value($depth + 1), array_fill(0, mt_rand(0, 5), 0)),
            default => array_reduce(range(0, mt_rand(0, 8)), fn($array, $i) => [$key($i) => random_value($depth + 1)] + $array, []),
        };
    }
    $flags = JSON_PRESERVE_ZERO_FRACTION | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS;
    ini_set('serialize_precision', '-1');
    mt_srand(20);
    $differ = 0;
    for ($i = 0; $i < 1500; $i++) {
        $value = random_value(0);
        lyger_cache_set('native', $value);
        ffi()->lyger_ffi_cache_store('other', 5, 5, serialize($value), strlen(serialize($value)), 0); // as the FFI engine stores arrays
        $differ += json('native') !== json_encode($value, $flags);
        $differ += json_decode(json('other'), true) !== json_decode(json_encode($value, $flags), true);
    }
    echo "$differ of $i differ\n";
    lyger_cache_set('rows', [['id' => 1, 'name' => 'Zoë'], ['id' => 2, 'name' => null]]);
    echo json('rows'), "\n";
    $one = ['a' => 1];
    lyger_cache_set('referred to', [&$one, &$one]);
    echo json('referred to'), "\n";
    var_dump(json('nobody'));
    lyger_cache_set('object', ['at' => new DateTimeZone('UTC')]);
    lyger_cache_set('bytes', ['a' => "\xFF"]);
    lyger_cache_set('name of bytes', ["\xFF" => 1]);
    lyger_cache_set('infinite', [INF]);
    for ($deep = [], $i = 1; $i < 512; $i++) {
        $deep = [$deep];
    }
    lyger_cache_set('deep', $deep);
    lyger_cache_set('deeper', [$deep]);
    echo strlen(json('deep')), "\n";
    array_map(json(...), ['object', 'bytes', 'name of bytes', 'infinite', 'deeper']);
    echo ffi()->lyger_ffi_cache_get_json('rows', 4, null, null), ' ', ffi()->lyger_last_error(), "\n";
    PHP, ['lyger.cache_path' => $path, 'lyger.cache_size' => '4M', 'ffi.enable' => '1'], $status, ['ffi']);
unlink($path);
?>
--EXPECT--
0 of 1500 differ
[{"id":1,"name":"Zoë"},{"id":2,"name":null}]
[{"a":1},{"a":1}]
NULL
1024
object: the value holds an object, for which JSON has no form
bytes: the value holds text that is not UTF-8 (at byte 0 of 1), for which JSON has no form
name of bytes: the value holds text that is not UTF-8 (at byte 0 of 1), for which JSON has no form
infinite: the value holds an infinity or NAN, for which JSON has no form
deeper: the value's arrays are nested deeper than 512
-1 json is NULL
