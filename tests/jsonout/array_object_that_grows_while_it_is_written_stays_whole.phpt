--TEST--
JSON: an ArrayObject that grows, or gets another array, while it is written is written as it was
--EXTENSIONS--
lyger
--SKIPIF--
<?php
PHP_DEBUG && exit("skip inapplicable: a debug build of PHP fails an assertion there, with its own json_encode() too");
?>
--FILE--
<?php
/** Takes the memory of what has just been freed, if anything has. */
function take(): array
{
    $taken = [];
    for ($i = 0; $i < 50; $i++) {
        $taken[] = (object) ['name' => 'of somebody else'];
        $taken[] = str_repeat('s', 40);
    }
    return $taken;
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
                'exchange' => $container->exchangeArray([$i]),
            };
        }
        $taken = take();
        return 'grown';
    }
}

foreach (['ArrayObject', 'ArrayIterator'] as $class) {
    $container = new $class(['first' => new Grower('array access'), 'last' => 'here']);
    echo lyger_json_encode($container), ' ', count($container), "\n";
}
$container = new ArrayObject(['first' => new Grower('exchange'), 'last' => 'here']);
echo lyger_json_encode($container), ' ', json_encode($container), "\n";
?>
--EXPECT--
{"first":"grown","last":"here"} 502
{"first":"grown","last":"here"} 502
{"first":"grown","last":"here"} {"0":499}
