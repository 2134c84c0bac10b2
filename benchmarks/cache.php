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
 * Values in place (lyger.cache_zero_copy) are measured by a second process with the same options and that one. Where
 * Yac is loaded it takes part; its package does not go with APCu's, so it must be loaded by the path of its .so.
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
$inPlace = (bool) ini_get('lyger.cache_zero_copy');
$caches = ['lyger', 'apcu'];
if (extension_loaded('yac') && ini_get('yac.enable_cli')) {
    $caches[] = 'yac';
    $yac = new Yac();
}

/** The rows that a process like this one, but with lyger.cache_zero_copy, measures. */
function measured_in_place(array $argv): array
{
    $command = explode("\0", rtrim(file_get_contents('/proc/self/cmdline'), "\0"));
    array_splice($command, 1, 0, ['-d', 'lyger.cache_zero_copy=1']);
    $process = proc_open([...array_diff($command, ['--json']), '--json'], [1 => ['pipe', 'w']], $pipes);
    $report = json_decode(stream_get_contents($pipes[1]), true);
    if (proc_close($process) !== 0 || !is_array($report)) {
        fwrite(STDERR, "the process that measures values in place failed\n");
        exit(1);
    }
    return $report['ns'];
}

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
    isset($yac) && $yac->set($key, $value);
}
lyger_cache_set('fields', $fields);
apcu_store('fields', $fields);
isset($yac) && $yac->set('fields', $fields);
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
        'yac' => static function (array $keys) use (&$yac): void { foreach ($keys as $key) { $yac->get($key); } },
    ],
    'miss' => [
        $missing,
        'lyger' => static function (array $keys): void { foreach ($keys as $key) { lyger_cache_get($key); } },
        'apcu' => static function (array $keys): void { foreach ($keys as $key) { apcu_fetch($key); } },
        'yac' => static function (array $keys) use (&$yac): void { foreach ($keys as $key) { $yac->get($key); } },
    ],
    'set 100 B' => [
        $keys,
        'lyger' => static function (array $keys) use ($value): void { foreach ($keys as $key) { lyger_cache_set($key, $value); } },
        'apcu' => static function (array $keys) use ($value): void { foreach ($keys as $key) { apcu_store($key, $value); } },
        'yac' => static function (array $keys) use ($value, &$yac): void { foreach ($keys as $key) { $yac->set($key, $value); } },
    ],
    'get array of 50' => [
        $fifty,
        'lyger' => static function (array $keys): void { foreach ($keys as $key) { lyger_cache_get($key); } },
        'apcu' => static function (array $keys): void { foreach ($keys as $key) { apcu_fetch($key); } },
        'yac' => static function (array $keys) use (&$yac): void { foreach ($keys as $key) { $yac->get($key); } },
    ],
    'set array of 50' => [
        $fifty,
        'lyger' => static function (array $keys) use ($fields): void { foreach ($keys as $key) { lyger_cache_set($key, $fields); } },
        'apcu' => static function (array $keys) use ($fields): void { foreach ($keys as $key) { apcu_store($key, $fields); } },
        'yac' => static function (array $keys) use ($fields, &$yac): void { foreach ($keys as $key) { $yac->set($key, $fields); } },
    ],
];
if ($inPlace) {
    $scenarios = ['get array of 50, in place' => $scenarios['get array of 50'], 'set array of 50, in place' => $scenarios['set array of 50']];
}
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
    global $yac;
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
                } elseif ($cache === 'yac') {
                    for ($i = $offset; $i < $offset + 100; $i++) {
                        $i % 10 ? $yac->get($keys[$i]) : $yac->set($keys[$i], $value);
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

/** Medians of what each cache's samples say, and lyger's against the others'. */
function row(array $samples, int $digits): array
{
    $row = [];
    foreach ($samples as $cache => $numbers) {
        $row[$cache] = round(median($numbers), $digits);
    }
    foreach (array_slice(array_keys($samples), 1) as $peer) {
        $row["ratio to $peer"] = round(median($samples['lyger']) / median($samples[$peer]), 3);
    }
    return $row;
}

function turns(array $caches, int $round): array
{
    return $round % 2 ? $caches : array_reverse($caches);
}

$report = ['php' => PHP_VERSION, 'lyger' => phpversion('lyger'), 'apcu' => phpversion('apcu'), 'rounds' => $rounds];
foreach ($scenarios as $name => $scenario) {
    $samples = array_fill_keys($caches, []);
    for ($round = -1; $round < $rounds; $round++) {
        foreach (turns($caches, $round) as $cache) {
            $took = nanoseconds($scenario[$cache], $scenario[0]) - nanoseconds($empty, $scenario[0]);
            if ($round >= 0) { // the first round warms up
                $samples[$cache][] = $took;
            }
        }
    }
    $report['ns'][$name] = row($samples, 1);
}
if (!$inPlace) {
    $report['ns'] += measured_in_place($argv);
    foreach ([1, 2, 4] as $processes) {
        $samples = array_fill_keys($caches, []);
        for ($round = 0; $round < ($quick ? 3 : 7); $round++) {
            foreach (turns($caches, $round) as $cache) {
                $samples[$cache][] = mix($cache, $processes, $quick ? 0.2 : 0.5, $keys, $value);
            }
        }
        $report['mops'][$processes . ($processes === 1 ? ' process' : ' processes')] = row($samples, 2);
    }
}

if (in_array('--json', $argv, true)) {
    echo json_encode($report, JSON_PRETTY_PRINT), "\n";
    exit;
}
foreach (['ns' => 'ns per operation', 'mops' => 'mix, Mops/s'] as $part => $title) {
    $rows = $report[$part] ?? [];
    if ($rows) {
        printf("%-26s%s\n", $title, implode('', array_map(static fn ($column) => sprintf('%15s', $column), array_keys(reset($rows)))));
    }
    foreach ($rows as $name => $row) {
        printf("%-26s%s\n", $name, implode('', array_map(static fn ($figure) => sprintf('%15s', $figure), $row)));
    }
    echo "\n";
}
