--TEST--
Lyger\CacheKeys is made by lyger_cache_keys() only, and may be left half read
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
for ($i = 0; $i < 3000; $i++) {
    lyger_cache_set("key $i", $i);
}
$keys = lyger_cache_keys('key 1');
var_dump($keys);
echo outcome(fn() => new Lyger\CacheKeys()), "\n", outcome(fn() => clone $keys), "\n", outcome(fn() => serialize($keys)), "\n";
echo outcome(fn() => unserialize('O:15:"Lyger\CacheKeys":0:{}')), "\n";
echo outcome(fn() => $keys->more = 1), "\n";
echo outcome(fn() => (new ReflectionClass($keys))->newInstanceWithoutConstructor()), "\n";

// Iterators that are inside one another, and in each other's way.
$seen = 0;
foreach (lyger_cache_keys('key 10') as $outer) {
    foreach (lyger_cache_keys($outer) as $inner) {
        $seen += str_starts_with($inner, $outer);
    }
}
var_dump($seen);
foreach ($keys as $number => $key) {
    if ($number === 700) {
        break;
    }
}
var_dump($keys->key(), $key === $keys->current(), count(iterator_to_array($keys)));

lyger_cache_clear();
var_dump(iterator_to_array(lyger_cache_keys()));
?>
--EXPECT--
object(Lyger\CacheKeys)#1 (0) {
}
Error: Call to private Lyger\CacheKeys::__construct() from global scope
Error: Trying to clone an uncloneable object of class Lyger\CacheKeys
Exception: Serialization of 'Lyger\CacheKeys' is not allowed
Exception: Unserialization of 'Lyger\CacheKeys' is not allowed
Error: Cannot create dynamic property Lyger\CacheKeys::$more
ReflectionException: Class Lyger\CacheKeys is an internal class marked as final that cannot be instantiated without invoking its constructor
int(321)
int(700)
bool(true)
int(1111)
array(0) {
}
