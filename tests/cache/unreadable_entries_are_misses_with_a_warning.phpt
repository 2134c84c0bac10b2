--TEST--
An entry whose class or enum case is gone, or that is nested too deeply, is a miss with a warning, and is replaced
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/unreadable.php';
unreadable([]);
?>
--EXPECT--
object: default, lyger_cache_get(): The entry "object" cannot be read and counts as a miss: a class of it does not exist any more
within: default, lyger_cache_get(): The entry "within" cannot be read and counts as a miss: a class of it does not exist any more
case: default, lyger_cache_get(): The entry "case" cannot be read and counts as a miss: unserialize() does not accept it
enum: default, lyger_cache_get(): The entry "enum" cannot be read and counts as a miss: unserialize() does not accept it
deep: default, lyger_cache_get(): The entry "deep" cannot be read and counts as a miss: unserialize() does not accept it
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
