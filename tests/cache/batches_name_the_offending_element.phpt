--TEST--
A batch takes a map whatever is in it, or JSON of a map or of pairs, checks every element first, and names the one that is wrong
--EXTENSIONS--
lyger
--FILE--
<?php
var_dump(lyger_cache_set_batch(['a' => 1, 'b' => [2], 7 => 'seven']));
var_dump(lyger_cache_set_batch('[{"key": "c", "value": null}, {"key": 8, "value": "eight"}]'));
var_dump(lyger_cache_set_batch('{"d": {"x": 1}, "e": 2.5}'));
var_dump(lyger_cache_set_batch('[{"key": "f", "value": "g"}]'));
var_dump(lyger_cache_set_batch([]), lyger_cache_set_batch('{}'));
echo json_encode(lyger_cache_get_batch(['a', 'b', 7, '8', 'c', 'd', 'e', 'f', 'none'], 'default')), "\n";
lyger_cache_clear();
var_dump(lyger_cache_set_batch(['x', ['key' => 'admin', 'value' => 'data']]), lyger_cache_get_batch(['0', '1', 'admin']) === ['x', ['key' => 'admin', 'value' => 'data'], 'admin' => null]);
lyger_cache_clear();
class Stubborn
{
    public function __serialize(): array
    {
        throw new LogicException('not serialised');
    }
}
$calls = [
    fn () => lyger_cache_set_batch('["x", "y"]'),
    fn () => lyger_cache_set_batch('[{"key": "k", "value": 1}, {"key": "k"}]'),
    fn () => lyger_cache_set_batch('[{"key": "k", "value": 1}, {"key": [], "value": 1}]'),
    fn () => lyger_cache_set_batch(['ok' => 1, 'bad' => new Stubborn]),
    fn () => lyger_cache_set_batch(['ok' => 1, 'bad' => [[fn() => 1]]]),
    fn () => lyger_cache_set_batch(['ok' => 1, '' => 2]),
    fn () => lyger_cache_set_batch(['ok' => 1, str_repeat('k', 65536) => 2]),
    fn () => lyger_cache_set_batch(['ok' => 1, 'bad' => STDIN]),
    fn () => lyger_cache_set_batch('{"a": 1, "b": }'),
    fn () => lyger_cache_set_batch("{\"a\": \"\xFF\"}"),
    fn () => lyger_cache_set_batch('3'),
    fn () => lyger_cache_set_batch(''),
    fn () => lyger_cache_get_batch(['a', 1.5]),
    fn () => lyger_cache_get_batch(['a', '']),
];
foreach ($calls as $call) {
    try {
        var_dump($call());
    } catch (TypeError|ValueError|LogicException $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}
var_dump(lyger_cache_size(), lyger_cache_set_batch(['ok' => 1, str_repeat('k', 65535) => 2]), lyger_cache_get(str_repeat('k', 65535)));
?>
--EXPECT--
int(3)
int(2)
int(2)
int(1)
int(0)
int(0)
{"a":1,"b":[2],"7":"seven","8":"eight","c":null,"d":{"x":1},"e":2.5,"f":"g","none":"default"}
int(2)
bool(true)
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must be the JSON text of a map or of a list of pairs with "key" and "value"; element 0 is not one
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must be the JSON text of a map or of a list of pairs with "key" and "value"; element 1 is not one
TypeError: lyger_cache_set_batch(): Argument #1 ($items) must hold keys of type string or int, array given at element 1
LogicException: not serialised
TypeError: lyger_cache_set_batch(): Argument #1 ($items) must not be or contain a closure, as element 1 does
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must hold keys of 1 to 65535 bytes, 0 given at element 1
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must hold keys of 1 to 65535 bytes, 65536 given at element 1
TypeError: lyger_cache_set_batch(): Argument #1 ($items) must not be or contain a resource, as element 1 does
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must be JSON: syntax error near byte 14
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must be JSON: not UTF-8 near byte 6
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must be the JSON text of an object or an array, int given
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must be JSON: syntax error near byte 0
TypeError: lyger_cache_get_batch(): Argument #1 ($keys) must hold keys of type string or int, float given at element 1
ValueError: lyger_cache_get_batch(): Argument #1 ($keys) must hold keys of 1 to 65535 bytes, 0 given at element 1
int(0)
int(2)
int(2)
