--TEST--
One process computes what many ask for, and the others get its value
--EXTENSIONS--
lyger
ffi
pcntl
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
const MANY = 8;
foreach (shared_engines() as $engine) {
    for ($round = 0; $round < 3; $round++) {
        $pids = [];
        for ($i = 0; $i < MANY; $i++) {
            $pids[] = start(function () use ($engine, $round): void {
                $engine->cacheIncrement("asking $round");
                $value = $engine->cacheRemember("page $round", function () use ($engine, $round): array {
                    $engine->cacheIncrement("computing $round");
                    until(fn() => $engine->cacheGet("asking $round") === MANY, 'all ask');
                    usleep(20_000); // most of them wait by now
                    return ['computed' => [$round, str_repeat('x', 10_000)]];
                });
                $right = $value === ['computed' => [$round, str_repeat('x', 10_000)]];
                $engine->cacheIncrement($right ? "right $round" : "wrong $round");
            });
        }
        wait_for_all(...$pids);
        echo json_encode($engine->cacheGetBatch(["computing $round", "right $round", "wrong $round"], 0)), "\n";
    }
}
?>
--EXPECT--
-- native
{"computing 0":1,"right 0":8,"wrong 0":0}
{"computing 1":1,"right 1":8,"wrong 1":0}
{"computing 2":1,"right 2":8,"wrong 2":0}
-- ffi
{"computing 0":1,"right 0":8,"wrong 0":0}
{"computing 1":1,"right 1":8,"wrong 1":0}
{"computing 2":1,"right 2":8,"wrong 2":0}
