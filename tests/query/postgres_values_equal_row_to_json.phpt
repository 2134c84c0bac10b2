--TEST--
PostgreSQL: every built-in type decodes to what row_to_json gives, nulls, arrays and extremes included
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
    'text' => ['', "q\" \\ / \u{1F600} é", implode('', array_map('chr', range(1, 31))) . "\x7f"],
    'varchar(10)' => ['x'],
    'char(5)' => ['ab'],
    'date' => ['2020-02-29', 'infinity', '-infinity', '10000-01-01', '0044-03-15 BC'],
    'timestamp' => ['2020-02-29 12:34:56.789', 'infinity', '10000-01-01', '0044-03-15 BC'],
    'timestamptz' => ['2020-02-29 12:34:56+02', '-infinity', '0044-03-15 01:02:03 BC', '1880-01-01'],
    'time' => ['12:34:56.5'], 'timetz' => ['12:34:56+02'], 'interval' => ['1 year 2 days -03:04:05'],
    'json' => ['{"a" : [1, 2.50, null]}', 'null', '"é"'], 'jsonb' => ['{"z":1,"a":[]}', '1.50'],
    'uuid' => ['00000000-0000-0000-0000-00000000000f'], 'bytea' => ['\x00ff'], 'inet' => ['1.2.3.4/24'],
    'point' => ['(1,2)'], 'box' => ['(1,1),(0,0)'], 'money' => ['1.50'], 'bit(3)' => ['101'], 'tsvector' => ["a 'b c'"],
    'int4range' => ['[1,5)', 'empty'], 'nummultirange' => ['{[1,2),[4,5)}'], 'oid' => ['7'], 'name' => ['n'], 'regclass' => ['pg_class'],
    'int2vector' => ['1 2'], 'oidvector' => ['25 26'], 'xid8' => ['18446744073709551615'], 'pg_lsn' => ['16/B374D848'],
];
$compared = $wrong = 0;
foreach (['UTC', 'Asia/Kathmandu', 'America/St_Johns'] as $zone) {
    lyger_db_execute($dsn, "SET timezone TO '$zone'");
    foreach ($values as $type => $texts) {
        foreach ([...$texts, null] as $text) {
            $columns = "\$1::text::$type AS scalar, \$2::$type AS missing";
            if (!str_contains($type, 'vector')) {
                $columns .= ", ARRAY[\$1::text::$type, NULL::$type, \$1::text::$type] AS flat, ARRAY[[\$1::text::$type],[NULL::$type]] AS nested, '{}'::$type" . '[] AS none';
            }
            $from = "(SELECT $columns) x";
            $ours = lyger_db_query_json($dsn, "SELECT * FROM $from", [$text, null]);
            $theirs = json_decode(lyger_db_query_json($dsn, "SELECT row_to_json(x)::text AS j FROM $from", [$text, null]), true)[0]['j'];
            // Digits must survive: numbers are compared as text, then everything as decoded values.
            $compared++;
            if (json_decode($ours)[0] != json_decode($theirs) || preg_replace('/\s+/', '', $ours) !== '[' . preg_replace('/\s+/', '', $theirs) . ']') {
                $wrong++;
                echo "$type $zone\n  ours   $ours\n  theirs [$theirs]\n";
            }
        }
    }
}
var_dump($compared > 200, $wrong);
?>
--EXPECT--
bool(true)
int(0)
