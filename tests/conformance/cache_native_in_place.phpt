--TEST--
The cases of cache hold through the native door where values are used in place
--EXTENSIONS--
lyger
--INI--
lyger.cache_zero_copy=1
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('cache', 'native');
?>
--EXPECTREGEX--
[0-9]+ cases agree
