--TEST--
The cases of cache hold through the FFI door
--EXTENSIONS--
ffi
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('cache', 'ffi');
?>
--EXPECTREGEX--
[0-9]+ cases agree
