--TEST--
phpinfo() shows the version, compiled and loaded libraries, the SIMD path and every setting
--EXTENSIONS--
lyger
--FILE--
<?php
ob_start();
(new ReflectionExtension('lyger'))->info();
$info = ob_get_clean();
foreach (['Version => ' . phpversion('lyger'), 'SIMD path => ', 'Shared cache => on', 'libpq', 'SQLite'] as $expected) {
    if (!str_contains($info, $expected)) {
        echo "missing: $expected\n$info";
    }
}
foreach (array_keys(ini_get_all('lyger')) as $setting) {
    var_dump(str_contains($info, "$setting => "));
}
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
