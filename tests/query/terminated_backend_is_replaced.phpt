--TEST--
PostgreSQL: a backend that is terminated, idle or busy, costs at most its own statement
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_postgres.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/query.inc';
$dsn = postgres();
$other = "$dsn?application_name=other"; // another DSN is another connection
function pid(string $dsn): int
{
    return json_decode(lyger_db_query_json($dsn, 'SELECT pg_backend_pid() AS p'))[0]->p;
}
$first = pid($dsn);
lyger_db_execute($other, "SELECT pg_terminate_backend($first)");
while (lyger_db_query_json($other, "SELECT 1 FROM pg_stat_activity WHERE pid = $first") !== '[]') {
    usleep(1000);
}
var_dump(pid($dsn) !== $first);
fails(fn() => lyger_db_query($dsn, 'SELECT pg_terminate_backend(pg_backend_pid())'));
echo lyger_db_query_json($dsn, 'SELECT 1 AS back'), "\n";
?>
--EXPECT--
bool(true)
Lyger\Exception\QueryException [57P01]@0: terminating connection due to administrator command
[{"back":1}]
