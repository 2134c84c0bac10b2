--TEST--
memory_limit while a result is written ends the request as any fatal error does; the rows themselves are not PHP's
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
putenv('USE_ZEND_ALLOC=1'); // valgrind's run switches it off, and memory_limit with it
$rows = 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 60000) SELECT n, printf(\'%0500d\', n) AS t FROM r';
$start = "register_shutdown_function(function () { echo 'shut down'; });
    \$rows = " . var_export($rows, true) . ";
    \$before = memory_get_usage();
    \$result = lyger_db_query('sqlite::memory:', \$rows);
    var_dump(lyger_result_info(\$result)['rows'], memory_get_usage() - \$before < 100000);\n";
foreach (["lyger_jsonify_result(\$result);", "lyger_db_query_json('sqlite::memory:', \$rows);"] as $last) {
    echo run_php($start . $last, ['memory_limit' => '8M'], $status), "\n";
    var_dump($status);
}
// One value that is larger than PHP would ever allow, in one step.
echo run_php('lyger_db_query_json("sqlite::memory:", "SELECT printf(\'%040000000d\', 1) AS x");', ['memory_limit' => '8M'], $status), "\n";
var_dump($status);
?>
--EXPECTF--
int(60000)
bool(true)
%w
Fatal error: Allowed memory size of 8388608 bytes exhausted %s
shut down
int(255)
int(60000)
bool(true)
%w
Fatal error: Allowed memory size of 8388608 bytes exhausted %s
shut down
int(255)
Fatal error: Allowed memory size of 8388608 bytes exhausted %s

int(255)
