--TEST--
jsonSerialize() is called in json_encode's order, may throw, return itself, encode on its own and change what is being walked
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/json.inc';

class Calls implements JsonSerializable
{
    public $public = 'p';
    protected $hidden = 'h';
    public function __construct(private Closure|string|null $does = null, private string $name = 'c') {}
    public function jsonSerialize(): mixed
    {
        JsonLog::add($this->name);
        return $this->does ? ($this->does)($this) : $this->name;
    }
}
#[AllowDynamicProperties]
class Itself implements JsonSerializable
{
    public $x = 1;
    public function jsonSerialize(): static { JsonLog::add('itself'); $this->y = 2; return $this; }
}
abstract class Wrong implements JsonSerializable {}
class NoResult extends Wrong { #[ReturnTypeWillChange] public function jsonSerialize(): void {} }

$throw = static fn () => throw new LogicException('thrown', 7);
$calls = static fn (?callable $does = null, string $name = 'c'): Calls => new Calls($does ? Closure::fromCallable($does) : null, $name);
$makes = [
    'plain' => static fn () => $calls(),
    'array' => static fn () => $calls(static fn () => ['a' => [1], 'o' => new ArrayObject([2])]),
    'itself' => static fn () => new Itself(),
    'its properties' => static fn () => $calls(static fn (Calls $self) => get_object_vars($self)),
    'this' => static fn () => $calls(static fn (Calls $self) => $self),
    'inside its result' => static fn () => $calls(static fn (Calls $self) => ['inner' => $self, 'after' => 1]),
    'chain' => static fn () => $calls(static fn () => $calls(static fn () => $calls(static fn () => 'end', '3'), '2'), '1'),
    'the same twice' => static function () use ($calls) { $c = $calls(); return [$c, $c, 'k' => [$c]]; },
    'void' => static fn () => [new NoResult()],
    'throws' => static fn () => [1, $calls($throw), $calls(null, 'after')],
    'throws in an object' => static fn () => (object) ['a' => 1, 'b' => $calls($throw), 'c' => $calls(null, 'after')],
    'throws after an infinity' => static fn () => [INF, $calls($throw)],
    'throws after bad text' => static fn () => ["\xff", $calls($throw)],
    'after an infinity' => static fn () => [INF, $calls(null, 'called')],
    'after a bad key' => static fn () => ["\xff" => $calls(null, 'called'), 'b' => $calls(null, 'called too')],
    'after bad text' => static fn () => ["\xff", $calls(null, 'called')],
    'after a recursion' => static function () use ($calls) { $a = [1]; $a[1] = &$a; $a[2] = $calls(null, 'called'); return $a; },
    'bad text' => static fn () => [$calls(static fn () => "\xff"), $calls(null, 'after')],
    'infinity' => static fn () => [$calls(static fn () => NAN), $calls(null, 'after')],
    'resource' => static fn () => [$calls(static fn () => STDIN), $calls(null, 'after')],
    'encodes' => static fn () => [$calls(static fn () => json_encode("\xff") . json_last_error()), $calls(static fn () => lyger_json_encode([1, INF]) . json_last_error())],
    'encodes itself' => static fn () => $calls(static fn (Calls $self) => json_encode($self) . json_last_error_msg()),
    'encodes itself here' => static fn () => $calls(static fn (Calls $self) => lyger_json_encode($self) . json_last_error_msg()),
    'encodes what is being encoded' => static function () use ($calls) {
        $all = new ArrayObject();
        $list = (object) [];
        $list->c = $calls(static fn () => json_encode($list) . json_last_error_msg() . lyger_json_encode($list) . json_last_error_msg());
        return $list;
    },
    'dumps what is being encoded' => static function () use ($calls) {
        $object = (object) ['x' => 1];
        $object->c = $calls(static function () use ($object) { ob_start(); var_dump($object->x); print_r((object) ['a' => 1]); return ob_get_clean(); });
        return $object;
    },
    'changes the array' => static function () use ($calls) {
        $array = [1, 2, 3];
        $array[1] = $calls(static function () use (&$array) { array_push($array, ...range(1, 100)); unset($array[2]); return 'changed'; });
        return [&$array, 'after'];
    },
    'drops the array' => static function () use ($calls) {
        $array = ['inner' => [1, 'c' => null, str_repeat('x', 100)]];
        $array['inner']['c'] = $calls(static function () use (&$array) { $array = null; return 'dropped'; });
        return [&$array];
    },
    'changes the object' => static function () use ($calls) {
        $object = (object) ['a' => 1, 'b' => null, 'c' => 3];
        $object->b = $calls(static function () use ($object) { for ($i = 0; $i < 50; $i++) { $object->{"n$i"} = $i; } unset($object->c); return 'changed'; });
        return $object;
    },
    'changes declared properties' => static function () use ($calls) {
        $object = new Exception('x');
        $holder = new class { public $a; public $b = 2; public $c = 3; };
        $holder->a = $calls(static function () use ($holder) { $holder->b = 'new'; unset($holder->c); return 1; });
        return $holder;
    },
    'adds to declared properties' => static function () use ($calls) {
        $holder = new #[AllowDynamicProperties] class { public $a; public $b = 2; };
        // Not in a circle: what json_encode() of 8.2 does to the second one keeps the garbage collector from it.
        $known = WeakReference::create($holder);
        $holder->a = $calls(static function () use ($known) { $holder = $known->get(); $holder->more = 1; $holder->b = str_repeat('b', 3); return 1; });
        return [$holder, $holder];
    },
    'drops the object' => static function () use ($calls) {
        $list = [(object) ['a' => null, 'b' => str_repeat('y', 50)]];
        $list[0]->a = $calls(static function () use (&$list) { $list = []; return 'dropped'; });
        return [&$list];
    },
    'a replacement that ends' => static fn () => [$calls(static fn () => new class { public $x = 1; public function __destruct() { JsonLog::add('gone'); } }), $calls(null, 'next')],
    'warns' => static fn () => $calls(static function () { return @$undefined['x']; }),
];

$comparison = new JsonComparison();
foreach ($makes as $name => $make) {
    foreach ([0, JSON_PARTIAL_OUTPUT_ON_ERROR, JSON_THROW_ON_ERROR, JSON_THROW_ON_ERROR | JSON_PARTIAL_OUTPUT_ON_ERROR, JSON_PRETTY_PRINT, JSON_FORCE_OBJECT] as $flags) {
        foreach ([512, 1, 0] as $depth) {
            $comparison->made($make, $flags, $depth, $name);
            $comparison->made(static fn () => ['outer' => $make()], $flags, $depth, $name);
        }
    }
}
$comparison->report();

// A jsonSerialize() that ends the script.
require __DIR__ . '/../inc/php.inc';
$code = 'class E implements JsonSerializable { public $a = 1; public function jsonSerialize(): mixed { echo "in "; exit(3); } }
    register_shutdown_function(function () { global $list; echo lyger_json_encode(["shut", "down"]), count($list); });
    $list = [1, new E(), [2]]; lyger_json_encode($list); echo "never";';
echo run_php($code, [], $status), ' ', $status, "\n";
?>
--EXPECT--
all agree
in ["shut","down"]3 3
