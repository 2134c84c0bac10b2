--TEST--
Empty and over-long keys and times to live out of range are named in a ValueError
--EXTENSIONS--
lyger
--FILE--
<?php
$long = str_repeat('k', 65536);
$calls = [
    fn () => lyger_cache_set('', 1),
    fn () => lyger_cache_set($long, 1),
    fn () => lyger_cache_get(''),
    fn () => lyger_cache_delete($long),
    fn () => lyger_cache_has(''),
    fn () => lyger_cache_add('', 1),
    fn () => lyger_cache_touch($long, 1),
    fn () => lyger_cache_increment(''),
    fn () => lyger_cache_set('k', 1, -1),
    fn () => lyger_cache_set('k', 1, 4294967296),
    fn () => lyger_cache_touch('k', -5),
    fn () => lyger_cache_increment('k', 1, -1),
    fn () => lyger_cache_decrement('k', PHP_INT_MIN),
    fn () => lyger_cache_set_batch(['k' => 1], -1),
];
foreach ($calls as $call) {
    try {
        var_dump($call());
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
}
var_dump(lyger_cache_set(str_repeat('k', 65535), 'longest'), lyger_cache_get(str_repeat('k', 65535)));
var_dump(lyger_cache_set('k', 1, 4294967295), lyger_cache_size());
?>
--EXPECT--
lyger_cache_set(): Argument #1 ($key) must be 1 to 65535 bytes long, 0 given
lyger_cache_set(): Argument #1 ($key) must be 1 to 65535 bytes long, 65536 given
lyger_cache_get(): Argument #1 ($key) must be 1 to 65535 bytes long, 0 given
lyger_cache_delete(): Argument #1 ($key) must be 1 to 65535 bytes long, 65536 given
lyger_cache_has(): Argument #1 ($key) must be 1 to 65535 bytes long, 0 given
lyger_cache_add(): Argument #1 ($key) must be 1 to 65535 bytes long, 0 given
lyger_cache_touch(): Argument #1 ($key) must be 1 to 65535 bytes long, 65536 given
lyger_cache_increment(): Argument #1 ($key) must be 1 to 65535 bytes long, 0 given
lyger_cache_set(): Argument #3 ($ttl) must be between 0 and 4294967295 seconds, -1 given
lyger_cache_set(): Argument #3 ($ttl) must be between 0 and 4294967295 seconds, 4294967296 given
lyger_cache_touch(): Argument #2 ($ttl) must be between 0 and 4294967295 seconds, -5 given
lyger_cache_increment(): Argument #3 ($ttl) must be between 0 and 4294967295 seconds, -1 given
lyger_cache_decrement(): Argument #2 ($by) must be greater than -9223372036854775808
lyger_cache_set_batch(): Argument #2 ($ttl) must be between 0 and 4294967295 seconds, -1 given
bool(true)
string(7) "longest"
bool(true)
int(2)
