--TEST--
Every byte, every pair of bytes and every flag: strings and keys are written as json_encode writes them
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/json_bytes.inc';
?>
--EXPECT--
all agree
