--TEST--
apc.shm_size is the cache's size where lyger.cache_size is not set and APCu's functions are lyger's
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/apcu.inc';
$code = 'echo lyger_cache_info()["bytes_total"] >> 20, " ", ini_get("lyger.cache_size"), " ", ini_get("apc.shm_size"), " ", json_encode(function_exists("apcu_enabled") ? apcu_enabled() : null), "\n";';
$cases = [
    [],
    ['apc.shm_size' => '16M'],
    ['apc.shm_size' => '16'],
    ['apc.shm_size' => '16M', 'lyger.cache_size' => '8M'],
    ['apc.shm_size' => '16M', 'lyger.apcu_api' => '0'],
    ['apc.shm_size' => 'large'],
    ['apc.shm_size' => '-1'],
    ['lyger.cache_size' => '0'],
];
foreach ($cases as $ini) {
    echo trim(preg_replace('/^PHP Warning.*\n|^\n/m', '', php_with('lyger', ['-r', $code], $ini + ['apc.enable_cli' => '1']))), "\n";
}
?>
--EXPECT--
64 64M 32M true
16 16777216 16M true
16 16777216 16 true
8 8M 16M true
64 64M  null
Warning: apc.shm_size must be a size such as 64M, "large" given; lyger.cache_size stays as it is in Unknown on line 0
64 64M large true
Warning: apc.shm_size must be a size such as 64M, "-1" given; lyger.cache_size stays as it is in Unknown on line 0
64 64M -1 true
0 0 32M false
