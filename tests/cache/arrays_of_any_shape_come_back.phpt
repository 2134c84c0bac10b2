--TEST--
Arrays of any shape come back equal, go on counting where they did, and share nothing with what was stored
--EXTENSIONS--
lyger
--FILE--
<?php
mt_srand(20261121);
function any_value(int $depth): mixed
{
    switch (mt_rand(0, $depth > 3 ? 6 : 9)) {
        case 0:
            return null;
        case 1:
            return (bool) mt_rand(0, 1);
        case 2:
            return mt_rand(-1000, 1000) * mt_rand(1, 1 << 40);
        case 3:
            return mt_rand() / 7;
        case 4:
            return '';
        case 5:
            return chr(mt_rand(0, 255));
        case 6:
            return random_bytes(mt_rand(1, 50));
        case 7:
            return array_map(fn () => any_value($depth + 1), array_fill(0, mt_rand(0, 8), 0));
        case 8:
            $map = [];
            for ($i = mt_rand(0, 8); $i > 0; $i--) {
                $map[mt_rand(0, 1) ? 'k' . mt_rand(0, 99) : mt_rand(-5, 50)] = any_value($depth + 1);
            }
            return $map;
        default:
            $holes = [1, 2, 3, 4];
            unset($holes[mt_rand(0, 3)]);
            $holes[] = 5;
            unset($holes[4]);
            return $holes;
    }
}
for ($i = 0; $i < 3000; $i++) {
    $value = [any_value(0), any_value(0)];
    if (mt_rand(0, 1)) {
        $value = any_value(0);
    }
    lyger_cache_set('v', $value);
    $back = lyger_cache_get('v');
    if ($back !== $value) {
        var_dump($value, $back);
        exit('differs');
    }
    if (is_array($value)) {
        $value[] = $back[] = 'next';
        if ($back !== $value) {
            var_dump($value, $back);
            exit('counts on differently');
        }
    }
}
$inner = ['x' => 1];
$value = ['a' => &$inner, 'b' => [&$inner]];
lyger_cache_set('references', $value);
$inner['x'] = 2;
echo json_encode(lyger_cache_get('references')), "\n";
$back = lyger_cache_get('references');
$back['a']['x'] = 3;
echo json_encode([$back, lyger_cache_get('references')]), "\n";
$negative = [-7 => 'a'];
lyger_cache_set('negative', $negative);
$back = lyger_cache_get('negative');
$negative[] = $back[] = 'b'; // PHP 8.3 changed which index this gets
var_dump($back === $negative);
$deep = [];
for ($i = 0; $i < 600; $i++) {
    $deep = [$deep];
}
lyger_cache_set('deep', $deep);
var_dump(lyger_cache_get('deep') === $deep);
?>
--EXPECT--
{"a":{"x":1},"b":[{"x":1}]}
[{"a":{"x":3},"b":[{"x":1}]},{"a":{"x":1},"b":[{"x":1}]}]
bool(true)
bool(true)
