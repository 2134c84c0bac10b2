--TEST--
Two processes that compute values which need each other: one gets an exception, the other its value
--EXTENSIONS--
lyger
ffi
pcntl
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
foreach (shared_engines() as $engine) {
    $pids = [];
    foreach (['a' => 'b', 'b' => 'a'] as $mine => $other) {
        $pids[] = start(function () use ($engine, $mine, $other): void {
            $value = outcome(fn() => $engine->cacheRemember($mine, function () use ($engine, $mine, $other): string {
                $engine->cacheSet("in $mine", true);
                until(fn() => $engine->cacheHas("in $other"), "$other is computed too");
                return $mine . $engine->cacheRemember($other, fn() => $other);
            }));
            $engine->cacheIncrement($value === $mine . $other ? 'values' : $value);
        });
    }
    $start = hrtime(true);
    wait_for_all(...$pids);
    foreach ($engine->cacheKeys() as $key) {
        $engine->cacheGet($key) === 1 && print("$key\n");
    }
    var_dump(hrtime(true) - $start < 10_000_000_000);
}
?>
--EXPECTREGEX--
-- native
(values\nLyger.*CacheException: processes compute values that wait for each other.*|Lyger.*CacheException: processes compute values that wait for each other.*\nvalues)
bool\(true\)
-- ffi
(values\nLyger.*CacheException: processes compute values that wait for each other.*|Lyger.*CacheException: processes compute values that wait for each other.*\nvalues)
bool\(true\)
