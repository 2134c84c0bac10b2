--TEST--
Random values under random flags and depths give the text, error and exception that json_encode gives
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/json.inc';
mt_srand(20260718);

enum Suit: string { case Hearts = 'h/"'; case Spades = "\xff"; }
enum Level: int { case Low = -1; }
enum Pure { case One; }
class Point
{
    public int $x = 1;
    protected $hidden = 2;
    private $own = 3;
    public ?string $name;
    public $more;
}
class Replaced implements JsonSerializable
{
    public function __construct(public mixed $by) {}
    public function jsonSerialize(): mixed { return $this->by; }
}

function text(): string
{
    static $pieces = [
        '', 'a', 'key', 'a longer piece of text', '/', '"', '\\', "\n", "\t", "\0", "\x1f", "\x7f", '<b>', '&amp;', "it's",
        'é', 'ж', '語', '😀', "\u{2028}", "\u{2029}", "\u{fffd}", "\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}",
        "\xff", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xc0\x80",
        '12', '-0', '1.50', '1e3', ' 7', '7 ', '0x1A', '9223372036854775808', '1e999', '.5', "1\n",
    ];
    // Mostly well-formed, so that whole values come out.
    $last = mt_rand(0, 9) ? 22 : count($pieces) - 1;
    $text = '';
    for ($i = mt_rand(0, mt_rand(0, 5) ? 3 : 30); $i > 0; $i--) {
        $text .= $pieces[mt_rand(0, $last)];
    }
    return mt_rand(0, 19) ? $text : $pieces[mt_rand(30, count($pieces) - 1)];
}

function number(): float
{
    return match (mt_rand(0, 7)) {
        0 => mt_rand(-1000, 1000) / 4,
        1 => mt_rand() * 10.0 ** mt_rand(-30, 30),
        2 => (float) mt_rand(),
        3 => mt_rand(-999999, 999999) / 100,
        4 => 10.0 ** mt_rand(-8, 20),
        5 => -0.0,
        6 => mt_rand(0, 9) ? 0.1 : INF,
        7 => mt_rand(0, 9) ? 1 / 3 : NAN,
    };
}

function value(int $depth): mixed
{
    $kind = mt_rand(0, $depth > 0 ? 24 : 13);
    if ($kind >= 14) {
        $elements = [];
        $count = mt_rand(0, 5);
        for ($i = 0; $i < $count; $i++) {
            $key = match ($kind) {
                14, 15, 16 => $i,
                17 => mt_rand(-3, 9),
                18 => $count - $i,
                default => text(),
            };
            $elements[$key] = value($depth - 1);
        }
        switch ($kind) {
            case 16: // a reference inside, and a hole
                if (isset($elements[1])) {
                    $again = &$elements[1];
                    unset($elements[0]);
                }
                return $elements;
            case 20:
            case 21:
                return (object) $elements;
            case 22:
                $point = new Point();
                $point->more = $elements;
                if (mt_rand(0, 1)) {
                    $point->name = text();
                    unset($point->x);
                }
                return $point;
            case 23:
                return new Replaced(mt_rand(0, 9) ? $elements : Pure::One);
            case 24:
                return new ArrayObject($elements);
            default:
                return $elements;
        }
    }
    return match ($kind) {
        0 => null,
        1 => true,
        2 => false,
        3 => mt_rand(),
        4 => -mt_rand(0, 99),
        5 => [PHP_INT_MAX, PHP_INT_MIN, 0, 9, 10, 99999999, 100000000, 10 ** 16][mt_rand(0, 7)],
        6, 7 => number(),
        8 => mt_rand(0, 20) ? Level::Low : STDIN,
        9 => mt_rand(0, 20) ? Suit::Hearts : Suit::Spades,
        default => text(),
    };
}

$comparison = new JsonComparison();
$precisions = ['-1', '-1', '-1', '17', '14', '0', '3', '60'];
for ($i = 0; $i < 20000; $i++) {
    ini_set('serialize_precision', $precisions[$i % 8]);
    $value = value(mt_rand(0, 6));
    $comparison->value($value, json_flags(mt_rand(2, 6)), mt_rand(0, 3) ? 512 : mt_rand(0, 5), "value $i");
    $comparison->value($value, JSON_PARTIAL_OUTPUT_ON_ERROR | json_flags(5), mt_rand(0, 3) ? 512 : mt_rand(0, 5), "value $i");
}
$comparison->report();
ksort($comparison->errors);
echo 'errors met: ', implode(' ', array_keys($comparison->errors)), "\n"; // 4 is the one that was there before
?>
--EXPECT--
all agree
errors met: 0 1 4 5 7 8 11
