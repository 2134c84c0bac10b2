--TEST--
Floats are written with json_encode's digits under every serialize_precision
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/json.inc';
mt_srand(1);
$comparison = new JsonComparison();
$bits = static fn (int $high, int $low): float => unpack('E', pack('NN', $high, $low))[1];

$chosen = [0.0, -0.0, 0.1, 0.3, 0.1 + 0.2, 1 / 3, 2 / 3, 1e14, 1e15, 1e16, 1e17, 1e18, 1e21, 1e22, 1e23, 9007199254740991.0, 9007199254740992.0,
    9007199254740993.0, 9007199254740994.0, 123456789012345678.0, 5e-324, 1e-323, 1.5e-323, 2.2250738585072014e-308, 2.225073858507201e-308,
    PHP_FLOAT_MAX, PHP_FLOAT_MIN, PHP_FLOAT_EPSILON, 1e-3, 1e-4, 1e-5, 0.00012345, 9.5e-5, 4.35, 0.615, 1.005, 2e23, 9.5367431640625e-7, 8.41e21,
    2.0 ** 63, 2.0 ** 64, 2.0 ** 1023, 0.5, 0.25, 5e-5, 99999999999999.98, 999999999999.9995, 1e12, 123456789.125];
for ($exponent = 0; $exponent < 2047; $exponent++) { // both neighbours of every power of two
    array_push($chosen, $bits($exponent << 20, 0), $bits($exponent << 20, 1), $bits($exponent << 20 | 0xFFFFF, 0xFFFFFFFF));
}
for ($exponent = -323; $exponent <= 308; $exponent++) {
    array_push($chosen, (float) "1e$exponent", (float) "9.999999999999999e$exponent", (float) "5e$exponent", (float) "1.7e$exponent");
}
for ($i = 0; $i < 1000; $i++) { // as people write them, and between
    array_push($chosen, mt_rand(0, 10 ** 9) / 100, mt_rand(0, 10 ** 9) / 1000, mt_rand(0, 10 ** 9) / 10000, mt_rand() + 0.5, mt_rand() / 8,
        mt_rand(0, 10 ** 9) * 1000000.0 + mt_rand(0, 999) / 1000, mt_rand(1, 9999) * 10.0 ** mt_rand(-20, 20));
}
foreach (['-1', '17', '16', '14', '5', '1', '0', '40', '1000'] as $precision) {
    ini_set('serialize_precision', $precision);
    foreach (array_chunk($chosen, 50) as $some) {
        $comparison->value($some);
        $comparison->value(array_map(static fn (float $x): float => -$x, $some), JSON_PRESERVE_ZERO_FRACTION);
        $comparison->value(array_map(strval(...), $some), JSON_NUMERIC_CHECK | JSON_PRESERVE_ZERO_FRACTION);
    }
}

ini_set('serialize_precision', '-1');
for ($i = 0; $i < 4000; $i++) {
    $some = [];
    for ($j = 0; $j < 50; $j++) { // any bits; finite is nearly all
        $some[] = $bits(mt_rand(0, 0x7FEFFFFF), mt_rand(0, 0x7FFFFFFF) << 1 | mt_rand(0, 1));
    }
    for ($j = 0; $j < 10; $j++) { // near one
        $some[] = mt_rand() / mt_getrandmax();
    }
    $comparison->value($some);
}
$comparison->report();
?>
--EXPECT--
all agree
