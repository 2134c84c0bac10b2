--TEST--
Rows of a result are read in steps from any row through FFI, also by readers that take turns
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_ffi.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/ffi.inc';
$ffi = ffi();
[$row, $bytes, $length] = [$ffi->new('unsigned long long'), $ffi->new('char *'), $ffi->new('size_t')];
/** The bytes of one step from a row on, and the row after it. */
$step = function (int $handle, int $from) use ($ffi, $row, $bytes, $length): array {
    $row->cdata = $from;
    $more = $ffi->lyger_ffi_result_rows($handle, FFI::addr($row), FFI::addr($bytes), FFI::addr($length));
    if ($more !== 1) {
        return [$more, $row->cdata];
    }
    $text = FFI::string($bytes, $length->cdata);
    $ffi->lyger_free_string($bytes);
    return [$text, $row->cdata];
};
$handle = $ffi->lyger_db_query('sqlite::memory:', "SELECT 1, 0.5, 'text', x'00', NULL");
echo json_encode(array_map(fn($part) => is_string($part) ? bin2hex($part) : $part, $step($handle, 0))), json_encode($step($handle, 1)), "\n";
foreach ([2, -1, PHP_INT_MIN] as $beyond) {
    echo $step($handle, $beyond)[0];
}
echo "\n";
$ffi->lyger_free_result($handle);

$many = $ffi->lyger_db_query('sqlite::memory:', "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 20000) SELECT n FROM r");
$steps = 0;
for ($at = 0; ([$text, $next] = $step($many, $at)) && is_string($text); $at = $next, $steps++) {
    // Another reader in between, which starts elsewhere.
    $elsewhere = ($at + 12345) % 20000;
    $first = [unpack('P', $text, 1)[1], unpack('P', $step($many, $elsewhere)[0], 1)[1]];
    if ($first !== [$at + 1, $elsewhere + 1] || strlen($text) !== 9 * ($next - $at)) {
        echo "wrong at $at: ", json_encode($first), "\n";
    }
}
var_dump($at, $steps > 1);
$ffi->lyger_free_result($many);
echo json_encode($step($many, 0)), ' ', $ffi->lyger_ffi_error_status(), "\n";
?>
--EXPECT--
["02010000000000000003000000000000e03f04040000007465787404010000000000",1][0,1]
000
int(20000)
bool(true)
[-1,0] 5
