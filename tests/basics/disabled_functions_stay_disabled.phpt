--TEST--
disable_functions takes lyger's functions away
--EXTENSIONS--
lyger
--INI--
disable_functions=lyger_db_query,lyger_cache_set
--FILE--
<?php
var_dump(function_exists('lyger_db_query'), function_exists('lyger_cache_set'), function_exists('lyger_cache_get'));
try {
    lyger_cache_set('a', 1);
} catch (Error $error) {
    echo $error->getMessage(), "\n";
}
// A method is another function: disable_classes=Lyger\Engine takes it away.
var_dump(Lyger\Engine::getInstance()->cacheSet('a', 1), lyger_cache_get('a'));
?>
--EXPECT--
bool(false)
bool(false)
bool(true)
Call to undefined function lyger_cache_set()
bool(true)
int(1)
