--TEST--
The cases of json hold through the native door
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('json', 'native');
?>
--EXPECTREGEX--
[0-9]+ cases agree
