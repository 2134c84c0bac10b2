--TEST--
benchmarks/run counts the parts of a crossing: work grows with its size, the rest does not, and FFI's rest is the larger one
--EXTENSIONS--
ffi
lyger
--SKIPIF--
<?php
require __DIR__ . '/../inc/skip_without_probes.inc';
exec('command -v valgrind', $output, $status);
$status === 0 || die('skip valgrind is missing');
?>
--FILE--
<?php
declare(strict_types=1);

$root = dirname(__DIR__, 2);
$file = sys_get_temp_dir() . '/lyger-parts-' . bin2hex(random_bytes(6));
exec(escapeshellarg(PHP_BINARY) . ' -m', $modules);
$opcache = in_array('Zend OPcache', $modules, true) ? [] : ['zend_extension=opcache']; // where no php.ini says so
$command = [PHP_BINARY, ...($opcache ? ['-d', ...$opcache] : []), "$root/benchmarks/run", ...($opcache ? ['--php-set', ...$opcache] : []),
    '--quick', '--seconds', '1', '--parts', 'instructions', '--only', 'crossings: bytes-borrowed',
    '--build', ini_get('extension_dir'), '--json', "$file.json", '--out', $file];
$process = proc_open($command, [1 => ['file', '/dev/null', 'w'], 2 => ['pipe', 'w']], $pipes);
$said = stream_get_contents($pipes[2]);
proc_close($process);
$instructions = json_decode((string) @file_get_contents("$file.json"), true)['scenarios']['bytes-borrowed']['instructions'] ?? null;
exec('rm -rf ' . escapeshellarg($file) . ' ' . escapeshellarg("$file.json"));
if ($instructions === null) {
    exit($said);
}
foreach (['native', 'ffi'] as $way) {
    $small = $instructions[1][$way];
    $large = $instructions[100_000][$way];
    $rest = static fn(array $parts): float => array_sum($parts) - $parts['work'];
    echo "$way: ", implode(' ', array_keys($small)), "\n";
    var_dump($large['work'] > 1000 * $small['work'], abs($rest($large) - $rest($small)) < 0.1 * $rest($small));
    $rests[$way] = $rest($small);
}
var_dump($rests['native'] > 20, $rests['ffi'] > 2 * $rests['native']);
?>
--EXPECT--
native: call in work out
bool(true)
bool(true)
ffi: call+out in work
bool(true)
bool(true)
bool(true)
bool(true)
