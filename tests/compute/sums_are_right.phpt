--TEST--
lyger_heavy_computation() is right for none, one, few, odd and many iterations
--EXTENSIONS--
lyger
--FILE--
<?php
// The exactly rounded sums, from tests/core/heavy_reference.py.
$known = [
    0 => 0.0,
    1 => 0.0,
    2 => 0.8414709848078965,
    3 => 2.1274117380557325,
    9 => 2.5661393668827244,
    1023 => 3.530030627537406,
    1024 => -25.783177703400447,
    1025 => -30.85624586480832,
    99991 => -327.15396087538295,
    1000000 => -681.7596643537232,
    10000019 => 2336.809210826189,
];
foreach ($known as $iterations => $sum) {
    $off = abs(lyger_heavy_computation($iterations) - $sum);
    if ($off > 1e-12 * (1 + sqrt($iterations))) {
        echo "$iterations iterations are off by $off\n";
    }
}
var_dump(lyger_heavy_computation(0), lyger_heavy_computation(1));
var_dump(lyger_heavy_computation() === lyger_heavy_computation(1000000));
?>
--EXPECT--
float(0)
float(0)
bool(true)
