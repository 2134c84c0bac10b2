--TEST--
Signal handlers run while a process waits for a lock or a value, and may end the wait with an exception
--EXTENSIONS--
lyger
ffi
pcntl
posix
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
pcntl_async_signals(true);
foreach (shared_engines() as $engine) {
    $holder = start(function () use ($engine): void {
        $engine->cacheLock('lock', 3600);
        $engine->cacheRemember('value', function () use ($engine): void {
            $engine->cacheSet('held', true);
            sleep(60);
        });
    });
    until(fn() => $engine->cacheHas('held'), 'both are held');
    $waits = [
        'lock' => fn() => $engine->cacheLock('lock', 60, 30),
        'value' => fn() => $engine->cacheRemember('value', fn() => 'not computed', 0, 0, 30),
    ];
    foreach ($waits as $name => $wait) {
        $signals = 0;
        pcntl_signal(SIGALRM, function () use (&$signals): void {
            if (++$signals === 2) {
                throw new DomainException('enough');
            }
            pcntl_alarm(1);
        });
        $start = hrtime(true);
        pcntl_alarm(1);
        echo "$name: ", outcome($wait), hrtime(true) - $start < 20e9 ? "\n" : " late\n";
    }
    posix_kill($holder, SIGKILL);
    wait_for_all($holder);
    var_dump(is_string($engine->cacheLock('lock', 60, 10)), $engine->cacheRemember('value', fn() => 'computed'));
}
?>
--EXPECT--
-- native
lock: DomainException: enough
value: DomainException: enough
bool(true)
string(8) "computed"
-- ffi
lock: DomainException: enough
value: DomainException: enough
bool(true)
string(8) "computed"
