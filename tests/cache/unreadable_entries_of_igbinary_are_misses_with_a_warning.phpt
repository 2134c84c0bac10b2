--TEST--
An entry in igbinary's form whose class or enum case is gone is a miss with a warning, and is replaced
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_igbinary.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/unreadable.php';
unreadable(['igbinary']);
?>
--EXPECT--
object: default, lyger_cache_get(): The entry "object" cannot be read and counts as a miss: a class of it does not exist any more
within: default, lyger_cache_get(): The entry "within" cannot be read and counts as a miss: a class of it does not exist any more
case: default, lyger_cache_get(): The entry "case" cannot be read and counts as a miss: igbinary_unserialize() does not accept it
enum: default, lyger_cache_get(): The entry "enum" cannot be read and counts as a miss: igbinary_unserialize() does not accept it
deep: array, []
changed: default, lyger_cache_get(): The entry "changed" cannot be read and counts as a miss: TypeError: Cannot assign string to property Changed::$x of type int
refuses: default, lyger_cache_get(): The entry "refuses" cannot be read and counts as a miss: LogicException: not this one
bool(true)
[]
{"object":"default","case":"default"}
string(8) "computed"
string(8) "computed"
lyger_cache_remember(): The entry "object" cannot be read and counts as a miss: a class of it does not exist any more
bool(true)
string(3) "set"
array(0) {
}
ErrorException
bool(true)
