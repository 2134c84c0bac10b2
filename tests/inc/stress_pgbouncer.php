<?php
/**
 * One client of a pooler in transaction mode; for scripts/stress-pgbouncer.
 *   php stress_pgbouncer.php DSN ANSWERS CLIENT
 * Every answer names its client, the statement and the value that was asked for. Prints "answers wrong", and the first
 * few wrong ones.
 */
declare(strict_types=1);

[, $dsn, $wanted, $client] = $argv;
$answers = $wrong = 0;

function check(string $asked, string $expected, callable $ask): void
{
    global $answers, $wrong;
    try {
        $answer = $ask();
    } catch (Lyger\Exception $e) {
        $answer = get_class($e) . ': ' . $e->getMessage();
    }
    $answers++;
    if ($answer !== $expected && ++$wrong <= 3) {
        fwrite(STDERR, "# $asked gave $answer, not $expected\n");
    }
}

/** A statement of this client, or one that every client sends. @return array{string, string, int} */
function statement(string $client, int $i): array
{
    $n = $i % 7;
    $value = random_int(0, 1000000);
    return match ($n) {
        0 => ['SELECT $1::int AS id', "[{\"id\":$value}]", $value],
        1 => ['SELECT $1::int + 1 AS id', '[{"id":' . ($value + 1) . '}]', $value],
        2 => ["SELECT \$1::text AS \"client $client\"", "[{\"client $client\":\"$value\"}]", $value],
        default => ["SELECT $n AS n, \$1::int AS \"c{$client}\"", "[{\"n\":$n,\"c{$client}\":$value}]", $value],
    };
}

for ($i = random_int(0, 6); $answers < (int) $wanted; $i++) {
    [$sql, $expected, $value] = statement($client, $i);
    // Several of one text in a row, so that it comes often enough to be prepared.
    foreach (range(1, 12) as $turn) {
        match ($turn) {
            12 => check($sql, $expected, fn() => lyger_db_transaction($dsn, fn() => lyger_db_query_json($dsn, $sql, [$value]))),
            11 => check($sql, $expected, fn() => lyger_jsonify_result(lyger_db_query_async($dsn, $sql, [$value]))),
            10 => check($sql, $expected, fn() => lyger_jsonify_result(lyger_db_query($dsn, $sql, [$value]))),
            default => check($sql, $expected, fn() => lyger_db_query_json($dsn, $sql, [$value])),
        };
    }
    if ($i % 50 === 0) {
        try {
            lyger_db_execute($dsn, 'SELECT no_such_column');
            $wrong++;
        } catch (Lyger\Exception\QueryException $e) {
            $wrong += $e->getSqlState() !== '42703';
        }
    }
}
// Behind a pooler nothing is prepared by name: nobody would take it away, nor find it again.
check('a session for prepared statements', '[{"count":0}]', fn() => lyger_db_query_json($dsn, 'SELECT count(*) FROM pg_prepared_statements'));
echo "$answers $wrong\n";
