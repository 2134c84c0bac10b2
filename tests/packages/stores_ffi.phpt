--TEST--
The cases of stores hold over liblyger.so
--EXTENSIONS--
ffi
posix
--FILE--
<?php
require __DIR__ . '/run.php';
run_store_cases('stores', 'ffi');
?>
--EXPECTREGEX--
[0-9]+ cases agree
