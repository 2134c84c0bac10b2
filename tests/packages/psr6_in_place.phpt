--TEST--
PSR-6, with tags, holds over the extension that fetches in place
--EXTENSIONS--
lyger
posix
--INI--
lyger.cache_zero_copy=1
--FILE--
<?php
require __DIR__ . '/run.php';
require __DIR__ . '/psr.inc';
run_store_cases('psr6', 'native');
?>
--EXPECTREGEX--
[0-9]+ cases agree
