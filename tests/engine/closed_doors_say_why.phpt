--TEST--
An engine that cannot be used here is an exception with the reason
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_with_extensions_built_in.inc'; ?>
--FILE--
<?php
require __DIR__ . '/php.inc';

$try = static fn(string $what): string
    => "try { $what; echo 'no exception'; } catch (Throwable \$thrown) { echo \$thrown::class, ': ', \$thrown->getMessage(); }";
$allowed = ['ffi.enable' => '1'];
echo run_with([], $try('Lyger\EngineFactory::create("native")'));
echo run_with([], $try('Lyger\EngineFactory::create("ffi")'));
echo run_with([], $try('Lyger\EngineFactory::create("rust")'));
echo run_with([], $try('Lyger\Engine::getInstance()'), ['LYGER_ENGINE' => 'native']);
echo run_with(['ffi'], $try('Lyger\EngineFactory::create("ffi")'), [], ['ffi.enable' => '0']);
echo run_with(['ffi'], $try('Lyger\EngineFactory::create("ffi")'), ['LYGER_LIBRARY' => '/nowhere/liblyger.so'], $allowed);
echo run_with(['ffi'], $try('new Lyger\Ffi\Engine("/nowhere/liblyger.so")'), [], $allowed);
echo run_with(['ffi'], $try('new Lyger\Ffi\Engine("/nowhere/liblyger.so", "/nowhere/lyger.h")'), [], $allowed);
?>
--EXPECTF--
Lyger\Exception\RuntimeException: The native engine cannot be used: the extension lyger is not loaded
Lyger\Exception\RuntimeException: The ffi engine cannot be used: the extension ffi is not loaded
ValueError: The engine must be native, ffi or fallback, "rust" given
Lyger\Exception\RuntimeException: The native engine cannot be used: the extension lyger is not loaded
Lyger\Exception\RuntimeException: The ffi engine cannot be used: ffi.enable=0 does not allow it
Lyger\Exception\RuntimeException: cannot open /nowhere/liblyger.so: Failed loading '/nowhere/liblyger.so'%S
Lyger\Exception\RuntimeException: cannot open /nowhere/liblyger.so: Failed loading '/nowhere/liblyger.so'%S
Lyger\Exception\RuntimeException: cannot read the header /nowhere/lyger.h
