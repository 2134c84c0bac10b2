--TEST--
JSON: what is being written is held, whatever jsonSerialize() does to the variable or the container that it came from
--EXTENSIONS--
lyger
--FILE--
<?php
/** Takes the memory of what has just been freed, if anything has. */
function take(): array
{
    $taken = [];
    for ($i = 0; $i < 50; $i++) {
        $taken[] = new Replaced('of somebody else');
        $taken[] = str_repeat('s', 40);
    }
    return $taken;
}

class Replaced implements JsonSerializable
{
    public function __construct(public string $name)
    {
    }

    public function jsonSerialize(): mixed
    {
        $GLOBALS['holder'] = null;
        $taken = take();
        return $this->name === 'itself' ? $this : $this->name;
    }
}

class Throwing extends Replaced
{
    public function jsonSerialize(): mixed
    {
        $GLOBALS['holder'] = null;
        $taken = take();
        throw new LogicException($this->name);
    }
}

foreach ([new Replaced('its own name'), new Replaced('itself')] as $holder) {
    $list = ['a' => &$holder];
    echo lyger_json_encode($list), "\n";
    unset($list);
}
foreach ([1, 2] as $again) {
    $object = new Throwing('thrown');
    $holder = $object;
    if ($again === 1) {
        unset($object);
    }
    $list = [&$holder];
    try {
        lyger_json_encode($list);
    } catch (LogicException $e) {
        echo $e->getMessage(), ' ', $again, "\n";
    }
    unset($list, $e);
}
// The mark against recursion went with the exception: the same object is written again, and throws again.
try {
    lyger_json_encode($object);
} catch (LogicException $e) {
    echo $e->getMessage(), " once more\n";
}

class Grower implements JsonSerializable
{
    public function __construct(private string $how)
    {
    }

    public function jsonSerialize(): mixed
    {
        global $container;
        for ($i = 0; $i < 500; $i++) {
            match ($this->how) {
                'array access' => $container["new $i"] = $i,
                'property' => $container->{"new$i"} = $i,
            };
        }
        $taken = take();
        return 'grown';
    }
}

$container = (object) ['first' => new Grower('property'), 'last' => 'here'];
echo lyger_json_encode($container), ' ', count((array) $container), "\n";
$container = ['first' => new Grower('array access'), 'last' => 'here'];
echo lyger_json_encode($container), ' ', count($container), "\n";
$reference = [&$container];
$container = ['first' => new Grower('array access'), 'last' => 'here'];
echo lyger_json_encode($reference), ' ', count($container), "\n";
?>
--EXPECT--
{"a":"its own name"}
{"a":{"name":"itself"}}
thrown 1
thrown 2
thrown once more
{"first":"grown","last":"here"} 502
{"first":"grown","last":"here"} 502
[{"first":"grown","last":"here"}] 502
