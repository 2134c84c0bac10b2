--TEST--
Results that are freed, and errors, leave no memory behind
--EXTENSIONS--
lyger
--FILE--
<?php
function resident(): int
{
    preg_match('/^VmRSS:\s+(\d+)/m', file_get_contents('/proc/self/status'), $match);
    return (int) $match[1];
}
function work(int $times): void
{
    for ($i = 0; $i < $times; $i++) {
        $result = lyger_db_query('sqlite::memory:', "SELECT ? AS n, printf('%01000d', ?) AS t", [$i, $i]);
        lyger_jsonify_result($result);
        lyger_free_result($result);
        lyger_db_query_json('sqlite::memory:', 'SELECT :x AS x', ['x' => "text $i"]);
        foreach (['SELEC', 'SELECT ?', "SELECT CAST(x'ff' AS TEXT)"] as $bad) {
            try {
                lyger_db_query_json('sqlite::memory:', $bad);
            } catch (Exception | Error) {
            }
        }
    }
}
work(1000);
$before = resident();
$php = memory_get_usage();
work(20000);
// 20,000 results of 1,000 bytes would be 20 MB.
var_dump(resident() - $before < 3000, memory_get_usage() - $php < 1000);
?>
--EXPECT--
bool(true)
bool(true)
