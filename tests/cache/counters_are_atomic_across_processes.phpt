--TEST--
Counters add up across processes, and keep to integers
--EXTENSIONS--
lyger
pcntl
posix
--FILE--
<?php
for ($i = 0; $i < 4; $i++) {
    if (pcntl_fork() === 0) {
        for ($n = 0; $n < 5000; $n++) {
            lyger_cache_increment('total', 2);
            lyger_cache_decrement('total');
        }
        posix_kill(posix_getpid(), SIGKILL);
    }
}
while (pcntl_wait($status) > 0);
var_dump(lyger_cache_get('total'));
var_dump(lyger_cache_increment('fresh', -3), lyger_cache_decrement('fresh', -5));
lyger_cache_set('text', '5');
lyger_cache_set('most', PHP_INT_MAX);
foreach (['text', 'most'] as $key) {
    try {
        lyger_cache_increment($key);
    } catch (Lyger\Exception\CacheException $e) {
        echo $e->getMessage(), "\n";
    }
}
var_dump(lyger_cache_get('most') === PHP_INT_MAX);
?>
--EXPECT--
int(20000)
int(-3)
int(2)
the value is not an integer
9223372036854775807 changed by 1 is out of an integer's range
bool(true)
