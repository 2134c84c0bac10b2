--TEST--
Bootstrap intervals contain the true median about as often as they promise, and one session's shift widens them
--FILE--
<?php
declare(strict_types=1);

namespace Lyger\Benchmarks;

require __DIR__ . '/../../benchmarks/lib/autoload.php';

mt_srand(7);
// Skewed, as times are: an exponential tail on top of 100. Its median is 100 + ln 2.
$time = static fn(): float => 100 - log(1 - mt_rand() / (mt_getrandmax() + 1));
$held = 0;
for ($i = 0; $i < 200; $i++) {
    $samples = array_map($time, range(1, 31));
    ['low' => $low, 'high' => $high] = Statistics::summary($samples, [31]);
    $held += $low <= 100 + M_LN2 && $high >= 100 + M_LN2 ? 1 : 0;
}
echo $held >= 180 && $held <= 199 ? "about 95 %\n" : "$held of 200\n";

// Five processes of which each has its own pace: rounds alone would claim to know the pace exactly.
$paces = [];
foreach ([100, 102, 104, 106, 108] as $pace) {
    array_push($paces, ...array_fill(0, 9, $pace));
}
$one = Statistics::summary($paces, [45]);
$five = Statistics::summary($paces, [9, 9, 9, 9, 9]);
var_dump($five['median'], $five['high'] - $five['low'] > $one['high'] - $one['low']);

var_dump(Statistics::median([3.0, 1.0, 2.0]), Statistics::median([4, 1, 2, 3]));
var_dump(Statistics::summary([5.0], [1]));
var_dump(Statistics::resamples([3, 2]) === Statistics::resamples([3, 2]));
?>
--EXPECT--
about 95 %
float(104)
bool(true)
float(2)
float(2.5)
array(3) {
  ["median"]=>
  float(5)
  ["low"]=>
  float(5)
  ["high"]=>
  float(5)
}
bool(true)
