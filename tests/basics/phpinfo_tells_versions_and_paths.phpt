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
$settings = array_keys(ini_get_all('lyger'));
foreach ($settings as $setting) {
    if (!str_contains($info, "$setting => ")) {
        echo "missing: $setting\n";
    }
}
var_dump(count($settings) > 8);
?>
--EXPECT--
bool(true)
