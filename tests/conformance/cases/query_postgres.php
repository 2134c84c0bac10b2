<?php

declare(strict_types=1);

use Lyger\Exception\QueryException;

$dsn = (string) getenv('LYGER_TEST_PG');
$own = 'conformance_' . getmypid(); // names of this process: the doors are tested side by side

$decode = static fn(string $json): mixed => json_decode($json, true, 512, JSON_THROW_ON_ERROR);

return [
    'every value decodes to what row_to_json gives' => static function (object $engine, Check $check) use ($dsn, $decode): void {
        $values = [
            'true', 'false', 'NULL::int', '1::smallint', '(-2147483648)::int', '9007199254740991::bigint', '1.50::numeric',
            "'NaN'::numeric", '0.1::float8', '1e300::float8', '1e-7::float4', "'NaN'::float8", "'-Infinity'::float4", '26::oid',
            "''::text", "'grüße \"x\" \\ / ' || chr(10) || chr(9) || chr(1)", "'abc'::char(5)", "'x'::\"char\"", "'name'::name",
            "'\\x00ff'::bytea", "'12.34'::money", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "'10.0.0.1/8'::inet",
            "B'101'::bit(3)", "'<a/>'::xml", "'(1,2)'::point", "'[1,5)'::int4range", "'1 day 02:03:04.5'::interval",
            "'2024-02-29'::date", "'infinity'::date", "'0044-03-15 BC'::date", "'12:34:56.789'::time", "'12:34:56+02'::timetz",
            "'2024-02-29 12:30:00'::timestamp", "'2024-02-29 12:30:00.123456'::timestamp", "'infinity'::timestamp",
            "'2024-02-29 12:30:00+02'::timestamptz", "'-infinity'::timestamptz", "'0044-03-15 01:02:03 BC'::timestamptz",
            "'0044-03-15 01:02:03 BC'::timestamp",
            "'{\"a\": [1, 2.50, null], \"b\": {\"c\": \"d\"}}'::json", "'{\"a\": [1, 2.50, null]}'::jsonb", "'null'::json", "'\"text\"'::jsonb",
            'ARRAY[1, 2, NULL]', "'{}'::int[]", "'[0:1]={1,2}'::bigint[]", "'{{1,2},{3,4}}'::int[]", "ARRAY['a b', 'c,d', 'NULL', NULL, '', '\"', '\\']",
            "ARRAY[true, false]", "ARRAY[1.5, 'NaN']::numeric[]", "ARRAY['NaN', '1']::float8[]", "ARRAY['2024-02-29 12:30:00+00']::timestamptz[]",
            "ARRAY['{\"a\":1}']::jsonb[]", "ARRAY['2024-02-29']::date[]", "ARRAY['\\x00']::bytea[]", "'1 2 3'::int2vector",
        ];
        $columns = [];
        foreach ($values as $i => $value) {
            $columns[] = "$value AS c$i";
        }
        $query = 'SELECT ' . implode(', ', $columns);
        $given = $decode($engine->dbQueryJson($dsn, $query))[0];
        $expected = $decode($decode($engine->dbQueryJson($dsn, "SELECT row_to_json(q)::text AS j FROM ($query) q"))[0]['j']);
        foreach ($values as $i => $value) {
            $check->same($expected["c$i"], $given["c$i"], $value);
        }
        $check->same(array_keys($expected), array_keys($given));
    },
    'domains are what they are made of, enums are text' => static function (object $engine, Check $check) use ($dsn, $own): void {
        foreach (["DROP SCHEMA IF EXISTS {$own} CASCADE", "CREATE SCHEMA {$own}",
            "CREATE TYPE {$own}.mood AS ENUM ('sad', 'very \"happy\"')",
            "CREATE DOMAIN {$own}.positive AS int CHECK (VALUE > 0)",
            "CREATE TABLE {$own}.t (id {$own}.positive, m {$own}.mood)",
            "INSERT INTO {$own}.t VALUES (1, 'very \"happy\"'), (2, NULL)"] as $statement) {
            $engine->dbExecute($dsn, $statement);
        }
        $check->same(
            '[{"id":1,"m":"very \"happy\""},{"id":2,"m":null}]',
            $engine->dbQueryJson($dsn, "SELECT * FROM {$own}.t ORDER BY id"),
        );
        $engine->dbExecute($dsn, "DROP SCHEMA {$own} CASCADE");
    },
    'digits are kept, or strings where the option asks for it' => static function (object $engine, Check $check) use ($dsn): void {
        $query = "SELECT 9007199254740993::bigint AS b, 12345678901234567890.123456789::numeric AS n, 1.10::numeric AS s,
            ARRAY[9007199254740993, 1]::bigint[] AS bs, 7::int AS i, 'NaN'::numeric AS nan";
        $check->same(
            '[{"b":9007199254740993,"n":12345678901234567890.123456789,"s":1.10,"bs":[9007199254740993,1],"i":7,"nan":"NaN"}]',
            $engine->dbQueryJson($dsn, $query),
        );
        $check->same(
            '[{"b":"9007199254740993","n":"12345678901234567890.123456789","s":"1.10","bs":["9007199254740993","1"],"i":7,"nan":"NaN"}]',
            $engine->dbQueryJson($dsn, $query, [], ['bigint' => 'string', 'numeric' => 'string']),
        );
        $check->same(
            '[["9007199254740993","12345678901234567890.123456789",1.10,["9007199254740993",1],7,"NaN"]]',
            $engine->dbQueryJson($dsn, $query, [], ['bigint' => 'auto', 'numeric' => 'auto', 'rows' => 'array']),
        );
    },
    'parameters are bound in both forms' => static function (object $engine, Check $check) use ($dsn): void {
        $run = static fn(string $query, array $params): string => $engine->dbQueryJson($dsn, $query, $params);
        $check->same(
            '[{"i":5,"t":"it\'s $1 ?","n":null,"y":true,"f":0.1,"again":5}]',
            $run('SELECT $1::int AS i, $2::text AS t, $3::text AS n, $4::bool AS y, $5::float8 AS f, $1 AS again', [5, "it's \$1 ?", null, true, 0.1]),
        );
        $check->same('[{"i":5,"t":"x"}]', $run('SELECT ?::int AS i, ?::text AS t', [5, 'x']));
        $check->same(
            '[{"q":"?","i":1,"has":true,"d":"?","e":"\'?","?":2}]',
            $run("SELECT '?' AS q, ?::int AS i /* ? /* ? */ ? */, '{\"a\":1}'::jsonb ?? 'a' AS has, \$t\$?\$t\$ AS d, E'\\'?' AS e, 2 AS \"?\" -- ?", [1]),
        );
        $check->same(
            '[{"has":true,"p":"x"}]',
            $run("SELECT '{\"a\":1}'::jsonb ? 'a' AS has, \$1::text AS p", ['x']),
        );
        $check->same('[{"s":[2,3]}]', $run('SELECT (ARRAY[1,2,3])[2:3] AS s', []));
    },
    'a list is an array' => static function (object $engine, Check $check) use ($dsn, $decode): void {
        $one = static fn(string $query, mixed ...$params): string => $engine->dbQueryJson($dsn, $query, $params, ['rows' => 'array']);
        $check->same('[[1],[3]]', $one('SELECT n FROM generate_series(1, 9) n WHERE n = ANY($1)', [1, 3, 77]));
        $check->same('[[2]]', $one('SELECT n FROM generate_series(1, 3) n WHERE n <> ALL(?) AND n < ?', [1, 3], 9));
        $check->same('[[]]', $one('SELECT FROM generate_series(1, 3) n WHERE n = ALL($1) AND n = 1', [1]));
        $check->same('[]', $one('SELECT n FROM generate_series(1, 3) n WHERE n = ANY($1)', []));
        $check->same('[[[1,null,-2147483648],3]]', $one('SELECT $1::int[], $2::int', [1, null, -2147483648], 3));
        $check->same('[[[-9223372036854775808,9223372036854775807]]]', $one('SELECT $1::bigint[]', [PHP_INT_MIN, PHP_INT_MAX]));
        $check->same('[[[true,false,null]]]', $one('SELECT $1::bool[]', [true, false, null]));
        $check->same('[[[0.1,-1e+300,"NaN","Infinity","-Infinity",3]]]', $one('SELECT $1::float8[]', [0.1, -1e300, NAN, INF, -INF, 3]));
        $check->same('[[[1.50,"NaN",12345678901234567890.1]]]', $one('SELECT $1::numeric[]', ['1.50', NAN, '12345678901234567890.1']));
        $check->same('[[["2024-02-29T12:30:00","infinity"]]]', $one('SELECT $1::timestamp[]', ['2024-02-29 12:30', 'infinity']));
        $check->same('[[[{"a": "\"x\\\\"},[]]]]', $one('SELECT $1::jsonb[]::json[]', ['{"a":"\"x\\\\"}', '[]']));
        $check->same('[[[],[],"{}"]]', $one('SELECT $1::text[], $2::int[], $3::text[]::text', [], [[], []], [[[]]]));
        $check->same('[[[[1,2],[3,null]],2,[[[[[[7]]]]]]]]', $one('SELECT $1::int[], array_ndims($1), $2::int[]', [[1, 2], [3, null]], [[[[[[7]]]]]]));
        $check->same('[[["Stringable","x"],"Stringable"]]', $one('SELECT $1::text[], $2', [new class {
            public function __toString(): string
            {
                return 'Stringable';
            }
        }, 'x'], new class {
            public function __toString(): string
            {
                return 'Stringable';
            }
        }));
        $check->same('[[["(1,\"a b\")"]]]', $one('SELECT $1::text[]', ['(1,"a b")']));
        $one('SELECT set_config($1, $2, false)', 'lyger.test', 'x');
        $check->same('[[["a","b"]]]', $one('SELECT $1::text[]', ['a', 'b'])); // the same text may be prepared by now
        $shared = 'x';
        $list = [&$shared, 'y'];
        $check->same('[[["x","y"]]]', $one('SELECT $1::text[]', $list));
        $check->same('[[[0,1]]]', $one('SELECT (SELECT array_agg(n) FROM unnest($1::int[]) n WHERE n < 2)', range(0, 9999)));
    },
    'every text is an element that the server reads as it was' => static function (object $engine, Check $check) use ($dsn, $decode): void {
        $texts = ['', ' ', 'NULL', 'null', 'nUlL', '"', '\\', '\\"', "\n", "\t x \r\f\v", '{', '}', '{}', ',', ';', 'a,b', '{"a"}', "'", "it's", '$1', '?',
            'a\\', '\\\\', '[1:2]={1,2}', '(', "\u{a0}", "grüße \u{1f600}", "\x7f\x01", '0', str_repeat('"\\', 500), null];
        for ($i = 0, mt_srand(4); $i < 300; $i++) {
            $text = '';
            for ($length = mt_rand(0, 9); $length > 0; $length--) {
                $text .= ['"', '\\', '{', '}', ',', ' ', 'n', 'N', 'NULL', "\n", 'é', ':', '=', '['][mt_rand(0, 13)];
            }
            $texts[] = $text;
        }
        $row = $decode($engine->dbQueryJson($dsn, 'SELECT $1::text[] AS ours, to_jsonb($1::text[]) AS b, array_to_json($1::text[]) AS j, '
            . '$1::text[]::text AS canonical, cardinality($1::text[]) AS n', [$texts]))[0];
        $check->same($texts, $row['ours']);
        $check->same($texts, $row['b']);
        $check->same($texts, $row['j']);
        $check->same(count($texts), $row['n']);
        $box = array_chunk(array_slice($texts, 0, 330), 11);
        $row = $decode($engine->dbQueryJson($dsn, 'SELECT $1::text[] AS ours, to_jsonb($1::text[]) AS b', [$box]))[0];
        $check->same([$box, $box], [$row['ours'], $row['b']]);
    },
    'lists that are no arrays are errors that name the element' => static function (object $engine, Check $check) use ($dsn): void {
        $run = static fn(mixed ...$params): Closure => static fn() => $engine->dbQueryJson($dsn, 'SELECT $1::int, $2::int[]', $params);
        $check->throws(ValueError::class, $run(1, [[1, 2], [3]]), 'parameter 2', 'element [1]', 'list of 1', 'of 2');
        $check->throws(ValueError::class, $run(1, [[1], 2]), 'parameter 2, element [1] is no list');
        $check->throws(ValueError::class, $run(1, [1, [2]]), 'parameter 2, element [1] is a list');
        $check->throws(ValueError::class, $run(1, [[1], null]), 'parameter 2, element [1] is no list');
        $check->throws(ValueError::class, $run(1, [[[1], [2]], [[3], [4, 5]]]), 'parameter 2, element [1][1] is a list of 2');
        $check->throws(ValueError::class, $run(1, [[], [1]]), 'parameter 2, element [1] is a list of 1', 'of 0');
        $check->throws(ValueError::class, $run(1, [[[[[[[1]]]]]]]), 'parameter 2', '6 lists');
        $check->throws(ValueError::class, $run(1, [[[[[[[]]]]]]]), 'parameter 2', '6 lists');
        $check->throws(ValueError::class, $run(1, ['a' => 1]), 'parameter 2', 'names', 'int4[]', '::jsonb');
        $check->throws(ValueError::class, $run(1, [[1], [1 => 1]]), 'parameter 2, element [1]', 'names');
        $check->throws(TypeError::class, $run(1, [1, [new stdClass()]]), '$params', 'parameter 2, element [1][0]', 'Stringable');
        $check->throws(TypeError::class, $run([STDERR]), '$params', 'parameter 1, element [0]', 'resource');
        $check->throws(ValueError::class, $run(1, ['a', "b\0"]), 'parameter 2, element [1]', 'NUL byte');
        $itself = [1];
        $itself[0] = &$itself;
        $check->throws(ValueError::class, $run(1, $itself), '$params', 'parameter 2', '64 arrays');
        $thrown = $check->throws(QueryException::class, $run(1, ['x']), 'integer');
        $check->same('22P02', $thrown?->getSqlState());
        $throws = new class {
            public function __toString(): string
            {
                throw new LogicException('no text');
            }
        };
        $check->throws(LogicException::class, $run(1, [['a'], [$throws]]), 'no text');
        $check->same('[{"a":[1]}]', $engine->dbQueryJson($dsn, 'SELECT $1::int[] AS a', [[1]]));
    },
    'parameters that do not fit are ValueErrors and TypeErrors' => static function (object $engine, Check $check) use ($dsn): void {
        $run = static fn(string $query, array $params): Closure => static fn() => $engine->dbQueryJson($dsn, $query, $params);
        $check->throws(ValueError::class, $run('SELECT ?::int, ?::int', [1]));
        $check->throws(ValueError::class, $run('SELECT $1::int', [1, 2]));
        $check->throws(ValueError::class, $run('SELECT 1', [1]));
        $check->throws(ValueError::class, $run('SELECT $1::int', ['a' => 1]));
        $check->throws(ValueError::class, $run('SELECT $1::text', ["a\0b"]));
        $check->throws(TypeError::class, $run('SELECT $1::text', [new stdClass()]), '$params', 'parameter 1', 'Stringable');
        $thrown = $check->throws(QueryException::class, $run('SELECT $1::int', ['x']), 'integer');
        $check->same('22P02', $thrown?->getSqlState());
    },
    'a result is described and freed' => static function (object $engine, Check $check) use ($dsn): void {
        $handle = $engine->dbQuery($dsn, "SELECT 1 AS a, 'x'::varchar(9) AS b, now() AS c, ARRAY[1] AS d, 1.5 AS e FROM generate_series(1, 3)");
        $check->same(
            ['rows' => 3, 'columns' => [['name' => 'a', 'type' => 'int4'], ['name' => 'b', 'type' => 'varchar'], ['name' => 'c', 'type' => 'timestamptz'],
                ['name' => 'd', 'type' => 'int4[]'], ['name' => 'e', 'type' => 'numeric']], 'affected' => 0, 'tag' => 'SELECT 3'],
            $engine->resultInfo($handle),
        );
        $engine->freeResult($handle);
        $check->throws(QueryException::class, static fn() => $engine->resultInfo($handle));
        $empty = $engine->dbQuery($dsn, 'SELECT 1 AS a WHERE false');
        $check->same('[]', $engine->jsonifyResult($empty));
        $check->same([['name' => 'a', 'type' => 'int4']], $engine->resultInfo($empty)['columns']);
        $engine->freeResult($empty);
        $check->same('[{}]', $engine->dbQueryJson($dsn, 'SELECT'));
        $check->same('[{"a":1,"a":2}]', $engine->dbQueryJson($dsn, 'SELECT 1 AS a, 2 AS a'));
    },
    'changes are counted' => static function (object $engine, Check $check) use ($dsn, $own): void {
        $engine->dbExecute($dsn, "DROP TABLE IF EXISTS {$own}_changes");
        $check->same(0, $engine->dbExecute($dsn, "CREATE TABLE {$own}_changes (id int PRIMARY KEY)"));
        $check->same(5, $engine->dbExecute($dsn, "INSERT INTO {$own}_changes SELECT generate_series(1, \$1)", [5]));
        $check->same(0, $engine->dbExecute($dsn, "SELECT * FROM {$own}_changes"));
        $check->same('[{"id":6}]', $engine->dbQueryJson($dsn, "INSERT INTO {$own}_changes VALUES (6) RETURNING id"));
        $handle = $engine->dbQuery($dsn, "DELETE FROM {$own}_changes WHERE id > 3");
        $check->same(['rows' => 0, 'columns' => [], 'affected' => 3, 'tag' => 'DELETE 3'], $engine->resultInfo($handle));
        $thrown = $check->throws(QueryException::class, static fn() => $engine->dbExecute($dsn, "INSERT INTO {$own}_changes VALUES (1)"), "{$own}_changes_pkey");
        $check->same('23505', $thrown?->getSqlState());
        $engine->dbExecute($dsn, "DROP TABLE {$own}_changes");
    },
    'errors have the state, the message and the position' => static function (object $engine, Check $check) use ($dsn): void {
        $run = static fn(string $query, array $params = []): Closure => static fn() => $engine->dbQueryJson($dsn, $query, $params);
        $thrown = $check->throws(QueryException::class, $run("SELECT 'ü', nowhere"), 'nowhere');
        $check->same(['42703', 13], [$thrown?->getSqlState(), $thrown?->getPosition()]);
        $thrown = $check->throws(QueryException::class, $run('SELEC 1'), 'syntax error');
        $check->same(['42601', 1], [$thrown?->getSqlState(), $thrown?->getPosition()]);
        $thrown = $check->throws(QueryException::class, $run('SELECT ?::int, ?::int, nowhere', [1, 2]), 'nowhere');
        $check->same(['42703', 24], [$thrown?->getSqlState(), $thrown?->getPosition()]);
        $thrown = $check->throws(QueryException::class, $run('SELECT 1/0'), 'division');
        $check->same(['22012', 0], [$thrown?->getSqlState(), $thrown?->getPosition()]);
        $check->throws(QueryException::class, $run('SELECT 1; SELECT 2'));
        $check->throws(QueryException::class, $run(''), 'empty');
        $check->throws(QueryException::class, $run('COPY pg_am TO STDOUT'), 'COPY');
        $check->throws(QueryException::class, $run('BEGIN'), 'transaction');
        $check->throws(ValueError::class, $run("SELECT 1\0"));
        $check->same('[{"a":1}]', $engine->dbQueryJson($dsn, 'SELECT 1 AS a'));
    },
    'servers that are not there are errors with the reason' => static function (object $engine, Check $check) use ($dsn): void {
        $query = static fn(string $dsn): Closure => static fn() => $engine->dbQueryJson($dsn, 'SELECT 1');
        $check->throws(QueryException::class, $query('postgresql://nobody:secret@127.0.0.1:1/x'), 'refused');
        $check->throws(QueryException::class, $query('host=127.0.0.1 port=1 user=nobody dbname=x'), 'refused');
        $thrown = $check->throws(QueryException::class, $query('postgres://nobody:secret@127.0.0.1:1/x'));
        $check->that(!str_contains((string) $thrown?->getMessage(), 'secret'), 'the message has the password');
        $check->throws(QueryException::class, $query(preg_replace('~/[^/?]*(\?.*)?$~', '/no_such_database$1', $dsn)), 'no_such_database');
    },
    'a password is in no message, no stack trace and no dump' => static function (object $engine, Check $check) use ($dsn): void {
        $secret = 'hush#' . getmypid(); // ' in a URI has to be encoded, and comes back decoded
        $server = parse_url($dsn);
        $user = $server['user'] ?? 'postgres';
        $uri = "postgres://$user:" . rawurlencode($secret) . "@$server[host]:" . ($server['port'] ?? 5432) . $server['path'];
        $words = "host=$server[host] port=" . ($server['port'] ?? 5432) . " user=$user dbname=" . trim($server['path'], '/') . " password='$secret'";
        $see = static function (string $text, string $where) use ($check, $secret): void {
            foreach ([$secret, rawurlencode($secret), 'hush'] as $shown) {
                $check->that(!str_contains($text, $shown), "$where shows the password: $text");
            }
        };
        $ignored = ini_set('zend.exception_ignore_args', '0'); // as where one debugs
        $length = ini_set('zend.exception_string_param_max_len', '1000');
        $statements = [['SELEC 1', []], ['SELECT $1::int', ['x']], ['SELECT $1::int', []], ['SELECT $1::int[]', [[[1], 2]]], ["SELECT 1\0", []],
            ['SELECT pg_sleep(9)', [], ['timeout' => 0.1]], ['SELECT 1', [], ['unknown' => 1]], ['SELECT pg_terminate_backend(pg_backend_pid())', []]];
        $broken = ["$uri%zz", "$uri?nonsense=1", "{$words}x=", "$words nonsense=1", "$words port=1", "$words sslmode=verify-full", "$words\0",
            "mysql://root:$secret@127.0.0.1/x", str_replace("@$server[host]", '@127.0.0.1:1,127.0.0.1', $uri)];
        $runs = array_map(static fn(string $bad): array => [$bad, 'SELECT 1'], $broken);
        foreach ([$uri, $words] as $good) {
            $check->same('[{"a":1}]', $engine->dbQueryJson($good, 'SELECT 1 AS a'));
            foreach ($statements as $statement) {
                $runs[] = [$good, ...$statement];
            }
        }
        foreach ($runs as $run) {
            foreach (['dbQuery', 'dbQueryJson', 'dbExecute', 'query', 'dbQueryAsync'] as $method) {
                try {
                    $result = $engine->$method(...$run);
                    if (is_int($result)) {
                        $engine->jsonifyResult($result);
                    }
                } catch (Throwable $thrown) {
                    for (; $thrown; $thrown = $thrown->getPrevious()) {
                        $see($thrown->getMessage(), "$method's message");
                        // This case has it among its own arguments: only the engine's frames count.
                        foreach ($thrown->getTrace() as $frame) {
                            if (isset($frame['class']) && str_starts_with($frame['class'], 'Lyger\\')) {
                                $see(print_r(array_filter($frame['args'] ?? [], static fn(mixed $it): bool => !$it instanceof Closure), true), "$method's trace");
                            }
                        }
                    }
                }
            }
        }
        try {
            $engine->dbTransaction($uri, static fn() => throw new LogicException('inside'));
        } catch (LogicException $thrown) {
            $see($thrown->getTraceAsString(), "dbTransaction's trace");
        }
        $result = $engine->query($uri, 'SELECT 1 AS a');
        ob_start();
        var_dump($engine, $result);
        print_r($engine);
        phpinfo(INFO_GENERAL | INFO_MODULES);
        $see(str_replace(['PGPASSWORD'], '', (string) ob_get_clean()), 'a dump');
        $see($engine->systemInfo() . json_encode($engine->resultInfo($engine->dbQuery($uri, 'SELECT 1 AS a'))), 'information');
        ini_set('zend.exception_ignore_args', (string) $ignored);
        ini_set('zend.exception_string_param_max_len', (string) $length);
    },
    'the style of dates does not matter' => static function (object $engine, Check $check) use ($dsn): void {
        $engine->dbExecute($dsn, "SET datestyle = 'German'");
        $check->same('[{"d":"2024-02-29"}]', $engine->dbQueryJson($dsn, "SELECT '2024-02-29'::date AS d"));
    },
    'a statement that takes too long is given up' => static function (object $engine, Check $check) use ($dsn): void {
        $start = hrtime(true);
        $check->throws(QueryException::class, static fn() => $engine->dbQueryJson($dsn, 'SELECT pg_sleep(20)', [], ['timeout' => 0.2]));
        $check->that(hrtime(true) - $start < 5_000_000_000, 'it took more than five seconds to give up');
        $check->same('[{"a":1}]', $engine->dbQueryJson($dsn, 'SELECT 1 AS a'));
    },
    'a connection that the server closed is an error once' => static function (object $engine, Check $check) use ($dsn): void {
        $ask = static fn(): mixed => json_decode($engine->dbQueryJson($dsn, 'SELECT pg_backend_pid() AS pid'), true)[0]['pid'];
        $pid = $ask();
        $thrown = $check->throws(QueryException::class, static fn() => $engine->dbQueryJson($dsn, 'SELECT pg_terminate_backend(pg_backend_pid())'));
        $check->that(in_array($thrown?->getSqlState(), ['57P01', '08006', '08003'], true), "the state is \"{$thrown?->getSqlState()}\"");
        $check->that($ask() !== $pid, 'the dead connection was used again');
    },
];
