--TEST--
benchmarks/compare: exit status 0, 1 for what got slower beyond the threshold, 2 for wrong options
--FILE--
<?php
declare(strict_types=1);

$report = static function (string $name, float $native, float $ffi): string {
    mt_srand(9);
    $samples = static fn(float $ns): array => array_map(static fn(): float => $ns + mt_rand(0, 100) / 100, range(1, 20));
    $point = ['shape' => [10, 10], 'samples' => ['native' => $samples($native), 'ffi' => $samples($ffi)]];
    $file = sys_get_temp_dir() . '/lyger-compare-' . getmypid() . "-$name.json";
    file_put_contents($file, json_encode(['scenarios' => ['call' => ['against' => 'native', 'points' => [1 => $point]]]]));
    return $file;
};
$before = $report('before', 100, 1000);
$slower = $report('slower', 130, 1000);
$machine = $report('machine', 200, 2000);
$compare = static function (string ...$arguments): void {
    $command = [PHP_BINARY, '-n', __DIR__ . '/../../benchmarks/compare', ...$arguments];
    $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
    $said = preg_replace('/[\w.\/-]*\/(benchmarks|lyger-compare)/', '$1', stream_get_contents($pipes[1]));
    echo $said, 'exit status ', proc_close($process), "\n\n";
};
$compare($before, $before);
$compare($before, $slower);
$compare($before, $slower, '--threshold=0.5');
$compare($slower, $before);
$compare($before, $machine, '--ratios');
$compare($before);
$compare($before, $before, '--treshold=1');
array_map('unlink', [$before, $slower, $machine]);
?>
--EXPECTF--
0 slower, 0 faster by more than 10 %, 2 neither
exit status 0

              before   after  factor         95 %
call: native  %d ns  %d ns   1.%d×  1.%d – 1.%d  slower

1 slower, 0 faster by more than 10 %, 1 neither
exit status 1

0 slower, 0 faster by more than 50 %, 2 neither
exit status 0

              before   after  factor         95 %
call: native  %d ns  %d ns   0.%d×  0.%d – 0.%d  faster

0 slower, 1 faster by more than 10 %, 1 neither
exit status 0

0 slower, 0 faster by more than 10 %, 1 neither
exit status 0

benchmarks/compare: two files of benchmarks/run --json are needed
exit status 2

benchmarks/compare: --treshold=1: not an option; the head of benchmarks/compare tells them
exit status 2
