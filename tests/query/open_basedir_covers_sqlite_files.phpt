--TEST--
open_basedir covers the files of SQLite, attached ones too
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/query.inc';
$inside = scratch_path('inside.db');
lyger_db_execute("sqlite:$inside?mode=rwc", 'CREATE TABLE t (a)');
ini_set('open_basedir', dirname($inside));
echo lyger_db_query_json("sqlite:$inside?mode=rwc", 'SELECT * FROM t'), "\n";
fails(fn() => lyger_db_query_json('sqlite:/etc/passwd', 'SELECT 1'));
fails(fn() => lyger_db_query_json("sqlite:$inside?mode=rwc", "ATTACH '/etc/x.db' AS s"));
fails(fn() => lyger_db_query_json("sqlite:$inside?mode=rwc", "ATTACH 'file:/etc/x.db' AS s"));
chdir(dirname($inside)); // where a path that began with file: would be allowed
fails(fn() => lyger_db_query_json("sqlite:$inside?mode=rwc", "ATTACH 'file:/etc/passwd?mode=ro' AS s"));
?>
--EXPECT--
[]
Lyger\Exception\QueryException []@0: "/etc/passwd" is not within the allowed paths (open_basedir)
Lyger\Exception\QueryException [HY000]@0: the statement names a file outside the allowed paths (open_basedir)
Lyger\Exception\QueryException [HY000]@0: the statement names a file outside the allowed paths (open_basedir)
Lyger\Exception\QueryException [HY000]@0: the statement names a file outside the allowed paths (open_basedir)
