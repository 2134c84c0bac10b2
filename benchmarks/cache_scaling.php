#!/usr/bin/env php
<?php

/**
 * How the shared caches scale with processes: nine gets and a set, over and over, by 1 to 8 processes at once.
 * benchmarks/cache-scaling finds the extensions, runs this and draws it.
 *
 *     php -d extension=/path/to/lyger.so -d extension=apcu -d apc.enable_cli=1 benchmarks/cache_scaling.php \
 *         [--quick] [--data=FILE]
 *
 * Million operations per second of all processes together: 10,000 keys, values of 100 bytes, the caches taking turns,
 * the median of the rounds, the slowest and the fastest round beside it in FILE. Yac is measured too when it is loaded
 * (-d extension=/path/to/yac.so -d yac.enable_cli=1). Processes beyond the machine's cores only show that nothing gets
 * worse: a holder of a lock that is not running keeps the others waiting.
 */

declare(strict_types=1);

const KEYS = 10000;
const BATCH = 100;

foreach (['lyger', 'apcu', 'pcntl', 'posix'] as $extension) {
    if (!extension_loaded($extension)) {
        fwrite(STDERR, "benchmarks/cache_scaling.php needs the extension $extension\n");
        exit(2);
    }
}
if (!apcu_enabled()) {
    fwrite(STDERR, "benchmarks/cache_scaling.php needs -d apc.enable_cli=1\n");
    exit(2);
}
$quick = in_array('--quick', $argv, true);
$file = null;
foreach (array_slice($argv, 1) as $argument) {
    if (str_starts_with($argument, '--data=')) {
        $file = substr($argument, strlen('--data='));
    } elseif ($argument !== '--quick') {
        fwrite(STDERR, "usage: cache_scaling.php [--quick] [--data=FILE]\n");
        exit(2);
    }
}

$value = str_repeat('x', 100);
$keys = [];
for ($i = 0; $i < KEYS; $i++) {
    $keys[] = "key:$i";
}

/** A hundred operations, each written out: a call through a variable would cost more than what is measured. */
$batches = [
    'lyger' => static function (array $keys, int $from, string $value): void {
        for ($i = $from; $i < $from + BATCH; $i++) {
            $i % 10 ? lyger_cache_get($keys[$i]) : lyger_cache_set($keys[$i], $value);
        }
    },
    'APCu' => static function (array $keys, int $from, string $value): void {
        for ($i = $from; $i < $from + BATCH; $i++) {
            $i % 10 ? apcu_fetch($keys[$i]) : apcu_store($keys[$i], $value);
        }
    },
];
$stores = ['lyger' => 'lyger_cache_set', 'APCu' => 'apcu_store'];
$fetches = ['lyger' => 'lyger_cache_get', 'APCu' => 'apcu_fetch'];
if (extension_loaded('yac')) {
    $yac = new Yac();
    $batches['Yac'] = static function (array $keys, int $from, string $value) use ($yac): void {
        for ($i = $from; $i < $from + BATCH; $i++) {
            $i % 10 ? $yac->get($keys[$i]) : $yac->set($keys[$i], $value);
        }
    };
    $stores['Yac'] = $yac->set(...);
    $fetches['Yac'] = $yac->get(...);
}

/** How many of the keys a cache has, with the right value: a cache that forgets is fast. */
function kept(callable $fetch, array $keys, string $value): int
{
    return count(array_filter($keys, static fn(string $key): bool => $fetch($key) === $value));
}

/** In a child: runs batches until the time is over; operations per microsecond. */
function work(callable $batch, float $seconds, array $keys, string $value): float
{
    $done = 0;
    $start = hrtime(true);
    $end = $start + (int) ($seconds * 1e9);
    do {
        $batch($keys, mt_rand(0, KEYS - BATCH), $value);
        $done += BATCH;
    } while (hrtime(true) < $end);
    return $done / ((hrtime(true) - $start) / 1e3);
}

/** Operations per microsecond of so many processes together. */
function mix(callable $batch, int $processes, float $seconds, array $keys, string $value): float
{
    $pipes = [];
    for ($p = 0; $p < $processes; $p++) {
        $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        $child = $pair ? pcntl_fork() : -1;
        if ($child === -1) {
            throw new RuntimeException('cannot start a process');
        }
        if ($child === 0) {
            fclose($pair[0]);
            mt_srand($p);
            fread($pair[1], 1); // all begin together
            fwrite($pair[1], pack('e', work($batch, $seconds, $keys, $value)));
            posix_kill(posix_getpid(), SIGKILL); // the parent's output is not this child's to flush
        }
        fclose($pair[1]);
        $pipes[] = $pair[0];
    }
    foreach ($pipes as $pipe) {
        fwrite($pipe, 'g');
    }
    $sum = 0.0;
    foreach ($pipes as $pipe) {
        $answer = (string) fread($pipe, 8);
        if (strlen($answer) !== 8) {
            throw new RuntimeException('a process ended before its time');
        }
        $sum += unpack('e', $answer)[1];
    }
    while (pcntl_wait($status) > 0) {
    }
    return $sum;
}

/** The caches take turns, and who begins changes. @return array<string, list<float>> sorted, per cache */
function samples(array $batches, int $processes, int $rounds, float $seconds, array $keys, string $value): array
{
    $samples = array_fill_keys(array_keys($batches), []);
    for ($round = 0; $round < $rounds; $round++) {
        $names = array_keys($batches);
        for ($turn = 0; $turn < count($names); $turn++) {
            $name = $names[($round + $turn) % count($names)];
            $samples[$name][] = mix($batches[$name], $processes, $seconds, $keys, $value);
        }
    }
    array_walk($samples, static fn(array &$of) => sort($of));
    return $samples;
}

foreach ($stores as $name => $store) {
    array_walk($keys, static fn(string $key) => $store($key, $value));
    if (kept($fetches[$name], $keys, $value) < KEYS * 0.99) {
        fwrite(STDERR, "$name did not keep what was stored\n");
        exit(1);
    }
}

$names = array_keys($batches);
$columns = count($names);
$data = 'processes';
foreach ($names as $name) {
    $data .= " $name low high";
}
vprintf('%-16s' . str_repeat(' %8s', $columns) . " %12s\n", ['mix, Mops/s', ...$names, 'lyger / APCu']);
foreach ([1, 2, 3, 4, 6, 8] as $processes) {
    $samples = samples($batches, $processes, $quick ? 3 : 7, $quick ? 0.1 : 0.3, $keys, $value);
    $medians = array_map(static fn(array $of): float => $of[intdiv(count($of), 2)], $samples);
    $label = $processes . ($processes === 1 ? ' process' : ' processes');
    $row = [$label, ...array_values($medians), $medians['lyger'] / $medians['APCu']];
    vprintf('%-16s' . str_repeat(' %8.2f', $columns) . " %12.2f\n", $row);
    $data .= "\n$processes";
    foreach ($samples as $name => $of) {
        $data .= sprintf(' %.3f %.3f %.3f', $medians[$name], $of[0], $of[count($of) - 1]);
    }
}
foreach ($fetches as $name => $fetch) {
    $kept = kept($fetch, $keys, $value);
    printf("%s %s, %d of %d keys there in the end\n", $name, phpversion(strtolower($name)), $kept, KEYS);
}
if ($file !== null && file_put_contents($file, "$data\n") === false) {
    exit(1);
}
