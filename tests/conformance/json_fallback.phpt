--TEST--
The cases of json hold in plain PHP
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('json', 'fallback');
?>
--EXPECTREGEX--
[0-9]+ cases agree
