--TEST--
config.w32 leaves out what was not asked for or is missing, and says so
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_node.inc'; ?>
--FILE--
<?php
require __DIR__ . '/build_files.inc';

$all = run_config_w32();
echo implode(' ', $all['arguments']), "\n", implode(' ', $all['defines']), "\n";
$show = static function (array $report) use ($all): void {
    $left = array_diff($all['sources'], $report['sources']);
    echo 'without ', implode(' ', preg_grep('~/(pq|sqlite)~', $left)), ' (', count(preg_grep('~/(pq|sqlite)~', $left, PREG_GREP_INVERT)), ' others)',
        ': ', implode(' ', $report['defines']), "\n", implode('', array_map(static fn(string $line): string => "  $line\n", $report['warnings']));
};
$show(run_config_w32(['PHP_LYGER_SQLITE' => 'no', 'PHP_LYGER_BOUNDARY' => 'yes']));
$show(run_config_w32([], ['sqlite3.h']));
$nothing = run_config_w32(['PHP_LYGER_PGSQL' => 'no', 'PHP_LYGER_SQLITE' => 'no']);
echo count(preg_grep('~/(pq\w*|sqlite\w*)\.c$~', $nothing['sources'])), ' ', count($nothing['defines']), "\n";
echo count(run_config_w32([], ['libpq-fe.h'])['defines']), "\n";
$refused = run_config_w32([], ['ext/query/wait_win32.c']);
echo count($refused['sources']), ' ', implode("\n", $refused['warnings']), "\n";
echo count(run_config_w32(['PHP_LYGER' => 'no'])['sources']), "\n";
?>
--EXPECT--
lyger lyger-pgsql lyger-sqlite lyger-boundary
LYGER_WITH_PGSQL LYGER_WITH_SQLITE
without ext/query/sqlite/sqlite.c ext/query/sqlite/sqlite_load.c ext/query/sqlite/sqlite_statement.c (0 others): LYGER_WITH_PGSQL LYGER_BOUNDARY
without ext/query/sqlite/sqlite.c ext/query/sqlite/sqlite_load.c ext/query/sqlite/sqlite_statement.c (0 others): LYGER_WITH_PGSQL
  lyger is built without SQLite: its library or header was not found
0 0
1
0 lyger is not built: its Windows half ext/query/wait_win32.c does not exist yet
0
