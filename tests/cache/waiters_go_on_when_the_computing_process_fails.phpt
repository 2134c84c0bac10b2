--TEST--
Who waits for a value goes on as soon as the process that computes it is killed, throws, exits or ends in a fatal error
--EXTENSIONS--
lyger
ffi
pcntl
posix
--INI--
memory_limit=32M
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
ini_set('display_errors', '0');
ini_set('log_errors', '0');
$ends = [
    'killed' => fn() => posix_kill(posix_getpid(), SIGKILL),
    'throws' => fn() => throw new DomainException('no value'),
    'exits' => fn() => exit(0),
    'fatal' => fn() => trigger_error('no value', E_USER_ERROR),
    // Under valgrind PHP allocates without a limit.
    'memory' => fn() => getenv('USE_ZEND_ALLOC') === '0' ? trigger_error('memory', E_USER_ERROR) : str_repeat('x', 100 << 20),
    'time' => function () {
        set_time_limit(1);
        for (;;);
    },
];
foreach (shared_engines() as $door => $engine) {
    foreach ($ends as $name => $end) {
        $computing = start(function () use ($engine, $door, $name, $end): void {
            // What PHP does after a fatal error keeps nobody waiting.
            register_shutdown_function(function () use ($engine, $door, $name): void {
                if ($door === 'native') {
                    until(fn() => $engine->cacheHas("done $name"), 'the other was done');
                    $engine->cacheSet("over $name", true);
                }
            });
            $value = outcome(fn() => $engine->cacheRemember("value $name", function () use ($engine, $name, $end): string {
                $engine->cacheIncrement("computing $name");
                until(fn() => $engine->cacheHas("waiting $name"), 'somebody waits');
                usleep(50_000);
                $end();
                return 'not reached';
            }));
            $engine->cacheSet("outcome $name", $value);
        });
        until(fn() => $engine->cacheHas("computing $name"), "$name computes");
        $engine->cacheIncrement("waiting $name");
        $value = outcome(fn() => $engine->cacheRemember("value $name", fn() => 'computed here'));
        printf("%s: %s %s", $name, $value, $engine->cacheHas("over $name") ? 'late' : 'soon');
        $engine->cacheIncrement("done $name");
        wait_for_all($computing);
        echo rtrim(', ' . $engine->cacheGet("outcome $name"), ', '), "\n";
    }
}
?>
--EXPECT--
-- native
killed: computed here soon
throws: computed here soon, DomainException: no value
exits: computed here soon
fatal: computed here soon
memory: computed here soon
time: computed here soon
-- ffi
killed: computed here soon
throws: computed here soon, DomainException: no value
exits: computed here soon
fatal: computed here soon
memory: computed here soon
time: computed here soon
