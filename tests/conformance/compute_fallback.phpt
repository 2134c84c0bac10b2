--TEST--
The cases of compute hold in plain PHP
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('compute', 'fallback');
?>
--EXPECTREGEX--
[0-9]+ cases agree
