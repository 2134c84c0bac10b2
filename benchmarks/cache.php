#!/usr/bin/env php
<?php

/**
 * The shared cache beside APCu, in one alternating run.
 *
 *     php -d extension=/path/to/lyger.so -d extension=apcu -d apc.enable_cli=1 benchmarks/cache.php [--quick] [--json]
 *
 * Median nanoseconds per operation over many rounds, the empty loop subtracted: 100-byte strings under 10,000 keys
 * (get, miss, set), an array of 50 fields (get, set), and a mix of 90 % gets and 10 % sets in one, two and four
 * processes at once (million operations per second; the machine's cores limit what more processes can give).
 */

declare(strict_types=1);

const KEYS = 10000;

foreach (['lyger', 'apcu', 'pcntl'] as $extension) {
    if (!extension_loaded($extension)) {
        fwrite(STDERR, "benchmarks/cache.php needs the extension $extension\n");
        exit(2);
    }
}
if (!apcu_enabled()) {
    fwrite(STDERR, "benchmarks/cache.php needs -d apc.enable_cli=1\n");
    exit(2);
}
$quick = in_array('--quick', $argv, true);
$rounds = $quick ? 7 : 31;

$value = str_repeat('x', 100);
$fields = [];
for ($i = 0; $i < 50; $i++) {
    $fields["field$i"] = match ($i % 3) {
        0 => $i,
        1 => "value number $i",
        2 => $i * 1.5,
    };
}
$keys = $missing = [];
for ($i = 0; $i < KEYS; $i++) {
    $keys[] = "key:$i";
    $missing[] = "missing:$i";
}
foreach ($keys as $key) {
    lyger_cache_set($key, $value);
    apcu_store($key, $value);
}
lyger_cache_set('fields', $fields);
apcu_store('fields', $fields);
if (lyger_cache_get('fields') !== $fields || apcu_fetch('fields') !== $fields || lyger_cache_get('key:7') !== $value) {
    fwrite(STDERR, "a cache returned something else than was stored\n");
    exit(1);
}
$fifty = array_fill(0, 2000, 'fields');

/** Each loop is written out: a call through a variable would cost more than what is measured. */
$scenarios = [
    'get 100 B' => [
        $keys,
        'lyger' => static function (array $keys): void { foreach ($keys as $key) { lyger_cache_get($key); } },
        'apcu' => static function (array $keys): void { foreach ($keys as $key) { apcu_fetch($key); } },
    ],
    'miss' => [
        $missing,
        'lyger' => static function (array $keys): void { foreach ($keys as $key) { lyger_cache_get($key); } },
        'apcu' => static function (array $keys): void { foreach ($keys as $key) { apcu_fetch($key); } },
    ],
    'set 100 B' => [
        $keys,
        'lyger' => static function (array $keys) use ($value): void { foreach ($keys as $key) { lyger_cache_set($key, $value); } },
        'apcu' => static function (array $keys) use ($value): void { foreach ($keys as $key) { apcu_store($key, $value); } },
    ],
    'get array of 50' => [
        $fifty,
        'lyger' => static function (array $keys): void { foreach ($keys as $key) { lyger_cache_get($key); } },
        'apcu' => static function (array $keys): void { foreach ($keys as $key) { apcu_fetch($key); } },
    ],
    'set array of 50' => [
        $fifty,
        'lyger' => static function (array $keys) use ($fields): void { foreach ($keys as $key) { lyger_cache_set($key, $fields); } },
        'apcu' => static function (array $keys) use ($fields): void { foreach ($keys as $key) { apcu_store($key, $fields); } },
    ],
];
$empty = static function (array $keys): void { foreach ($keys as $key) { } };

function nanoseconds(callable $loop, array $keys): float
{
    $start = hrtime(true);
    $loop($keys);
    return (hrtime(true) - $start) / count($keys);
}

function median(array $numbers): float
{
    sort($numbers);
    return $numbers[intdiv(count($numbers), 2)];
}

/** Nine gets and a set, over and over, in so many processes for so long; operations per microsecond of all. */
function mix(string $cache, int $processes, float $seconds, array $keys, string $value): float
{
    $pipes = [];
    for ($p = 0; $p < $processes; $p++) {
        $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        if (pcntl_fork() === 0) {
            fclose($pair[0]);
            fread($pair[1], 1); // all begin together
            $done = 0;
            $start = hrtime(true);
            $end = $start + (int) ($seconds * 1e9);
            do {
                $offset = mt_rand(0, KEYS - 101);
                if ($cache === 'lyger') {
                    for ($i = $offset; $i < $offset + 100; $i++) {
                        $i % 10 ? lyger_cache_get($keys[$i]) : lyger_cache_set($keys[$i], $value);
                    }
                } else {
                    for ($i = $offset; $i < $offset + 100; $i++) {
                        $i % 10 ? apcu_fetch($keys[$i]) : apcu_store($keys[$i], $value);
                    }
                }
                $done += 100;
            } while (hrtime(true) < $end);
            fwrite($pair[1], pack('e', $done / ((hrtime(true) - $start) / 1e3)));
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
        $sum += unpack('e', fread($pipe, 8))[1];
    }
    while (pcntl_wait($status) > 0) {
    }
    return $sum;
}

$report = ['php' => PHP_VERSION, 'lyger' => phpversion('lyger'), 'apcu' => phpversion('apcu'), 'rounds' => $rounds];
foreach ($scenarios as $name => $scenario) {
    $samples = ['lyger' => [], 'apcu' => []];
    for ($round = -1; $round < $rounds; $round++) {
        foreach ($round % 2 ? ['lyger', 'apcu'] : ['apcu', 'lyger'] as $cache) {
            $took = nanoseconds($scenario[$cache], $scenario[0]) - nanoseconds($empty, $scenario[0]);
            if ($round >= 0) { // the first round warms up
                $samples[$cache][] = $took;
            }
        }
    }
    $lyger = median($samples['lyger']);
    $apcu = median($samples['apcu']);
    $report['ns'][$name] = ['lyger' => round($lyger, 1), 'apcu' => round($apcu, 1), 'ratio' => round($lyger / $apcu, 3)];
}
foreach ([1, 2, 4] as $processes) {
    $samples = ['lyger' => [], 'apcu' => []];
    for ($round = 0; $round < ($quick ? 3 : 7); $round++) {
        foreach ($round % 2 ? ['lyger', 'apcu'] : ['apcu', 'lyger'] as $cache) {
            $samples[$cache][] = mix($cache, $processes, $quick ? 0.2 : 0.5, $keys, $value);
        }
    }
    $lyger = median($samples['lyger']);
    $apcu = median($samples['apcu']);
    $report['mops'][$processes] = ['lyger' => round($lyger, 2), 'apcu' => round($apcu, 2), 'ratio' => round($lyger / $apcu, 2)];
}

if (in_array('--json', $argv, true)) {
    echo json_encode($report, JSON_PRETTY_PRINT), "\n";
    exit;
}
printf("%-18s %10s %10s %8s\n", 'ns per operation', 'lyger', 'APCu', 'ratio');
foreach ($report['ns'] as $name => $row) {
    printf("%-18s %10.1f %10.1f %8.2f\n", $name, $row['lyger'], $row['apcu'], $row['ratio']);
}
printf("\n%-18s %10s %10s %8s\n", 'mix, Mops/s', 'lyger', 'APCu', 'ratio');
foreach ($report['mops'] as $processes => $row) {
    printf("%-18s %10.2f %10.2f %8.2f\n", $processes . ($processes === 1 ? ' process' : ' processes'), $row['lyger'], $row['apcu'], $row['ratio']);
}
