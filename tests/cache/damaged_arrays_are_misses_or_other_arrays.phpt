--TEST--
An array whose bytes are spoilt while processes use the segment is a miss or another array, and takes nobody out of its bytes
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
$path = sys_get_temp_dir() . '/lyger-damaged-' . getmypid();
$code = <<<'PHP'
$path = ini_get('lyger.cache_path');
$value = ['name' => 'text', 5 => [1, 2.5, 'two', null], 'nested' => ['a' => ['b' => true, '' => '']], 'end' => 'END!END!'];
lyger_cache_set('damaged array', $value);
$text = file_get_contents($path);
$from = strpos($text, 'damaged array') + 16;
$to = strpos($text, 'END!END!', $from) + 8;
$file = fopen($path, 'r+');
$warnings = 0;
set_error_handler(function () use (&$warnings) { return (bool) ++$warnings; });
$spoilt = function (int $at, string $bytes) use ($file, $text) {
    fseek($file, $at);
    fwrite($file, $bytes);
    $got = lyger_cache_get('damaged array', 'a miss');
    fseek($file, $at);
    fwrite($file, substr($text, $at, strlen($bytes)));
    return $got;
};
$misses = $others = 0;
for ($at = $from; $at < $to; $at += 4) {
    $was = unpack('V', $text, $at)[1];
    $words = array_map(fn(int $word): string => pack('V', $word), [0, 1, 7, 255, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, $was + 1, $was + 8, $was - 1]);
    foreach ([...$words, pack('P', -1), pack('P', -7), pack('P', PHP_INT_MAX)] as $bytes) {
        if ($at + strlen($bytes) <= $to) {
            $got = $spoilt($at, $bytes);
            is_array($got) || $got === 'a miss' || print(gettype($got) . "\n");
            $misses += $got === 'a miss';
            $others += is_array($got) && serialize($got) !== serialize($value);
        }
    }
}
var_dump($misses > 100, $others > 100, $warnings >= $misses);
var_dump($spoilt($from, pack('V', 3)), $spoilt($from, pack('V', 5)));
var_dump(lyger_cache_get('damaged array') === $value);
PHP;
echo run_php($code, ['lyger.cache_path' => $path, 'lyger.cache_size' => '1M', 'memory_limit' => '16M']);
unlink($path);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
string(6) "a miss"
string(6) "a miss"
bool(true)
