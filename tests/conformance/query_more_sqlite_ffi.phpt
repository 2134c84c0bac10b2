--TEST--
The cases of query_more_sqlite hold through the FFI door
--EXTENSIONS--
ffi
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('query_more_sqlite', 'ffi');
?>
--EXPECTREGEX--
[0-9]+ cases agree
