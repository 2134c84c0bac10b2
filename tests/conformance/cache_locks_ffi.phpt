--TEST--
The cases of cache_locks hold through the FFI door
--EXTENSIONS--
ffi
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('cache_locks', 'ffi');
?>
--EXPECTREGEX--
[0-9]+ cases agree
