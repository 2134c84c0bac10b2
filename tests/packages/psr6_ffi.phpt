--TEST--
PSR-6, with tags, holds over liblyger.so
--EXTENSIONS--
ffi
posix
--FILE--
<?php
require __DIR__ . '/run.php';
require __DIR__ . '/psr.inc';
run_store_cases('psr6', 'ffi');
?>
--EXPECTREGEX--
[0-9]+ cases agree
