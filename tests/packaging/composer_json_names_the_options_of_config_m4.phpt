--TEST--
composer.json and package.xml offer the configure options that config.m4 has, under the same license
--FILE--
<?php
require __DIR__ . '/build_files.inc';

$composer = json_decode(file_get_contents(source_tree() . '/composer.json'), true, 16, JSON_THROW_ON_ERROR);
echo $composer['name'], ' ', $composer['type'], ' ', $composer['php-ext']['extension-name'], ' ', $composer['license'], "\n";
foreach (glob(source_tree() . '/packages/*/composer.json') as $i => $file) {
    $package = json_decode(file_get_contents($file), true, 16, JSON_THROW_ON_ERROR);
    $said = [$package['name'], $package['license'], $package['require']['php'], isset($package['version']), is_dir(dirname($file) . '/' . current($package['autoload']['psr-4']))];
    $said === ['lyger/' . basename(dirname($file)), 'BSD-3-Clause', $composer['require']['php'], false, true] || print("$file: " . json_encode($said) . "\n");
}
echo ($i ?? 0) > 3 ? "the packages as well\n" : "there are hardly any packages\n";

// Every option is a line of AS_HELP_STRING([--option]; --enable-lyger itself is PIE's own doing.
preg_match_all('/AS_HELP_STRING\(\[--([\w-]+)\]/', file_get_contents(source_tree() . '/config.m4'), $found);
$options = array_values(array_diff($found[1], ['enable-lyger']));
$offered = array_column($composer['php-ext']['configure-options'], 'name');
echo 'not offered by composer.json: ', implode(' ', array_diff($options, $offered)) ?: 'nothing', "\n";
echo 'unknown to config.m4: ', implode(' ', array_diff($offered, $options)) ?: 'nothing', "\n";

$xml = file_get_contents(source_tree() . '/package.xml');
preg_match_all('/<configureoption name="(?:with|without|enable)-([\w-]+)"/', $xml, $found);
$bare = array_map(static fn(string $option): string => preg_replace('/^(with|without|enable)-/', '', $option), $options);
echo 'not offered by package.xml: ', implode(' ', array_diff($bare, $found[1])) ?: 'nothing', "\n";
echo str_contains($xml, '>BSD-3-Clause</license>') ? "package.xml: BSD-3-Clause\n" : "package.xml has another license\n";
echo strtok(file_get_contents(source_tree() . '/LICENSE'), "\n"), "\n";
?>
--EXPECT--
lyger/lyger php-ext lyger BSD-3-Clause
the packages as well
not offered by composer.json: nothing
unknown to config.m4: nothing
not offered by package.xml: nothing
package.xml: BSD-3-Clause
BSD 3-Clause License
