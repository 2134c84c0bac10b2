<?php

declare(strict_types=1);

use Lyger\Exception\QueryException;

const MEMORY = 'sqlite::memory:';

/** The one row of a query, decoded. */
$row = static fn(object $engine, string $query, array $params = [], array $options = []): array
    => json_decode($engine->dbQueryJson(MEMORY, $query, $params, $options), true, 512, JSON_THROW_ON_ERROR)[0];

return [
    'values follow their storage class' => static function (object $engine, Check $check) use ($row): void {
        $check->same(
            ['i' => 1, 'min' => PHP_INT_MIN, 'r' => 1.5, 'whole' => 2.0, 't' => 'grüße "x" \\ / ' . "\n\t", 'n' => null,
                'b' => 'AP8=', 'empty' => '', 'none' => '', 'inf' => 'Infinity', 'ninf' => '-Infinity'],
            $row($engine, "SELECT 1 AS i, -9223372036854775807 - 1 AS min, 1.5 AS r, 2.0 AS whole, 'grüße \"x\" \\ / ' || char(10, 9) AS t,"
                . " NULL AS n, x'00ff' AS b, '' AS empty, x'' AS none, 9e999 AS inf, -9e999 AS ninf"),
        );
    },
    'the storage class of a column may change from row to row' => static function (object $engine, Check $check): void {
        $check->same(
            '[[1],["abc"],["YWJj"],[null],[0.5]]',
            $engine->dbQueryJson(MEMORY, "VALUES (1), ('abc'), (x'616263'), (NULL), (0.5)", [], ['rows' => 'array']),
        );
    },
    'bigint may be a number, a string, or what keeps its digits' => static function (object $engine, Check $check) use ($row): void {
        $query = 'SELECT 9007199254740992 AS fits, 9007199254740993 AS does_not, -9007199254740993 AS below, 7 AS small';
        $json = $engine->dbQueryJson(MEMORY, $query);
        $check->that(str_contains($json, ':9007199254740993,'), "digits are lost: $json");
        $check->same([9007199254740992, 9007199254740993, -9007199254740993, 7], array_values($row($engine, $query)));
        $check->same(
            ['9007199254740992', '9007199254740993', '-9007199254740993', '7'],
            array_values($row($engine, $query, [], ['bigint' => 'string'])),
        );
        $check->same(
            [9007199254740992, '9007199254740993', '-9007199254740993', 7],
            array_values($row($engine, $query, [], ['bigint' => 'auto'])),
        );
    },
    'rows may come without names' => static function (object $engine, Check $check): void {
        $check->same('[[1,"a"],[2,null]]', $engine->dbQueryJson(MEMORY, "VALUES (1, 'a'), (2, NULL)", [], ['rows' => 'array']));
        $check->same('[]', $engine->dbQueryJson(MEMORY, 'SELECT 1 WHERE 0', [], ['rows' => 'array']));
        $check->same('[{"a":1,"a":2}]', $engine->dbQueryJson(MEMORY, 'SELECT 1 AS a, 2 AS a'));
        $check->same('[{"\"quoted\"":1}]', $engine->dbQueryJson(MEMORY, 'SELECT 1 AS """quoted"""'));
    },
    'parameters are bound in every form' => static function (object $engine, Check $check) use ($row): void {
        $check->same(
            ['i' => PHP_INT_MAX, 'r' => 0.1, 't' => "it's ?", 'n' => null, 'yes' => 1, 'no' => 0],
            $row($engine, 'SELECT ? AS i, ? AS r, ? AS t, ? AS n, ? AS yes, ? AS no', [PHP_INT_MAX, 0.1, "it's ?", null, true, false]),
        );
        $check->same(['a' => 'y', 'b' => 'x', 'c' => 'y'], $row($engine, 'SELECT ?2 AS a, ?1 AS b, ?2 AS c', ['x', 'y']));
        $check->same(['a' => 'y', 'b' => 'x', 'c' => 'y'], $row($engine, 'SELECT $2 AS a, $1 AS b, $2 AS c', ['x', 'y']));
        $check->same(
            ['a' => 1, 'b' => 'two', 'c' => 1],
            $row($engine, 'SELECT :one AS a, :two AS b, :one AS c', ['two' => 'two', 'one' => 1]),
        );
        $check->same(['a' => 1], $row($engine, 'SELECT :one AS a', [':one' => 1]));
        $check->same(
            ['q' => '? :x $1', 'a' => 5, 'quoted ?' => 6],
            $row($engine, "SELECT '? :x \$1' AS q, /* ? :y */ ? AS a, 6 AS \"quoted ?\" -- ?\n", [5]),
        );
        $check->same(['t' => 'text'], $row($engine, 'SELECT typeof(?) AS t', ['12']));
        $check->same(['t' => 'real'], $row($engine, 'SELECT typeof(?) AS t', [1.0]));
        $check->same(['t' => 'integer'], $row($engine, 'SELECT typeof(?) AS t', [1]));
    },
    'parameters that do not fit are ValueErrors and TypeErrors' => static function (object $engine, Check $check): void {
        $run = static fn(string $query, array $params): Closure => static fn() => $engine->dbQueryJson(MEMORY, $query, $params);
        $check->throws(ValueError::class, $run('SELECT ?, ?', [1]));
        $check->throws(ValueError::class, $run('SELECT ?', [1, 2]));
        $check->throws(ValueError::class, $run('SELECT 1', [1]));
        $check->throws(ValueError::class, $run('SELECT :a', ['b' => 1]));
        $check->throws(ValueError::class, $run('SELECT :a', ['a' => 1, 'b' => 1]));
        $check->throws(ValueError::class, $run('SELECT ?, :a', [1, 'a' => 1]));
        $check->throws(ValueError::class, $run('SELECT ?, ?', [1 => 1, 0 => 2]), '$params', 'list');
        $check->throws(ValueError::class, $run('SELECT ?', ["a\0b"]));
        $check->throws(ValueError::class, $run('SELECT ?, ?', [1, [1]]), 'parameter 2', 'SQLite has no arrays');
        $check->throws(ValueError::class, $run('SELECT :ids', ['ids' => []]), 'parameter ":ids"', 'SQLite has no arrays');
        $check->throws(ValueError::class, $run('SELECT ?', [['a' => 1]]), 'parameter 1', 'SQLite has no arrays');
        $check->throws(TypeError::class, $run('SELECT ?', [new stdClass()]));
    },
    'changes are counted' => static function (object $engine, Check $check): void {
        $dsn = "sqlite:$check->file?mode=rwc";
        $check->same(0, $engine->dbExecute($dsn, 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE)'));
        $check->same(2, $engine->dbExecute($dsn, 'INSERT INTO t (name) VALUES (?), (?)', ['a', 'b']));
        $check->same('[{"id":3}]', $engine->dbQueryJson($dsn, "INSERT INTO t (name) VALUES ('c') RETURNING id"));
        $check->same(0, $engine->dbExecute($dsn, 'SELECT * FROM t'));
        $check->same(3, $engine->dbExecute($dsn, 'UPDATE t SET name = name || ?', ['!']));
        $check->same(0, $engine->dbExecute($dsn, 'DELETE FROM t WHERE id > 100'));
        $check->same(3, $engine->dbExecute($dsn, 'DELETE FROM t'));
        $check->same('[]', $engine->dbQueryJson($dsn, 'SELECT * FROM t'));
    },
    'a result is described, written as often as wanted, and freed' => static function (object $engine, Check $check): void {
        $dsn = "sqlite:$check->file?mode=rwc";
        $engine->dbExecute($dsn, 'CREATE TABLE t (id INTEGER, name VARCHAR(9))');
        $insert = $engine->dbQuery($dsn, "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
        $check->same(['rows' => 0, 'columns' => [], 'affected' => 2, 'tag' => 'INSERT 0 2'], $engine->resultInfo($insert));
        $check->same('[]', $engine->jsonifyResult($insert));
        $rows = $engine->dbQuery($dsn, 'SELECT id, name, 1 + 1 AS two FROM t');
        $check->that($rows >= 1 && $rows !== $insert, "the handles are $insert and $rows");
        $check->same(
            ['rows' => 2, 'columns' => [['name' => 'id', 'type' => 'INTEGER'], ['name' => 'name', 'type' => 'VARCHAR(9)'],
                ['name' => 'two', 'type' => '']], 'affected' => 0, 'tag' => 'SELECT 2'],
            $engine->resultInfo($rows),
        );
        $engine->dbExecute($dsn, 'DELETE FROM t');
        for ($i = 0; $i < 2; $i++) {
            $check->same('[{"id":1,"name":"a","two":2},{"id":2,"name":"b","two":2}]', $engine->jsonifyResult($rows));
        }
        $empty = $engine->dbQuery($dsn, 'SELECT id AS number FROM t');
        $check->same([['name' => 'number', 'type' => 'INTEGER']], $engine->resultInfo($empty)['columns']);
        foreach ([$insert, $rows, $empty] as $handle) {
            $engine->freeResult($handle);
        }
        $check->throws(QueryException::class, static fn() => $engine->jsonifyResult($rows), (string) $rows);
    },
    'handles that are not live are errors' => static function (object $engine, Check $check): void {
        $freed = $engine->dbQuery(MEMORY, 'SELECT 1 AS a');
        $engine->freeResult($freed);
        $next = $engine->dbQuery(MEMORY, 'SELECT 2 AS a');
        $check->that($next !== $freed, 'a freed handle was given out again');
        foreach ([$freed, -1, PHP_INT_MAX, PHP_INT_MIN, $next + 1] as $handle) {
            $check->throws(QueryException::class, static fn() => $engine->jsonifyResult($handle));
            $check->throws(QueryException::class, static fn() => $engine->freeResult($handle));
            $check->throws(QueryException::class, static fn() => $engine->resultInfo($handle));
        }
        $check->same('[{"a":2}]', $engine->jsonifyResult($next));
        $engine->freeResult($next);
    },
    'a statement that fails says why' => static function (object $engine, Check $check): void {
        $dsn = "sqlite:$check->file?mode=rwc";
        $engine->dbExecute($dsn, 'CREATE TABLE t (id INTEGER PRIMARY KEY)');
        $engine->dbExecute($dsn, 'INSERT INTO t VALUES (1)');
        $thrown = $check->throws(QueryException::class, static fn() => $engine->dbExecute($dsn, 'INSERT INTO t VALUES (1)'), 'UNIQUE', 't.id');
        $check->same('23000', $thrown?->getSqlState());
        $thrown = $check->throws(QueryException::class, static fn() => $engine->dbQueryJson($dsn, 'SELEC 1'), 'syntax error', 'SELEC');
        $check->same('HY000', $thrown?->getSqlState());
        $check->throws(QueryException::class, static fn() => $engine->dbQueryJson($dsn, 'SELECT * FROM nowhere'), 'nowhere');
        $check->throws(QueryException::class, static fn() => $engine->dbQueryJson($dsn, ''), 'empty');
        $check->throws(QueryException::class, static fn() => $engine->dbQueryJson($dsn, ' -- nothing'), 'empty');
        $check->throws(QueryException::class, static fn() => $engine->dbQueryJson($dsn, 'SELECT 1; SELECT 2'), 'statement');
        $check->throws(QueryException::class, static fn() => $engine->dbExecute($dsn, 'BEGIN'), 'transaction');
        $check->throws(ValueError::class, static fn() => $engine->dbQueryJson($dsn, "SELECT 1\0"));
        $check->same('[{"a":1}]', $engine->dbQueryJson($dsn, 'SELECT 1 AS a ; -- done'));
    },
    'text that is not UTF-8 is an error' => static function (object $engine, Check $check): void {
        $check->throws(QueryException::class, static fn() => $engine->dbQueryJson(MEMORY, "SELECT CAST(x'61ff' AS TEXT) AS t"), 'UTF-8');
        $check->throws(
            QueryException::class,
            static fn() => $engine->jsonifyResult($engine->dbQuery(MEMORY, "SELECT CAST(x'61ff' AS TEXT) AS t")),
            'UTF-8',
        );
    },
    'a file is made unless it must exist' => static function (object $engine, Check $check): void {
        $dsn = "sqlite:$check->file";
        $thrown = $check->throws(QueryException::class, static fn() => $engine->dbQueryJson("$dsn?mode=rw", 'SELECT 1'), $check->file, '?mode=');
        $check->same('08001', $thrown?->getSqlState());
        $check->throws(QueryException::class, static fn() => $engine->dbQueryJson("$dsn?mode=ro", 'SELECT 1'), $check->file);
        $check->that(!file_exists($check->file), 'the file was made');
        $engine->dbExecute($dsn, 'CREATE TABLE t (a)');
        $check->same(1, $engine->dbExecute("$dsn?mode=rw", 'INSERT INTO t VALUES (1)'));
        $check->same('[{"a":1}]', $engine->dbQueryJson("$dsn?mode=ro", 'SELECT a FROM t'));
        $check->throws(QueryException::class, static fn() => $engine->dbExecute("$dsn?mode=ro", 'DELETE FROM t'), 'readonly');
    },
    'a data source name may be a path or a URI, and name a database in memory' => static function (object $engine, Check $check): void {
        $engine->dbExecute("sqlite:$check->file.db", 'CREATE TABLE t AS SELECT 1 AS a');
        foreach (["$check->file.db", "$check->file.db?mode=ro", "sqlite:file:$check->file.db", "sqlite:file://$check->file%2Edb?mode=ro&cache=private"] as $dsn) {
            $check->same('[{"a":1}]', $engine->dbQueryJson($dsn, 'SELECT a FROM t'));
        }
        $here = getcwd();
        chdir(dirname($check->file));
        try {
            $name = basename($check->file);
            foreach (["$name.db", "./$name.db", '../' . basename(getcwd()) . "/$name.db"] as $dsn) {
                $check->same('[{"a":1}]', $engine->dbQueryJson($dsn, 'SELECT a FROM t'));
            }
            $memory = [':memory:', 'sqlite:file:one?mode=memory&cache=shared', 'sqlite:file::memory:?cache=shared', 'sqlite:file=two?mode=memory&cache=shared'];
            foreach ($memory as $dsn) {
                $engine->dbExecute($dsn, 'CREATE TABLE t (a)');
                $check->same(1, $engine->dbExecute($dsn, 'INSERT INTO t VALUES (1)'));
                $check->same('[{"a":1}]', $engine->dbQueryJson($dsn, 'SELECT a FROM t'));
            }
            $check->same([], glob('{one,two,file}*', GLOB_BRACE));
        } finally {
            chdir($here);
        }
        foreach (['nothing', 'x:y.db', 'X=y.db'] as $dsn) {
            $check->throws(QueryException::class, static fn() => $engine->dbQueryJson($dsn, 'SELECT 1'));
        }
    },
    'data source names that cannot be are errors that say so' => static function (object $engine, Check $check): void {
        $query = static fn(string $dsn): Closure => static fn() => $engine->dbQueryJson($dsn, 'SELECT 1');
        $check->throws(QueryException::class, $query('mysql:host=127.0.0.1'), 'mysql', 'sqlite:', 'postgres');
        $check->throws(QueryException::class, $query('nonsense'), 'sqlite:', 'postgres');
        $check->throws(QueryException::class, $query(''), 'sqlite:');
        $check->throws(QueryException::class, $query('sqlite:'), 'file');
        $check->throws(QueryException::class, $query('sqlite:/tmp'), '/tmp');
        $check->throws(QueryException::class, $query('sqlite:/tmp/x?mode=rwx'), 'mode');
        $check->throws(QueryException::class, $query('sqlite::nowhere:'), "':'");
        $check->throws(ValueError::class, $query("sqlite:/tmp/x\0y"));
    },
    'options that are unknown or wrong are ValueErrors' => static function (object $engine, Check $check): void {
        $query = static fn(array $options): Closure => static fn() => $engine->dbQuery(MEMORY, 'SELECT 1', [], $options);
        $check->throws(ValueError::class, $query(['bigints' => 'string']), '$options', 'bigints');
        $check->throws(ValueError::class, $query(['string']), '$options');
        $check->throws(ValueError::class, $query(['bigint' => 'text']), '$options', 'bigint');
        $check->throws(ValueError::class, $query(['numeric' => '']), '$options', 'numeric');
        $check->throws(TypeError::class, $query(['bigint' => 1]), '$options', 'bigint', 'int');
        $check->throws(TypeError::class, $query(['rows' => null]), '$options', 'rows', 'null');
        $check->throws(ValueError::class, $query(['rows' => 'assoc']), '$options', 'rows');
        $check->throws(ValueError::class, $query(['timeout' => -1]), '$options', 'timeout');
        $check->throws(ValueError::class, $query(['timeout' => NAN]), '$options', 'timeout');
        $check->throws(ValueError::class, $query(['timeout' => INF]), '$options', 'timeout');
        $check->throws(TypeError::class, $query(['timeout' => '1']), '$options', 'timeout', 'string');
        $check->throws(ValueError::class, static fn() => $engine->dbExecute(MEMORY, 'SELECT 1', [], ['x' => 1]), '$options');
        $check->throws(ValueError::class, static fn() => $engine->dbQueryJson(MEMORY, 'SELECT 1', [], ['x' => 1]), '$options');
    },
    'a statement that takes too long is given up' => static function (object $engine, Check $check): void {
        $endless = 'WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c WHERE x % 100 = 0';
        $start = hrtime(true);
        $check->throws(QueryException::class, static fn() => $engine->dbQuery(MEMORY, $endless, [], ['timeout' => 0.2]), 'longer');
        $check->that(hrtime(true) - $start < 5_000_000_000, 'it took more than five seconds to give up');
        $check->same('[{"a":1}]', $engine->dbQueryJson(MEMORY, 'SELECT 1 AS a', [], ['timeout' => 5]));
    },
];
