--TEST--
Arguments, the state of json_last_error() and JsonException are those of json_encode; the method is the function
--EXTENSIONS--
lyger
--FILE--
<?php
function attempt(callable $call): void
{
    try {
        var_dump($call());
    } catch (Throwable $thrown) {
        printf("%s %d %s, previous %s\n", $thrown::class, $thrown->getCode(), $thrown->getMessage(), get_debug_type($thrown->getPrevious()));
    }
    echo '  ', json_last_error(), ' ', json_last_error_msg(), "\n";
}
json_decode('{');
attempt(static fn () => lyger_json_encode(INF, JSON_THROW_ON_ERROR));
attempt(static fn () => lyger_json_encode([1], JSON_THROW_ON_ERROR));
attempt(static fn () => lyger_json_encode([INF, 'behind an "error"', 1]));
attempt(static fn () => lyger_json_encode([INF, 'behind an "error"', 1], JSON_PARTIAL_OUTPUT_ON_ERROR));
json_decode('{');
attempt(static fn () => lyger_json_encode("\xff", JSON_THROW_ON_ERROR | JSON_PARTIAL_OUTPUT_ON_ERROR));
attempt(static fn () => lyger_json_encode(value: ['a' => ['b']], depth: 1));
attempt(static fn () => lyger_json_encode(STDIN));
attempt(static fn () => lyger_json_encode(flags: JSON_PRETTY_PRINT, value: [1, []]));
attempt(static fn () => Lyger\Engine::getInstance()->jsonEncode(['é'], JSON_UNESCAPED_UNICODE));
attempt(static fn () => Lyger\Engine::getInstance()->jsonEncode("\xff", JSON_THROW_ON_ERROR));
attempt(static fn () => lyger_json_encode());
attempt(static fn () => lyger_json_encode(1, 'x'));
attempt(static fn () => lyger_json_encode(1, 0, null));
attempt(static fn () => lyger_json_encode(1, '128', '5'));
attempt(static fn () => lyger_json_encode(1, 0, 1, 2));

// The exception comes from the caller's line, as json_encode's does.
foreach (['json_encode', 'lyger_json_encode'] as $function) {
    try {
        $function(NAN, JSON_THROW_ON_ERROR);
    } catch (JsonException $exception) {
        var_dump($exception->getLine() === __LINE__ - 2, $exception->getTrace()[0]['function'] === $function);
    }
}
?>
--EXPECTF--
JsonException 7 Inf and NaN cannot be JSON encoded, previous null
  4 Syntax error
string(3) "[1]"
  4 Syntax error
bool(false)
  7 Inf and NaN cannot be JSON encoded
string(27) "[0,"behind an \"error\"",1]"
  7 Inf and NaN cannot be JSON encoded
string(4) "null"
  5 Malformed UTF-8 characters, possibly incorrectly encoded
bool(false)
  1 Maximum stack depth exceeded
bool(false)
  8 Type is not supported
string(%d) "[
    1,
    []
]"
  0 No error
string(6) "["é"]"
  0 No error
JsonException 5 Malformed UTF-8 characters, possibly incorrectly encoded, previous null
  0 No error
ArgumentCountError 0 lyger_json_encode() expects at least 1 argument, 0 given, previous null
  0 No error
TypeError 0 lyger_json_encode(): Argument #2 ($flags) must be of type int, string given, previous null
  0 No error
%A
string(1) "1"
  0 No error
ArgumentCountError 0 lyger_json_encode() expects at most 3 arguments, 4 given, previous null
  0 No error
bool(true)
bool(true)
bool(true)
bool(true)
