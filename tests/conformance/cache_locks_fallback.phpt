--TEST--
The cases of cache_locks hold in plain PHP
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('cache_locks', 'fallback');
?>
--EXPECTREGEX--
[0-9]+ cases agree
