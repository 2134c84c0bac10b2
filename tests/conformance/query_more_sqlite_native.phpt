--TEST--
The cases of query_more_sqlite hold through the native door
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('query_more_sqlite', 'native');
?>
--EXPECTREGEX--
[0-9]+ cases agree
