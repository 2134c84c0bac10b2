--TEST--
PostgreSQL: errors carry SQLSTATE, the server's words and the position in the query as it was given
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_postgres.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/query.inc';
$dsn = postgres();
fails(fn() => lyger_db_query($dsn, "SELECT 'é', nosuch"));
fails(fn() => lyger_db_query($dsn, 'SELECT ?::int, nosuch', [1]));
fails(fn() => lyger_db_query($dsn, 'SELECT 1/0'));
fails(fn() => lyger_db_query($dsn, 'SELECT ?::int', ['x']));
fails(fn() => lyger_db_query($dsn, 'SELECT 1; SELECT 2'));
fails(fn() => lyger_db_query($dsn, 'COPY (SELECT 1) TO STDOUT'));
fails(fn() => lyger_db_query($dsn, 'SELECT :x', ['y' => 1]));
fails(fn() => lyger_db_query($dsn, 'SELECT ?::text', ["\xFF"]));
echo lyger_db_query_json($dsn, "DO \$\$ BEGIN RAISE NOTICE 'never printed'; END \$\$"), "\n";
echo lyger_db_query_json($dsn, "SELECT '[\"x\"]'::jsonb ?? ? AS there", ['x']), "\n";
?>
--EXPECT--
Lyger\Exception\QueryException [42703]@13: column "nosuch" does not exist
Lyger\Exception\QueryException [42703]@16: column "nosuch" does not exist
Lyger\Exception\QueryException [22012]@0: division by zero
Lyger\Exception\QueryException [22P02]@0: invalid input syntax for type integer: "x"
Lyger\Exception\QueryException [42601]@0: cannot insert multiple commands into a prepared statement
Lyger\Exception\QueryException []@0: COPY from or to the client is not supported: use INSERT or SELECT
ValueError: the query's parameter ":x" has no value
Lyger\Exception\QueryException [22021]@0: invalid byte sequence for encoding "UTF8": 0xff
[]
[{"there":true}]
