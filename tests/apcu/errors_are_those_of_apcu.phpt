--TEST--
What ends a script in APCu, and what leaves an iterator unusable, does so here with the same words
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_apcu.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/apcu.inc';
$ends = [
    'new APCUIterator("/(/");',
    'new APCUIterator("no delimiter");',
    'new APCUIterator(null, APC_ITER_ALL, -1);',
    'new APCUIterator(null, APC_ITER_ALL + 1);',
    'apcu_delete(new stdClass);',
    'class Mine extends APCUIterator { function __construct() {} } (new Mine)->valid();',
    'class Mine extends APCUIterator { function __construct() {} } apcu_delete(new Mine);',
    '(new APCUIterator(null, APC_ITER_ALL, 0, 3))->rewind();',
    'apcu_store("a", 1); $it = new APCUIterator("/a/"); foreach ($it as $k => $v) { echo $k; } $it->next(); var_dump($it->valid()); $it->key();',
    'apcu_store("a", 1); $it = new APCUIterator("/a/"); echo $it->key(), json_encode($it->current()["value"]); $it->next(); $it->current();',
    'serialize(new APCUIterator()); echo "serialized";',
    'apcu_entry("a", fn() => exit("left")); ',
    'apcu_entry("a", function () { apcu_store("b", 2); exit("left "); }); register_shutdown_function(fn() => 1);',
    'foreach ([1, 2] as $i) { try { apcu_entry("a", fn() => throw new Exception("no")); } catch (Exception $e) { echo $e->getMessage(), " "; } } var_dump(apcu_exists("a"));',
    '$a = ["x" => 1]; $r = &$a["x"]; apcu_store("a", $a); $r = 2; echo json_encode(apcu_fetch("a")), json_encode(apcu_fetch(["a", "b"]));',
    'function &f($key) { static $v = [1]; return $v; } $x = apcu_entry("a", "f"); $x[] = 2; echo json_encode([$x, apcu_fetch("a")]);',
    'echo json_encode(apcu_store(["a" => 1, 5 => 2, "c" => fopen("php://memory", "r")]));',
    'declare(strict_types=1); var_dump(apcu_fetch(5));',
    'var_dump(apcu_inc("a", 2.5));',
    'apcu_store("f", 1.0); apcu_store("t", true); apcu_store("s", "5"); var_dump(apcu_inc("f", 1, $f), apcu_inc("t", 1, $t), apcu_dec("s", 1, $s), apcu_cas("s", 5, 6), $f, $t, $s);',
];
foreach ($ends as $number => $code) {
    $said = str_replace("\n", ' ', preg_replace(['/ in (Command line code|Unknown)(:| on line )\d+/', '/Stack trace:.*/s', '/PHP (Fatal error|Warning):.*\n/'], '', both($code)));
    // PHP's own words differ by its version.
    echo $number, ' ', preg_replace(['/ (Compilation failed|Delimiter must)[^F]*/', '/^Deprecated: .* (?=int)/'], ' … ', $said), "\n";
}
?>
--EXPECT--
0 Warning: APCUIterator::__construct(): … Fatal error: APCUIterator::__construct(): Could not compile regular expression: /(/
1 Warning: APCUIterator::__construct(): … Fatal error: APCUIterator::__construct(): Could not compile regular expression: no delimiter
2 Fatal error: APCUIterator::__construct(): APCUIterator chunk size must be 0 or greater
3 Fatal error: APCUIterator::__construct(): APCUIterator format is invalid
4 Fatal error: apcu_delete(): apc_delete object argument must be instance of APCUIterator.
5 Fatal error: Uncaught Error: Trying to use uninitialized APCUIterator 
6 Fatal error: Uncaught Error: Trying to use uninitialized APCUIterator 
7 Warning: APCUIterator::__construct(): APCUIterator invalid list type  Fatal error: Uncaught Error: Trying to use uninitialized APCUIterator 
8 abool(false)  Fatal error: Uncaught Error: Cannot call key() on invalid iterator 
9 a1 Fatal error: Uncaught Error: Cannot call current() on invalid iterator 
10 serialized
11 left
12 left
13 no no bool(false)
14 {"x":1}{"a":{"x":1}}
15 [[1,2],[1]]
16 Warning: apcu_store(): Cannot store resources in apcu cache {"c":-1}
17 bool(false)
18  … int(2)
19 bool(false) bool(false) bool(false) bool(false) bool(false) bool(false) bool(false)
