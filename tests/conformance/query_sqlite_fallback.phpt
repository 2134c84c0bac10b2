--TEST--
The cases of query_sqlite hold in plain PHP
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('query_sqlite', 'fallback');
?>
--EXPECTREGEX--
[0-9]+ cases agree
