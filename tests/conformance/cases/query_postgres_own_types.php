<?php

declare(strict_types=1);

use Lyger\Exception\QueryException;

$dsn = (string) getenv('LYGER_TEST_PG');
$own = 'conformance_' . getmypid(); // schema of this process: the doors are tested side by side

$decode = static fn(string $json): mixed => json_decode($json, true, 512, JSON_THROW_ON_ERROR);

/** Runs statements in a schema that is new. */
$begin = static function (object $engine, array $statements) use ($dsn, $own): void {
    foreach (["DROP SCHEMA IF EXISTS {$own} CASCADE", "CREATE SCHEMA {$own}", ...$statements] as $statement) {
        $engine->dbExecute($dsn, $statement);
    }
};

/** The rows of a query are what row_to_json makes of them, to the digit, by every way to get them. */
$equal = static function (object $engine, Check $check, string $query, string $about = '') use ($dsn, $decode): void {
    $rows = $decode($engine->dbQueryJson($dsn, "SELECT row_to_json(q)::text AS j FROM ({$query}) q"));
    $expected = '[' . implode(',', array_column($rows, 'j')) . ']';
    $waited = $engine->dbQuery($dsn, $query);
    $sent = $engine->dbQueryAsync($dsn, $query);
    $given = [
        'dbQueryJson' => $engine->dbQueryJson($dsn, $query),
        'jsonifyResult' => $engine->jsonifyResult($waited),
        'jsonifyResult again' => $engine->jsonifyResult($waited),
        'dbQueryAsync' => $engine->jsonifyResult($sent),
        'query' => $engine->query($dsn, $query)->toJson(),
    ];
    foreach ($given as $way => $json) {
        $check->same(preg_replace('/\s+/', '', $expected), preg_replace('/\s+/', '', $json), "{$way} {$about}");
        $check->same($decode($expected), $decode($json), "{$way} {$about}");
    }
    foreach ([1, 2] as $size) {
        $check->same($decode($expected), iterator_to_array($engine->streamResult($waited, $size)), "streamResult by {$size} {$about}");
    }
};

return [
    'composite types and arrays of own types decode to what row_to_json gives' => static function (object $engine, Check $check) use ($own, $begin, $equal): void {
        $begin($engine, ["CREATE TYPE {$own}.mood AS ENUM ('sad', 'very \"happy\"')",
            "CREATE TYPE {$own}.pair AS (number int, \"its text\" text, moods {$own}.mood[])",
            "CREATE DOMAIN {$own}.positive AS int CHECK (VALUE > 0)",
            "CREATE TABLE {$own}.t (id {$own}.positive, p {$own}.pair, ps {$own}.pair[], m {$own}.mood,
                ms {$own}.mood[], ds {$own}.positive[], at timestamptz)",
            "INSERT INTO {$own}.t VALUES (1, ROW(2, 'a \"b\", (c)', '{sad}'),
                ARRAY[ROW(3, NULL, NULL), ROW(NULL, '', '{}')]::{$own}.pair[], 'very \"happy\"', '{sad,NULL}', '{1,2}', '2024-02-29 12:00:00+00'),
                (2, NULL, NULL, NULL, NULL, NULL, NULL)"]);
        $equal($engine, $check, "SELECT *, t AS whole FROM {$own}.t ORDER BY id");
    },
    'types are made of types to any depth' => static function (object $engine, Check $check) use ($own, $begin, $equal): void {
        $begin($engine, ["CREATE TYPE {$own}.leaf AS (\"quoted \"\"name\"\"\" text, n numeric, b bigint, f boolean, at timestamptz, j jsonb, d date)",
            "CREATE TYPE {$own}.branch AS (leaf {$own}.leaf, leaves {$own}.leaf[], ints int[])",
            "CREATE TYPE {$own}.tree AS (branch {$own}.branch, branches {$own}.branch[])",
            "CREATE DOMAIN {$own}.leafy AS {$own}.leaf CHECK ((VALUE).b IS DISTINCT FROM 0)",
            "CREATE DOMAIN {$own}.ints AS int[]", "CREATE DOMAIN {$own}.more AS {$own}.ints",
            "CREATE TYPE {$own}.mood AS ENUM ('a', '(,)', '\\ \"')",
            "CREATE TYPE {$own}.moods AS RANGE (subtype = {$own}.mood)",
            "CREATE TYPE {$own}.empty AS ()"]);
        $leaf = "ROW(E' \\\\ \"(,)\\'\\n', 1.500, -9223372036854775808, true, '0044-03-15 01:02:03+00 BC', '{\"a\": [\"\\\"\", 1.0]}', 'infinity')::{$own}.leaf";
        $nulls = "ROW(NULL, NULL, NULL, NULL, NULL, NULL, NULL)::{$own}.leaf";
        $branch = "ROW({$leaf}, ARRAY[{$leaf}, NULL, {$nulls}], '{{1,NULL},{2,3}}')::{$own}.branch";
        $equal($engine, $check, "SELECT {$leaf} AS leaf, {$nulls} AS nulls, NULL::{$own}.leaf AS missing, ROW('', 'NaN', 0, NULL, 'infinity', 'null', NULL)::{$own}.leaf AS odd", 'composite');
        $equal($engine, $check, "SELECT ROW({$branch}, ARRAY[{$branch}, NULL, ROW(NULL, '{}', '{}')::{$own}.branch])::{$own}.tree AS tree", 'composite of array of composite');
        $equal($engine, $check, "SELECT ARRAY[[{$leaf}], [NULL::{$own}.leaf]] AS square, '[0:0]={NULL}'::{$own}.leaf[] AS low, '{}'::{$own}.tree[] AS none", 'arrays of composites');
        $equal($engine, $check, "SELECT {$leaf}::{$own}.leafy AS d, ARRAY[{$leaf}::{$own}.leafy, NULL] AS ds", 'domain over a composite');
        $equal($engine, $check, "SELECT '{1,2}'::{$own}.more AS a, '{\"{1,2}\",NULL,\"{}\",\"{{1},{NULL}}\"}'::{$own}.more[] AS b, '{\"{1}\"}'::{$own}.ints[] AS c", 'domains over arrays');
        $equal($engine, $check, "SELECT enum_range(NULL::{$own}.mood) AS all, ARRAY[[NULL::{$own}.mood, '(,)']] AS square", 'enums');
        $equal($engine, $check, "SELECT {$own}.moods('a', '(,)') AS r, ARRAY[{$own}.moods('a', NULL), 'empty'] AS rs, multirange({$own}.moods('a', '(,)')) AS m", 'ranges');
        $equal($engine, $check, "SELECT ROW()::{$own}.empty AS e, ARRAY[ROW()::{$own}.empty] AS es", 'no fields');
    },
    'rows of tables, views and their children' => static function (object $engine, Check $check) use ($own, $begin, $equal): void {
        $begin($engine, ["CREATE TABLE {$own}.parent (id int, gone text, \"Name\" text, tags text[])",
            "CREATE TABLE {$own}.child (extra numeric) INHERITS ({$own}.parent)",
            "ALTER TABLE {$own}.parent DROP COLUMN gone",
            "ALTER TABLE {$own}.parent ADD COLUMN later date DEFAULT '2024-02-29'",
            "CREATE VIEW {$own}.view AS SELECT id, p AS row, ARRAY(SELECT c FROM {$own}.child c) AS children FROM {$own}.parent p",
            "INSERT INTO {$own}.parent VALUES (1, 'a', '{x,\"y z\"}'), (2, NULL, NULL)", "INSERT INTO {$own}.child (id, \"Name\", tags, later, extra) VALUES (3, 'c', '{}', '2000-01-01', 1.50)"]);
        $equal($engine, $check, "SELECT p AS whole, ARRAY[p] AS list FROM {$own}.parent p ORDER BY id", 'parent');
        $equal($engine, $check, "SELECT c AS whole, c::{$own}.parent AS up FROM {$own}.child c ORDER BY id", 'child');
        $equal($engine, $check, "SELECT v AS whole, v.row FROM {$own}.view v ORDER BY id", 'view');
        $equal($engine, $check, "SELECT t FROM pg_catalog.pg_namespace t WHERE nspname LIKE 'pg\\_%' ORDER BY oid LIMIT 2", 'catalog');
    },
    'a type that is altered is known as it is now' => static function (object $engine, Check $check) use ($dsn, $own, $begin, $equal): void {
        $begin($engine, ["CREATE TYPE {$own}.part AS (a int)", "CREATE TYPE {$own}.whole AS (part {$own}.part, parts {$own}.part[])",
            "CREATE TABLE {$own}.t (w {$own}.whole)", "INSERT INTO {$own}.t VALUES (ROW(ROW(1), ARRAY[ROW(2)]::{$own}.part[]))"]);
        foreach ([null, "ALTER TYPE {$own}.part ADD ATTRIBUTE b text", "ALTER TYPE {$own}.part RENAME ATTRIBUTE b TO c", "UPDATE {$own}.t SET w.part.c = '1'",
            "ALTER TYPE {$own}.part DROP ATTRIBUTE a", "DO 'BEGIN ALTER TYPE {$own}.whole RENAME ATTRIBUTE parts TO others; END'",
            "ALTER TABLE {$own}.t ADD COLUMN more int"] as $statement) {
            if ($statement !== null) {
                $engine->dbExecute($dsn, $statement);
            }
            $equal($engine, $check, "SELECT w, t AS whole FROM {$own}.t", (string) $statement);
        }
        try {
            $engine->dbTransaction($dsn, static function () use ($engine, $check, $dsn, $own, $equal): void {
                $engine->dbExecute($dsn, "ALTER TYPE {$own}.part RENAME ATTRIBUTE c TO within");
                $equal($engine, $check, "SELECT w, t AS whole FROM {$own}.t", 'in the transaction that renames');
                throw new RangeException();
            });
        } catch (RangeException) {
        }
        $equal($engine, $check, "SELECT w, t AS whole FROM {$own}.t", 'behind the transaction that was rolled back');
    },
    'types of an open transaction, and any search_path' => static function (object $engine, Check $check) use ($dsn, $own, $begin, $equal): void {
        $begin($engine, []);
        $engine->dbTransaction($dsn, static function () use ($engine, $check, $dsn, $own, $equal): void {
            foreach (["CREATE TYPE {$own}.new AS (a int)", "CREATE TABLE {$own}.pg_type (oid text)", "CREATE TABLE {$own}.pg_attribute (attname int)",
                "CREATE FUNCTION {$own}.never(oid, oid) RETURNS bool LANGUAGE sql AS 'SELECT false'",
                "CREATE OPERATOR {$own}.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = {$own}.never)"] as $statement) {
                $engine->dbExecute($dsn, $statement);
            }
            $equal($engine, $check, "SELECT ROW(1)::{$own}.new AS n", 'in its transaction');
            $engine->dbExecute($dsn, "CREATE TYPE {$own}.other AS (a int)");
            if (!$engine instanceof Lyger\Fallback\Engine) { // which names its catalog's tables without their schema
                $engine->dbExecute($dsn, "SET LOCAL search_path TO {$own}, pg_catalog");
            }
            $equal($engine, $check, 'SELECT ARRAY[ROW(1)::' . $own . '.other] AS n', 'hidden names');
            $check->same('[{"still":1}]', $engine->dbQueryJson($dsn, 'SELECT 1 AS still'));
        });
        $equal($engine, $check, "SELECT ROW(1)::{$own}.new AS n FROM generate_series(1, 500)", 'many rows');
    },
    'a cast to json is used' => static function (object $engine, Check $check) use ($dsn, $own, $begin, $equal): void {
        $begin($engine, ["CREATE TYPE {$own}.color AS ENUM ('red', 'a \"b\" \\ ,')",
            "CREATE FUNCTION {$own}.color_json({$own}.color) RETURNS json LANGUAGE sql AS \$\$ SELECT json_build_object('color', \$1::text) \$\$",
            "CREATE CAST ({$own}.color AS json) WITH FUNCTION {$own}.color_json({$own}.color)",
            "CREATE DOMAIN {$own}.paint AS {$own}.color", "CREATE TYPE {$own}.car AS (name text, color {$own}.color, colors {$own}.paint[], n int)"]);
        $car = "ROW('x', 'a \"b\" \\ ,', '{red,NULL}', 1)::{$own}.car";
        $equal($engine, $check, "SELECT 'red'::{$own}.color AS c, ARRAY['red', NULL, 'a \"b\" \\ ,']::{$own}.color[] AS cs, 'red'::{$own}.paint AS p,
            NULL::{$own}.color AS none, {$car} AS car, ARRAY[{$car}, NULL] AS cars, i FROM generate_series(1, 200) i");
        $equal($engine, $check, "SELECT NULL::{$own}.car AS c, NULL::{$own}.color AS d", 'nothing to convert');
        $engine->dbTransaction($dsn, static fn() => $equal($engine, $check, "SELECT {$car} AS car", 'in a transaction'));
        $engine->dbExecute($dsn, "DROP CAST ({$own}.color AS json)");
        if (!$engine instanceof Lyger\Fallback\Engine) { // which remembers casts as long as its connection
            $equal($engine, $check, "SELECT {$car} AS car", 'without the cast');
        }
    },
    'an anonymous record is a clear error' => static function (object $engine, Check $check) use ($dsn): void {
        foreach (["SELECT ROW(1, 'a') AS r", "SELECT ARRAY[ROW(1, 'a')] AS r"] as $query) {
            foreach ([static fn() => $engine->dbQueryJson($dsn, $query), static fn() => $engine->jsonifyResult($engine->dbQuery($dsn, $query))] as $call) {
                try {
                    $check->same('an exception', $call());
                } catch (QueryException $e) {
                    $check->that(str_contains($e->getMessage(), 'anonymous record'), $e->getMessage());
                }
            }
        }
        $check->same('[{"r":{"f1":1,"f2":"a"}}]', $engine->dbQueryJson($dsn, "SELECT to_json(ROW(1, 'a')) AS r"));
    },
    'options for numbers hold inside of types' => static function (object $engine, Check $check) use ($dsn, $own, $begin): void {
        $begin($engine, ["CREATE TYPE {$own}.sums AS (b bigint, n numeric, \"b \"\"s\"\"\" bigint[], t text)", "CREATE TYPE {$own}.two AS (one {$own}.sums, more {$own}.sums[])",
            "CREATE DOMAIN {$own}.big AS bigint", "CREATE TYPE {$own}.empty AS ()"]);
        $sums = "ROW(9007199254740993, 1.50, '{1,9007199254740993}', E'a \"b\" \\\\ (,)')::{$own}.sums";
        $query = "SELECT ROW({$sums}, ARRAY[{$sums}, NULL, ROW(NULL, 'NaN', '{}', '')::{$own}.sums])::{$own}.two AS v, '{1}'::{$own}.big[] AS d, ROW()::{$own}.empty AS e";
        $expect = static fn(string $one, string $big, string $number): string => '[{"v":{"one":{"b":' . $big . ',"n":' . $number . ',"b \"s\"":[' . $one . ',' . $big . '],"t":"a \"b\" \\\\ (,)"},'
            . '"more":[{"b":' . $big . ',"n":' . $number . ',"b \"s\"":[' . $one . ',' . $big . '],"t":"a \"b\" \\\\ (,)"},null,{"b":null,"n":"NaN","b \"s\"":[],"t":""}]},"d":[' . $one . '],"e":{}}]';
        foreach ([[['bigint' => 'number'], '1', '9007199254740993', '1.50'], [['bigint' => 'string', 'numeric' => 'string'], '"1"', '"9007199254740993"', '"1.50"'],
            [['bigint' => 'auto', 'numeric' => 'auto'], '1', '"9007199254740993"', '1.50']] as [$options, $one, $big, $number]) {
            $check->same($expect($one, $big, $number), $engine->dbQueryJson($dsn, $query, [], $options));
            $check->same($expect($one, $big, $number), $engine->jsonifyResult($engine->dbQuery($dsn, $query, [], $options)));
        }
    },
    'rows for PHP keep their text' => static function (object $engine, Check $check) use ($dsn, $own, $begin): void {
        $begin($engine, ["CREATE TYPE {$own}.pair AS (a int, b text)", "CREATE TYPE {$own}.mood AS ENUM ('sad')"]);
        $result = $engine->query($dsn, "SELECT ROW(1, 'x y')::{$own}.pair AS p, '{\"(1,)\"}'::{$own}.pair[] AS ps, '{sad}'::{$own}.mood[] AS m");
        $check->same([['p' => '(1,"x y")', 'ps' => '{"(1,)"}', 'm' => '{sad}']], iterator_to_array($result));
        $check->same(['p' => 'pair', 'ps' => 'pair[]', 'm' => 'mood[]'], $result->columns());
    },
    'and nothing is left' => static function (object $engine, Check $check) use ($dsn, $own): void {
        $engine->dbExecute($dsn, "DROP SCHEMA {$own} CASCADE");
        $check->same('[{"n":0}]', $engine->dbQueryJson($dsn, "SELECT count(*) AS n FROM pg_catalog.pg_namespace WHERE nspname = '{$own}'"));
    },
];
