--TEST--
The cases of compute hold through the FFI door
--EXTENSIONS--
ffi
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('compute', 'ffi');
?>
--EXPECTREGEX--
[0-9]+ cases agree
