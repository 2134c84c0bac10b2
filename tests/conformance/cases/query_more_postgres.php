<?php

declare(strict_types=1);

use Lyger\Exception\QueryException;

$dsn = (string) getenv('LYGER_TEST_PG');
$shared = require __DIR__ . '/../query_shared.php';
$table = 'conformance_more_' . getmypid(); // a name of this process: the doors are tested side by side
$since = static fn(int $start): float => (hrtime(true) - $start) / 1e9;

return $shared(static fn(): string => $dsn, $table) + [
    'values of a row are those of PHP where it has them' => static function (object $engine, Check $check) use ($dsn): void {
        $result = $engine->query($dsn, "SELECT true AS t, false AS f, (-7)::int2 AS i2, 2147483647 AS i4, (-9223372036854775808)::int8 AS i8,
            0.1::float4 AS f4, 1e300::float8 AS f8, '-Infinity'::float4 AS ninf, 'Infinity'::float8 AS inf, 'NaN'::float8 AS nan, 1.50::numeric AS n,
            NULL AS nothing, '{\"a\": 1}'::jsonb AS j, ARRAY[1,2] AS a, '\\x00ff'::bytea AS b, '2024-02-29'::date AS d, '' AS empty, 26::oid AS o");
        $row = iterator_to_array($result)[0];
        $check->that(is_nan($row['nan']), 'NaN is ' . var_export($row['nan'], true));
        unset($row['nan']);
        $check->same(
            ['t' => true, 'f' => false, 'i2' => -7, 'i4' => 2147483647, 'i8' => PHP_INT_MIN, 'f4' => 0.1, 'f8' => 1e300, 'ninf' => -INF, 'inf' => INF,
                'n' => '1.50', 'nothing' => null, 'j' => '{"a": 1}', 'a' => '{1,2}', 'b' => '\x00ff', 'd' => '2024-02-29', 'empty' => '', 'o' => '26'],
            $row,
        );
        $check->that(str_contains($result->toJson(), '"n":1.50,"nothing":null,"j":{"a": 1},"a":[1,2]'), $result->toJson());
        $check->same('int4[]', $result->columns()['a']);
        $none = $engine->query($dsn, 'SELECT FROM generate_series(1, 3)');
        $check->same([3, [[], [], []], '[{},{},{}]'], [count($none), iterator_to_array($none), $none->toJson()]);
        $check->same('[{},{},{}]', json_encode($none));
    },
    'several statements take the time of the slowest' => static function (object $engine, Check $check) use ($dsn, $since): void {
        $sent = [];
        $start = hrtime(true);
        for ($i = 0; $i < 4; $i++) {
            $sent[] = $engine->dbQueryAsync($dsn, 'SELECT $1::int AS n FROM pg_sleep(0.5)', [$i]);
        }
        $check->that($since($start) < 0.5, "to send took {$since($start)} s");
        foreach (array_reverse($sent, true) as $i => $handle) {
            $check->same("[{\"n\":$i}]", $engine->jsonifyResult($handle));
            $engine->freeResult($handle);
        }
        $check->that($since($start) > 0.4 && $since($start) < 1.5, "all took {$since($start)} s");
    },
    'more statements than connections are waited for in turn' => static function (object $engine, Check $check) use ($dsn): void {
        $sent = [];
        for ($i = 0; $i < 20; $i++) {
            $sent[] = $engine->dbQueryAsync($dsn, 'SELECT $1::int AS n FROM pg_sleep(0.01)', [$i]);
        }
        foreach ($sent as $i => $handle) {
            $check->same("[{\"n\":$i}]", $engine->jsonifyResult($handle));
            $engine->freeResult($handle);
        }
    },
    'freeing cancels' => static function (object $engine, Check $check) use ($dsn, $since): void {
        $start = hrtime(true);
        $name = 'lyger conformance ' . getmypid();
        $handle = $engine->dbQueryAsync($dsn, "SELECT pg_sleep(30), '$name'");
        $engine->freeResult($handle);
        $running = "SELECT count(*) AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(30)%$name%' AND pid <> pg_backend_pid()";
        $check->eventually(static fn(): bool => $engine->dbQueryJson($dsn, $running) === '[{"n":0}]', 'the statement goes on');
        $check->that($since($start) < 10, "it took {$since($start)} s");
    },
    'a time limit counts for what was sent' => static function (object $engine, Check $check) use ($dsn, $since): void {
        $start = hrtime(true);
        $slow = $engine->dbQueryAsync($dsn, 'SELECT pg_sleep(30)', [], ['timeout' => 0.2]);
        $thrown = $check->throws(QueryException::class, static fn() => $engine->jsonifyResult($slow));
        $check->same('57014', $thrown?->getSqlState());
        $check->that($since($start) < 10, "it took {$since($start)} s");
        $engine->freeResult($slow);
    },
    'a commit after a failed statement is an error' => static function (object $engine, Check $check) use ($dsn, $table): void {
        $engine->dbExecute($dsn, "DROP TABLE IF EXISTS $table");
        $engine->dbExecute($dsn, "CREATE TABLE $table (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
        $thrown = $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $table, $check): void {
            $engine->dbExecute($dsn, "INSERT INTO $table VALUES (1)");
            $check->throws(QueryException::class, static fn() => $engine->dbExecute($dsn, 'SELECT nothing'));
            $after = $check->throws(QueryException::class, static fn() => $engine->dbExecute($dsn, 'SELECT 1'));
            $check->same('25P02', $after?->getSqlState());
        }), 'rolled back');
        $check->same('25P02', $thrown?->getSqlState());
        $thrown = $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, static fn() => $engine->dbExecute($dsn, "INSERT INTO $table VALUES (2), (2)")));
        $check->same('23505', $thrown?->getSqlState());
        $check->same('[{"n":0}]', $engine->dbQueryJson($dsn, "SELECT count(*) AS n FROM $table"));
    },
    'a savepoint heals what failed in it' => static function (object $engine, Check $check) use ($dsn): void {
        $check->same('[{"a":1}]', $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $check): string {
            $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, static fn() => $engine->dbExecute($dsn, 'SELECT nothing')));
            $thrown = $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, static function () use ($engine, $dsn): void {
                try {
                    $engine->dbExecute($dsn, 'SELECT nothing');
                } catch (QueryException) { // the savepoint cannot be released any more
                }
            }));
            $check->same('25P02', $thrown?->getSqlState());
            return $engine->dbQueryJson($dsn, 'SELECT 1 AS a');
        }));
    },
    'a lost connection loses the transaction' => static function (object $engine, Check $check) use ($dsn): void {
        $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $check): void {
            $check->throws(QueryException::class, static fn() => $engine->dbExecute($dsn, 'SELECT pg_terminate_backend(pg_backend_pid())'));
            $thrown = $check->throws(QueryException::class, static fn() => $engine->dbExecute($dsn, 'SELECT 1'));
            $check->same('25000', $thrown?->getSqlState());
        }));
        $check->same('[{"a":1}]', $engine->dbQueryJson($dsn, 'SELECT 1 AS a'));
    },
    'nothing is left' => static function (object $engine, Check $check) use ($dsn, $table): void {
        $check->same(0, $engine->dbExecute($dsn, "DROP TABLE IF EXISTS $table"));
    },
];
