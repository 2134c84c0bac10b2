--TEST--
phpinfo() names the SIMD path; LYGER_SIMD lowers it, never raises it, and the sum stays within the bound
--EXTENSIONS--
lyger
--FILE--
<?php
function shown(?string $wish): array
{
    $code = 'ob_start(); phpinfo(INFO_MODULES); preg_match("/^SIMD path => (.+)$/m", ob_get_clean(), $m);'
        . 'echo json_encode([$m[1], lyger_heavy_computation(1000003)]);';
    $command = [PHP_BINARY, '-n', '-d', 'extension_dir=' . ini_get('extension_dir'), '-d', 'extension=lyger',
        '-d', 'serialize_precision=17', '-r', $code];
    $environment = array_diff_key(getenv(), ['LYGER_SIMD' => 0]) + ($wish === null ? [] : ['LYGER_SIMD' => $wish]);
    $process = proc_open($command, [1 => ['pipe', 'w'], 2 => STDERR], $pipes, null, $environment);
    $answer = json_decode(stream_get_contents($pipes[1]), true);
    proc_close($process);
    return $answer;
}

$rank = ['plain' => 0, 'sse2' => 0, 'neon' => 0, 'avx2+fma' => 1, 'avx512f' => 2];
[$best, $sum] = shown(null);
foreach (['base' => 0, 'avx2' => 1, 'avx512' => 2, 'avx9000' => 2, '' => 2] as $wish => $limit) {
    [$path, $lowered] = shown($wish);
    if ($rank[$path] !== min($limit, $rank[$best])) {
        echo "$wish gave $path where $best is possible\n";
    }
    if (abs($sum - $lowered) > 1e-12 * (1 + sqrt(1000003))) {
        echo "$path is off by ", $sum - $lowered, "\n";
    }
}
echo "done\n";
?>
--EXPECT--
done
