--TEST--
A forked child opens its own connections; the parent's sessions and results go on
--EXTENSIONS--
lyger
pcntl
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_postgres.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/query.inc';
$dsn = postgres();
$file = 'sqlite:' . scratch_path('fork.db') . '?mode=rwc';
lyger_db_execute($dsn, 'CREATE TEMP TABLE parents AS SELECT 1 AS a');
lyger_db_execute($file, 'CREATE TABLE t (a)');
$result = lyger_db_query($dsn, "SELECT 'of the parent' AS r");
$pid = json_decode(lyger_db_query_json($dsn, 'SELECT pg_backend_pid() AS p'))[0]->p;
$child = pcntl_fork();
if ($child === 0) {
    $mine = json_decode(lyger_db_query_json($dsn, 'SELECT pg_backend_pid() AS p'))[0]->p;
    var_dump($mine !== $pid);
    lyger_db_execute($file, 'INSERT INTO t VALUES (1)');
    echo lyger_jsonify_result($result), "\n";
    exit(0);
}
pcntl_waitpid($child, $status);
var_dump(pcntl_wexitstatus($status));
echo lyger_db_query_json($dsn, 'SELECT a FROM parents'), "\n";
echo lyger_db_query_json($file, 'SELECT a FROM t'), "\n";
echo lyger_jsonify_result($result), "\n";
?>
--EXPECT--
bool(true)
[{"r":"of the parent"}]
int(0)
[{"a":1}]
[{"a":1}]
[{"r":"of the parent"}]
