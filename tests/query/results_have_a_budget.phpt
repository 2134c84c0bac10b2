--TEST--
Results hold no more memory than LYGER_MEMORY_BUDGET_BYTES, and give it back
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/query.inc';
$rows = fn(int $count): string => "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $count) SELECT i, hex(zeroblob(500)) AS t FROM n";
$memory = 'sqlite::memory:';
putenv('LYGER_MEMORY_BUDGET_BYTES=3000000');
$before = lyger_memory_metrics();
var_dump($before['budget_bytes'], $before['used_bytes']);
$first = lyger_db_query($memory, $rows(1500));
var_dump(lyger_memory_metrics()['used_bytes'] > 1500000);
fails(fn() => lyger_db_query($memory, $rows(1500)));
echo preg_replace('/\d{7}/', 'N', lyger_last_error()), "\n";
var_dump(lyger_db_execute($memory, 'CREATE TABLE t (a)')); // what has no rows is not refused
lyger_free_result($first);
var_dump(lyger_memory_metrics()['used_bytes']);
$second = lyger_db_query($memory, $rows(1500));
lyger_free_result($second);
$object = Lyger\Engine::getInstance()->query($memory, $rows(1500));
unset($object);
var_dump(lyger_memory_metrics()['used_bytes'], lyger_memory_metrics()['active_results']);
echo strlen(lyger_db_query_json($memory, $rows(5000))) > 5000000 ? "written while they come\n" : '';
putenv('LYGER_MEMORY_BUDGET_BYTES=much');
fails(fn() => lyger_db_query($memory, 'SELECT 1'));
putenv('LYGER_MEMORY_BUDGET_BYTES');
$metrics = lyger_memory_metrics();
var_dump($metrics['budget_bytes'] === intdiv($metrics['total_bytes'], 100) * 45);
?>
--EXPECTF--
int(3000000)
int(0)
bool(true)
Lyger\Exception\QueryException [53200]@0: the result's %d bytes are too many: results may hold 3000000 (LYGER_MEMORY_BUDGET_BYTES, or 45% of the machine's memory), and others hold %d
the result's N bytes are too many: results may hold N (LYGER_MEMORY_BUDGET_BYTES, or 45% of the machine's memory), and others hold N
int(0)
int(0)
int(0)
int(0)
written while they come
Lyger\Exception\QueryException []@0: LYGER_MEMORY_BUDGET_BYTES is not a number of bytes from 1 on: "much"
bool(true)
