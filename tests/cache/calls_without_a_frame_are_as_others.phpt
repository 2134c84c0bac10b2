--TEST--
Calls that the compiler knows (frameless, since PHP 8.4) convert, refuse and keep what they work on as all calls do
--EXTENSIONS--
lyger
--FILE--
<?php
function tell(callable $call): void
{
    try {
        echo json_encode($call()), "\n";
    } catch (Throwable $thrown) {
        echo get_class($thrown), ': ', $thrown->getMessage(), "\n";
    }
}
class Text { function __toString(): string { return 'text'; } }
/** Takes away, while it is written and read, what it was written and read with. */
class Thief
{
    function __serialize(): array { $GLOBALS['key'] = $GLOBALS['value'] = null; return []; }
    function __unserialize(array $data): void { $GLOBALS['key'] = $GLOBALS['other'] = str_repeat('gone', 2); }
}
class Broken
{
    function __serialize(): array { throw new LogicException('cannot be written'); }
}
// Names in a function that is no literal are called in the usual way: both have to say the same.
[$get, $has, $set] = ['lyger_cache_get', 'lyger_cache_has', 'lyger_cache_set'];
foreach ([12, 1.5, true, new Text, '', str_repeat('x', 65536), [], new stdClass] as $bad) {
    ob_start();
    tell(fn() => [lyger_cache_set($bad, 'a'), lyger_cache_set($bad, ['b' => 1], 60), lyger_cache_has($bad), lyger_cache_get($bad), lyger_cache_get("$bad.", 'none')]);
    tell(fn() => lyger_cache_has($bad));
    tell(fn() => lyger_cache_get($bad, []));
    $frameless = ob_get_clean();
    lyger_cache_clear();
    ob_start();
    tell(fn() => [$set($bad, 'a'), $set($bad, ['b' => 1], 60), $has($bad), $get($bad), $get("$bad.", 'none')]);
    tell(fn() => $has($bad));
    tell(fn() => $get($bad, []));
    $usual = ob_get_clean();
    echo get_debug_type($bad), ': ', $frameless === $usual ? 'the same' : $frameless, "\n";
    lyger_cache_clear();
}
tell(fn() => lyger_cache_set('k', 1, -1));
tell(fn() => lyger_cache_set('k', 1, 'x'));
tell(fn() => lyger_cache_set('k', new Broken));
tell(fn() => lyger_cache_set('k', fn() => 1));
tell(fn() => lyger_cache_get('k'));
$default = new ArrayObject([1]);
var_dump(lyger_cache_get('nothing', $default) === $default, lyger_cache_get($undefined ?? 'nothing'));

$key = str_repeat('key', 2);
$value = [new Thief];
$value[] = 'at the end';
$other = str_repeat('other', 2);
$reference = &$key;
var_dump(lyger_cache_set($key, $value, 60), $key, $value);
$key = str_repeat('key', 2);
var_dump(lyger_cache_get($key, $other)[1], $key, $other);
$key = str_repeat('key', 2);
lyger_cache_set($key, [1]);
$list = lyger_cache_get($key);
$list[] = 2;
var_dump(lyger_cache_get($key) === [1], $list === [1, 2]);
lyger_cache_get($key); // a result that nobody takes
lyger_cache_set($key, $key = 'changed');
echo $key, "\n";
set_error_handler(function ($level, $message) { throw new ErrorException($message); });
tell(fn() => lyger_cache_get($missing));
tell(fn() => lyger_cache_get('a', $missing));
tell(fn() => eval('declare(strict_types=1); return lyger_cache_get(1);'));
?>
--EXPECT--
int: the same
float: the same
bool: the same
Text: the same
string: the same
string: the same
array: the same
stdClass: the same
ValueError: lyger_cache_set(): Argument #3 ($ttl) must be between 0 and 4294967295 seconds, -1 given
TypeError: lyger_cache_set(): Argument #3 ($ttl) must be of type int, string given
LogicException: cannot be written
TypeError: lyger_cache_set(): Argument #2 ($value) must not be or contain a closure
""
bool(true)
string(0) ""
bool(true)
NULL
NULL
string(10) "at the end"
string(8) "gonegone"
string(8) "gonegone"
bool(true)
bool(true)
changed
ErrorException: Undefined variable $missing
ErrorException: Undefined variable $missing
TypeError: lyger_cache_get(): Argument #1 ($key) must be of type string, int given
