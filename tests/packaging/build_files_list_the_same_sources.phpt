--TEST--
config.m4 and config.w32 list the same sources, and config.m4 lists all there are
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_node.inc'; ?>
--FILE--
<?php
require __DIR__ . '/build_files.inc';

// What config.w32's first comment says: no FFI door, no server but the functions that say so, the other half of each operating system pair.
$expected = array_map(
    static fn(string $file): string => str_replace('_posix.c', '_win32.c', $file),
    array_filter(config_m4_sources(), static fn(string $file): bool => !preg_match('~^ext/(abi|http)/(?!php_noserver)~', $file)),
);
sort($expected);
$given = run_config_w32(['PHP_LYGER_BOUNDARY' => 'yes'])['sources'];
echo 'probes in a default build: ', implode(' ', preg_grep('~/boundary/~', run_config_w32()['sources'])) ?: 'none', "\n";
echo 'only in config.m4: ', implode(' ', array_diff($expected, $given)) ?: 'nothing', "\n";
echo 'only in config.w32: ', implode(' ', array_diff($given, $expected)) ?: 'nothing', "\n";
echo count($given) > 20 ? "more than twenty sources\n" : "too few sources\n";

$there = [];
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator(source_tree() . '/ext', FilesystemIterator::SKIP_DOTS)) as $file) {
    if ($file->getExtension() === 'c' && !str_ends_with($file->getFilename(), '_win32.c')) {
        $there[] = substr($file->getPathname(), strlen(source_tree()) + 1);
    }
}
echo 'not built by config.m4: ', implode(' ', array_diff($there, config_m4_sources())) ?: 'nothing', "\n";
echo 'named by config.m4 but not there: ', implode(' ', array_diff(config_m4_sources(), $there)) ?: 'nothing', "\n";
?>
--EXPECT--
probes in a default build: none
only in config.m4: nothing
only in config.w32: nothing
more than twenty sources
not built by config.m4: nothing
named by config.m4 but not there: nothing
