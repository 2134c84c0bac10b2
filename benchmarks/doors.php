#!/usr/bin/env php
<?php

/**
 * The comparison of doors: the same calls through plain PHP, PHP with the tracing JIT, FFI, the native functions and
 * the native methods, in one alternating run.
 *
 *     scripts/build && php benchmarks/doors.php [--quick] [--only=TEXT] [--json[=FILE]] [--build=DIR]
 *
 * --quick        about ten seconds instead of two minutes
 * --only=TEXT    scenarios whose name contains TEXT
 * --json[=FILE]  JSON instead of the table, or to FILE beside it
 * --build=DIR    where lyger.so and liblyger.so are (default build/dev/modules), built with the probes
 * Environment: LYGER_BENCH_PG, a libpq URI, adds the PostgreSQL scenarios.
 *
 * Exit status 1 when a door failed or returned something else than the native function.
 */

declare(strict_types=1);

namespace Lyger\Benchmarks;

foreach (['scenarios', 'measure', 'report', 'Worker'] as $part) {
    require __DIR__ . "/lib/$part.php";
}

/** Where the fallback engine comes from. */
const AUTOLOAD = __DIR__ . '/../packages/engine/autoload.php';

exit(main(array_slice($argv, 1)));

function main(array $arguments): int
{
    try {
        $options = options($arguments);
        $directory = temporary_directory();
    } catch (\InvalidArgumentException $wrong) {
        fwrite(STDERR, $wrong->getMessage() . "\n");
        return 2;
    }
    $workers = [];
    try {
        $options['sqlite'] = "$directory/products.sqlite";
        make_products($options['sqlite'], 1000);
        $workers = start_workers($options);
        return run($options, $workers, $directory);
    } catch (\RuntimeException $error) {
        fwrite(STDERR, 'benchmarks/doors.php: ' . $error->getMessage() . "\n");
        return 1;
    } finally {
        array_map(static fn(Worker $worker) => $worker->close(), $workers);
        array_map('unlink', glob("$directory/*"));
        rmdir($directory);
    }
}

function options(array $arguments): array
{
    $options = ['quick' => false, 'only' => '', 'json' => null, 'build' => dirname(__DIR__) . '/build/dev/modules'];
    foreach ($arguments as $argument) {
        [$name, $value] = explode('=', $argument, 2) + [1 => null];
        match (true) {
            $argument === '--quick' => $options['quick'] = true,
            $name === '--only' && $value !== null => $options['only'] = $value,
            $name === '--json' => $options['json'] = $value ?? '-',
            $name === '--build' && $value !== null => $options['build'] = $value,
            default => throw new \InvalidArgumentException("$argument: not an option; see the head of " . __FILE__),
        };
    }
    foreach (['lyger.so', 'liblyger.so'] as $file) {
        if (!is_file("{$options['build']}/$file")) {
            throw new \InvalidArgumentException("{$options['build']}/$file is missing: run scripts/build, or give --build=DIR");
        }
    }
    is_file(AUTOLOAD) || throw new \InvalidArgumentException(AUTOLOAD . ' is missing');
    $loaded = array_map('strtolower', [...get_loaded_extensions(), ...get_loaded_extensions(true)]);
    $missing = implode(', ', array_diff(['ffi', 'pdo_sqlite', 'zend opcache'], $loaded));
    if ($missing !== '') {
        throw new \InvalidArgumentException("PHP lacks $missing (Debian: apt-get install php-cli php-sqlite3)");
    }
    $options['build'] = realpath($options['build']);
    $options['pgsql'] = getenv('LYGER_BENCH_PG') ?: null;
    return $options;
}

function temporary_directory(): string
{
    $directory = sys_get_temp_dir() . '/lyger-bench-' . bin2hex(random_bytes(6));
    if (!mkdir($directory, 0700)) {
        throw new \InvalidArgumentException("$directory cannot be made");
    }
    return $directory;
}

function make_products(string $file, int $count): void
{
    $db = new \PDO("sqlite:$file", null, null, [\PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION]);
    $db->exec('CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, stock INTEGER, made TEXT)');
    $db->beginTransaction();
    $insert = $db->prepare('INSERT INTO products VALUES (?, ?, ?, ?, ?)');
    for ($i = 1; $i <= $count; $i++) {
        $made = gmdate('Y-m-d H:i:s', 1_700_000_000 + $i * 3600);
        $insert->execute([$i, "product number $i", $i * 1.25, $i % 7 === 0 ? null : $i * 3 % 101, $made]);
    }
    $db->commit();
}

/** @return array<string, Worker> */
function start_workers(array $options): array
{
    $common = ["extension={$options['build']}/lyger.so", 'ffi.enable=1', 'memory_limit=512M'];
    array_push($common, 'display_errors=stderr', 'xdebug.mode=off');
    $environment = ['LYGER_LIBRARY' => "{$options['build']}/liblyger.so", 'LYGER_BENCH_AUTOLOAD' => AUTOLOAD];
    $jit = ['opcache.enable=1', 'opcache.enable_cli=1', 'opcache.jit=tracing', 'opcache.jit_buffer_size=64M'];
    $jit[] = 'opcache.file_update_protection=0'; // the loops were written a moment ago
    $workers = [
        'plain' => new Worker('PHP', [...$common, 'opcache.enable_cli=0'], $environment),
        'jit' => new Worker('PHP+JIT', [...$common, ...$jit], $environment),
    ];
    if (!$workers['jit']->ask(['do' => 'facts'])['jit']) {
        throw new \RuntimeException('the JIT does not start: does an extension (a debugger, a profiler) switch it off?');
    }
    return $workers;
}

function run(array $options, array $workers, string $directory): int
{
    $effort = $options['quick']
        ? ['rounds' => 21, 'loop_ns' => 2_000_000, 'budget_ns' => 1_500_000_000]
        : ['rounds' => 51, 'loop_ns' => 4_000_000, 'budget_ns' => 8_000_000_000];
    $where = surroundings($workers['plain']->ask(['do' => 'facts']));
    $scenarios = scenarios($options);
    $wanted = static fn(string $name): bool => str_contains($name, $options['only']);
    $chosen = array_filter($scenarios, $wanted, ARRAY_FILTER_USE_KEY);
    if (!$chosen) {
        throw new \RuntimeException("no name contains \"{$options['only']}\": " . implode('; ', array_keys($scenarios)));
    }
    $progress = new Progress(count($chosen));
    $results = $problems = [];
    foreach (array_keys($chosen) as $number => $name) {
        $found = [];
        $tick = static fn(float $share) => $progress->at($number + $share, $name);
        // A file for each scenario: opcache would go on running the first one's code under a name it knows.
        $file = "$directory/loops-$number.php";
        $results[$name] = measure($chosen[$name], $workers, $file, $effort, $found, $tick);
        $problems = [...$problems, ...array_map(static fn(string $problem): string => "$name: $problem", $found)];
    }
    $progress->clear();
    output($options['json'], $where, $results, array_unique(array_filter(array_column($chosen, 'note'))), $problems);
    return $problems ? 1 : 0;
}

function output(?string $json, array $where, array $results, array $notes, array $problems): void
{
    $data = ['where' => $where, 'unit' => 'ns per operation', 'scenarios' => $results, 'problems' => $problems];
    $flags = JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR;
    $text = json_encode($data, $flags) . "\n";
    if ($json === '-') {
        echo $text;
    } else {
        echo headline($where), "\n", table($results), implode("\n", [...$notes, ""]);
        if ($json !== null && file_put_contents($json, $text) === false) {
            throw new \RuntimeException("$json cannot be written");
        }
    }
    foreach ($problems as $problem) {
        fwrite(STDERR, "$problem\n");
    }
}
