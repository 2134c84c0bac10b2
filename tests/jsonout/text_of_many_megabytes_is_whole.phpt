--TEST--
A text of megabytes is whole, of whatever size around those at which its memory is had in another way
--EXTENSIONS--
lyger
--INI--
memory_limit=256M
--FILE--
<?php
$wrong = 0;
// A list of short strings grows in small steps, one string of that length in one.
foreach ([(2 << 20) - 4200, (2 << 20) - 60, (2 << 20) - 24, 2 << 20, (2 << 20) + 4096, 3 << 20, (4 << 20) + 1, 9 << 20] as $size) {
    $list = array_fill(0, intdiv($size, 11), 'éabcde');
    foreach ([$list, str_repeat('x', $size), [...array_slice($list, 0, 1000), str_repeat('y', $size), ...array_slice($list, 0, 1000)]] as $value) {
        $wrong += lyger_json_encode($value) !== json_encode($value);
        $wrong += lyger_json_encode($value, JSON_UNESCAPED_UNICODE) !== json_encode($value, JSON_UNESCAPED_UNICODE);
    }
}
echo $wrong, " wrong\n";
--EXPECT--
0 wrong
