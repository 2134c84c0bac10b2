--TEST--
APCu's functions are there with lyger.apcu_api=1, and never beside ext/apcu, in whatever order both are loaded
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_apcu.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/apcu.inc';
$code = 'echo function_exists("apcu_fetch") ? (new ReflectionFunction("apcu_fetch"))->getExtensionName() : "none", " ",
    class_exists("APCUIterator") ? (new ReflectionClass("APCUIterator"))->getExtensionName() : "none", " ", json_encode([extension_loaded("apcu"), ini_get("apc.enabled"), defined("APC_ITER_ALL")]), "\n";
    preg_match("/^APCu.s functions => .*/m", (function () { ob_start(); phpinfo(INFO_MODULES); return ob_get_clean(); })(), $row); echo $row[0], "\n";';
foreach (['lyger' => '0', 'lyger ' => '1', 'apcu,lyger' => '1', 'lyger,apcu' => '1', 'lyger,apcu ' => '0'] as $extensions => $api) {
    echo trim($extensions), " $api\n", trim(preg_replace('/^PHP Warning.*\n|^\n/m', '', php_with(trim($extensions), ['-r', $code], ['lyger.apcu_api' => $api] + APCU_SETTINGS))), "\n";
}
echo php_with('lyger', ['-r', 'try { apcu_store("a", 1); } catch (Error $e) { echo $e->getMessage(), "\n"; } var_dump(apcu_exists("a"));'],
    ['disable_functions' => 'apcu_store'] + APCU_SETTINGS);
?>
--EXPECT--
lyger 0
none none [false,false,false]
APCu's functions => off
lyger 1
lyger lyger [false,"1",true]
APCu's functions => lyger's (lyger.apcu_api=1)
apcu,lyger 1
Warning: lyger.apcu_api=1 is without effect: the extension apcu is loaded, and its functions stay; load only one of the two in Unknown on line 0
apcu apcu [true,"1",true]
APCu's functions => refused: the extension apcu is loaded
lyger,apcu 1
Warning: lyger.apcu_api=1 is without effect: the extension apcu is loaded, and its functions stay; load only one of the two in Unknown on line 0
apcu apcu [true,"1",true]
APCu's functions => refused: the extension apcu is loaded
lyger,apcu 0
apcu apcu [true,"1",true]
APCu's functions => off
Call to undefined function apcu_store()
bool(false)
