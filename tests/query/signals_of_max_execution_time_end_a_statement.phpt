--TEST--
max_execution_time ends a statement while rows arrive, are kept or are written; the server is told, shutdown functions run
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_postgres.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
require __DIR__ . '/../inc/query.inc';
$rows = 'SELECT generate_series(1, 2000000000) AS n, current_database() AS d, pi() AS pi'; // in the target list: not stored first
$steps = 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n, n AS again FROM r';
$statements = [
    'written while they arrive' => "lyger_db_query_json(\$dsn, '$rows');",
    'kept' => "lyger_db_query(\$dsn, '$rows');",
    'awaited' => "lyger_jsonify_result(lyger_db_query_async(\$dsn, '$rows'));",
    'written again and again' => "\$h = lyger_db_query(\$dsn, 'SELECT n FROM generate_series(1, 100000) AS n');
        for (;;) { lyger_jsonify_result(\$h); }",
    'computed by SQLite' => "lyger_db_query_json('sqlite::memory:', '$steps');",
];
$worked = static function (): float { // seconds of processor that ended children had, which is what the limit is about
    $used = getrusage(1);
    return $used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec'] + ($used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec']) / 1e6;
};
foreach ($statements as $name => $code) {
    $application = 'limited_' . getmypid();
    $dsn = postgres() . "?application_name=$application";
    $before = $worked();
    // Most of the second is used up before, so that no more than a tenth of it fills memory with rows.
    $said = run_php("\$dsn = '$dsn';
        register_shutdown_function(function () use (\$dsn) { echo lyger_db_query_json(\$dsn, 'SELECT 1 AS shutdown'); });
        set_time_limit(1);
        do { \$used = getrusage(); } while (\$used['ru_utime.tv_sec'] + \$used['ru_stime.tv_sec'] < 1
            && \$used['ru_utime.tv_usec'] + \$used['ru_stime.tv_usec'] < 880000);
        $code
        echo 'not reached';", ['memory_limit' => '-1', 'hard_timeout' => '10'], $status);
    echo "$name: ", preg_replace('/ in .*/', '', strtok($said, "\n")), " $status ", trim(strrchr($said, "\n")), "\n";
    $took = $worked() - $before;
    if ($took > 10) {
        echo "it took $took s of processor\n";
    }
    // No backend goes on.
    $end = hrtime(true) + 10_000_000_000;
    while (lyger_db_query_json(postgres(), 'SELECT 1 FROM pg_stat_activity WHERE application_name = $1', [$application]) !== '[]') {
        hrtime(true) < $end || exit("a backend is still there\n");
        usleep(10_000);
    }
}
?>
--EXPECT--
written while they arrive: Fatal error: Maximum execution time of 1 second exceeded 255 [{"shutdown":1}]
kept: Fatal error: Maximum execution time of 1 second exceeded 255 [{"shutdown":1}]
awaited: Fatal error: Maximum execution time of 1 second exceeded 255 [{"shutdown":1}]
written again and again: Fatal error: Maximum execution time of 1 second exceeded 255 [{"shutdown":1}]
computed by SQLite: Fatal error: Maximum execution time of 1 second exceeded 255 [{"shutdown":1}]
