--TEST--
A signal handler runs during a query and may end it with an exception, exit or another query
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
$endless = 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r';
foreach ([[postgres(), 'SELECT pg_sleep(20)'], ['sqlite::memory:', $endless]] as [$dsn, $slow]) {
    pcntl_signal(SIGALRM, function (): void { throw new LogicException('enough'); });
    lyger_db_query_json($dsn, 'SELECT 1');
    $start = hrtime(true);
    pcntl_alarm(1);
    fails(fn() => lyger_db_query_json($dsn, $slow));
    var_dump((hrtime(true) - $start) / 1e9 < 2);
    echo lyger_db_query_json($dsn, 'SELECT 1 AS fine'), "\n";
}
// A handler that queries: on a second connection of PostgreSQL; an in-memory database has one only.
pcntl_signal(SIGALRM, function (): void {
    echo lyger_db_query_json(postgres(), 'SELECT 2 AS nested'), "\n";
    fails(fn() => lyger_db_query_json('sqlite::memory:', 'SELECT 2 AS nested'));
});
pcntl_alarm(1);
echo lyger_db_query_json(postgres(), 'SELECT 1 AS outer FROM pg_sleep(1.5)'), "\n";
pcntl_alarm(1);
fails(fn() => lyger_db_query_json('sqlite::memory:', $endless, [], ['timeout' => 1.5]));
// A fatal error in the handler, in the middle of SQLite.
putenv('USE_ZEND_ALLOC=1'); // valgrind's run switches it off, and memory_limit with it
echo run_php("pcntl_async_signals(true);
    pcntl_signal(SIGALRM, function () { str_repeat('x', 64 << 20); });
    pcntl_alarm(1);
    lyger_db_query_json('sqlite::memory:', '$endless');", ['memory_limit' => '4M'], $status);
var_dump($status);
?>
--EXPECTF--
LogicException: enough
bool(true)
[{"fine":1}]
LogicException: enough
bool(true)
[{"fine":1}]
[{"nested":2}]
no exception, but '[{"nested":2}]'
[{"outer":1}]
[{"nested":2}]
Lyger\Exception\QueryException [%S]@0: the in-memory database is busy with the statement that this call interrupts
Lyger\Exception\QueryException [57014]@0: the statement took longer than its time limit and was given up
Fatal error: Allowed memory size of 4194304 bytes exhausted %s
int(255)
