--TEST--
exit(), a fatal error, a time limit and a dropped fiber roll a transaction back, before shutdown functions run
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_postgres.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
require __DIR__ . '/../inc/query.inc';
$table = 'transactions_end_' . getmypid();
putenv('USE_ZEND_ALLOC=1'); // valgrind's run switches it off, and memory_limit with it
$endings = [
    'exit(3);',
    "lyger_db_transaction(\$dsn, function () use (\$dsn) { lyger_db_execute(\$dsn, 'INSERT INTO $table VALUES (2)'); exit(3); });",
    'try { exit(3); } finally { echo "never"; }',
    "str_repeat('x', 64 << 20);",
    "lyger_db_transaction(\$dsn, function () use (\$dsn) { lyger_db_execute(\$dsn, 'INSERT INTO $table VALUES (2)'); str_repeat('x', 64 << 20); });",
    "lyger_db_query_async(\$dsn, 'INSERT INTO $table VALUES (2)'); @trigger_error('fatal', E_USER_ERROR);",
    'set_time_limit(1); for (;;);',
];
foreach ([postgres(), 'sqlite:' . scratch_path('end.sqlite') . '?mode=rwc'] as $dsn) {
    lyger_db_execute($dsn, "CREATE TABLE $table (id int)");
    $ids = "SELECT id FROM $table";
    foreach ($endings as $ending) {
        echo preg_replace('/\s*(PHP )?Stack trace:.*/s', '', run_php("\$dsn = '$dsn';
            register_shutdown_function(function () use (\$dsn) {
                echo lyger_db_query_json(\$dsn, '$ids');
                lyger_db_execute(\$dsn, 'INSERT INTO $table VALUES (3)');
            });
            lyger_db_transaction(\$dsn, function () use (\$dsn) {
                lyger_db_execute(\$dsn, 'INSERT INTO $table VALUES (1)');
                $ending
            });
            echo 'not reached';", ['memory_limit' => '8M'], $status)), ' ', $status, ' ';
        echo lyger_db_query_json($dsn, $ids), "\n";
        lyger_db_execute($dsn, "DELETE FROM $table");
    }
    $fiber = new Fiber(fn() => lyger_db_transaction($dsn, function () use ($dsn, $table): void {
        lyger_db_execute($dsn, "INSERT INTO $table VALUES (1)");
        Fiber::suspend();
    }));
    $fiber->start();
    unset($fiber);
    echo lyger_db_query_json($dsn, $ids), "\n";
    // By reference, and a transaction that is open when the script ends.
    var_dump(lyger_db_transaction($dsn, function &() use (&$table) { return $table; }) === $table);
    lyger_db_execute($dsn, "DROP TABLE $table");
}
?>
--EXPECTF--
[] 3 [{"id":3}]
[] 3 [{"id":3}]
[] 3 [{"id":3}]
Fatal error: Allowed memory size of 8388608 bytes exhausted %s
[] 255 [{"id":3}]
Fatal error: Allowed memory size of 8388608 bytes exhausted %s
[] 255 [{"id":3}]
Fatal error: fatal in %s
[] 255 [{"id":3}]
Fatal error: Maximum execution time of 1 second exceeded in %s
[] 255 [{"id":3}]
[]
bool(true)
[] 3 [{"id":3}]
[] 3 [{"id":3}]
[] 3 [{"id":3}]
Fatal error: Allowed memory size of 8388608 bytes exhausted %s
[] 255 [{"id":3}]
Fatal error: Allowed memory size of 8388608 bytes exhausted %s
[] 255 [{"id":3}]
Fatal error: fatal in %s
[] 255 [{"id":3}]
Fatal error: Maximum execution time of 1 second exceeded in %s
[] 255 [{"id":3}]
[]
bool(true)
