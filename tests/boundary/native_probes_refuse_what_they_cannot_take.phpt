--TEST--
Native probes refuse what they cannot take and say which argument it was
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_probes.inc'; ?>
--FILE--
<?php
$try = static function (Closure $call): void {
    try {
        var_dump($call());
    } catch (Throwable $error) {
        echo get_class($error), ': ', $error->getMessage(), "\n";
    }
};
$try(static fn() => lyger_probe_text_out(-1));
$try(static fn() => lyger_probe_sum([1, 'two']));
$try(static fn() => lyger_probe_sum_copied([1, 2.0]));
$try(static fn() => lyger_probe_sum_packed('1234567'));
$try(static fn() => lyger_probe_record(['id' => 1, 'value' => 1.0]));
$try(static fn() => lyger_probe_record(['id' => 1, 'value' => 1, 'flag' => 0]));
$try(static fn() => lyger_probe_each(static fn() => 1, -1));
$try(static fn() => lyger_probe_check(-1));
$try(static fn() => lyger_probe_threads('', 0));
$try(static fn() => lyger_probe_rows(-1));
$try(static fn() => (new Lyger\ProbeRows(3))->row(3));
$try(static fn() => new Lyger\ProbeArchive(str_repeat("\1", 512)));
// References, holes and string keys are read as well.
$one = 1;
$numbers = [&$one, 'x' => 2, 9 => 3];
unset($numbers['x']);
var_dump(lyger_probe_sum($numbers), lyger_probe_sum_copied($numbers), lyger_probe_sum_packed(pack('q*', 1, 3)));
// An exception ends the loop that calls back.
$calls = 0;
$try(static function () use (&$calls) {
    lyger_probe_each(static function (int $i) use (&$calls): int {
        $calls++;
        return $i < 3 ? $i : throw new DomainException("at $i");
    }, 100);
});
var_dump($calls);
?>
--EXPECT--
ValueError: lyger_probe_text_out(): Argument #1 ($length) must be greater than or equal to 0
TypeError: lyger_probe_sum(): Argument #1 ($numbers) must be an array of int, string in it
TypeError: lyger_probe_sum_copied(): Argument #1 ($numbers) must be an array of int, float in it
ValueError: lyger_probe_sum_packed(): Argument #1 ($packed) must have a length that is a multiple of 8
ValueError: lyger_probe_record(): Argument #1 ($record) must have the element "flag" of type int
ValueError: lyger_probe_record(): Argument #1 ($record) must have the element "value" of type float
ValueError: lyger_probe_each(): Argument #2 ($count) must be greater than or equal to 0
ValueError: -1 is below 0
ValueError: the number of threads must be 1 to 64, not 0
ValueError: lyger_probe_rows(): Argument #1 ($count) must be greater than or equal to 0, and there must be memory for the rows
ValueError: Lyger\ProbeRows::row(): Argument #1 ($index) must be less than the number of rows, and not negative
ValueError: the archive cannot be read: of the header at byte 0, its checksum is wrong
int(4)
int(4)
int(4)
DomainException: at 3
int(4)
