--TEST--
A list as a parameter is read once: an element's __toString() may change it, throw, or query; nothing is leaked
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_postgres.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/query.inc';
$dsn = postgres();
final class Text
{
    public function __construct(private Closure $text)
    {
    }

    public function __toString(): string
    {
        return ($this->text)();
    }
}
$list = [new Text(function () use (&$list): string {
    $list[1] = str_repeat('changed', 100);
    $list[] = 'more';
    return 'a';
}), str_repeat('b', 3), ['ragged'], 'd'];
$list[2] = 'c';
echo lyger_db_query_json($dsn, 'SELECT $1::text[] AS l', [&$list]), "\n";
echo count($list), "\n";
$list = [new Text(function () use (&$list): string {
    $list = null;
    return 'a';
}), 'b'];
echo lyger_db_query_json($dsn, 'SELECT $1::text[] AS l', [&$list]), "\n";
echo lyger_db_query_json($dsn, 'SELECT $1::text[] AS l', [[new Text(fn() => lyger_db_query_json($dsn, 'SELECT $1::int[] AS n', [[1]]))]]), "\n";
$bad = [['a', new Text(fn() => str_repeat('x', 1000)), [str_repeat('y', 1000), [new stdClass()]]], ['k' => 1]];
$throws = [[str_repeat('z', 1000), [new Text(fn() => throw new LogicException('no'))]]];
$ragged = [[[str_repeat('z', 1000)], []]];
for ($i = 0; $i < 200; $i++) {
    foreach ([$bad, $throws, $ragged] as $params) {
        try {
            lyger_db_query_json($dsn, 'SELECT $1::text[]', $params);
        } catch (TypeError | ValueError | LogicException) {
        }
    }
    lyger_db_query_json($dsn, 'SELECT $1::text[]', [[['a', 'b'], [(string) $i, null]]]);
    if ($i === 100) {
        $before = memory_get_usage();
    }
}
var_dump(memory_get_usage() - $before < 1000);
fails(fn() => lyger_db_query_json($dsn, 'SELECT $1::text[]', $bad));
fails(fn() => lyger_db_query_json($dsn, 'SELECT $1::text[]', $throws));
fails(fn() => lyger_db_query_json($dsn, 'SELECT $1::text[]', $ragged));
?>
--EXPECT--
[{"l":["a","bbb","c","d"]}]
5
[{"l":["a","b"]}]
[{"l":["[{\"n\":[1]}]"]}]
bool(true)
TypeError: lyger_db_query_json(): Argument #3 ($params) must hold null, bool, int, float, string, DateTimeInterface, backed enums, Lyger\Binary, Stringable or arrays of them; stdClass given for parameter 1, element [2][1][0]
LogicException: no
ValueError: parameter 1, element [1] is a list of 0, but the first one beside it is of 1: the lists of an array are all of one length
