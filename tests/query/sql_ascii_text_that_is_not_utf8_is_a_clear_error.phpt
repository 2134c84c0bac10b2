--TEST--
PostgreSQL: text of a SQL_ASCII database that is not UTF-8 is a clear error, and the connection goes on
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_postgres.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/query.inc';
$name = 'lyger_ascii_' . getmypid();
lyger_db_execute(postgres(), "CREATE DATABASE $name ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
$ascii = preg_replace('~/[^/]*$~', "/$name", postgres());
fails(fn() => lyger_db_query_json($ascii, "SELECT 'ab' || chr(233) AS t"));
echo lyger_db_query_json($ascii, "SELECT 'plain' AS t"), "\n";
lyger_db_execute(postgres(), "DROP DATABASE $name WITH (FORCE)");
?>
--EXPECT--
Lyger\Exception\QueryException [22021]@0: invalid byte sequence for encoding "UTF8": 0xe9
[{"t":"plain"}]
