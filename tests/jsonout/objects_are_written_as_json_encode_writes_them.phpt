--TEST--
Objects of every kind, enums and resources are written as json_encode writes them
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/json.inc';
#[AllowDynamicProperties]
class Base
{
    public $a = 1;
    protected $b = 2;
    private $c = 3;
    public int $typed;
    public readonly array $fixed;
    public static $static = 'no';
}
#[AllowDynamicProperties]
class Child extends Base
{
    public $a = 'redeclared';
    private $c = 'own';
    public $last = [1];
}
class Magic
{
    public $seen = 1;
    public function __get($name) { JsonLog::add("get $name"); return 1; }
    public function __toString(): string { return 'no'; }
}
class Unset_
{
    public $x = 1;
    public $y = 2;
    public function __construct() { unset($this->x); }
    public function __get($name) { JsonLog::add("get $name"); return 1; }
}
#[AllowDynamicProperties]
class Bag extends ArrayObject { public $own = 'o'; }
class Cell { public ?Cell $next = null; public $value; }
enum Suit: string { case Hearts = 'H'; const X = 1; }
enum Level: int { case Low = 1; }
enum Pure { case One; }
enum Said: string implements JsonSerializable
{
    case Yes = 'y';
    public function jsonSerialize(): string { return 'said'; }
}
enum PureSaid implements JsonSerializable
{
    case Yes;
    public function jsonSerialize(): mixed { return $this; }
}

$dynamic = static function (object $object): object {
    $object->{'dynamic'} = 'd';
    $object->{'12'} = 'numeric';
    $object->{"\xff"} = 'not UTF-8';
    $object->{'ü/"'} = null;
    return $object;
};
$mangled = (object) ["\0*\0p" => 1, "\0A\0q" => 2, 'r' => 3, '' => 4, 5 => 6];
$reference = new Base();
$reference->a = &$reference->dynamic;
$reference->dynamic = [1];
$looked = new Child();
foreach ($looked as $name => $value) { // builds the property table
}
$cell = new Cell();
$cell->next = new Cell();
$cell->next->value = 'deep';
$storage = new SplObjectStorage();
$storage[new Base()] = 1;
$objects = [
    new stdClass(), (object) [], (object) ['a' => 1], (object) [1, 2], $mangled, new Base(), new Child(), $dynamic(new Child()), $reference, $looked,
    new Magic(), new Unset_(), $cell, new class { public $anonymous = 1; }, new class extends Base { public $more = 2; },
    new DateTime('2026-07-18 12:00:00 UTC'), new DateTimeImmutable('2026-07-18 12:00:00+02:00'), new DateTimeZone('Europe/Berlin'),
    new DateInterval('P1DT2H'), new DatePeriod(new DateTime('2026-01-01'), new DateInterval('P1D'), 2),
    new ArrayObject([1, 2]), new ArrayObject(['x' => 1], ArrayObject::STD_PROP_LIST), $dynamic(new Bag(['k' => 'v'])), new ArrayIterator([3]),
    new SplStack(), new SplFixedArray(2), SplFixedArray::fromArray([1, 'x']), $storage, new SplPriorityQueue(), new WeakMap(), WeakReference::create($cell),
    static fn () => 1, strlen(...), (static function () { yield 1; })(), new Exception('m', 5), new ReflectionClass('Base'),
    Suit::Hearts, Level::Low, Pure::One, Said::Yes, PureSaid::Yes, STDIN, fopen('php://memory', 'r'), new SplTempFileObject(),
];
$closed = fopen('php://memory', 'r');
fclose($closed);
$objects[] = $closed;

$comparison = new JsonComparison();
$flags = [0, JSON_PRETTY_PRINT, JSON_FORCE_OBJECT, JSON_PARTIAL_OUTPUT_ON_ERROR, JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_PRETTY_PRINT, JSON_THROW_ON_ERROR,
    JSON_NUMERIC_CHECK, JSON_THROW_ON_ERROR | JSON_PARTIAL_OUTPUT_ON_ERROR];
foreach ($objects as $i => $object) {
    $name = "$i " . (is_object($object) ? $object::class : 'resource');
    foreach ($flags as $set) {
        $comparison->value($object, $set, name: $name);
        $comparison->value([[$object], 'k' => $object, 'after' => 1], $set, name: $name);
        $comparison->value((object) ['o' => $object, 'after' => [$object]], $set, name: $name);
    }
}
foreach ($flags as $set) {
    $comparison->value($objects, $set);
    $comparison->value($GLOBALS, $set | JSON_PARTIAL_OUTPUT_ON_ERROR); // with references and recursion
}
// What the walk leaves behind is not seen by others.
ob_start();
var_dump($objects[5], $cell);
print_r($mangled);
$comparison->value(ob_get_clean());
$comparison->report();
?>
--EXPECT--
all agree
