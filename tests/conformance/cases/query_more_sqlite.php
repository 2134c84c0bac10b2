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
    'bytes are blobs and times sort' => static function (object $engine, Check $check): void {
        $dsn = "sqlite:$check->file?mode=rwc";
        $engine->dbExecute($dsn, 'CREATE TABLE t (a, b)');
        $bytes = "\0\xff\x80 ' \"" . random_bytes(50);
        $engine->dbExecute($dsn, 'INSERT INTO t VALUES (:a, typeof(:a))', ['a' => new Lyger\Binary($bytes)]);
        $check->same([['a' => $bytes, 'b' => 'blob']], iterator_to_array($engine->query($dsn, 'SELECT a, b FROM t')));
        $check->same([['x' => '', 't' => 'blob']], iterator_to_array($engine->query($dsn, 'SELECT ? AS x, typeof(?) AS t', [new Lyger\Binary(''), new Lyger\Binary('')])));
        $time = static fn(DateTimeInterface $t): string => $engine->dbQueryJson($dsn, 'SELECT ? AS t', [$t], ['rows' => 'array']);
        $check->same('[["2024-02-29 11:30:00+00:00"]]', $time(new DateTimeImmutable('2024-02-29 12:30', new DateTimeZone('Europe/Berlin'))));
        $check->same('[["2024-07-01 10:30:00.000007+00:00"]]', $time(new DateTime('2024-07-01 12:30:00.000007', new DateTimeZone('Europe/Berlin'))));
        $check->same('[["1969-12-31 23:59:59.500000+00:00"]]', $time(new DateTimeImmutable('1970-01-01 01:59:59.5', new DateTimeZone('+02:00'))));
        $check->same('[[1709206200]]', $engine->dbQueryJson($dsn, "SELECT CAST(strftime('%s', :t) AS INTEGER)", ['t' => new DateTimeImmutable('@1709206200')], ['rows' => 'array']));
        $check->throws(ValueError::class, static fn() => $time((new DateTimeImmutable('@0'))->setDate(10000, 1, 2)), 'parameter 1', '9999');
        $check->throws(ValueError::class, static fn() => $engine->dbQuery($dsn, 'SELECT ?', [['a' => 1]]), 'parameter 1', 'SQLite has no arrays');
        $check->throws(ValueError::class, static fn() => $engine->dbQuery($dsn, 'SELECT 1', range(1, 300000)));
    },
    'transactions wait for each other, and tell a lock from a failure' => static function (object $engine, Check $check): void {
        $one = "sqlite:$check->file?mode=rwc";
        $two = "sqlite:$check->file";
        $engine->dbExecute($one, 'CREATE TABLE t (n INTEGER)');
        $engine->dbExecute($one, 'INSERT INTO t VALUES (0)');
        $read = static fn(string $dsn): string => $engine->dbQueryJson($dsn, 'SELECT n FROM t');
        $write = static fn(string $dsn): int => $engine->dbExecute($dsn, 'UPDATE t SET n = n + 1');
        $is = static function (string $state, ?Lyger\Exception\QueryException $thrown) use ($check): void {
            $check->same([$state, 5], [$thrown?->getSqlState(), $thrown?->getCode()]);
        };
        foreach ([[], ['mode' => 'immediate'], ['mode' => 'exclusive']] as $options) {
            $engine->dbTransaction($one, static function () use ($engine, $two, $check, $is): void {
                $is('55P03', $check->throws(
                    Lyger\Exception\QueryException::class,
                    static fn() => $engine->dbTransaction($two, static fn() => 1, ['timeout' => 0.05]),
                    'locked',
                ));
                $is('55P03', $check->throws(
                    Lyger\Exception\QueryException::class,
                    static fn() => $engine->dbExecute($two, 'UPDATE t SET n = 9', [], ['timeout' => 0.05]),
                    'locked',
                ));
            }, $options);
        }
        $is('40001', $check->throws(
            Lyger\Exception\QueryException::class,
            static fn() => $engine->dbTransaction($one, static function () use ($engine, $read, $write, $one, $two): void {
                $read($one);
                $engine->dbTransaction($two, static fn() => $write($one), ['mode' => 'immediate']);
            }, ['mode' => 'deferred']),
            'locked',
        ));
        $check->same('[{"n":0}]', $read($one));
        $check->same(1, $engine->dbTransaction($one, static fn() => $write($one)));
        $check->same('[{"n":1}]', $engine->dbTransaction($two, static fn() => $engine->dbTransaction($one, static fn() => $read($one), ['read_only' => true])));
        $check->throws(ValueError::class, static fn() => $engine->dbTransaction($one, static fn() => 1, ['read_only' => true, 'mode' => 'immediate']), 'mode');
        $broken = $check->throws(Lyger\Exception\QueryException::class, static fn() => $engine->dbQuery($one, 'SELECT nothing FROM t'));
        $check->same(['HY000', 1], [$broken?->getSqlState(), $broken?->getCode()]);
        $taken = $check->throws(Lyger\Exception\QueryException::class, static fn() => $engine->dbExecute("$two?mode=ro", 'UPDATE t SET n = 1'));
        $check->same(['25006', 8], [$taken?->getSqlState(), $taken?->getCode()]);
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
