--TEST--
The cases of cache_locks hold through the native door
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('cache_locks', 'native');
?>
--EXPECTREGEX--
[0-9]+ cases agree
