--TEST--
config.m4 and config.w32 list the same sources, and config.m4 lists all there are
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_node.inc'; ?>
--FILE--
<?php
require __DIR__ . '/build_files.inc';

// What config.w32's first comment says: no FFI door, no server but the functions that say so, nothing of Linux, what a room has for
// Windows in place of what it has for POSIX.
$expected = [];
foreach (preg_grep('~^ext/(abi|http|server)/(?!worker/php_noserver|php_queue)|_linux\.c$~', config_m4_sources(), PREG_GREP_INVERT) as $file) {
    $half = str_replace('_posix.c', '_win32.c', $file);
    if ($half === $file || is_file(source_tree() . "/$half")) {
        $expected[] = $half;
    }
}
sort($expected);
$given = run_config_w32(['PHP_LYGER_BOUNDARY' => 'yes'])['sources'];
echo 'probes in a default build: ', implode(' ', preg_grep('~/boundary/~', run_config_w32()['sources'])) ?: 'none', "\n";
echo 'only in config.m4: ', implode(' ', array_diff($expected, $given)) ?: 'nothing', "\n";
echo 'only in config.w32: ', implode(' ', array_diff($given, $expected)) ?: 'nothing', "\n";
echo 'of the cache for Windows: ', implode(' ', preg_grep('~/cache/.*_(win32|posix|linux)\.c$~', $given)), "\n";
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
of the cache for Windows: ext/cache/system/shm_win32.c
more than twenty sources
not built by config.m4: nothing
named by config.m4 but not there: nothing
