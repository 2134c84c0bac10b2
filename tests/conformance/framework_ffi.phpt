--TEST--
The cases of framework hold through the FFI door
--EXTENSIONS--
ffi
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('framework', 'ffi');
?>
--EXPECTREGEX--
[0-9]+ cases agree
