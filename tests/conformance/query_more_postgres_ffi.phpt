--TEST--
The cases of query_more_postgres hold through the FFI door
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_postgres.inc'; ?>
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('query_more_postgres', 'ffi');
?>
--EXPECTREGEX--
[0-9]+ cases agree
