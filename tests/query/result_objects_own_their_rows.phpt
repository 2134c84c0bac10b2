--TEST--
Lyger\Result frees its rows with the last of its iterators, and holds none of them in PHP
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/query.inc';
$engine = Lyger\Engine::getInstance();
$many = "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 20000) SELECT n, printf('%0200d', n) AS t FROM r";
$before = memory_get_usage();
$result = $engine->query('sqlite::memory:', $many);
$sum = 0;
foreach ($result as $row) {
    $sum += $row['n'] + strlen($row['t']);
}
var_dump($sum, memory_get_peak_usage() - $before < 200_000);
// An iterator that is left in the middle, and outlives what it was made from.
$iterator = $result->getIterator();
foreach ($iterator as $number => $row) {
    if ($number === 3) {
        break;
    }
}
unset($result);
gc_collect_cycles();
$iterator->next();
var_dump($iterator->key(), $iterator->current()['n'], $iterator instanceof InternalIterator);
unset($iterator, $row);
var_dump(memory_get_usage() - $before < 10_000);
// Row arrays that are kept do not change, names of every kind, and an object in a cycle.
$result = $engine->query('sqlite::memory:', 'SELECT 1 AS "7", 2 AS "", 3 AS "07" UNION ALL SELECT 4, 5, 6');
[$first, $second] = iterator_to_array($result);
var_dump($first === [7 => 1, '' => 2, '07' => 3], $second === [7 => 4, '' => 5, '07' => 6]);
echo json_encode($result), ' ', json_encode($result->columns()), "\n";
fails(fn() => (new ReflectionClass('Lyger\Result'))->newInstanceWithoutConstructor());
fails(fn() => unserialize('O:12:"Lyger\Result":0:{}'));
fails(function () use ($result): void { foreach ($result as &$row); });
fails(fn() => $engine->query('sqlite::memory:', "SELECT CAST(x'ff' AS TEXT) AS bad")->toJson());
fails(fn() => json_encode($engine->query('sqlite::memory:', "SELECT x'ff' AS bad"), JSON_THROW_ON_ERROR));
fails(fn() => $engine->query('sqlite::memory:', 'SELECT 1', [new stdClass()]));
// Alive until the very end, with an iterator in the middle.
$GLOBALS['kept'] = $engine->query('sqlite::memory:', $many);
$GLOBALS['at'] = $GLOBALS['kept']->getIterator();
$GLOBALS['at']->next();
var_dump($result);
?>
--EXPECTF--
int(204010000)
bool(true)
int(4)
int(5)
bool(true)
bool(true)
bool(true)
bool(true)
[{"7":1,"":2,"07":3},{"7":4,"":5,"07":6}] {"7":"","":"","07":""}
ReflectionException: Class Lyger\Result is an internal class marked as final that cannot be instantiated without invoking its constructor
Exception: Unserialization of 'Lyger\Result' is not allowed
Error: The rows of a Lyger\Result cannot be iterated by reference
Lyger\Exception\QueryException [22021]@0: column "bad" of row 1 is not UTF-8 (byte 1)
JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
TypeError: Lyger\Engine::query(): Argument #3 ($params) must hold null, bool, int, float, string, DateTimeInterface, backed enums, Lyger\Binary, Stringable or arrays of them; stdClass given for parameter 1
object(Lyger\Result)#%d (0) {
}
