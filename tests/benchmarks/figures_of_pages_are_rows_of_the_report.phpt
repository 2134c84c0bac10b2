--TEST--
Every figure of the README and of the documentation is a row of the committed report; one that is not is found
--SKIPIF--
<?php
is_file((getenv('LYGER_SOURCE') ?: dirname(__DIR__, 2)) . '/docs/boundary/report.json') || die('skip the report is not part of this tree');
?>
--FILE--
<?php
declare(strict_types=1);

$root = getenv('LYGER_SOURCE') ?: dirname(__DIR__, 2);
$figures = static function (string ...$arguments) use ($root): array {
    $process = proc_open([PHP_BINARY, '-n', "$root/benchmarks/figures", ...$arguments], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
    $said = stream_get_contents($pipes[1]);
    return [proc_close($process), $said];
};
[$status, $said] = $figures("$root/README.md", ...glob("$root/docs/*.md"));
echo $status === 0 ? "all agree\n" : $said;
echo preg_match('/^performance\.md: (\d+) figures/m', $said, $found) && $found[1] > 90 ? "performance.md has them\n" : $said;

$page = sys_get_temp_dir() . '/lyger-figures-' . getmypid() . '.md';
$tables = file_get_contents("$root/docs/performance.md");
$row = '/(<!--nothing:ffi-->)([\d.]+)/';
$changes = [
    'another number' => preg_replace_callback($row, static fn(array $of): string => $of[1] . ($of[2] * 1.02), $tables),
    'another unit' => preg_replace('/(<!--nothing:ffi-->[\d.]+) ns/', '$1 µs', $tables),
    'no such row' => str_replace('<!--nothing:ffi-->', '<!--nothing:ffy-->', $tables),
    'a cell that is two' => str_replace('<!--nothing:ffi-->', '<!--server:lyger|rate-->', $tables),
    'no row' => "$tables\nlyger takes 17 ns.\n",
    'given' => "$tables\nlyger takes <!--given-->17 ns.\n",
    'fewer digits' => preg_replace_callback($row, static fn(array $of): string => $of[1] . round((float) $of[2]), $tables),
];
foreach ($changes as $name => $text) {
    file_put_contents($page, $text);
    [$status, $said] = $figures('--report', "$root/docs/boundary/report.json", $page);
    echo "$name: ", $text === $tables ? 'nothing was changed' : $status, preg_match('/, (\d+) are wrong/', $said, $found) ? " ($found[1])" : '', "\n";
}
$figures('--write', '--report', "$root/docs/boundary/report.json", $page);
echo file_get_contents($page) === $tables ? "written as it was\n" : "written otherwise\n";
foreach (["$root/README.md", ...glob("$root/docs/*.md")] as $original) {
    copy($original, $page);
    [$status, $said] = $figures('--write', '--report', "$root/docs/boundary/report.json", $page);
    if ($status !== 0 || file_get_contents($page) !== file_get_contents($original)) {
        echo basename($original), " is written otherwise: $said\n";
    }
}
unlink($page);
?>
--EXPECT--
all agree
performance.md has them
another number: 1 (1)
another unit: 1 (1)
no such row: 1 (1)
a cell that is two: 1 (1)
no row: 1 (1)
given: 0 (0)
fewer digits: 0 (0)
written as it was
