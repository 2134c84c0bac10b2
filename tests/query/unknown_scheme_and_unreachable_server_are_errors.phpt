--TEST--
An unknown scheme lists the ones there are; an unreachable server names host and port; no password is ever shown
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/query.inc';
fails(fn() => lyger_db_query('mysql://root:hush@localhost/db', 'SELECT 1'));
fails(fn() => lyger_db_query('hush', 'SELECT 1'));
fails(fn() => lyger_db_query('postgres://u:hu%zzsh@h/db', 'SELECT 1'));
fails(fn() => lyger_db_query("host=h password='hush", 'SELECT 1'));
fails(fn() => lyger_db_query('postgres://u:hush@127.0.0.1:1/db', 'SELECT 1'));

// A server that accepts and never answers.
$silent = stream_socket_server('tcp://127.0.0.1:0');
$dsn = 'postgres://u:hush@' . stream_socket_get_name($silent, false) . '/db?connect_timeout=1&sslmode=disable';
$start = hrtime(true);
fails(fn() => lyger_db_query($dsn, 'SELECT 1'));
var_dump((hrtime(true) - $start) / 1e9 < 3);
?>
--EXPECTF--
Lyger\Exception\QueryException []@0: unknown DSN scheme "mysql"; this build has postgres://, postgresql://, host=… dbname=…, sqlite:PATH, sqlite::memory:
Lyger\Exception\QueryException []@0: the DSN has no scheme; this build has postgres://, postgresql://, host=… dbname=…, sqlite:PATH, sqlite::memory:
Lyger\Exception\QueryException []@0: the DSN is not a valid PostgreSQL connection string (not shown: it may hold a password)
Lyger\Exception\QueryException []@0: the DSN is not a valid PostgreSQL connection string (not shown: it may hold a password)
Lyger\Exception\QueryException [08001]@0: cannot connect: %S"127.0.0.1", port 1 failed: Connection refused%S
Lyger\Exception\QueryException [08001]@0: connecting to the PostgreSQL server took longer than its time limit and was given up
bool(true)
