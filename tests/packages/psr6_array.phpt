--TEST--
PSR-6, with tags, holds over an array of the process
--FILE--
<?php
require __DIR__ . '/run.php';
require __DIR__ . '/psr.inc';
run_store_cases('psr6', 'array');
?>
--EXPECTREGEX--
[0-9]+ cases agree
