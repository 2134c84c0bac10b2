--TEST--
A lock with a token of the caller's own lives as long as its time and its token, whatever becomes of processes
--EXTENSIONS--
lyger
ffi
pcntl
posix
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
foreach (shared_engines() as $engine) {
    // Taken in one process that is killed, extended in a second that is killed, given back in a third.
    $kill = fn() => posix_kill(posix_getpid(), SIGKILL);
    wait_for_all(start(function () use ($engine, $kill): void {
        $engine->cacheLock('long', 3600, 0, 'bearer of long');
        $engine->cacheLock('short', 1, 0, 'bearer of short');
        $engine->cacheLock('endless', 0, 0, 'bearer of endless');
        $engine->cacheLock('made and kept', 3600, 0, $engine->cacheLock('made and kept', 3600));
        $engine->cacheLock('made', 0);
        $kill();
    }));
    foreach (['long', 'endless', 'made and kept', 'made'] as $key) {
        echo "$key: ", $engine->cacheLock($key, 60) === null ? 'held' : 'free', "\n";
    }
    wait_for_all(start(function () use ($engine, $kill): void {
        $engine->cacheLockExtend('long', 'bearer of long', 3600) || print("not extended\n");
        $engine->cacheLock('endless', 3600, 0, 'bearer of endless') === 'bearer of endless' || print("not taken again\n");
        $kill();
    }));
    var_dump($engine->cacheLockOwner('long'), $engine->cacheLockOwner('endless'));
    wait_for_all(start(function () use ($engine): void {
        foreach (['long', 'endless'] as $key) {
            $engine->cacheUnlock($key, "bearer of $key") || print("$key is not given back\n");
        }
    }));
    var_dump($engine->cacheLockOwner('long'), $engine->cacheLockOwner('endless'));
    var_dump(strlen($engine->cacheLockOwner('made and kept')), is_string($engine->cacheLock('short', 60, 20)));

    // What processes do under a lock of tokens, one does after the other.
    $pids = [];
    for ($i = 0; $i < 4; $i++) {
        $pids[] = start(function () use ($engine, $i): void {
            for ($n = 0; $n < 50; $n++) {
                $token = $engine->cacheLock('lock', 60, 60, "worker $i, round $n");
                $engine->cacheSet('total', (int) $engine->cacheGet('total', 0) + 1); // not atomic by itself
                $engine->cacheLockOwner('lock') === $token || print("another owner\n");
                $engine->cacheUnlock('lock', $token) || print("the lock was lost\n");
            }
        });
    }
    wait_for_all(...$pids);
    var_dump($engine->cacheGet('total'));
}
?>
--EXPECT--
-- native
long: held
endless: held
made and kept: held
made: free
string(14) "bearer of long"
string(17) "bearer of endless"
NULL
NULL
int(16)
bool(true)
int(200)
-- ffi
long: held
endless: held
made and kept: held
made: free
string(14) "bearer of long"
string(17) "bearer of endless"
NULL
NULL
int(16)
bool(true)
int(200)
