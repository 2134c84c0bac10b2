--TEST--
Keys that stay are all found while other processes store and delete
--EXTENSIONS--
lyger
ffi
pcntl
posix
--INI--
lyger.cache_size=16M
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
foreach (shared_engines() as $engine) {
    for ($i = 0; $i < 2000; $i++) {
        $engine->cacheSet("stays:\0$i", $i);
    }
    $writers = [];
    foreach ([0, 1] as $writer) {
        $writers[] = start(function () use ($engine, $writer): void {
            for ($n = 0;; $n++) {
                $engine->cacheSet("goes:$writer:" . $n % 5000, $n);
                $engine->cacheDelete("goes:$writer:" . ($n * 7) % 5000);
                $engine->cacheIncrement("rounds $writer");
            }
        });
    }
    $missed = $foreign = 0;
    for ($round = 0; $round < 10; $round++) {
        until(fn() => $engine->cacheGet('rounds 0') > 500 * $round && $engine->cacheGet('rounds 1') > 500 * $round, 'they write');
        $seen = [];
        foreach ($engine->cacheKeys('stays:') as $key) {
            preg_match('/^stays:\0\d{1,4}$/D', $key) ? $seen[$key] = true : $foreign++;
        }
        $missed += 2000 - count($seen);
        foreach ($engine->cacheKeys() as $key) {
            preg_match('/^(stays:\0\d{1,4}|goes:[01]:\d{1,4}|rounds [01])$/D', $key) || $foreign++;
        }
    }
    var_dump($missed, $foreign);
    array_map(fn(int $pid) => posix_kill($pid, SIGKILL), $writers);
    wait_for_all(...$writers);
}
?>
--EXPECT--
-- native
int(0)
int(0)
-- ffi
int(0)
int(0)
