--TEST--
The cases of basics hold through the native door
--EXTENSIONS--
lyger
tokenizer
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('basics', 'native');
?>
--EXPECTREGEX--
[0-9]+ cases agree
