<?php

/** Rows of ten columns that become JSON, beside PDO and beside C that only receives the rows (benchmarks/bounds). */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Scenario;

/** The same ids and names in the same order: PDO gives some of the other columns as text. */
$same = static function (string $a, string $b): bool {
    $rows = [json_decode($a), json_decode($b)];
    return $rows[0] && array_column($rows[0], 'name', 'id') === array_column($rows[1] ?? [], 'name', 'id');
};

/** @var Closure $doors (string $bound, the function that does nothing but receive): array; $data is [dsn, bound's first argument, sql] */
$doors = static fn(string $bound): array => [
    'php' => static function (Context $c, int $size, array $data): Closure {
        [$dsn, , $sql] = $data;
        $pdo = $c->pdo($dsn);
        return static function (int $n) use ($pdo, $sql): string {
            for ($i = 0; $i < $n; $i++) {
                $json = json_encode($pdo->query($sql)->fetchAll(PDO::FETCH_ASSOC), JSON_THROW_ON_ERROR);
            }
            return $json;
        };
    },
    'ffi' => static function (Context $c, int $size, array $data): Closure {
        [$dsn, , $sql] = $data;
        $ffi = $c->ffi();
        return static function (int $n) use ($ffi, $dsn, $sql): string {
            for ($i = 0; $i < $n; $i++) {
                $handle = $ffi->lyger_db_query($dsn, $sql);
                $pointer = $ffi->lyger_jsonify_result($handle);
                $json = FFI::string($pointer);
                $ffi->lyger_free_string($pointer);
                $ffi->lyger_free_result($handle);
            }
            return $json;
        };
    },
    'native' => static function (Context $c, int $size, array $data): Closure {
        [$dsn, , $sql] = $data;
        return static function (int $n) use ($dsn, $sql): string {
            for ($i = 0; $i < $n; $i++) {
                $json = lyger_db_query_json($dsn, $sql);
            }
            return $json;
        };
    },
    'native, with a handle' => static function (Context $c, int $size, array $data): Closure {
        [$dsn, , $sql] = $data;
        return static function (int $n) use ($dsn, $sql): string {
            for ($i = 0; $i < $n; $i++) {
                $handle = lyger_db_query($dsn, $sql);
                $json = lyger_jsonify_result($handle);
                lyger_free_result($handle);
            }
            return $json;
        };
    },
    'bare C' => static function (Context $c, int $size, array $data) use ($bound): Closure {
        [, $where, $sql] = $data;
        $bounds = $c->bounds();
        $rows = $bounds->$bound($where, $sql);
        $rows === $size || throw new RuntimeException("bare C received $rows rows");
        return static function (int $n) use ($bounds, $bound, $where, $sql): int {
            for ($i = 0; $i < $n; $i++) {
                $rows = $bounds->$bound($where, $sql);
            }
            return $rows;
        };
    },
];
$about = 'PHP is PDO, fetchAll() and json_encode(); FFI and the handle take three calls, the native function one. Bare C receives'
    . ' the rows and makes nothing of them.';

return [
    new Scenario(
        name: 'query-sqlite',
        title: 'SQLite rows to JSON',
        group: 'query',
        about: $about,
        sizes: [1, 10, 100, 1000, 10_000],
        unit: 'rows',
        prepare: static function (Context $c, int $size): array {
            $file = $c->sqlite(10_000);
            return ["sqlite:$file", $file, "SELECT * FROM bench LIMIT $size"];
        },
        doors: $doors('bound_sqlite'),
        same: $same,
        uncompared: ['bare C'],
    ),
    new Scenario(
        name: 'query-postgresql',
        title: 'PostgreSQL rows to JSON',
        group: 'query',
        about: $about,
        sizes: [1, 10, 100, 1000, 10_000],
        unit: 'rows',
        prepare: static fn(Context $c, int $size): array
            => [$c->pgsql(), $c->pgsql(), 'SELECT * FROM ' . $c->postgresTable(10_000) . " LIMIT $size"],
        doors: $doors('bound_postgres'),
        same: $same,
        uncompared: ['bare C'],
    ),
];
