--TEST--
The cases of cache hold in plain PHP
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('cache', 'fallback');
?>
--EXPECTREGEX--
[0-9]+ cases agree
