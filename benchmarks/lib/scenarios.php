<?php

/**
 * What is measured: for each scenario the loop body of every door, as PHP source that doors.php writes into one file
 * per scenario, so that no door pays for a closure or a dispatcher inside its loop.
 *
 * A body may use $i (the iteration), what `each` and `setup` define, and stores its result in $r. `prepare` runs once,
 * `setup` at the start of every loop (not timed), `each` in the loop and in the empty loop that is subtracted. `same`
 * compares what the doors return; the default is ===. A `note` is printed below the table.
 *
 * The FFI door pays what a user pays: FFI::string() and lyger_free_string() for every string that comes out.
 */

declare(strict_types=1);

namespace Lyger\Benchmarks;

const FFI_STRING = '$r = FFI::string($p); $ffi->lyger_free_string($p);';

/** @return array<string, array> scenarios by name, in the order of the table */
function scenarios(array $options): array
{
    return calls() + cache() + compute($options['quick']) + queries($options['sqlite'], $options['pgsql']);
}

function calls(): array
{
    $probe = '$probe = new Lyger\Probe;';
    $ffi = '$ffi = Lyger\Benchmarks\ffi();';
    return [
        'call: nothing' => [
            'doors' => [
                'php' => ['body' => 'Lyger\Benchmarks\plain_nothing();'],
                'ffi' => ['setup' => $ffi, 'body' => '$ffi->lyger_probe_nothing();'],
                'native' => ['body' => 'lyger_probe_nothing();'],
                'method' => ['setup' => $probe, 'body' => '$probe->nothing();'],
                'abs()' => ['setup' => '$one = 1;', 'body' => 'abs($one);', 'compare' => false],
            ],
        ],
        'scalar in and out' => [
            'doors' => [
                'php' => ['body' => '$r = Lyger\Benchmarks\plain_double($i);'],
                'ffi' => ['setup' => $ffi, 'body' => '$r = $ffi->lyger_probe_double($i);'],
                'native' => ['body' => '$r = lyger_probe_double($i);'],
                'method' => ['setup' => $probe, 'body' => '$r = $probe->double($i);'],
                'abs()' => ['body' => '$r = abs($i);', 'compare' => false],
            ],
        ],
        'string out' => [
            'doors' => [
                'php' => ['body' => '$r = Lyger\Benchmarks\plain_hello();'],
                'ffi' => ['setup' => $ffi, 'body' => '$p = $ffi->lyger_hello_world(); ' . FFI_STRING],
                'native' => ['body' => '$r = lyger_hello_world();'],
                'method' => ['setup' => engine(), 'body' => '$r = $engine->helloWorld();'],
                'php_sapi_name()' => ['body' => '$r = php_sapi_name();', 'compare' => false],
            ],
        ],
        'string in and out, 32 B' => [
            'doors' => [
                'php' => ['setup' => text(), 'body' => '$r = Lyger\Benchmarks\plain_reverse($text);'],
                'ffi' => ['setup' => $ffi . text(), 'body' => '$p = $ffi->lyger_probe_reverse($text); ' . FFI_STRING],
                'native' => ['setup' => text(), 'body' => '$r = lyger_probe_reverse($text);'],
                'method' => ['setup' => $probe . text(), 'body' => '$r = $probe->reverse($text);'],
                'strrev()' => ['setup' => text(), 'body' => '$r = strrev($text);'],
            ],
        ],
    ];
}

function engine(): string
{
    return '$engine = Lyger\Engine::getInstance();';
}

function fallback(): string
{
    return '$engine = Lyger\Benchmarks\fallback_engine();';
}

function text(): string
{
    return '$text = "the quick brown fox jumps over it";';
}

function cache(): array
{
    $data = '$keys = Lyger\Benchmarks\cache_keys(); $value = Lyger\Benchmarks\cache_value();';
    $each = '$key = $keys[$i % 10000];';
    $ffi = '$ffi = Lyger\Benchmarks\ffi();' . $data;
    $fill = 'foreach ($keys as $key) { %s }';
    $set = [
        'php' => ['setup' => fallback() . $data, 'body' => '$engine->cacheSet($key, $value);'],
        'ffi' => ['setup' => $ffi, 'body' => '$ffi->lyger_cache_set($key, $value);'],
        'native' => ['setup' => $data, 'body' => 'lyger_cache_set($key, $value);'],
        'method' => ['setup' => engine() . $data, 'body' => '$engine->cacheSet($key, $value);'],
    ];
    $get = [
        'php' => '$r = $engine->cacheGet($key);',
        'ffi' => '$p = $ffi->lyger_cache_get($key); ' . FFI_STRING,
        'native' => '$r = lyger_cache_get($key);',
        'method' => '$r = $engine->cacheGet($key);',
    ];
    $read = [];
    foreach ($get as $door => $body) {
        $prepare = $set[$door]['setup'] . sprintf($fill, $set[$door]['body']);
        $read[$door] = ['prepare' => $prepare, 'setup' => $set[$door]['setup'], 'body' => $body];
    }
    return [
        'cache get, 100 B, 10k keys' => ['each' => $each, 'doors' => $read],
        'cache set, 100 B, 10k keys' => ['each' => $each, 'doors' => $set],
    ];
}

function compute(bool $quick): array
{
    $found = [];
    foreach ($quick ? [1, 100, 10_000, 1_000_000] : [1, 100, 10_000, 1_000_000, 10_000_000] as $count) {
        $found['compute(' . number_format($count) . ')'] = [
            'same' => static fn($a, $b) => abs($a - $b) <= 1e-9 * (1 + sqrt($count)),
            'doors' => [
                'php' => ['body' => "\$r = Lyger\Benchmarks\plain_heavy($count);"],
                'ffi' => [
                    'setup' => '$ffi = Lyger\Benchmarks\ffi();',
                    'body' => "\$r = \$ffi->lyger_heavy_computation($count);",
                ],
                'native' => ['body' => "\$r = lyger_heavy_computation($count);"],
                'method' => ['setup' => engine(), 'body' => "\$r = \$engine->heavyComputation($count);"],
            ],
        ];
    }
    return $found;
}

function queries(string $sqlite, ?string $pgsql): array
{
    $found = [];
    foreach ([1, 100, 1000] as $rows) {
        $sql = "SELECT id, name, price, stock, made FROM products ORDER BY id LIMIT $rows";
        $found["SQLite to JSON, $rows x 5"] = query("sqlite:$sqlite", "sqlite:$sqlite", $sql);
    }
    foreach ($pgsql === null ? [] : [1, 100, 1000] as $rows) {
        $sql = "SELECT i AS id, 'product ' || i AS name, i * 3 AS stock, i % 2 = 0 AS active,"
            . " now() - i * interval '1 h' AS made FROM generate_series(1, $rows) AS i";
        $found["PostgreSQL to JSON, $rows x 5"] = query($pgsql, 'pdo:' . $pgsql, $sql);
    }
    return $found;
}

/** FFI and native function each take the three steps; the method takes the one call that the FFI door has not. */
function query(string $dsn, string $pdo, string $sql): array
{
    $setup = sprintf('$dsn = %s; $sql = %s;', var_export($dsn, true), var_export($sql, true));
    return [
        'note' => 'to JSON: FFI and the native function query, write and free; the method does it in one call',
        'same' => same_rows(...),
        'doors' => [
            'php' => [
                'setup' => $setup . sprintf('$pdo = Lyger\Benchmarks\pdo(%s);', var_export($pdo, true)),
                'body' => '$r = json_encode($pdo->query($sql)->fetchAll(PDO::FETCH_ASSOC), JSON_THROW_ON_ERROR);',
            ],
            'ffi' => [
                'setup' => $setup . '$ffi = Lyger\Benchmarks\ffi();',
                'body' => '$h = $ffi->lyger_db_query($dsn, $sql); $p = $ffi->lyger_jsonify_result($h); '
                    . FFI_STRING . ' $ffi->lyger_free_result($h);',
            ],
            'native' => [
                'setup' => $setup,
                'body' => '$h = lyger_db_query($dsn, $sql); $r = lyger_jsonify_result($h); lyger_free_result($h);',
            ],
            'method' => ['setup' => $setup . engine(), 'body' => '$r = $engine->dbQueryJson($dsn, $sql);'],
        ],
    ];
}

/** The same ids and names in the same order; PDO gives some of the other columns as text. */
function same_rows(mixed $a, mixed $b): bool
{
    $rows = [json_decode((string) $a), json_decode((string) $b)];
    return is_array($rows[0]) && is_array($rows[1]) && $rows[0] !== []
        && array_column($rows[0], 'name', 'id') === array_column($rows[1], 'name', 'id');
}
