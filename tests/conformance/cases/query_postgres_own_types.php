<?php

declare(strict_types=1);

$dsn = (string) getenv('LYGER_TEST_PG');
$own = 'conformance_' . getmypid(); // schema of this process: the doors are tested side by side

$decode = static fn(string $json): mixed => json_decode($json, true, 512, JSON_THROW_ON_ERROR);

return [
    'composite types and arrays of own types decode to what row_to_json gives' => static function (object $engine, Check $check) use ($dsn, $own, $decode): void {
        foreach (["DROP SCHEMA IF EXISTS {$own} CASCADE", "CREATE SCHEMA {$own}",
            "CREATE TYPE {$own}.mood AS ENUM ('sad', 'very \"happy\"')",
            "CREATE TYPE {$own}.pair AS (number int, \"its text\" text, moods {$own}.mood[])",
            "CREATE DOMAIN {$own}.positive AS int CHECK (VALUE > 0)",
            "CREATE TABLE {$own}.t (id {$own}.positive, p {$own}.pair, ps {$own}.pair[], m {$own}.mood,
                ms {$own}.mood[], ds {$own}.positive[], at timestamptz)"] as $statement) {
            $engine->dbExecute($dsn, $statement);
        }
        $engine->dbExecute($dsn, "INSERT INTO {$own}.t VALUES (1, ROW(2, 'a \"b\", (c)', '{sad}'),
            ARRAY[ROW(3, NULL, NULL), ROW(NULL, '', '{}')]::{$own}.pair[], 'very \"happy\"', '{sad,NULL}', '{1,2}', '2024-02-29 12:00:00+00'),
            (2, NULL, NULL, NULL, NULL, NULL, NULL)");
        $query = "SELECT *, t AS whole FROM {$own}.t ORDER BY id";
        $given = $decode($engine->dbQueryJson($dsn, $query));
        $rows = $decode($engine->dbQueryJson($dsn, "SELECT row_to_json(q)::text AS j FROM ($query) q"));
        $expected = array_map(static fn(array $row): array => $decode($row['j']), $rows);
        $check->same($expected, $given);
        $engine->dbExecute($dsn, "DROP SCHEMA {$own} CASCADE");
    },
];
