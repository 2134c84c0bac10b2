--TEST--
A signal handler runs while a result is waited for, and may throw, query, free that very result, or exit
--EXTENSIONS--
lyger
pcntl
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_postgres.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
require __DIR__ . '/../inc/query.inc';
pcntl_async_signals(true);
$dsn = postgres();
function take(int $handle): string
{
    $json = lyger_jsonify_result($handle);
    lyger_free_result($handle);
    return $json;
}
// An exception ends the statement; the error stays.
pcntl_signal(SIGALRM, function (): void { throw new LogicException('enough'); });
$slow = lyger_db_query_async($dsn, 'SELECT pg_sleep(20)');
$start = hrtime(true);
pcntl_alarm(1);
fails(fn() => lyger_jsonify_result($slow));
var_dump((hrtime(true) - $start) / 1e9 < 3);
fails(fn() => lyger_result_info($slow));
lyger_free_result($slow);
fails(fn() => lyger_free_result($slow));
// A handler that queries, and waits for the same result.
$slow = lyger_db_query_async($dsn, 'SELECT 1 AS outer FROM pg_sleep(1.5)');
pcntl_signal(SIGALRM, function () use ($dsn, $slow): void {
    echo lyger_db_query_json($dsn, 'SELECT 2 AS nested'), "\n";
    echo lyger_jsonify_result($slow), "\n";
});
pcntl_alarm(1);
echo take($slow), "\n";
// A handler that frees it: first the one that is asked for, then one that is waited for because no connection is left.
$slow = lyger_db_query_async($dsn, 'SELECT 1 FROM pg_sleep(1.5)');
pcntl_signal(SIGALRM, function () use (&$slow): void { lyger_free_result($slow); });
pcntl_alarm(1);
fails(fn() => lyger_jsonify_result($slow));
$sent = [];
for ($i = 0; $i < 8; $i++) {
    $sent[] = lyger_db_query_async($dsn, "SELECT $i AS n FROM pg_sleep(1.5)");
}
$slow = $sent[0];
pcntl_alarm(1);
echo lyger_db_query_json($dsn, "SELECT 'waited' AS a"), "\n";
echo implode(array_map(take(...), array_slice($sent, 1))), "\n";
fails(fn() => lyger_free_result($slow));
// In a transaction: the exception comes from the wait, and rolls back.
pcntl_signal(SIGALRM, function (): void { throw new LogicException('enough'); });
pcntl_alarm(1);
fails(fn() => lyger_db_transaction($dsn, function () use ($dsn): void {
    lyger_db_query_async($dsn, 'CREATE TABLE signals_end_waiting (id int)');
    lyger_db_query_async($dsn, 'SELECT pg_sleep(20)');
    lyger_db_query_json($dsn, 'SELECT 1');
}));
echo lyger_db_query_json($dsn, "SELECT to_regclass('signals_end_waiting') AS t"), "\n";
// SQLite runs the statement where it is sent, and the handler comes in between.
pcntl_signal(SIGALRM, function (): void {
    fails(fn() => lyger_db_query_json('sqlite::memory:', 'SELECT 1'));
});
pcntl_alarm(1);
lyger_db_transaction('sqlite::memory:', function (): void {
    $endless = 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r';
    $slow = lyger_db_query_async('sqlite::memory:', $endless, [], ['timeout' => 1.5]);
    fails(fn() => lyger_jsonify_result($slow));
});
// exit() and a fatal error, with statements under way.
foreach (['exit(4);', "str_repeat('x', 64 << 20);"] as $ending) {
    putenv('USE_ZEND_ALLOC=1'); // valgrind's run switches it off, and memory_limit with it
    echo run_php("pcntl_async_signals(true);
        pcntl_signal(SIGALRM, function () { $ending });
        pcntl_alarm(1);
        \$other = lyger_db_query_async('$dsn', 'SELECT pg_sleep(20)');
        lyger_jsonify_result(lyger_db_query_async('$dsn', 'SELECT pg_sleep(20)'));
        echo 'not reached';", ['memory_limit' => '8M'], $status), $status, "\n";
}
?>
--EXPECTF--
LogicException: enough
bool(true)
Lyger\Exception\RuntimeException: the statement was interrupted
Lyger\Exception\QueryException []@0: no live result has the handle %d
[{"nested":2}]
[{"outer":1}]
[{"outer":1}]
Lyger\Exception\QueryException []@0: no live result has the handle %d
[{"a":"waited"}]
[{"n":1}][{"n":2}][{"n":3}][{"n":4}][{"n":5}][{"n":6}][{"n":7}]
Lyger\Exception\QueryException []@0: no live result has the handle %d
LogicException: enough
[{"t":null}]
Lyger\Exception\QueryException []@0: the transaction's connection is busy with the statement that this call interrupts
Lyger\Exception\QueryException [57014]@0: the statement took longer than its time limit and was given up
4
Fatal error: Allowed memory size of 8388608 bytes exhausted %s
255
