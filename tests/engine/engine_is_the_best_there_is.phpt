--TEST--
Lyger\Engine is the extension, else the library through FFI, else plain PHP, and LYGER_ENGINE decides otherwise
--EXTENSIONS--
lyger
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_with_extensions_built_in.inc'; ?>
--FILE--
<?php
require __DIR__ . '/php.inc';

$library = ['LYGER_LIBRARY' => getenv('LYGER_TEST_LIB') ?: ini_get('extension_dir') . '/liblyger.so'];
$allowed = ['ffi.enable' => '1'];
$say = 'echo get_class(Lyger\Engine::getInstance()), " ", json_decode(Lyger\Engine::getInstance()->systemInfo())->door, " ",
    implode(",", Lyger\EngineFactory::available()), " ",
    Lyger\Core\Engine::getInstance() === Lyger\EngineFactory::create() ? "same" : "another";';
echo run_with(['lyger', 'ffi'], $say, $library, $allowed);
echo run_with(['ffi'], $say, $library, $allowed);
echo run_with(['ffi'], $say, $library + ['LYGER_ENGINE' => 'fallback'], $allowed);
echo run_with(['ffi'], $say, $library, ['ffi.enable' => '0']);
echo run_with([], $say, $library);
echo run_with(['lyger'], 'echo get_class(Lyger\EngineFactory::create("fallback"));');
echo run_with(['lyger'], 'echo get_class(Lyger\EngineFactory::create()), " ", var_export(class_exists("Lyger\Core\Engine"), true);',
    [], ['lyger.core_alias' => '0']);
?>
--EXPECT--
Lyger\Engine native native,ffi,fallback same
Lyger\Ffi\Engine ffi ffi,fallback same
Lyger\Fallback\Engine php ffi,fallback same
Lyger\Fallback\Engine php fallback same
Lyger\Fallback\Engine php fallback same
Lyger\Fallback\Engine
Lyger\Engine false
