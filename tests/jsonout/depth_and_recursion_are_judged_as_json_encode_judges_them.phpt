--TEST--
Depth and recursion are judged as json_encode judges them, also for negative and huge depths and unknown flags
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/json.inc';
class Node implements JsonSerializable
{
    public $inner;
    public function __construct($inner) { $this->inner = $inner; }
    public function jsonSerialize(): mixed { return [$this->inner]; }
}
$nest = static function (int $levels, string $how): mixed {
    $value = 1;
    for ($i = 0; $i < $levels; $i++) {
        $value = match ($how) {
            'list' => [$value],
            'map' => ['k' => $value],
            'object' => (object) ['k' => $value],
            'declared' => new class ($value) { public function __construct(public $k) {} },
            'serializable' => new Node($value),
            'wide' => [[], $value, (object) []],
            'bad text' => ["\xff" => $value, 'x' => "\xff"],
            'infinities' => [INF, $value],
        };
    }
    return $value;
};
$comparison = new JsonComparison();
$flags = [0, JSON_PARTIAL_OUTPUT_ON_ERROR, JSON_PRETTY_PRINT, JSON_PRETTY_PRINT | JSON_PARTIAL_OUTPUT_ON_ERROR, JSON_THROW_ON_ERROR, JSON_FORCE_OBJECT,
    1 << 12, 1 << 19 | 1 << 30, 1 << 40, -1, PHP_INT_MIN, ~JSON_PARTIAL_OUTPUT_ON_ERROR, ~JSON_THROW_ON_ERROR];
foreach (['list', 'map', 'object', 'declared', 'serializable', 'wide', 'bad text', 'infinities'] as $how) {
    for ($levels = 0; $levels <= 7; $levels++) {
        $value = $nest($levels, $how);
        foreach ($flags as $set) {
            foreach ([-1, 0, 1, 2, 3, 4, 5, 6, 512, PHP_INT_MIN, PHP_INT_MAX, 1 << 31, 1 << 32, (1 << 32) + 3] as $depth) {
                $comparison->value($value, $set, $depth, "$levels of $how");
            }
        }
    }
    foreach ([511, 512, 513, 3000] as $levels) {
        foreach ([512, 4000] as $depth) {
            $comparison->value($nest($levels, $how), 0, $depth, "$levels of $how");
            $comparison->value($nest($levels, $how), JSON_PARTIAL_OUTPUT_ON_ERROR, $depth, "$levels of $how");
        }
    }
}

$array = [1];
$array['self'] = &$array;
$twice = ['x' => $array, 'y' => $array];
$object = (object) ['a' => 1];
$object->self = $object;
$declared = new class { public $self; public $b = 2; };
$declared->self = $declared;
$pair = [(object) [], (object) []];
$pair[0]->other = $pair[1];
$pair[1]->other = $pair[0];
$collection = new ArrayObject();
$collection['self'] = $collection;
$node = new Node(null);
$node->inner = ['again' => $node];
$shared = [[1, 2], (object) ['x' => 1]];
$constant = [[], ['k' => 'v']]; // immutable under opcache
foreach ([$array, $twice, $object, $declared, $pair, $collection, $node, [$shared, $shared, [$shared]], [$constant, $constant], [$object, $object]] as $i => $value) {
    foreach ($flags as $set) {
        foreach ([512, 3, 1, 0] as $depth) {
            $comparison->value($value, $set, $depth, "recursion $i");
            $comparison->value([$value, 'after' => "\xff"], $set, $depth, "recursion $i");
        }
    }
}
$comparison->report();
?>
--EXPECT--
all agree
