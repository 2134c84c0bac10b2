--TEST--
package.xml lists every file of the tree, and scripts/package-files notices one that it does not
--FILE--
<?php
require __DIR__ . '/build_files.inc';

$php = escapeshellarg(PHP_BINARY) . ' -n ';
exec($php . escapeshellarg(source_tree() . '/scripts/package-files') . ' --check 2>&1', $output, $status);
echo implode("\n", $output), "status $status\n";

// A small tree of its own, in step at first.
$tree = sys_get_temp_dir() . '/lyger-package-' . getmypid();
foreach (['scripts', 'debian', 'bin', 'ext/base', 'packages/engine/src', 'packages/engine/bin'] as $dir) {
    mkdir("$tree/$dir", 0700, true);
}
$files = ['scripts/package-files', 'ext/base/version.h', 'package.xml', 'composer.json', 'debian/changelog',
    'packages/engine/src/EngineFactory.php', 'bin/lyger', 'packages/engine/bin/lyger'];
foreach ($files as $file) {
    copy(source_tree() . "/$file", "$tree/$file");
}
$run = static function (string $arguments) use ($php, $tree): void {
    exec("$php$tree/scripts/package-files $arguments 2>&1", $output, $status);
    echo "$status: ", implode("\n", $output), "\n";
};
$run('');
$run('--check');
file_put_contents("$tree/ext/new.c", '');
$run('--check');
unlink("$tree/ext/new.c");
file_put_contents("$tree/bin/lyger", "\n", FILE_APPEND);
$run('--check');
$run('');
file_put_contents("$tree/ext/base/version.h", "#define LYGER_VERSION \"9.9.9\"\n");
$run('--check');
exec('rm -r ' . escapeshellarg($tree));
?>
--EXPECTF--
status 0
0: package.xml written
0: 
1: package.xml is not what the tree gives: run scripts/package-files
+    <file name="ext/new.c" role="src"/>
1: packages/engine/bin/lyger is not bin/lyger: run scripts/package-files
0: packages/engine/bin/lyger written
1: package.xml is not what the tree gives: run scripts/package-files
-   <release>%d.%d.%d</release>
-   <api>%d.%d.%d</api>
+   <release>9.9.9</release>
+   <api>9.9.9</api>
composer.json is not what the tree gives: run scripts/package-files
-   "version": "%d.%d.%d",
+   "version": "9.9.9",
debian/changelog is not what the tree gives: run scripts/package-files
- lyger (%d.%d.%d) UNRELEASED; urgency=medium
+ lyger (9.9.9) UNRELEASED; urgency=medium
packages/engine/src/EngineFactory.php is not what the tree gives: run scripts/package-files
-     public const VERSION = '%d.%d.%d';
+     public const VERSION = '9.9.9';
