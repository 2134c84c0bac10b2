--TEST--
Property hooks and lazy objects, where PHP has them, are written as json_encode writes them
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/json.inc';
$comparison = new JsonComparison();
$flags = [0, JSON_PRETTY_PRINT, JSON_PARTIAL_OUTPUT_ON_ERROR, JSON_THROW_ON_ERROR, JSON_THROW_ON_ERROR | JSON_PARTIAL_OUTPUT_ON_ERROR];
if (PHP_VERSION_ID >= 80400) {
    eval(<<<'PHP'
    class Hooked
    {
        public $plain = 1;
        public string $backed = 'b' { get { JsonLog::add('backed'); return strtoupper($this->backed); } }
        public array $virtual { get { JsonLog::add('virtual'); return ['made' => "\u{2028}/"]; } }
        public int $writeOnly { set { } }
        public array $byReference { &get { static $a = [1, 2]; return $a; } }
        protected int $hidden { get => 1; }
        public $last = INF;
        public private(set) string $asymmetric = 'a';
    }
    class HookThrows
    {
        public $first = 1;
        public int $thrower { get => throw new LogicException('hook', 3); }
        public int $after { get { JsonLog::add('after'); return 1; } }
    }
    class HookRecurses
    {
        public object $self { get => $this; }
        public string $encoded { get => json_encode([1]) . lyger_json_encode([2]); }
    }
    class Serializes extends Hooked implements JsonSerializable
    {
        public function jsonSerialize(): static { return $this; }
    }
    class Lazy
    {
        public int $a = 1;
        public ?string $b = null;
        protected $c = 3;
    }
    PHP);
    $lazy = new ReflectionClass('Lazy');
    $makes = [
        static fn () => new Hooked(), static fn () => new HookThrows(), static fn () => [new HookThrows(), new Hooked()],
        static fn () => new HookRecurses(), static fn () => new Serializes(),
        static fn () => $lazy->newLazyGhost(static function (Lazy $o): void { JsonLog::add('ghost'); $o->b = 'made'; }),
        static fn () => $lazy->newLazyProxy(static function (): Lazy { JsonLog::add('proxy'); $o = new Lazy(); $o->a = 9; return $o; }),
        static fn () => $lazy->newLazyGhost(static fn () => throw new LogicException('lazy', 4)),
        static fn () => [1, $lazy->newLazyProxy(static fn () => throw new LogicException('lazy', 4)), new Hooked()],
        static function () use ($lazy) {
            $o = $lazy->newLazyGhost(static function (Lazy $o): void { JsonLog::add('never'); });
            $lazy->getProperty('a')->setRawValueWithoutLazyInitialization($o, 5);
            $lazy->getProperty('b')->skipLazyInitialization($o);
            return $o;
        },
    ];
    foreach ($makes as $i => $make) {
        foreach ($flags as $set) {
            foreach ([512, 1, 0] as $depth) {
                $comparison->made($make, $set, $depth, "new $i");
                $comparison->made(static fn () => ['in' => $make(), 'after' => [1]], $set, $depth, "new $i");
            }
        }
    }
}
foreach ($flags as $set) { // 8.2: what comes nearest
    $comparison->made(static function () {
        $object = new class { public $a = 1; public $b = 2; public function __get($name) { JsonLog::add($name); return 1; } };
        unset($object->a);
        return $object;
    }, $set);
}
$comparison->report();
?>
--EXPECT--
all agree
