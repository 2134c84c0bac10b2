--TEST--
PostgreSQL: every type of the server decodes to what row_to_json gives, nulls, arrays, domains, composites and extremes included
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_postgres.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/query.inc';
$dsn = postgres();
$values = [
    'bool' => ['t', 'f'],
    'int2' => ['-32768', '32767'],
    'int4' => ['-2147483648'],
    'int8' => ['9223372036854775807', '-9223372036854775808'],
    'numeric' => [str_repeat('1234567890', 100) . '.5', 'NaN', 'Infinity', '-Infinity', '1.00', '0.000000000000000000001'],
    'float4' => ['1.5', '3.4028235e38', 'NaN'],
    'float8' => ['0.1', '1.7976931348623157e308', '5e-324', '-0', 'Infinity', '-Infinity', 'NaN'],
    'text' => ['', "q\" \\ / \u{1F600} é", implode('', array_map('chr', range(1, 31))) . "\x7f", 'NULL', '{}', '(,)', ' ', "a\\\\\"\"b,'"],
    'varchar' => ['x', ''], 'bpchar' => ['ab  '], 'char' => ['a', '"', '\\', ''], 'name' => ['n', ''],
    'date' => ['2020-02-29', 'infinity', '-infinity', '10000-01-01', '0044-03-15 BC', '5874897-12-31'],
    'timestamp' => ['2020-02-29 12:34:56.789', 'infinity', '10000-01-01', '0044-03-15 BC', '4713-01-01 00:00:00 BC', '294276-12-31 23:59:59.999999'],
    'timestamptz' => ['2020-02-29 12:34:56+02', '-infinity', '0044-03-15 01:02:03 BC', '1880-01-01', '294276-12-31 23:59:59.999999+00'],
    'time' => ['12:34:56.5', '24:00:00'], 'timetz' => ['12:34:56+02', '00:00:00+15:59:59'],
    'interval' => ['1 year 2 days -03:04:05', '0', '-178000000 years', '00:00:00.000001'],
    'json' => ['{"a" : [1, 2.50, null]}', 'null', '"é"', ' [ ] ', '"\u0000"'], 'jsonb' => ['{"z":1,"a":[]}', '1.50', 'null', '"\\\\\""'], 'jsonpath' => ['$.a[*] ? (@ > 1)'],
    'uuid' => ['00000000-0000-0000-0000-00000000000f'], 'bytea' => ['\x00ff', ''], 'xml' => ['<a b="c">&amp;</a>', ''],
    'bit' => ['101', ''], 'varbit' => ['101', ''], 'money' => ['1.50', '-92233720368547758.08'],
    'cidr' => ['1.2.3.0/24', '::/0'], 'inet' => ['1.2.3.4/24', '::ffff:1.2.3.4'], 'macaddr' => ['08:00:2b:01:02:03'], 'macaddr8' => ['08:00:2b:01:02:03:04:05'],
    'point' => ['(1,2)', '(NaN,-Infinity)'], 'lseg' => ['[(0,0),(1,1)]'], 'path' => ['[(0,0),(1,1)]', '((0,0),(1,1))'], 'box' => ['(1,1),(0,0)'],
    'polygon' => ['((0,0),(1,1),(1,0))'], 'line' => ['{1,-1,0}'], 'circle' => ['<(0,0),1>'],
    'tsvector' => ["a 'b c'", '', "'it''s':1A"], 'tsquery' => ["a & !'b c'", ''],
    'oid' => ['7', '4294967295'], 'tid' => ['(4294967295,65535)'], 'xid' => ['3'], 'cid' => ['3'], 'xid8' => ['18446744073709551615'], 'pg_lsn' => ['16/B374D848'],
    'txid_snapshot' => ['10:20:10,14'], 'pg_snapshot' => ['10:20:10,14'], 'aclitem' => ['=r/' . (parse_url($dsn, PHP_URL_USER) ?: 'postgres')],
    'int2vector' => ['1 2', '', '-32768'], 'oidvector' => ['25 26', ''], 'refcursor' => ['a "b"'],
    'regclass' => ['pg_class'], 'regproc' => ['pg_backend_pid', '-'], 'regprocedure' => ['lower(text)', 'substring(text,integer,integer)'], 'regoper' => ['||/'], 'regoperator' => ['+(integer,integer)'],
    'regtype' => ['int[]', 'timestamp with time zone'], 'regconfig' => ['simple'], 'regdictionary' => ['simple'], 'regnamespace' => ['pg_catalog'],
    'regrole' => ['pg_monitor'], 'regcollation' => ['"C"'],
    'int4range' => ['[1,5)', 'empty', '(,)'], 'int8range' => ['[-9223372036854775808,)'], 'numrange' => ['[1.0,2.50]'], 'daterange' => ['[2020-01-01,infinity)'],
    'tsrange' => ['[2020-01-01 01:02:03,)'], 'tstzrange' => ['["2020-01-01 00:00:00+02",infinity]'],
    'int4multirange' => ['{}', '{[1,2),[4,5)}'], 'int8multirange' => ['{[1,2)}'], 'nummultirange' => ['{[1,2),[4,5)}'], 'datemultirange' => ['{[2020-01-01,2020-01-02)}'],
    'tsmultirange' => ['{["2020-01-01 00:00:00",)}'], 'tstzmultirange' => ['{["2020-01-01 00:00:00+02",infinity]}'],
    'cardinal_number' => ['0'], 'character_data' => ['a "b"'], 'sql_identifier' => ['x y'], 'time_stamp' => ['2020-02-29 12:34:56.78'], 'yes_or_no' => ['YES'],
];
// Values that only the server makes. Of those without a query nothing is ever seen outside of an index.
$made = [
    'pg_node_tree' => 'SELECT proargdefaults AS v FROM pg_proc WHERE proargdefaults IS NOT NULL ORDER BY oid LIMIT 3',
    'pg_ndistinct' => 'SELECT stxdndistinct AS v FROM pg_statistic_ext_data', 'pg_dependencies' => 'SELECT stxddependencies AS v FROM pg_statistic_ext_data',
    'pg_mcv_list' => 'SELECT stxdmcv AS v FROM pg_statistic_ext_data',
    'gtsvector' => null, 'pg_brin_bloom_summary' => null, 'pg_brin_minmax_multi_summary' => null,
];
$rows = fn(string $query): array => json_decode(lyger_db_query_json($dsn, $query), true, flags: JSON_THROW_ON_ERROR);

$schema = 'values_' . getmypid();
lyger_db_execute($dsn, "CREATE SCHEMA $schema");
register_shutdown_function(fn() => lyger_db_execute($dsn, "DROP SCHEMA $schema CASCADE"));
lyger_db_execute($dsn, "CREATE TABLE $schema.seen AS SELECT i % 2 AS a, i % 4 AS b FROM generate_series(1, 100) i");
lyger_db_execute($dsn, "CREATE STATISTICS $schema.seen_together ON a, b FROM $schema.seen");
lyger_db_execute($dsn, "ANALYZE $schema.seen");

$compared = $wrong = 0;
// One statement gives both, so that nothing changes between; its last column is theirs. Digits must survive: texts are
// compared, and decoded values, because white space is removed within strings too.
$compare = function (string $query, array $params, string $about) use ($dsn, &$compared, &$wrong): void {
    $json = lyger_db_query_json($dsn, $query, $params);
    foreach (json_decode($json, true, flags: JSON_THROW_ON_ERROR) as $ours) {
        $compared++;
        $theirs = array_pop($ours);
        $flat = preg_replace('/\s+/', '', $json);
        $inner = preg_replace('/\s+/', '', substr($theirs, 1, -1));
        if (!str_contains($flat, '{' . $inner . ',"j":') || json_encode($ours, JSON_PARTIAL_OUTPUT_ON_ERROR) !== json_encode(json_decode($theirs, true), JSON_PARTIAL_OUTPUT_ON_ERROR)) {
            $wrong++;
            echo "$about\n  ours   ", substr($json, 0, 2000), "\n  theirs ", substr($theirs, 0, 2000), "\n";
        }
    }
};

echo "-- every type that can hold a value, but for arrays and composites, has a value here\n";
$types = $rows("SELECT typname AS name, format('%I.%I', nspname, typname) AS sql FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
    WHERE t.oid < 16384 AND typtype NOT IN ('p', 'c') AND NOT (typlen = -1 AND typelem <> 0 AND typname LIKE '\\_%') ORDER BY t.oid");
var_dump(count($types) > 75);
foreach ($types as ['name' => $type, 'sql' => $sql]) {
    if (!isset($values[$type]) && !array_key_exists($type, $made)) {
        echo "no value of $type\n";
    }
    if (!isset($values[$type])) {
        continue;
    }
    lyger_db_execute($dsn, "CREATE DOMAIN $schema.\"d_$type\" AS $sql");
    lyger_db_execute($dsn, "CREATE DOMAIN $schema.\"ds_$type\" AS $sql" . '[]');
    lyger_db_execute($dsn, "CREATE TYPE $schema.\"c_$type\" AS (v $sql, \"the \"\"d\"\"\" $schema.\"d_$type\", vs $sql" . "[], ds $schema.\"d_$type\"" . '[])');
}

echo "-- values, arrays, domains and composites of them\n";
foreach (['UTC', 'Asia/Kathmandu', 'America/St_Johns'] as $zone) {
    lyger_db_execute($dsn, "SET timezone TO '$zone'");
    foreach ($types as ['name' => $type, 'sql' => $sql]) {
        foreach (isset($values[$type]) ? [...$values[$type], null] : [] as $text) {
            $v = "\$1::text::$sql";
            $d = "$v::$schema.\"d_$type\"";
            $c = "ROW($v, $d, ARRAY[$v, NULL::$sql], ARRAY[$d])::$schema.\"c_$type\"";
            $from = "SELECT $v AS scalar, $d AS domain, \$2::text::$sql AS missing, ARRAY[$v, NULL::$sql, $v] AS flat, ARRAY[[$v],[NULL::$sql]] AS nested,
                '{}'::$sql" . "[] AS none, ARRAY[$d, $d] AS domains, ARRAY[$v]::$schema.\"ds_$type\" AS list, $c AS composite, ARRAY[$c, NULL::$schema.\"c_$type\"] AS composites";
            $compare("SELECT x.*, row_to_json(x)::text AS j FROM ($from) x", [$text, null], "$type $zone");
        }
    }
}
foreach ($made as $type => $query) {
    if ($query !== null) {
        $before = $compared;
        $compare("SELECT x.*, row_to_json(x)::text AS j FROM ($query) x", [], $type);
        echo $compared > $before ? '' : "nothing of $type\n";
    }
}
var_dump($compared > 500);

echo "-- whole rows of every table and view of the catalog\n";
$before = $compared;
$relations = $rows("SELECT c.oid::regclass::text AS name, EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND atttypid = 'anyarray'::regtype) AS unknowable
    FROM pg_class c WHERE relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND relkind IN ('r', 'v') ORDER BY c.oid");
foreach ($relations as ['name' => $relation, 'unknowable' => $unknowable]) {
    try {
        $compare("SELECT t, row_to_json(x)::text AS j FROM (SELECT t FROM $relation t LIMIT 3) x", [], $relation);
    } catch (Lyger\Exception\QueryException $e) {
        echo $unknowable && str_contains($e->getMessage(), 'does not tell the types') ? '' : "$relation: {$e->getMessage()}\n";
    }
}
var_dump($compared - $before > 200, $wrong);
?>
--EXPECT--
-- every type that can hold a value, but for arrays and composites, has a value here
bool(true)
-- values, arrays, domains and composites of them
bool(true)
-- whole rows of every table and view of the catalog
bool(true)
int(0)
