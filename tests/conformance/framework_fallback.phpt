--TEST--
The cases of framework hold in plain PHP
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('framework', 'fallback');
?>
--EXPECTREGEX--
[0-9]+ cases agree
