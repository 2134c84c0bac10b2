--TEST--
PSR-16 holds over APCu
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_apcu.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/apcu.inc';
echo php_with('apcu,posix', ['-r', 'require $argv[1]; require $argv[2]; run_store_cases("psr16", "apcu");', __DIR__ . '/run.php', __DIR__ . '/psr.inc']);
?>
--EXPECTREGEX--
[0-9]+ cases agree
