--TEST--
Resources, closures and recursive arrays are refused by name, at any depth, and nothing is stored
--EXTENSIONS--
lyger
--FILE--
<?php
$recursive = [1];
$recursive['self'] = &$recursive;
$values = [
    'resource' => STDIN,
    'closure' => fn () => 1,
    'nested resource' => ['a' => ['b' => STDIN]],
    'nested closure' => [[fn () => 1]],
    'recursive' => $recursive,
];
foreach ($values as $name => $value) {
    try {
        lyger_cache_set('key', $value);
        echo "$name was stored\n";
    } catch (TypeError $e) {
        echo "$name: ", $e->getMessage(), "\n";
    }
}
class Refuses
{
    public function __serialize(): array
    {
        throw new LogicException('not me');
    }
}
try {
    lyger_cache_set('key', [new Refuses]);
} catch (LogicException $e) {
    echo get_class($e), ': ', $e->getMessage(), "\n";
}
try {
    lyger_cache_set('key', new class {
    });
} catch (Exception $e) {
    echo get_class($e), "\n";
}
var_dump(lyger_cache_has('key'), lyger_cache_size());
?>
--EXPECT--
resource: lyger_cache_set(): Argument #2 ($value) must not be or contain a resource
closure: lyger_cache_set(): Argument #2 ($value) must not be or contain a closure
nested resource: lyger_cache_set(): Argument #2 ($value) must not be or contain a resource
nested closure: lyger_cache_set(): Argument #2 ($value) must not be or contain a closure
recursive: lyger_cache_set(): Argument #2 ($value) must not be or contain a recursive array
LogicException: not me
Exception
bool(false)
int(0)
