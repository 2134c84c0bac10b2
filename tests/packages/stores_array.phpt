--TEST--
The cases of stores hold over an array of the process
--FILE--
<?php
require __DIR__ . '/run.php';
run_store_cases('stores', 'array');
?>
--EXPECTREGEX--
[0-9]+ cases agree
