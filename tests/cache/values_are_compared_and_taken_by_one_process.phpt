--TEST--
What processes compare and set adds up, and each entry is taken or deleted by one of them, also while some are killed
--EXTENSIONS--
lyger
ffi
pcntl
posix
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
const WORKERS = 4;
const ROUNDS = 300;
const JOBS = 600;

/** Replaces a value by what $plus makes of it. */
function add(object $engine, string $key, callable $plus): void
{
    do {
        $old = $engine->cacheGet($key);
    } while (!$engine->cacheCompareAndSet($key, $old, $plus($old)));
}

foreach (shared_engines() as $engine) {
    // Integers that others count meanwhile, and arrays, one number for each process.
    $engine->cacheSet('total', 0);
    $engine->cacheSet('numbers', ['of' => array_fill(0, WORKERS, 0)]);
    $work = function (int $i, int $rounds) use ($engine): void {
        for ($n = 0; $n < $rounds; $n++) {
            add($engine, 'total', fn(int $old): int => $old + 1);
            $engine->cacheIncrement('total');
            add($engine, 'numbers', function (array $old) use ($i): array {
                $old['of'][$i]++;
                return $old;
            });
            $engine->cacheSet("done $i", $n + 1);
        }
    };
    $pids = [];
    for ($i = 1; $i < WORKERS; $i++) {
        $pids[] = start(fn() => $work($i, ROUNDS));
    }
    $killed = start(fn() => $work(0, PHP_INT_MAX));
    until(fn() => (int) $engine->cacheGet('done 0') > 10, 'the first works');
    wait_for_all(...$pids);
    posix_kill($killed, SIGKILL);
    wait_for_all($killed);
    $of = $engine->cacheGet('numbers')['of'];
    $done = $engine->cacheGet('done 0');
    var_dump(array_slice($of, 1), $of[0] === $done || $of[0] === $done + 1);
    $total = $engine->cacheGet('total') - 2 * ROUNDS * (WORKERS - 1);
    var_dump($total >= 2 * $done && $total <= 2 * $done + 2);

    // Jobs that one process takes, and others that one process deletes; who is killed has told of all but one.
    for ($n = 0; $n < JOBS; $n++) {
        $engine->cacheSet("job $n", ['number' => $n, 'text' => str_repeat('x', $n * 7)]);
        $engine->cacheSet("mark $n", "mark of $n");
    }
    $taking = function (bool $slow) use ($engine): void {
        for ($n = 0; $n < JOBS; $n++) {
            $job = $engine->cacheTake("job $n");
            if ($job !== null) {
                $job['number'] === $n && strlen($job['text']) === $n * 7 || print("another job\n");
                $engine->cacheIncrement("taken $n");
            }
            if ($engine->cacheCompareAndDelete("mark $n", "mark of $n")) {
                $engine->cacheIncrement("deleted $n");
            }
            if ($slow && $n === 20) {
                $engine->cacheSet('slow', true);
            }
        }
    };
    $killed = start(fn() => $taking(true));
    until(fn() => $engine->cacheHas('slow'), 'the first takes');
    posix_kill($killed, SIGKILL);
    $pids = [];
    for ($i = 1; $i < WORKERS; $i++) {
        $pids[] = start(fn() => $taking(false));
    }
    wait_for_all($killed, ...$pids);
    $taken = $deleted = [];
    for ($n = 0; $n < JOBS; $n++) {
        $taken[] = $engine->cacheGet("taken $n", 0);
        $deleted[] = $engine->cacheGet("deleted $n", 0);
    }
    var_dump(max($taken), array_sum($taken) >= JOBS - 1, max($deleted), array_sum($deleted) >= JOBS - 1);
    var_dump([...$engine->cacheKeys('job '), ...$engine->cacheKeys('mark ')]);
}
?>
--EXPECT--
-- native
array(3) {
  [0]=>
  int(300)
  [1]=>
  int(300)
  [2]=>
  int(300)
}
bool(true)
bool(true)
int(1)
bool(true)
int(1)
bool(true)
array(0) {
}
-- ffi
array(3) {
  [0]=>
  int(300)
  [1]=>
  int(300)
  [2]=>
  int(300)
}
bool(true)
bool(true)
int(1)
bool(true)
int(1)
bool(true)
array(0) {
}
