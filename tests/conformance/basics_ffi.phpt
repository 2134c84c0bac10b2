--TEST--
The cases of basics hold through the FFI door
--EXTENSIONS--
ffi
tokenizer
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('basics', 'ffi');
?>
--EXPECTREGEX--
[0-9]+ cases agree
