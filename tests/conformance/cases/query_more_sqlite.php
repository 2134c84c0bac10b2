<?php

declare(strict_types=1);

$shared = require __DIR__ . '/../query_shared.php';

return $shared(
    static fn(Check $check): string => "sqlite:$check->file?mode=rwc",
    't',
) + [
    'values of a row follow their storage class' => static function (object $engine, Check $check): void {
        $result = $engine->query('sqlite::memory:', "SELECT 1 AS i, -9223372036854775807 - 1 AS min, 1.5 AS r, 2.0 AS whole, 'grüße' AS t,
            NULL AS n, x'00ff' AS b, '' AS empty, 9e999 AS inf, -9e999 AS ninf");
        $check->same(
            [['i' => 1, 'min' => PHP_INT_MIN, 'r' => 1.5, 'whole' => 2.0, 't' => 'grüße', 'n' => null, 'b' => "\0\xff", 'empty' => '',
                'inf' => INF, 'ninf' => -INF]],
            iterator_to_array($result),
        );
        $check->same(
            [1, 'abc', "a\0c", null, 0.5],
            array_column(iterator_to_array($engine->query('sqlite::memory:', "VALUES (1), ('abc'), (x'610063'), (NULL), (0.5)", [], ['rows' => 'array'])), 0),
        );
        $check->throws(JsonException::class, static fn() => json_encode($result, JSON_THROW_ON_ERROR));
    },
    'a failed statement leaves the transaction as it was' => static function (object $engine, Check $check): void {
        $dsn = "sqlite:$check->file?mode=rwc";
        $engine->dbExecute($dsn, 'CREATE TABLE t (id INTEGER PRIMARY KEY)');
        $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $check): void {
            $engine->dbExecute($dsn, 'INSERT INTO t VALUES (1)');
            $check->throws(Lyger\Exception\QueryException::class, static fn() => $engine->dbExecute($dsn, 'INSERT INTO t VALUES (1)'), 'UNIQUE');
            $engine->dbExecute($dsn, 'INSERT INTO t VALUES (2)');
        });
        $check->same('[{"id":1},{"id":2}]', $engine->dbQueryJson($dsn, 'SELECT id FROM t'));
    },
];
