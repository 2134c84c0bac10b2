--TEST--
Break-even points: where lines cross for good, never, from the first size on, and how sure that is
--FILE--
<?php
declare(strict_types=1);

namespace Lyger\Benchmarks;

require __DIR__ . '/../../benchmarks/lib/autoload.php';

$sizes = [1, 10, 100, 1000];
$line = static fn(float $fixed, float $each): array => array_map(static fn(int $n): float => $fixed + $each * $n, $sizes);

// Straight in logarithms between 10 and 100, so near, but not at, the 100 / 9 of straight lines.
printf("%.1f\n", BreakEven::crossing($sizes, $line(0, 10), $line(100, 1)));
printf("%.6f\n", BreakEven::crossing([1, 100], [1.0, 100.0], [10.0, 10.0]));
var_dump(BreakEven::crossing($sizes, $line(0, 1), $line(100, 1)));
var_dump(BreakEven::crossing($sizes, $line(100, 1), $line(0, 1)));
// Faster at 10, slower at 100, faster for good from there on: only the last counts.
printf("%.1f\n", BreakEven::crossing($sizes, [1, 20, 50, 5000], [10, 10, 100, 100]));

$between = static function (array $a, array $b, float $noise) use ($sizes): array {
    mt_srand(5);
    $noisy = static fn(float $ns): array => array_map(static fn(): float => $ns * (1 + $noise * (mt_rand() / mt_getrandmax() - 0.5)), range(1, 15));
    $medians = $resampled = [];
    foreach ([$a, $b] as $way => $times) {
        foreach ($sizes as $i => $size) {
            $samples = $noisy($times[$i]);
            $medians[$way][$size] = Statistics::median($samples);
            $resampled[$way][$size] = Statistics::medians($samples, [15]);
        }
    }
    return BreakEven::between($medians[0], $resampled[0], $medians[1], $resampled[1]);
};
$sure = $between($line(0, 10), $line(100, 1), 0.1);
var_dump($sure['certain'], $sure['low'] < $sure['at'] && $sure['at'] < $sure['high'], $sure['low'] > 8 && $sure['high'] < 16);
var_dump($between($line(0, 10), $line(0, 10), 0.1)['certain']);
var_dump($between($line(0, 1), $line(100, 1.5), 0.1));
?>
--EXPECT--
11.4
10.000000
NULL
float(0)
141.4
bool(true)
bool(true)
bool(true)
bool(false)
array(4) {
  ["at"]=>
  NULL
  ["low"]=>
  NULL
  ["high"]=>
  NULL
  ["certain"]=>
  bool(true)
}
