--TEST--
Script form: php.ini's output layer, prepended and preloaded files, sections of a path and .user.ini count as under PHP-FPM, and end with the request
--EXTENSIONS--
lyger
zlib
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/scripts.inc';

$place = realpath(sys_get_temp_dir()) . '/lyger-preload-' . getmypid();
mkdir($place);
file_put_contents("$place/preload.php", '<?php class Preloaded { const SAPI = PHP_SAPI; static $n = 0; } function preloaded() { return ++Preloaded::$n; }');
file_put_contents("$place/before.php", '<?php $prepended = "before ";');
file_put_contents("$place/after.php", '<?php echo " after";');
$server = new Scripts([
    'index.php' => '<?php echo $prepended, ini_get("output_buffering"), " ", ob_get_level(), " ", ini_get("max_execution_time"), " ", ini_get("html_errors"), " ", ini_get("memory_limit"), " ", ini_get("short_open_tag");',
    'preloaded.php' => '<?php echo class_exists("Preloaded", false) ? Preloaded::SAPI . " " . preloaded() . preloaded() : "no opcache";',
    'path/index.php' => '<?php echo ini_get("precision");',
    'user/.user.ini' => "precision = 9\nmemory_limit = 3M\nauto_append_file =\n",
    'user/index.php' => '<?php echo ini_get("precision"), " ", ini_get("memory_limit"), " ", var_export(ini_set("memory_limit", "4M"), true), ini_get("memory_limit");',
    'big.php' => '<?php echo str_repeat("lyger ", 5000);',
], php_ini: ["output_buffering=4096\nmax_execution_time=17\nhtml_errors=1\nprecision=11\nzlib.output_compression=On\nmemory_limit=77M\nuser_ini.cache_ttl=1\nlog_errors=0\n"
    . "auto_prepend_file=$place/before.php\nauto_append_file=$place/after.php\n"
    . (ini_get('opcache.enable_cli') ? "opcache.preload=$place/preload.php\nopcache.preload_user=root\n" : '')
    . "[PATH=%ROOT%/path]\nprecision=6\n"], extensions: ['zlib']);
$get = static fn(string $target): string => trim($server->get($target)->body);
echo $get('/'), "\n", $get('/'), "\n";
$answer = $get('/preloaded.php');
echo in_array($answer, ['lyger 12 after', 'no opcache after']) ? 'preloaded' : $answer, "\n";
echo $get('/user/'), "\n", $get('/'), "\n", $get('/user/'), "\n";
file_put_contents("$server->root/user/.user.ini", "precision = 8\n");
$end = microtime(true) + 30;
while (!str_starts_with($answer = $get('/user/'), '8 ') && microtime(true) < $end) {
    usleep(50_000);
}
echo $answer, "\n", $get('/path/'), "\n";
$answer = $server->get('/big.php', ['Accept-Encoding' => 'gzip']);
echo $answer->field('content-encoding'), ' ', gzdecode($answer->body) === str_repeat('lyger ', 5000) . ' after' ? 'whole' : 'other', "\n";
$server->stop();
exec('rm -r ' . escapeshellarg($place));
?>
--EXPECT--
before 4096 1 17 1 77M 1 after
before 4096 1 17 1 77M 1 after
preloaded
9 3M '3M'4M
before 4096 1 17 1 77M 1 after
9 3M '3M'4M
8 77M '77M'4M after
6 after
gzip whole
