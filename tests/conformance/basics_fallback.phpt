--TEST--
The cases of basics hold in plain PHP
--EXTENSIONS--
pdo
pdo_sqlite
tokenizer
--FILE--
<?php
require __DIR__ . '/run.php';
run_cases('basics', 'fallback');
?>
--EXPECTREGEX--
[0-9]+ cases agree
