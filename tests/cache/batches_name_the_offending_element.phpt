--TEST--
A batch takes a map, a list of pairs or JSON, checks every element first, and names the one that is wrong
--EXTENSIONS--
lyger
--FILE--
<?php
var_dump(lyger_cache_set_batch(['a' => 1, 'b' => [2], 7 => 'seven']));
var_dump(lyger_cache_set_batch([['key' => 'c', 'value' => null], ['key' => 8, 'value' => 'eight']]));
var_dump(lyger_cache_set_batch('{"d": {"x": 1}, "e": 2.5}'));
var_dump(lyger_cache_set_batch('[{"key": "f", "value": "g"}]'));
var_dump(lyger_cache_set_batch([]), lyger_cache_set_batch('{}'));
echo json_encode(lyger_cache_get_batch(['a', 'b', 7, '8', 'c', 'd', 'e', 'f', 'none'], 'default')), "\n";
lyger_cache_clear();
$calls = [
    fn () => lyger_cache_set_batch(['x', 'y']),
    fn () => lyger_cache_set_batch([['key' => 'k', 'value' => 1], ['key' => 'k']]),
    fn () => lyger_cache_set_batch([['key' => 'k', 'value' => 1], ['key' => [], 'value' => 1]]),
    fn () => lyger_cache_set_batch(['ok' => 1, '' => 2]),
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
    } catch (TypeError|ValueError $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}
?>
--EXPECT--
int(3)
int(2)
int(2)
int(1)
int(0)
int(0)
{"a":1,"b":[2],"7":"seven","8":"eight","c":null,"d":{"x":1},"e":2.5,"f":"g","none":"default"}
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must be a map or a list of pairs with "key" and "value"; element 0 is not
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must be a map or a list of pairs with "key" and "value"; element 1 is not
TypeError: lyger_cache_set_batch(): Argument #1 ($items) must hold keys of type string or int, array given at element 1
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must hold keys of 1 to 65535 bytes, 0 given at element 1
TypeError: lyger_cache_set_batch(): Argument #1 ($items) must not be or contain a resource
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must be JSON: syntax error near byte 14
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must be JSON: not UTF-8 near byte 6
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must be the JSON text of an object or an array, int given
ValueError: lyger_cache_set_batch(): Argument #1 ($items) must be JSON: syntax error near byte 0
TypeError: lyger_cache_get_batch(): Argument #1 ($keys) must hold keys of type string or int, float given at element 1
ValueError: lyger_cache_get_batch(): Argument #1 ($keys) must hold keys of 1 to 65535 bytes, 0 given at element 1
