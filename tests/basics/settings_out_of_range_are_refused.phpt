--TEST--
A setting out of its range is reported and the default stays
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
echo run_php('echo ini_get("lyger.db_max_connections"), "\n";', ['lyger.db_max_connections' => '0']);
echo run_php('echo ini_get("lyger.cache_size"), "\n";', ['lyger.cache_size' => '-5M']);
echo run_php('echo ini_get("lyger.db_connect_timeout"), "\n";', ['lyger.db_connect_timeout' => 'soon']);
foreach (['64MB', '64MiB', '65536K', '67108864', '64X', 'MB', 'B'] as $size) {
    echo "$size: ", run_php('echo lyger_cache_info()["bytes_total"], "\n";', ['lyger.cache_size' => $size]);
}
echo run_php('echo ini_get("lyger.db_prepare"), "\n";', ['lyger.db_prepare' => 'always']);
echo run_php('var_dump(ini_get("lyger.db_prepare"));', ['lyger.db_prepare' => 'off']);
var_dump(ini_set('lyger.db_prepare', 'off'));
var_dump(ini_set('lyger.db_statement_timeout', '-1'), ini_set('lyger.db_statement_timeout', '3'));
var_dump(ini_set('lyger.cache_size', '1M'));
?>
--EXPECTF--
Warning: lyger.db_max_connections must be a whole number of at least 1, "0" given; its default is used in Unknown on line 0
8
Warning: lyger.cache_size must be a size such as 64M or 1G (bytes, or with K, M or G), "-5M" given; its default is used in Unknown on line 0
64M
Warning: lyger.db_connect_timeout must be a whole number of at least 1, "soon" given; its default is used in Unknown on line 0
5
64MB: 67108864
64MiB: 67108864
65536K: 67108864
67108864: 67108864
64X: Warning: lyger.cache_size must be a size such as 64M or 1G (bytes, or with K, M or G), "64X" given; its default is used in Unknown on line 0
67108864
MB: Warning: lyger.cache_size must be a size such as 64M or 1G (bytes, or with K, M or G), "MB" given; its default is used in Unknown on line 0
67108864
B: Warning: lyger.cache_size must be a size such as 64M or 1G (bytes, or with K, M or G), "B" given; its default is used in Unknown on line 0
67108864
Warning: lyger.db_prepare must be auto or off, "always" given; its default is used in Unknown on line 0
auto
string(0) ""
bool(false)

Warning: lyger.db_statement_timeout must be a whole number of at least 0, "-1" given in %s on line %d
bool(false)
string(1) "0"
bool(false)
