--TEST--
open_basedir covers the server's paths and the cache's segment
--EXTENSIONS--
lyger
--FILE--
<?php
$inside = sys_get_temp_dir() . '/lyger-basedir-' . getmypid();
mkdir($inside);
file_put_contents("$inside/app.php", <<<'PHP'
    <?php
    foreach ([['document_root' => '/etc'], ['access_log' => '/var/tmp/lyger.log'], ['pid_file' => __DIR__ . '/../lyger.pid'],
        ['body_directory' => '/var/tmp'], ['watch' => '/etc'], ['sendfile' => __DIR__ . ',/p/=/etc'], ['host' => 'unix:/var/tmp/lyger.sock'], ['follow_symlinks' => true],
        ['document_root' => __DIR__, 'access_log' => '-', 'health_path' => 'within']] as $options) {
        try {
            lyger_start_server(fn() => 'x', 0, $options + ['check_only' => true]); // which leaves nothing behind
        } catch (Throwable $thrown) {
            echo get_class($thrown), ': ', str_replace(__DIR__, '', $thrown->getMessage()), "\n";
        }
    }
    PHP);
$php = fn(string $options, string $code) => shell_exec(escapeshellarg(PHP_BINARY) . ' -n -d extension_dir=' . escapeshellarg(ini_get('extension_dir'))
    . " -d extension=lyger -d open_basedir=" . escapeshellarg($inside) . " $options $code 2>&1");
echo $php('', escapeshellarg("$inside/app.php"));
foreach (["/var/tmp/lyger-basedir-" . getmypid(), "$inside/segment"] as $path) {
    echo str_replace([$inside, (string) getmypid()], ['', ''], $php('-d lyger.cache_path=' . escapeshellarg($path),
        '-r ' . escapeshellarg('echo lyger_cache_set("a", 1) ? "stored" : "not stored", "\n";'))), file_exists($path) ? "there\n" : "not there\n";
}
array_map('unlink', glob("$inside/*"));
rmdir($inside);
?>
--EXPECTF--
ValueError: lyger_start_server(): Argument #3 ($options) must be a path within open_basedir for option "document_root", "/etc" given
ValueError: lyger_start_server(): Argument #3 ($options) must be a path within open_basedir for option "access_log", "/var/tmp/lyger.log" given
ValueError: lyger_start_server(): Argument #3 ($options) must be a path within open_basedir for option "pid_file", "/../lyger.pid" given
ValueError: lyger_start_server(): Argument #3 ($options) must be a path within open_basedir for option "body_directory", "/var/tmp" given
ValueError: lyger_start_server(): Argument #3 ($options) must be a path within open_basedir for option "watch", "/etc" given
ValueError: lyger_start_server(): Argument #3 ($options) must be directories within open_basedir for option "sendfile", ",/p/=/etc" given
ValueError: lyger_start_server(): Argument #3 ($options) must be a path within open_basedir for option "host", unix:/var/tmp/lyger.sock given
ValueError: lyger_start_server(): Argument #3 ($options) must be false where open_basedir is set for option "follow_symlinks", true given
ValueError: health_path must be a path such as /health, "within" given
%ALyger\Exception\CacheException%Anot within open_basedir%Anot there
stored
there
