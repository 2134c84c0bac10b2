<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

/** The table of the query benchmarks: ten columns as applications have them. */
final class Table
{
    private const COLUMNS = <<<'SQL'
        i AS id, 'user ' || i AS name, i * 3.5 AS score, i % 2 AS active, i * 1000000007 AS big, i / 7.0 AS amount,
        '2026-11-21 09:30:00' AS at, 'a hash of some sort ' || i * 7919 AS hash, i % 100 AS small,
        'some text of medium length that is repeated' AS note
        SQL;

    public static function sqlite(int $rows): string
    {
        return "CREATE TABLE bench AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $rows) SELECT "
            . self::COLUMNS . ' FROM n';
    }

    public static function postgres(string $name, int $rows): string
    {
        $columns = strtr(self::COLUMNS, [
            'i * 1000000007' => 'i::bigint * 1000000007',
            "'2026-11-21 09:30:00'" => "timestamptz '2026-11-21 09:30:00+01'",
            'i % 2 AS' => '(i % 2 = 0) AS',
            'i * 3.5' => '(i * 3.5)::float8',
            'i / 7.0' => '(i / 7.0)::numeric(12, 4)',
        ]);
        return "CREATE TABLE $name AS SELECT $columns FROM generate_series(1, $rows) i; ANALYZE $name";
    }
}
