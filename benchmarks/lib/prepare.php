<?php

/** What the loops of scenarios.php call: the plain PHP of each scenario, and the doors opened once per process. */

declare(strict_types=1);

namespace Lyger\Benchmarks;

function plain_nothing(): void
{
}

function plain_double(int $value): int
{
    return $value * 2;
}

function plain_hello(): string
{
    return 'Hello from lyger ' . LYGER_BENCH_VERSION;
}

function plain_reverse(string $text): string
{
    return \strrev($text);
}

function plain_heavy(int $iterations): float
{
    $sum = 0.0;
    for ($i = 0; $i < $iterations; $i++) {
        $sum += \sqrt($i) * \sin($i);
    }
    return $sum;
}

/** The declarations of ext/abi/lyger.h as they stand, and the probes of a boundary build. */
function ffi(): \FFI
{
    static $ffi;
    return $ffi ??= \FFI::cdef(
        \file_get_contents(\dirname(__DIR__, 2) . '/ext/abi/lyger.h')
        . 'void lyger_probe_nothing(void); long lyger_probe_double(long); char *lyger_probe_reverse(const char *);',
        \getenv('LYGER_LIBRARY')
    );
}

function fallback_engine(): object
{
    static $engine;
    return $engine ??= \Lyger\EngineFactory::create(\Lyger\EngineFactory::FALLBACK);
}

/** @return list<string> 10,000 keys in a fixed random order */
function cache_keys(): array
{
    static $keys;
    if ($keys === null) {
        $keys = \array_map(static fn(int $i): string => \sprintf('user:%05d:profile', $i), \range(0, 9999));
        \mt_srand(1);
        \shuffle($keys);
    }
    return $keys;
}

function cache_value(): string
{
    return \str_repeat('0123456789', 10);
}

function pdo(string $dsn): \PDO
{
    static $open = [];
    return $open[$dsn] ??= new \PDO(pdo_dsn($dsn), null, null, [\PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION]);
}

/** "pdo:" and a libpq URI become PDO's own form; a SQLite DSN is one already. */
function pdo_dsn(string $dsn): string
{
    if (!\str_starts_with($dsn, 'pdo:')) {
        return $dsn;
    }
    $part = \parse_url(\substr($dsn, 4));
    \parse_str($part['query'] ?? '', $extra);
    $fields = \array_filter($extra + [
        'host' => $part['host'] ?? null,
        'port' => $part['port'] ?? null,
        'user' => $part['user'] ?? null,
        'password' => $part['pass'] ?? null,
        'dbname' => \ltrim($part['path'] ?? '', '/') ?: null,
    ], static fn($value): bool => $value !== null);
    $pairs = [];
    foreach ($fields as $name => $value) {
        $pairs[] = "$name=" . \rawurldecode((string) $value);
    }
    return 'pgsql:' . \implode(';', $pairs);
}
