--TEST--
Ill-formed UTF-8 of every shape, at every place of a block, is refused, left out or replaced as json_encode does
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/json_utf8.inc';
?>
--EXPECT--
all agree
