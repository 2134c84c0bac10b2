--TEST--
The cases of query_more_sqlite hold in plain PHP
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('query_more_sqlite', 'fallback');
?>
--EXPECTREGEX--
[0-9]+ cases agree
