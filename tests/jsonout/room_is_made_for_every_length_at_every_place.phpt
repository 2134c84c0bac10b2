--TEST--
JSON: strings and keys of every length up to the longest short one are written whole wherever the room for them ends
--EXTENSIONS--
lyger
--FILE--
<?php
// What writes one byte beyond the room that it made asks for none any more, and the numbers at the end lie in somebody else's memory.
$many = range(1, 3000);
$wrong = $encoded = 0;
foreach ([7, 8, 33, 58, 59, 60, 61, 62, 63, 64, 65, 66] as $length) {
    $text = str_repeat('t', $length);
    $escaped = '"' . str_repeat('t', $length - 1);
    for ($padding = 0; $padding < 300; $padding += $padding < 100 ? 25 : 1) {
        $before = str_repeat('p', $padding);
        $values = [[$before, $text, $many], [$before => 1, $text => $many], (object) [$before . 'p' => 1, $text => $many], [$before, $escaped, $many]];
        foreach ($padding % 4 ? [$values[$padding % 3]] : $values as $value) {
            $encoded++;
            $wrong += lyger_json_encode($value) !== json_encode($value);
        }
    }
}
// Indents that are longer than what is always there.
foreach ([14, 15, 16, 17, 40, 120] as $depth) {
    for ($padding = 0; $padding < 260; $padding++) {
        $value = [str_repeat('p', $padding)];
        for ($i = 0; $i < $depth; $i++) {
            $value = [$value];
        }
        $encoded++;
        $wrong += lyger_json_encode([$value, range(1, 300)], JSON_PRETTY_PRINT) !== json_encode([$value, range(1, 300)], JSON_PRETTY_PRINT);
    }
}
echo "$wrong wrong, ", $encoded > 3500 ? 'enough' : $encoded, "\n";
?>
--EXPECT--
0 wrong, enough
