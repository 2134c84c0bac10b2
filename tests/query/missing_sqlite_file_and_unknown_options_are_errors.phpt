--TEST--
SQLite: a missing file that must exist, a bad option, a file that is no database, and text that is not UTF-8 are clear errors
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/query.inc';
$path = scratch_path('new.db');
function hide(callable $call): void
{
    ob_start();
    fails($call);
    echo str_replace($GLOBALS['path'], 'PATH', ob_get_clean());
}
hide(fn() => lyger_db_query("sqlite:$path?mode=rw", 'SELECT 1'));
var_dump(file_exists($path));
hide(fn() => lyger_db_query("sqlite:$path?mode=new", 'SELECT 1'));
hide(fn() => lyger_db_query('sqlite:', 'SELECT 1'));
var_dump(lyger_db_execute("sqlite:$path", 'CREATE TABLE t (a)'));
var_dump(lyger_db_execute("sqlite:$path", 'INSERT INTO t VALUES (1), (2)'));
echo lyger_db_query_json("sqlite:$path?mode=ro", 'SELECT a FROM t'), "\n";
hide(fn() => lyger_db_execute("sqlite:$path?mode=ro", 'DELETE FROM t'));
file_put_contents($path, str_repeat('no database at all ', 1000));
hide(fn() => lyger_db_query("sqlite:$path?mode=rw", 'SELECT a FROM t'));

$memory = 'sqlite::memory:';
hide(fn() => lyger_db_query($memory, 'SELEC 1'));
hide(fn() => lyger_db_query($memory, "SELECT 'é', nosuch"));
hide(fn() => lyger_db_query($memory, 'SELECT 1; SELECT 2'));
hide(fn() => lyger_db_query($memory, 'SELECT :a', ['b' => 1]));
hide(fn() => lyger_db_query($memory, 'SELECT ?', [NAN]));
hide(fn() => lyger_db_query($memory, 'SELECT ?', ["\xFF"]));
hide(fn() => lyger_db_query_json($memory, "SELECT 1 AS n, 'x' AS t UNION ALL SELECT 2, CAST(x'6162ff' AS TEXT)"));
$result = lyger_db_query($memory, "SELECT CAST(x'ff' AS TEXT) AS t");
hide(fn() => lyger_jsonify_result($result));
echo lyger_db_query_json($memory, 'SELECT :a AS x, :b AS y', ['a' => 1, ':b' => 2]), "\n";
echo lyger_db_query_json($memory, "SELECT 1.0 AS r, 1e999 AS i, x'00ff' AS b, NULL AS z, 1 AS r"), "\n";
?>
--EXPECT--
Lyger\Exception\QueryException [08001]@0: the SQLite file "PATH" does not exist; without "?mode=" it is created
bool(false)
Lyger\Exception\QueryException []@0: unknown SQLite option "mode=new" in the DSN; known are mode=rw, mode=rwc, mode=ro, mode=memory, cache=shared
Lyger\Exception\QueryException []@0: the DSN names no file; sqlite:PATH or sqlite::memory:
int(0)
int(2)
[{"a":1},{"a":2}]
Lyger\Exception\QueryException [25006]@0: attempt to write a readonly database
Lyger\Exception\QueryException [XX001]@0: file is not a database
Lyger\Exception\QueryException [HY000]@1: near "SELEC": syntax error
Lyger\Exception\QueryException [HY000]@13: no such column: nosuch
Lyger\Exception\QueryException [42601]@0: the query holds more than one statement
ValueError: the query has no parameter ":b"
ValueError: parameter 1 is NaN, which SQLite would store as NULL
ValueError: parameter 1 is not UTF-8
Lyger\Exception\QueryException [22021]@0: column "t" of row 2 is not UTF-8 (byte 3)
Lyger\Exception\QueryException [22021]@0: column "t" of row 1 is not UTF-8 (byte 1)
[{"x":1,"y":2}]
[{"r":1.0,"i":"Infinity","b":"AP8=","z":null,"r":1}]
