--TEST--
benchmarks/new makes a folder that builds anywhere, finds doors that differ, and measures
--EXTENSIONS--
ffi
lyger
--SKIPIF--
<?php
require __DIR__ . '/../inc/skip_without_probes.inc';
foreach ([PHP_BINDIR . '/phpize', 'cc', 'make', 'autoconf'] as $tool) {
    exec("command -v $tool", $output, $status);
    if ($status !== 0) {
        die("skip $tool is missing");
    }
}
?>
--FILE--
<?php
$directory = sys_get_temp_dir() . '/lyger-own-' . bin2hex(random_bytes(6));
register_shutdown_function(static fn() => exec('rm -rf ' . escapeshellarg($directory)));
$root = dirname(__DIR__, 2);
$shell = static function (string $command) use ($directory): string {
    exec("cd / && $command 2>&1", $lines, $status);
    return str_replace($directory, 'DIR', implode("\n", $lines)) . " [$status]\n";
};
$new = escapeshellarg(PHP_BINARY) . ' -n ' . escapeshellarg("$root/benchmarks/new");
putenv('LYGER_MODULES=' . ini_get('extension_dir'));
putenv('PHP=' . PHP_BINARY);
putenv('PHPIZE=' . PHP_BINDIR . '/phpize');
putenv('PHP_CONFIG=' . PHP_BINDIR . '/php-config');

echo $shell("$new count_changes --out=$directory");
echo $shell("$new count_changes --out=$directory");
foreach (['strlen', 'class', 'Upper', 'a-b', '--help'] as $name) {
    echo $shell("$new " . escapeshellarg($name));
}
echo $shell("$directory/run agree");
$leaves = static fn(): array => array_values(array_diff(scandir($directory), ['.', '..', 'build']));
echo implode(' ', $leaves()), "\n";
echo preg_match('/my_function|@LYGER@/', implode('', array_map(static fn($f) => file_get_contents("$directory/$f"), $leaves()))), "\n";

$measured = $shell("$directory/run --quick --seconds 5 --json $directory/results.json");
$results = json_decode((string) file_get_contents("$directory/results.json"), true);
echo str_contains($measured, 'count_changes, 100,000 bytes') && is_array($results) ? "measured\n" : $measured;
echo str_contains($measured, 'every door returned the same') ? "the same\n" : $measured;
echo is_file("$directory/build/report/report.md") ? "a report\n" : "no report\n";

// C that is wrong for some inputs is found, and nothing is measured.
$core = file_get_contents("$directory/count_changes.c");
file_put_contents("$directory/count_changes.c", str_replace('data[i] != data[i - 1]', 'data[i] > data[i - 1]', $core));
echo preg_replace('/^differ for.*\n/m', '', $shell("$directory/run --quick"));
// C that does not compile says so.
file_put_contents("$directory/count_changes.c", "$core\nint x = ;\n");
echo preg_match('/error: expected expression.* \[1\]/s', $shell("$directory/run agree")), "\n";
?>
--EXPECT--
DIR: put your function into count_changes.php and count_changes.c, then DIR/run [0]
DIR is there already, and not empty [2]
strlen: PHP has a function or an extension of that name [2]
class: the word belongs to PHP [2]
Upper: a name begins with a-z and goes on with a-z, 0-9 and _, at most 60 of them [2]
a-b: a name begins with a-z and goes on with a-z, 0-9 and _, at most 60 of them [2]
--help: not an option; benchmarks/new my_function [--out=DIR] [2]
agree on 9 inputs [0]
.gitignore README.md agree.php config.m4 count_changes.c count_changes.h count_changes.php php_count_changes.c run scenario.php
0
measured
the same
a report
5 of 9 inputs differ [1]
1
