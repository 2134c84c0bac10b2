--TEST--
A named segment is shared by FPM and the command line, by users of one group too, and outlives a reload (SIGUSR2)
--EXTENSIONS--
lyger
posix
pcntl
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_fpm.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/fpm.inc';
require __DIR__ . '/../inc/php.inc';
$directory = sys_get_temp_dir() . '/lyger-reload-' . getmypid();
mkdir($directory, 0777);
chmod($directory, 01777);
$path = "$directory/segment";
$ini = ['lyger.cache_path' => $path, 'lyger.cache_size' => '2M', 'lyger.cache_group' => 'www-data'];
// The command line is first, and another user.
echo run_php('posix_setgid(posix_getgrnam("www-data")["gid"]); var_dump(lyger_cache_set("from", "cli"));', $ini, $status, ['posix']);
printf("%o %s\n", fileperms($path) & 0777, posix_getgrgid(filegroup($path))['name']);
$fpm = new Fpm(['www' => ['user' => 'www-data', 'group' => 'www-data', 'pm.max_children' => '1']], $ini);
echo $fpm->ask('www', 'var_dump(lyger_cache_get("from"), lyger_cache_set("from", "fpm"));');
echo run_php('var_dump(lyger_cache_get("from"));', $ini);
$fpm->reload();
echo $fpm->ask('www', 'var_dump(lyger_cache_get("from"));');
// The machine was restarted: another boot id in the header, and its check.
$header = file_get_contents($path, false, null, 0, 4096);
$header[40] = $header[40] === '0' ? '1' : '0';
$check = 2166136261;
for ($at = 8; $at < 108; $at++) {
    $check = (($check ^ ord($header[$at])) * 16777619) & 0xFFFFFFFF;
}
file_put_contents("$path.new", substr_replace($header, pack('V', $check), 108, 4) . file_get_contents($path, false, null, 4096));
chgrp("$path.new", 'www-data');
chmod("$path.new", 0660);
rename("$path.new", $path);
echo run_php('var_dump(lyger_cache_get("from", "a miss"), lyger_cache_set("from", "cli"));', $ini);
echo $fpm->ask('www', 'var_dump(lyger_cache_get("from"));'); // keeps the one it has
$fpm->reload();
echo $fpm->ask('www', 'var_dump(lyger_cache_get("from"));');
// Another size.
$ini['lyger.cache_size'] = '3M';
echo run_php('var_dump(lyger_cache_get("from", "a miss"), lyger_cache_info()["bytes_total"]);', $ini);
unset($fpm);
unlink($path);
rmdir($directory);
?>
--EXPECT--
bool(true)
660 www-data
string(3) "cli"
bool(true)
string(3) "fpm"
string(3) "fpm"
string(6) "a miss"
bool(true)
string(3) "fpm"
string(3) "cli"
string(6) "a miss"
int(3145728)
