--TEST--
What processes do under a lock, one does after the other
--EXTENSIONS--
lyger
ffi
pcntl
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
foreach (shared_engines() as $engine) {
    $pids = [];
    for ($i = 0; $i < 4; $i++) {
        $pids[] = start(function () use ($engine): void {
            for ($n = 0; $n < 100; $n++) {
                $token = $engine->cacheLock('lock', 60, 30);
                $engine->cacheSet('total', (int) $engine->cacheGet('total', 0) + 1); // not atomic by itself
                $engine->cacheUnlock('lock', $token) || print("the lock was lost\n");
            }
        });
    }
    wait_for_all(...$pids);
    var_dump($engine->cacheGet('total'));
    // Only the token itself opens it.
    $token = $engine->cacheLock('lock', 60);
    $others = ['', substr($token, 1), "{$token}0", "0$token", strtr($token, '0123456789abcdef', '123456789abcdef0'), str_repeat('g', 16), " $token"];
    var_dump(array_filter($others, fn(string $other): bool => $engine->cacheUnlock('lock', $other)), $engine->cacheLock('lock', 60));
    var_dump($engine->cacheUnlock('lock', $token), $engine->cacheUnlock('lock', $token));
}
?>
--EXPECT--
-- native
int(400)
array(0) {
}
NULL
bool(true)
bool(false)
-- ffi
int(400)
array(0) {
}
NULL
bool(true)
bool(false)
