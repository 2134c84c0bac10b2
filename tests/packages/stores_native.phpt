--TEST--
The cases of stores hold over the extension
--EXTENSIONS--
lyger
posix
--FILE--
<?php
require __DIR__ . '/run.php';
run_store_cases('stores', 'native');
?>
--EXPECTREGEX--
[0-9]+ cases agree
