--TEST--
lyger_system_info() is a JSON object with versions, SIMD path and cache
--EXTENSIONS--
lyger
--FILE--
<?php
$info = json_decode(lyger_system_info(), true, 512, JSON_THROW_ON_ERROR);
echo implode(' ', array_keys($info)), "\n";
var_dump($info['version'] === phpversion('lyger'), $info['php'] === PHP_VERSION, $info['door']);
var_dump(in_array($info['simd'], ['plain', 'sse2', 'neon', 'avx2+fma', 'avx512f'], true));
$before = $info['cache']['entries'];
lyger_cache_set('one', 1);
var_dump(json_decode(lyger_system_info(), true)['cache']['entries'] === $before + 1);
?>
--EXPECT--
name version door php libraries simd cache server framework mode status tokio_runtime async_enabled total_memory port php_version
bool(true)
bool(true)
string(6) "native"
bool(true)
bool(true)
