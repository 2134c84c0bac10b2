--TEST--
Every PHP type but resources and closures comes back from the cache as it went in
--EXTENSIONS--
lyger
--FILE--
<?php
class Point
{
    public function __construct(public int $x = 0, protected ?Point $next = null, private array $tags = [])
    {
    }
}
enum Suit: string
{
    case Hearts = 'h';
}
$shared = new Point(1);
$values = [
    null, true, false, 0, -1, PHP_INT_MAX, PHP_INT_MIN, 0.0, -0.0, 1.5, INF, -INF, '', 'x', "a\0b\xFF", str_repeat('long', 20000),
    [], [1, 2, 3], ['a' => ['b' => [true, null]], 5 => 'five'], new Point(3, $shared, ['t']), Suit::Hearts,
    [$shared, $shared], new ArrayObject([1, 2]),
];
foreach ($values as $i => $value) {
    if (!lyger_cache_set("value:$i", $value)) {
        echo "value $i was not stored\n";
    }
}
foreach ($values as $i => $value) {
    $back = lyger_cache_get("value:$i", 'a miss');
    if (is_object($value) && !$value instanceof UnitEnum || is_array($value) && $value && is_object($value[0] ?? null)) {
        $same = $back == $value && serialize($back) === serialize($value);
    } else {
        $same = $back === $value;
    }
    if (!$same) {
        echo "value $i came back as ";
        var_dump($back);
    }
}
lyger_cache_set('nan', NAN);
var_dump(is_nan(lyger_cache_get('nan')));
var_dump(fdiv(1, lyger_cache_get('value:8')) === -INF);
[$one, $two] = lyger_cache_get('value:21');
var_dump($one === $two);
echo "done\n";
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
done
