<?php

declare(strict_types=1);

use Lyger\Exception\QueryException;

$dsn = (string) getenv('LYGER_TEST_PG');
$shared = require __DIR__ . '/../query_shared.php';
$table = 'conformance_more_' . getmypid(); // a name of this process: the doors are tested side by side
$since = static fn(int $start): float => (hrtime(true) - $start) / 1e9;

return $shared(static fn(): string => $dsn, $table) + [
    'values of a row are those of PHP where it has them' => static function (object $engine, Check $check) use ($dsn): void {
        $result = $engine->query($dsn, "SELECT true AS t, false AS f, (-7)::int2 AS i2, 2147483647 AS i4, (-9223372036854775808)::int8 AS i8,
            0.1::float4 AS f4, 1e300::float8 AS f8, '-Infinity'::float4 AS ninf, 'Infinity'::float8 AS inf, 'NaN'::float8 AS nan, 1.50::numeric AS n,
            NULL AS nothing, '{\"a\": 1}'::jsonb AS j, ARRAY[1,2] AS a, '\\x00ff'::bytea AS b, '2024-02-29'::date AS d, '' AS empty, 26::oid AS o");
        $row = iterator_to_array($result)[0];
        $check->that(is_nan($row['nan']), 'NaN is ' . var_export($row['nan'], true));
        unset($row['nan']);
        $check->same(
            ['t' => true, 'f' => false, 'i2' => -7, 'i4' => 2147483647, 'i8' => PHP_INT_MIN, 'f4' => 0.1, 'f8' => 1e300, 'ninf' => -INF, 'inf' => INF,
                'n' => '1.50', 'nothing' => null, 'j' => '{"a": 1}', 'a' => '{1,2}', 'b' => '\x00ff', 'd' => '2024-02-29', 'empty' => '', 'o' => '26'],
            $row,
        );
        $check->that(str_contains($result->toJson(), '"n":1.50,"nothing":null,"j":{"a": 1},"a":[1,2]'), $result->toJson());
        $check->same('int4[]', $result->columns()['a']);
        $none = $engine->query($dsn, 'SELECT FROM generate_series(1, 3)');
        $check->same([3, [[], [], []], '[{},{},{}]'], [count($none), iterator_to_array($none), $none->toJson()]);
        $check->same('[{},{},{}]', json_encode($none));
    },
    'an array is what the statement takes' => static function (object $engine, Check $check) use ($dsn): void {
        $one = static fn(string $query, mixed ...$params): string => $engine->dbQueryJson($dsn, $query, $params, ['rows' => 'array']);
        $refused = static fn(string $query, mixed $param, string ...$parts) => $check->throws(ValueError::class, static fn() => $one($query, $param), 'parameter 1', ...$parts);
        $check->same('[["[]","{}",[]]]', $one('SELECT $1::jsonb::text, $2::text[]::text, $3::json', [], [], []));
        $check->same('[["[1, [2], \"a\", null, true, 0.5]"]]', $one('SELECT $1::jsonb::text', [1, [2], 'a', null, true, 0.5]));
        $check->same('[[{"a": {"b": [1, []]}, "10": "ü"}]]', $one('SELECT $1::jsonb', ['a' => ['b' => [1, []]], 10 => 'ü']));
        $table = 'conformance_json_' . getmypid();
        $engine->dbExecute($dsn, "DROP TABLE IF EXISTS $table");
        $engine->dbExecute($dsn, "CREATE TABLE $table (j jsonb, a int[], t text, b bytea)");
        for ($i = 0; $i < 12; $i++) { // by now it may be prepared
            $engine->dbExecute($dsn, "INSERT INTO $table (j, a) VALUES (\$1, \$2)", [$i % 2 ? [] : ['k' => $i], [$i]]);
        }
        $check->same('[[[],[11]],[{"k": 10},[10]]]', $one("SELECT j, a FROM $table ORDER BY a[1] DESC LIMIT 2"));
        $refused("UPDATE $table SET t = \$1", [1, 2], 'list', 'text');
        $refused("UPDATE $table SET t = \$1", [], 'list', 'text');
        $refused("UPDATE $table SET a = \$1", ['x' => 1], 'names', 'int4[]');
        $refused("UPDATE $table SET b = \$1", [1], 'list', 'bytea');
        $refused('SELECT $1::int', [1], 'list', 'int4');
        $refused('SELECT $1::jsonb', [NAN], 'element [0]', 'number');
        $refused('SELECT $1::jsonb', [['x' => new Lyger\Binary('a')]], 'element', 'bytes');
        $refused('SELECT $1::jsonb', ["\xff"], 'element [0]', 'UTF-8');
        $check->same('[["[[[[[[[[1]]]]]]]]"]]', $one('SELECT $1::jsonb::text', [[[[[[[[1]]]]]]]]));
        $check->throws(LogicException::class, static fn() => $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $table, $check): void {
            $engine->dbExecute($dsn, "UPDATE $table SET j = :j, a = :a WHERE a = :old", ['j' => ['z' => [1]], 'a' => [99], 'old' => [11]]);
            $failed = $check->throws(QueryException::class, static fn() => $engine->dbExecute($dsn, 'SELECT nothing, $1::int[]', [[1]]), 'nothing');
            $check->same(['42703', 8], [$failed?->getSqlState(), $failed?->getPosition()]);
            throw new LogicException();
        }));
        $engine->dbExecute($dsn, "DROP TABLE $table");
    },
    'bytes and times are what the statement takes' => static function (object $engine, Check $check) use ($dsn): void {
        $one = static fn(string $query, mixed ...$params): string => $engine->dbQueryJson($dsn, $query, $params, ['rows' => 'array']);
        $bytes = implode('', array_map(chr(...), range(0, 255)));
        $check->same('[["' . bin2hex($bytes) . '",256]]', $one("SELECT encode(\$1::bytea, 'hex'), length(\$1)", new Lyger\Binary($bytes)));
        $check->same('[[["\\\\x00ff","\\\\x"]]]', $one('SELECT $1::bytea[]', [new Lyger\Binary("\0\xff"), new Lyger\Binary('')]));
        $check->throws(ValueError::class, static fn() => $one('SELECT $1::text', new Lyger\Binary('a')), 'parameter 1', 'bytes', 'text', '::bytea');
        $check->throws(ValueError::class, static fn() => $one('SELECT $1::text[]', [new Lyger\Binary('a')]), 'parameter 1, element [0]', 'bytes');
        $berlin = new DateTimeImmutable('2024-02-29 12:30:00.123456', new DateTimeZone('Europe/Berlin'));
        $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $one, $check, $berlin): void {
            $engine->dbExecute($dsn, "SET LOCAL timezone TO 'UTC'");
            $check->same('[["2024-02-29T11:30:00.123456+00:00"]]', $one('SELECT $1::timestamptz', $berlin));
            $check->same('[["2024-02-29T12:30:00.123456","2024-02-29","12:30:00.123456"]]', $one('SELECT $1::timestamp, $2::date, $3::time', $berlin, $berlin, $berlin));
            $check->same('[[["2024-02-29T11:30:00.123456+00:00"]]]', $one('SELECT $1::timestamptz[]', [$berlin]));
            $check->same('[[["2024-02-29T12:30:00.123456+01:00"]]]', $one('SELECT $1::jsonb', [$berlin]));
            $check->same('[["2024-02-29 12:30:00.123456+01:00"]]', $one('SELECT $1::text', $berlin));
            foreach (['0001-01-01', '-0043-03-15 01:02:03', '0000-02-29', '12024-02-29', '1969-12-31 23:59:59.999999', '1900-01-01'] as $text) {
                $time = (new DateTime($text[0] === '1' && strlen($text) === 11 ? '2024-02-29' : $text, new DateTimeZone('Europe/Amsterdam')));
                $time = strlen($text) === 11 ? $time->setDate(12024, 2, 29) : $time;
                $check->same('[[' . $time->getTimestamp() . ']]', $one('SELECT floor(extract(epoch FROM $1::timestamptz))::bigint', $time));
            }
        });
    },
    'names are not found in casts, slices and texts' => static function (object $engine, Check $check) use ($dsn): void {
        $one = static fn(string $query, array $params): string => $engine->dbQueryJson($dsn, $query, $params, ['rows' => 'array']);
        $check->same('[[5,"x",[2,3],[2],":n"]]', $one("SELECT :n::int, :t::text, (ARRAY[1,2,3])[2:3], (ARRAY[1,:n,2])[3:3], ':n'", ['n' => 5, 't' => 'x']));
        $check->same('[[true,5,"$1 :n"]]', $one("SELECT '{\"a\":1}'::jsonb ? 'a', /* :x */ :n::int, \$q\$\$1 :n\$q\$ -- :y", ['n' => 5]));
        $check->same('[[true,5]]', $one("SELECT '{\"a\":1}'::jsonb ?? 'a', :n::int", ['n' => 5]));
        $check->same('[[[2]]]', $one('SELECT a[lo:hi] FROM (SELECT ARRAY[1,2,3] AS a, 2 AS lo, 2 AS hi) q WHERE :yes', ['yes' => true]));
        $failed = $check->throws(QueryException::class, static fn() => $one('SELECT :name::text, nosuch, :x::int', ['name' => 'a', 'x' => 1]), 'nosuch');
        $check->same(21, $failed?->getPosition());
        $handle = $engine->dbQueryAsync($dsn, 'SELECT :name::text, nosuch, :x::int', ['name' => 'a', ':x' => 1]);
        $check->same(21, $check->throws(QueryException::class, static fn() => $engine->jsonifyResult($handle))?->getPosition());
    },
    'numbers that are not the statement\'s own are left to it' => static function (object $engine, Check $check) use ($dsn): void {
        $f = 'conformance_function_' . getmypid();
        $engine->dbExecute($dsn, "CREATE OR REPLACE FUNCTION $f(int, int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT \$1 + \$2; END");
        $check->same('[[3]]', $engine->dbQueryJson($dsn, "SELECT $f(\$1, \$2)", [1, 2], ['rows' => 'array']));
        $engine->dbExecute($dsn, "CREATE OR REPLACE FUNCTION $f(int, int) RETURNS int LANGUAGE sql AS 'SELECT \$1 - \$2'");
        $check->same('[[-1]]', $engine->dbQueryJson($dsn, "SELECT $f(:a, :b)", ['a' => 1, 'b' => 2], ['rows' => 'array']));
        $engine->dbExecute($dsn, "DO \$\$ BEGIN PERFORM \$q\$ \$1 :x ? \$q\$; END \$\$");
        $engine->dbExecute($dsn, "DROP FUNCTION $f(int, int)");
        $check->same('PREPARE', $engine->resultInfo($engine->dbQuery($dsn, "PREPARE $f AS SELECT \$1::int + 1 AS n"))['tag']);
        $check->throws(ValueError::class, static fn() => $engine->dbQuery($dsn, "PREPARE $f AS SELECT \$1", [1]), 'PREPARE');
        $check->throws(ValueError::class, static fn() => $engine->dbQuery($dsn, 'SELECT 1 WHERE 1 IN (' . implode(',', array_fill(0, 65536, '?')) . ')', range(1, 65536)), '65535', 'ANY');
        $check->throws(ValueError::class, static fn() => $engine->dbQuery($dsn, 'SELECT $65536', [1]), '65535');
        $check->same('[[65535]]', $engine->dbQueryJson($dsn, 'SELECT cardinality(ARRAY[' . implode(',', array_fill(0, 65535, '?::int')) . '])', range(1, 65535), ['rows' => 'array']));
        $check->throws(ValueError::class, static fn() => $engine->dbTransaction($dsn, static fn() => 1, ['mode' => 'immediate']), 'mode', 'isolation');
    },
    'a password is in no message' => static function (object $engine, Check $check): void {
        foreach (['postgres://u:p@Sw0rdfish@127.0.0.1:1/x', 'postgres://u:p@Sw0rd@fish@127.0.0.1:1/x', 'postgres://u:Sw0rd/fish@127.0.0.1:1/x',
            'postgres://u:Sw0rdfish', 'postgres://u:Sw0rd?fish@127.0.0.1:1/x', 'postgres://u:Sw0rd?x@fish@127.0.0.1:1/x',
            'postgres://u:Sw0rd#fish@127.0.0.1:1/x', 'postgres://u:Sw0rd%zzfish@127.0.0.1:1/x', 'postgres://u:Sw0rd%40fish@127.0.0.1:1/x',
            'postgres://u:Sw0rd fish@127.0.0.1:1/x', 'postgres://127.0.0.1:1/x?password=Sw0rd@fish', 'postgres://u:[Sw0rdfish@127.0.0.1:1/x',
            'postgres://u:Sw0rdfish@127.0.0.1:1/x?sslmode=no', 'postgres://u:a/Sw0rd@fish', 'postgres://u:p@h/Sw0rd@fish',
            'host=127.0.0.1 port=1 user=u password=Sw0rd fish dbname=x', 'host=127.0.0.1;port=1;user=u;password=Sw0rdfish',
            "host=127.0.0.1 port=1 password='Sw0rd fish'", "host=127.0.0.1 port=1 password='Sw0rd\\'fish", "host=127.0.0.1 port=1 password=Sw0rd'fish",
            'host=127.0.0.1,password=Sw0rdfish', 'dbname=x;password=Sw0rdfish host=127.0.0.1 port=1', 'user=u;password=Sw0rdfish host=127.0.0.1 port=1',
            'host=127.0.0.1 port=1;password=Sw0rdfish', 'host=postgres://u:Sw0rdfish@h', "host = '127.0.0.1;password=Sw0rdfish'",
            'pgsql:host=127.0.0.1;password=Sw0rdfish;dbname=x', 'pgsql:host=127.0.0.1;dbname=x password=Sw0rdfish', 'mysql:host=127.0.0.1;password=Sw0rdfish',
            'mysql://u:Sw0rdfish@h/d', 'Sw0rdfish', 'mysql:password=a;;dbname=Sw0rdfish', "pgsql:password='a;host=Sw0rdfish;b'",
            'pgsql:host=h password=Sw0rdfish', 'mysql:password=Sw0rdfish;dbname=shop', 'sqlite:/tmp/x?key=Sw0rdfish', 'sqlite:/tmp/x?mode=rw&key=Sw0rdfish'] as $dsn) {
            try {
                $engine->dbQuery($dsn, 'SELECT 1');
                $check->that(false, "$dsn is taken");
            } catch (QueryException $e) {
                for ($at = $e; $at !== null; $at = $at->getPrevious()) {
                    $check->that(!preg_match('/Sw0rd|fish/', $at->getMessage()), "$dsn: {$at->getMessage()}");
                    $check->that(!preg_match('/Sw0rd|fish/', $at->getTraceAsString()), "$dsn: {$at->getTraceAsString()}");
                }
            }
        }
        $check->throws(
            QueryException::class,
            static fn() => $engine->dbQuery('pgsql:host=db.example;port=5433;dbname=shop', 'SELECT 1'),
            '"host=db.example port=5433 dbname=shop user=USER password=PASSWORD"',
        );
        $check->throws(QueryException::class, static fn() => $engine->dbQuery('mysql:dbname=shop', 'SELECT 1'), 'mysql://USER:PASSWORD@localhost/shop');
        $check->throws(QueryException::class, static fn() => $engine->dbQuery('mysql:dbname=a;dbname=b', 'SELECT 1'), '@localhost/b"');
    },
    'several statements run at the same time' => static function (object $engine, Check $check) use ($dsn): void {
        // DSNs of this case: those whose session another has changed send one after the other.
        $named = static fn(string $name): string => $dsn . (str_contains($dsn, '?') ? '&' : '?') . "application_name=$name";
        [$own, $gate, $key] = [$named('together'), $named('gate'), getmypid()];
        $engine->dbExecute($gate, "CREATE OR REPLACE FUNCTION conformance_pass_$key() RETURNS bool LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared($key); RETURN true; END'");
        $engine->dbQueryJson($gate, "SELECT pg_advisory_lock($key)");
        $sent = [];
        for ($i = 0; $i < 4; $i++) {
            $sent[] = $engine->dbQueryAsync($own, "SELECT \$1::int AS n, conformance_pass_$key() AS p", [$i], ['timeout' => 60]);
        }
        $waiting = "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $key";
        $check->eventually(static fn(): bool => $engine->dbQueryJson($gate, $waiting) === '[{"n":4}]', 'not all of them are under way');
        $engine->dbQueryJson($gate, "SELECT pg_advisory_unlock($key)");
        foreach (array_reverse($sent, true) as $i => $handle) {
            $check->same("[{\"n\":$i,\"p\":true}]", $engine->jsonifyResult($handle));
            $engine->freeResult($handle);
        }
        $engine->dbExecute($gate, "DROP FUNCTION conformance_pass_$key");
    },
    'more statements than connections are waited for in turn' => static function (object $engine, Check $check) use ($dsn): void {
        $sent = [];
        for ($i = 0; $i < 20; $i++) {
            $sent[] = $engine->dbQueryAsync($dsn, 'SELECT $1::int AS n FROM pg_sleep(0.01)', [$i]);
        }
        foreach ($sent as $i => $handle) {
            $check->same("[{\"n\":$i}]", $engine->jsonifyResult($handle));
            $engine->freeResult($handle);
        }
    },
    'freeing cancels' => static function (object $engine, Check $check) use ($dsn, $since): void {
        $start = hrtime(true);
        $name = 'lyger conformance ' . getmypid();
        $handle = $engine->dbQueryAsync($dsn, "SELECT pg_sleep(30), '$name'");
        $engine->freeResult($handle);
        $running = "SELECT count(*) AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(30)%$name%' AND pid <> pg_backend_pid()";
        $check->eventually(static fn(): bool => $engine->dbQueryJson($dsn, $running) === '[{"n":0}]', 'the statement goes on');
        $check->that($since($start) < 10, "it took {$since($start)} s");
    },
    'a time limit counts for what was sent' => static function (object $engine, Check $check) use ($dsn, $since): void {
        $start = hrtime(true);
        $slow = $engine->dbQueryAsync($dsn, 'SELECT pg_sleep(30)', [], ['timeout' => 0.2]);
        $thrown = $check->throws(QueryException::class, static fn() => $engine->jsonifyResult($slow));
        $check->same('57014', $thrown?->getSqlState());
        $check->that($since($start) < 10, "it took {$since($start)} s");
        $engine->freeResult($slow);
    },
    'a commit after a failed statement is an error' => static function (object $engine, Check $check) use ($dsn, $table): void {
        $engine->dbExecute($dsn, "DROP TABLE IF EXISTS $table");
        $engine->dbExecute($dsn, "CREATE TABLE $table (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
        $thrown = $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $table, $check): void {
            $engine->dbExecute($dsn, "INSERT INTO $table VALUES (1)");
            $check->throws(QueryException::class, static fn() => $engine->dbExecute($dsn, 'SELECT nothing'));
            $after = $check->throws(QueryException::class, static fn() => $engine->dbExecute($dsn, 'SELECT 1'));
            $check->same('25P02', $after?->getSqlState());
        }), 'rolled back');
        $check->same('25P02', $thrown?->getSqlState());
        $thrown = $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, static fn() => $engine->dbExecute($dsn, "INSERT INTO $table VALUES (2), (2)")));
        $check->same('23505', $thrown?->getSqlState());
        $check->same('[{"n":0}]', $engine->dbQueryJson($dsn, "SELECT count(*) AS n FROM $table"));
    },
    'a savepoint heals what failed in it' => static function (object $engine, Check $check) use ($dsn): void {
        $check->same('[{"a":1}]', $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $check): string {
            $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, static fn() => $engine->dbExecute($dsn, 'SELECT nothing')));
            $thrown = $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, static function () use ($engine, $dsn): void {
                try {
                    $engine->dbExecute($dsn, 'SELECT nothing');
                } catch (QueryException) { // the savepoint cannot be released any more
                }
            }));
            $check->same('25P02', $thrown?->getSqlState());
            return $engine->dbQueryJson($dsn, 'SELECT 1 AS a');
        }));
    },
    'a lost connection loses the transaction' => static function (object $engine, Check $check) use ($dsn): void {
        $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $check): void {
            $check->throws(QueryException::class, static fn() => $engine->dbExecute($dsn, 'SELECT pg_terminate_backend(pg_backend_pid())'));
            $thrown = $check->throws(QueryException::class, static fn() => $engine->dbExecute($dsn, 'SELECT 1'));
            $check->same('25000', $thrown?->getSqlState());
        }));
        $check->same('[{"a":1}]', $engine->dbQueryJson($dsn, 'SELECT 1 AS a'));
    },
    'what SET changed holds for statements that are run and that are sent' => static function (object $engine, Check $check) use ($dsn): void {
        $tenant = "SELECT current_setting('app.tenant', true) AS t";
        $own = "$dsn" . (str_contains($dsn, '?') ? '&' : '?') . 'application_name=tenant'; // a DSN, and a session, of this case
        $engine->dbExecute($own, "SET app.tenant = '7'");
        $sent = $engine->dbQueryAsync($own, "$tenant FROM pg_sleep(0.1)");
        $check->same('[{"t":"7"}]', $engine->dbQueryJson($own, $tenant));
        $more = $engine->dbQueryAsync($own, $tenant);
        $check->same('[{"t":"7"}]', $engine->jsonifyResult($sent));
        $check->same('[{"t":"7"}]', $engine->jsonifyResult($more));
        $check->same('[{"t":"7"}]', $engine->dbTransaction($own, static fn() => $engine->dbQueryJson($own, $tenant)));
        $sent = $engine->dbQueryAsync($own, "SELECT set_config('app.tenant', '8', false) FROM pg_sleep(0.1)");
        $check->same('[{"t":"8"}]', $engine->dbQueryJson($own, $tenant));
        $engine->freeResult($sent);
    },
    'LISTEN is refused' => static function (object $engine, Check $check) use ($dsn): void {
        $thrown = $check->throws(QueryException::class, static fn() => $engine->dbExecute($dsn, '/* a */ LISTEN channel'));
        $check->same('0A000', $thrown?->getSqlState());
    },
    'nothing is left' => static function (object $engine, Check $check) use ($dsn, $table): void {
        $check->same(0, $engine->dbExecute($dsn, "DROP TABLE IF EXISTS $table"));
    },
];
