--TEST--
The FFI engine under FPM: workers of one pool share a cache and its locks, other pools and users have their own, LYGER_CACHE_PATH names one
--EXTENSIONS--
posix
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_fpm.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/fpm.inc';
$named = sys_get_temp_dir() . '/lyger-ffi-' . getmypid();
mkdir($named, 0777);
chmod($named, 01777);
// Copies that every user can read, wherever this tree lies.
$library = getenv('LYGER_TEST_LIB');
$tree = dirname(__DIR__, 2);
system('cp -r ' . implode(' ', array_map(escapeshellarg(...), ["$tree/packages/engine", "$tree/ext/abi/lyger.h", $library])) . " $named && chmod -R a+rX $named/*");
$pool = fn(string $user, array $env = []) => ['user' => $user, 'group' => 'nogroup', 'env[LYGER_ENGINE]' => 'ffi', 'env[LYGER_CACHE_SIZE]' => '2M',
    'env[LYGER_LIBRARY]' => "$named/" . basename($library)] + $env;
$fpm = new Fpm(['one' => $pool('nobody'), 'also-nobody' => $pool('nobody'), 'two' => $pool('www-data'),
    'named' => $pool('nobody', ['env[LYGER_CACHE_PATH]' => "$named/segment"]), 'denied' => $pool('www-data', ['env[LYGER_CACHE_PATH]' => "$named/segment"])],
    ['ffi.enable' => '1'], ['ffi', 'posix']);
$boot = 'require ' . var_export("$named/engine/autoload.php", true) . '; $engine = Lyger\Engine::getInstance();';
$files = [];
foreach (['one', 'also-nobody', 'two', 'named'] as $name) {
    $fpm->ask($name, "$boot \$engine->cacheSet('whose', '$name'); \$engine->cacheLock('lock', 60);");
    $files[] = $fpm->ask($name, "$boot echo \$engine->cacheInfo()['path'];");
}
foreach (['one', 'also-nobody', 'two', 'named'] as $name) {
    $workers = [];
    for ($i = 0; count($workers) < 2 && $i < 2000; $i++) {
        [$worker, $whose] = explode(' ', $fpm->ask($name, "$boot usleep(1000); echo getmypid(), ' ', \$engine->cacheGet('whose', 'nobody'), json_encode(\$engine->cacheLock('lock', 60));"));
        $workers[$worker] = $whose;
    }
    echo "$name: ", implode(', ', array_unique($workers)), ' in ', count($workers), " workers\n";
}
echo count(array_unique($files)), " files\n";
echo strtr($fpm->ask('denied', "$boot var_dump(\$engine->cacheSet('a', 1));"), [$named => 'NAMED']);
unset($fpm);
array_map('unlink', array_unique($files));
system("rm -r $named");
foreach (array_unique(array_map('dirname', array_slice($files, 0, 3))) as $directory) {
    @rmdir($directory); // others of these users may have theirs there
}
?>
--EXPECTF--
one: onenull in 2 workers
also-nobody: also-nobodynull in 2 workers
two: twonull in 2 workers
named: namednull in 2 workers
4 files

Warning: The cache is off: cache path "NAMED/segment" belongs to user %d, not to user %d: give each user a lyger.cache_path, or both a group and its name to lyger.cache_group (LYGER_CACHE_PATH) in %s on line %d
bool(false)
