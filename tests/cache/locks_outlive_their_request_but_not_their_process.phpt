--TEST--
A lock is free at once when its process is killed, and lives on when the request ends, until its time or its token
--EXTENSIONS--
lyger
ffi
pcntl
posix
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
ini_set('display_errors', '0');
ini_set('log_errors', '0');
$ends = [
    'killed' => fn() => posix_kill(posix_getpid(), SIGKILL),
    'ends' => fn() => null,
    'exits' => fn() => exit(1),
    'fatal' => fn() => trigger_error('fatal', E_USER_ERROR),
];
foreach (shared_engines() as $engine) {
    foreach ($ends as $name => $end) {
        wait_for_all(start(function () use ($engine, $name, $end): void {
            $engine->cacheSet("token $name", $engine->cacheLock("long $name", 3600));
            $engine->cacheLock("short $name", 2);
            $end();
        }));
        echo "$name: ", $engine->cacheLock("long $name", 60) === null ? 'held, ' : 'free, ';
        echo $engine->cacheUnlock("long $name", $engine->cacheGet("token $name")) ? 'given back by its token, ' : 'no lock of that token, ';
        echo $engine->cacheLock("short $name", 60, 10) === null ? "never free\n" : "free after its time\n";
    }
    echo "waiting for a holder that is killed: ";
    $pid = start(function () use ($engine): void {
        $engine->cacheLock('lock', 3600);
        $engine->cacheSet('locked', true);
        until(fn() => $engine->cacheHas('waiting'), 'the other waits');
        usleep(50_000);
        posix_kill(posix_getpid(), SIGKILL);
    });
    until(fn() => $engine->cacheHas('locked'), 'the lock is held');
    $engine->cacheSet('waiting', true);
    var_dump($engine->cacheLock('lock', 60) === null, is_string($engine->cacheLock('lock', 60, 10)));
    wait_for_all($pid);
}
?>
--EXPECT--
-- native
killed: free, no lock of that token, free after its time
ends: held, given back by its token, free after its time
exits: held, given back by its token, free after its time
fatal: held, given back by its token, free after its time
waiting for a holder that is killed: bool(true)
bool(true)
-- ffi
killed: free, no lock of that token, free after its time
ends: held, given back by its token, free after its time
exits: held, given back by its token, free after its time
fatal: held, given back by its token, free after its time
waiting for a holder that is killed: bool(true)
bool(true)
