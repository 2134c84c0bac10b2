--TEST--
The cases of compute hold through the native door
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('compute', 'native');
?>
--EXPECTREGEX--
[0-9]+ cases agree
