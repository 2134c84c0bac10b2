--TEST--
Integers of every length and, with JSON_NUMERIC_CHECK, numeric strings are written as json_encode writes them
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/json.inc';
$comparison = new JsonComparison();
$integers = [PHP_INT_MAX, PHP_INT_MIN, PHP_INT_MIN + 1];
for ($power = 0; $power <= 18; $power++) {
    for ($digit = 1; $digit <= 9; $digit++) {
        foreach ([-1, 0, 1] as $near) {
            $integers[] = $digit * 10 ** $power + $near;
            $integers[] = -$digit * 10 ** $power + $near;
        }
    }
}
for ($bit = 0; $bit < 63; $bit++) {
    array_push($integers, 1 << $bit, (1 << $bit) - 1, -1 << $bit);
}
$integers = array_filter($integers, is_int(...));
foreach ($integers as $integer) {
    $comparison->value($integer);
    $comparison->value([$integer => $integer], JSON_PRETTY_PRINT);
    foreach (['', ' ', '+', '-', '0', '.', "\0"] as $affix) {
        $comparison->value([$affix . $integer, $integer . $affix, "k$integer" => $affix . $integer . $affix], JSON_NUMERIC_CHECK);
    }
}
foreach (['', '.', '1.', '.1', '1e', '1e5', '1e+5', '1E-5', '1e309', '-1e309', 'INF', 'NAN', '0x1F', '0b1', '1_000', "\t1", "1\t", "1\v", '00', '-00.0',
    '9223372036854775807', '9223372036854775808', '-9223372036854775808', '-9223372036854775809', '1.0', '1.50', '123456789012345678901234567890'] as $text) {
    foreach ([JSON_NUMERIC_CHECK, JSON_NUMERIC_CHECK | JSON_PRESERVE_ZERO_FRACTION, 0] as $flags) {
        $comparison->value([$text => $text], $flags);
        $comparison->value($text, $flags);
    }
}
$comparison->value(['1' => '1', '1e3' => '1e3', 'x' => "\xff"], JSON_NUMERIC_CHECK | JSON_PARTIAL_OUTPUT_ON_ERROR);
$comparison->report();
?>
--EXPECT--
all agree
