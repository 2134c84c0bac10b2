--TEST--
PSR-16 holds over an array of the process
--FILE--
<?php
require __DIR__ . '/run.php';
require __DIR__ . '/psr.inc';
run_store_cases('psr16', 'array');
?>
--EXPECTREGEX--
[0-9]+ cases agree
