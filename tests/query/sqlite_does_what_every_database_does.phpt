--TEST--
SQLite: statements, rows, options, parameters, handles, refusals and time limits
--EXTENSIONS--
lyger
--FILE--
<?php
$dsn = 'sqlite::memory:';
$sql = [
    'table' => 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, price REAL, note TEXT)',
    'types' => 'SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e, ? AS f',
    'slow' => 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r',
];
require __DIR__ . '/../inc/query_conformance.inc';
?>
--EXPECT--
-- statements
int(0)
int(2)
int(1)
int(2)
-- rows
bool(true)
[{"id":1,"name":"Zoë \"q\" \\ \n\t😀","price":19.99,"note":null},{"id":2,"name":"","price":0.5,"note":"set"},{"id":9223372036854775807,"name":"'; DROP TABLE t; --","price":-0.1,"note":"set"}]
bool(true)
bool(true)
bool(true)
{"rows":3,"affected":0,"tag":"SELECT 3"}
id name price note
-- options
[[1,null],[2,"set"],[9223372036854775807,"set"]]
[{"id":1},{"id":2},{"id":"9223372036854775807"}]
[{"id":"1"},{"id":"2"},{"id":"9223372036854775807"}]
[]
-- parameters of every type
[{"a":null,"b":1,"c":-7,"d":0.1,"e":"text","f":"object"}]
-- handles
Lyger\Exception\QueryException []@0: no live result has the handle 4294967297
Lyger\Exception\QueryException []@0: no live result has the handle 4294967297
Lyger\Exception\QueryException []@0: no live result has the handle 4294967297
bool(true)
string(11) "[{"one":1}]"
-- refusals
ValueError: the query takes 1 parameter, 0 given
ValueError: the query takes 1 parameter, 2 given
ValueError: the query holds a NUL byte
ValueError: the DSN holds a NUL byte
ValueError: parameter 1 holds a NUL byte, which no text in a database can
ValueError: parameter 1 is a list: SQLite has no arrays (a JSON text and json_each() do instead)
TypeError: lyger_db_query(): Argument #3 ($params) must hold null, bool, int, float, string, DateTimeInterface, backed enums, Lyger\Binary, Stringable or arrays of them; stdClass given for parameter 1
TypeError: lyger_db_query(): Argument #3 ($params) must hold null, bool, int, float, string, DateTimeInterface, backed enums, Lyger\Binary, Stringable or arrays of them; resource given for parameter 1
ValueError: lyger_db_query(): Argument #3 ($params) must be a list, or have a name for every value; 0 is no name
ValueError: lyger_db_query(): Argument #3 ($params) must be a list, or have a name for every value; 3 is no name
ValueError: lyger_db_query(): Argument #4 ($options) has the unknown option "bigints"; known are bigint, numeric, timeout, rows
ValueError: lyger_db_query(): Argument #4 ($options) has the unknown option 0; known are bigint, numeric, timeout, rows
ValueError: lyger_db_query(): Argument #4 ($options) has the unknown value "exact" for option "bigint"; known are number, string, auto
TypeError: lyger_db_query(): Argument #4 ($options) must have a string for option "rows", int given
ValueError: lyger_db_query(): Argument #4 ($options) must have 0 or more seconds for option "timeout"
ValueError: lyger_db_query(): Argument #4 ($options) must have 0 or more seconds for option "timeout"
Lyger\Exception\QueryException [42601]@0: the query is empty
Lyger\Exception\QueryException [25000]@0: the statement left a transaction open, which has been rolled back: lyger_db_transaction() keeps one for its function (its options: isolation, read_only, deferrable; mode is BEGIN IMMEDIATE and the like of SQLite)
-- a slow statement ends in time
Lyger\Exception\QueryException [57014]@0: the statement took longer than its time limit and was given up
Lyger\Exception\QueryException [57014]@0: the statement took longer than its time limit and was given up
Lyger\Exception\QueryException [57014]@0: the statement took longer than its time limit and was given up
bool(true)
-- and everything still works
[{"rows":3}]
string(11) "[{"one":1}]"
