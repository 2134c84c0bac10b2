--TEST--
lyger.core_alias=0 leaves the name Lyger\Core\Engine free
--EXTENSIONS--
lyger
--INI--
lyger.core_alias=0
--FILE--
<?php
var_dump(class_exists('Lyger\Core\Engine'), class_exists('Lyger\Engine'));
?>
--EXPECT--
bool(false)
bool(true)
