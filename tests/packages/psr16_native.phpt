--TEST--
PSR-16 holds over the extension
--EXTENSIONS--
lyger
posix
--FILE--
<?php
require __DIR__ . '/run.php';
require __DIR__ . '/psr.inc';
run_store_cases('psr16', 'native');
?>
--EXPECTREGEX--
[0-9]+ cases agree
