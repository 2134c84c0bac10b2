--TEST--
PostgreSQL: types that are not built in are looked up, whoever altered them; without rights to, only their JSON is an error
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_postgres.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/query.inc';
$name = 'lyger_own_' . getmypid();
lyger_db_execute(postgres(), "CREATE DATABASE $name");
lyger_db_execute(postgres(), "CREATE ROLE $name LOGIN");
$dsn = preg_replace('~/[^/]*$~', "/$name", postgres());
register_shutdown_function(function () use ($name) {
    lyger_db_execute(postgres(), "DROP DATABASE $name WITH (FORCE)");
    lyger_db_execute(postgres(), "DROP ROLE $name");
});
/** Another session. */
function elsewhere(string $sql): void
{
    global $dsn;
    $code = 'pg_query(pg_connect($argv[1]), $argv[2]) || exit(1);';
    exec(implode(' ', array_map(escapeshellarg(...), [PHP_BINARY, '-n', '-d', 'extension_dir=' . ini_get('extension_dir'), '-d', 'extension=pgsql', '-r', $code, $dsn, $sql])), $lines, $failed);
    echo $failed ? implode("\n", $lines) : '';
}

echo "-- options hold inside of types\n";
lyger_db_execute($dsn, 'CREATE TYPE sums AS (b bigint, n numeric, bs bigint[])');
$query = "SELECT ROW(9007199254740993, 1.50, '{1,9007199254740993}')::sums AS s, ARRAY[ROW(1, 'NaN', NULL)::sums] AS ss";
echo lyger_db_query_json($dsn, $query), "\n";
echo lyger_db_query_json($dsn, $query, [], ['bigint' => 'string', 'numeric' => 'string']), "\n";
echo lyger_db_query_json($dsn, $query, [], ['bigint' => 'auto', 'numeric' => 'auto', 'rows' => 'array']), "\n";

echo "-- names of columns' types\n";
echo implode(' ', array_column(lyger_result_info(lyger_db_query($dsn, "SELECT NULL::sums, NULL::sums[], NULL::information_schema.sql_identifier[], NULL::int4[], NULL::pg_class"))['columns'], 'type')), "\n";

echo "-- more rows than are sent at a time, known and unknown, with a cast and without\n";
lyger_db_execute($dsn, "CREATE TYPE color AS ENUM ('red')");
lyger_db_execute($dsn, "CREATE FUNCTION color_json(color) RETURNS json LANGUAGE sql AS \$\$ SELECT json_build_array(\$1::text) \$\$");
lyger_db_execute($dsn, 'CREATE CAST (color AS json) WITH FUNCTION color_json(color)');
foreach (['ROW(i, NULL, NULL)::sums', "CASE WHEN i % 3 > 0 THEN 'red'::color END", "'red'::color"] as $value) {
    $query = "SELECT i, $value AS v, CASE WHEN i % 2 = 0 THEN '' END AS t FROM generate_series(1, 1000) i";
    $expected = lyger_db_query_json($dsn, "SELECT row_to_json(q) AS j FROM ($query) q");
    $expected = preg_replace('/{"j":(.*?)}(?=,{"j"|]$)/', '$1', $expected);
    for ($i = 0; $i < 3; $i++) {
        var_dump(lyger_db_query_json($dsn, $query) === $expected);
    }
}

echo "-- several at once\n";
$sent = [];
for ($i = 0; $i < 12; $i++) {
    $sent[] = lyger_db_query_async($dsn, "SELECT ROW($i, NULL, NULL)::sums AS s, pg_sleep(0.01)::text AS t");
}
foreach (array_reverse($sent, true) as $i => $handle) {
    echo lyger_jsonify_result($handle) === "[{\"s\":{\"b\":$i,\"n\":null,\"bs\":null},\"t\":\"\"}]" ? '.' : lyger_jsonify_result($handle);
}

echo "\n-- another session alters a type\n";
lyger_db_execute($dsn, 'CREATE TABLE t AS SELECT ROW(1, 2, NULL)::sums AS s');
$read = fn() => print(lyger_db_query_json($dsn, 'SELECT s FROM t') . ' ' . lyger_jsonify_result(lyger_db_query($dsn, 'SELECT s FROM t')) . "\n");
$read();
elsewhere('ALTER TYPE sums ADD ATTRIBUTE later text');
$read();
elsewhere('ALTER TYPE sums DROP ATTRIBUTE n');
$read();
elsewhere('ALTER TYPE sums RENAME ATTRIBUTE b TO renamed');
for ($i = 0; $i < 100 && !str_contains($json = lyger_db_query_json($dsn, 'SELECT s FROM t'), 'renamed'); $i++) {
    usleep(50000); // the number of fields is the same: it is seen within about a second
}
echo $json, "\n";
elsewhere('DROP TABLE t; DROP TYPE sums; CREATE TYPE sums AS (x int)');
echo lyger_db_query_json($dsn, 'SELECT ROW(1)::sums AS s'), "\n";

echo "-- a cast that fails is the statement's error, and not the end of the transaction\n";
lyger_db_execute($dsn, "CREATE OR REPLACE FUNCTION color_json(color) RETURNS json LANGUAGE sql AS \$\$ SELECT (1 / (\$1::text = '')::int)::text::json \$\$");
fails(fn() => lyger_db_query_json($dsn, "SELECT 'red'::color AS c"));
lyger_db_transaction($dsn, function () use ($dsn) {
    $result = lyger_db_query($dsn, "SELECT 'red'::color AS c, ROW(1)::sums AS s");
    fails(fn() => lyger_jsonify_result($result));
    echo lyger_db_query_json($dsn, 'SELECT ROW(2)::sums AS s'), "\n";
});

echo "-- without rights on the types' schema\n";
foreach (['CREATE SCHEMA hidden', "CREATE TYPE hidden.color AS ENUM ('red')", 'CREATE TYPE hidden.car AS (color hidden.color)',
    "CREATE FUNCTION hidden.color_json(hidden.color) RETURNS json LANGUAGE sql AS \$\$ SELECT json_build_array(\$1::text) \$\$",
    'CREATE CAST (hidden.color AS json) WITH FUNCTION hidden.color_json(hidden.color)',
    "CREATE VIEW cars AS SELECT ROW('red')::hidden.car AS car", 'GRANT SELECT ON cars TO PUBLIC'] as $statement) {
    lyger_db_execute($dsn, $statement);
}
$owner = $dsn;
$dsn = preg_replace('~//[^@]*@~', "//$name@", $dsn);
echo lyger_db_query_json($dsn, 'SELECT * FROM cars'), "\n";

echo "-- without rights on the catalog\n";
lyger_db_execute($owner, 'REVOKE SELECT ON pg_catalog.pg_type FROM PUBLIC');
lyger_db_execute($owner, 'CREATE TYPE unseen AS (x int)'); // what is known is not known any more
lyger_db_transaction($dsn, function () use ($dsn) {
    foreach (Lyger\Engine::getInstance()->query($dsn, 'SELECT ROW(1)::sums AS s') as $row) {
        echo json_encode($row), "\n";
    }
    fails(fn() => lyger_db_query_json($dsn, 'SELECT ROW(1)::sums AS s'));
    fails(fn() => lyger_jsonify_result(lyger_db_query_async($dsn, 'SELECT ROW(1)::sums AS s')));
    echo lyger_db_query_json($dsn, "SELECT 1 AS built_in"), "\n";
});
?>
--EXPECT--
-- options hold inside of types
[{"s":{"b":9007199254740993,"n":1.50,"bs":[1,9007199254740993]},"ss":[{"b":1,"n":"NaN","bs":null}]}]
[{"s":{"b":"9007199254740993","n":"1.50","bs":["1","9007199254740993"]},"ss":[{"b":"1","n":"NaN","bs":null}]}]
[[{"b":"9007199254740993","n":1.50,"bs":[1,"9007199254740993"]},[{"b":1,"n":"NaN","bs":null}]]]
-- names of columns' types
sums sums[] sql_identifier[] int4[] pg_class
-- more rows than are sent at a time, known and unknown, with a cast and without
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
-- several at once
............
-- another session alters a type
[{"s":{"b":1,"n":2,"bs":null}}] [{"s":{"b":1,"n":2,"bs":null}}]
[{"s":{"b":1,"n":2,"bs":null,"later":null}}] [{"s":{"b":1,"n":2,"bs":null,"later":null}}]
[{"s":{"b":1,"bs":null,"later":null}}] [{"s":{"b":1,"bs":null,"later":null}}]
[{"s":{"renamed":1,"bs":null,"later":null}}]
[{"s":{"x":1}}]
-- a cast that fails is the statement's error, and not the end of the transaction
Lyger\Exception\QueryException [22012]@0: the values cannot be made JSON: division by zero
Lyger\Exception\QueryException [22012]@0: the values cannot be made JSON: division by zero
[{"s":{"x":2}}]
-- without rights on the types' schema
[{"car":{"color":["red"]}}]
-- without rights on the catalog
{"s":"(1)"}
Lyger\Exception\QueryException [42501]@0: the values cannot be made JSON: permission denied for table pg_type
Lyger\Exception\QueryException [42501]@0: the values cannot be made JSON: permission denied for table pg_type
[{"built_in":1}]
