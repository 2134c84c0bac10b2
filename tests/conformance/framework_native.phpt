--TEST--
The cases of framework hold through the native door
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('framework', 'native');
?>
--EXPECTREGEX--
[0-9]+ cases agree
