--TEST--
The cases of query_postgres_own_types hold through the FFI door
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_postgres.inc'; ?>
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('query_postgres_own_types', 'ffi');
?>
--EXPECTREGEX--
[0-9]+ cases agree
