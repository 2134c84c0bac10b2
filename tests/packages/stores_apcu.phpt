--TEST--
The cases of stores hold over APCu
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_apcu.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/apcu.inc';
echo php_with('apcu,posix', ['-r', 'require $argv[1]; run_store_cases("stores", "apcu");', __DIR__ . '/run.php']);
?>
--EXPECTREGEX--
[0-9]+ cases agree
