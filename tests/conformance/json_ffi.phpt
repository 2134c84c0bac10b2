--TEST--
The cases of json hold through the FFI door
--EXTENSIONS--
ffi
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('json', 'ffi');
?>
--EXPECTREGEX--
[0-9]+ cases agree
