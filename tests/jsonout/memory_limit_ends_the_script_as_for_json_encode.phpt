--TEST--
memory_limit while text is written ends the script with PHP's own error, and nothing is left behind
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
putenv('USE_ZEND_ALLOC=1'); // valgrind's run switches it off, and memory_limit with it
$values = [
    'many elements' => '[$x = range(1, 100000), $x, $x, $x, $x, $x, $x, $x, $x, $x, $x, $x, $x, $x, $x]',
    'one long string' => 'str_repeat("é\n", 1000000)',
    'a long key' => '[str_repeat("\"", 3000000) => 1]',
    'spaces' => '(function () { $v = 1; for ($i = 0; $i < 3000; $i++) { $v = [$v]; } return $v; })()',
    'inside jsonSerialize()' => '[1, new class implements JsonSerializable { public function jsonSerialize(): mixed { return str_repeat("x", 20000000); } }]',
];
foreach ($values as $name => $value) {
    $code = "register_shutdown_function(function () { echo 'shut down ', lyger_json_encode([1, (object) ['a' => 2]]); });
        \$value = $value; lyger_json_encode(\$value, JSON_PRETTY_PRINT, 5000); echo 'not reached';";
    echo "$name: ", preg_replace('/ \(tried.*$/m', '', run_php($code, ['memory_limit' => '12M'], $status)), " $status\n";
}
?>
--EXPECTF--
many elements: Fatal error: Allowed memory size of 12582912 bytes exhausted%A
shut down [1,{"a":2}] 255
one long string: Fatal error: Allowed memory size of 12582912 bytes exhausted%A
shut down [1,{"a":2}] 255
a long key: Fatal error: Allowed memory size of 12582912 bytes exhausted%A
shut down [1,{"a":2}] 255
spaces: Fatal error: Allowed memory size of 12582912 bytes exhausted%A
shut down [1,{"a":2}] 255
inside jsonSerialize(): Fatal error: Allowed memory size of 12582912 bytes exhausted%A
shut down [1,{"a":2}] 255
