<?php
/*
 * Processes that read a number and write the next one, in transactions of lyger's, on one file of SQLite: with the extension
 * lyger loaded, php stress_sqlite.php FILE JOURNAL PROCESSES TRANSACTIONS
 * Prints the number that is there at the end, and of what failed each message once. Also a test's and scripts/stress-sqlite's.
 */
[, $file, $journal, $processes, $transactions] = $argv;
$dsn = "sqlite:$file?mode=rwc";
$worker = $argv[5] ?? null;
if ($worker !== null) {
    // Who comes first starts: nothing is done before all processes are there.
    lyger_db_execute($dsn, 'UPDATE ready SET n = n + 1');
    while (lyger_db_query_json($dsn, 'SELECT n FROM ready') !== "[{\"n\":$processes}]") {
        usleep(1000);
    }
    $failed = [];
    for ($i = $worker; $i < $transactions; $i += $processes) {
        try {
            lyger_db_transaction($dsn, static function () use ($dsn): void {
                $n = json_decode(lyger_db_query_json($dsn, 'SELECT n FROM counter'))[0]->n;
                lyger_db_execute($dsn, 'UPDATE counter SET n = ?', [$n + 1]);
            }, ['timeout' => 300]);
        } catch (Lyger\Exception\QueryException $e) {
            $failed["{$e->getSqlState()} {$e->getCode()} {$e->getMessage()}"] = true;
        }
    }
    echo implode("\n", array_keys($failed));
    exit;
}
lyger_db_execute($dsn, "PRAGMA journal_mode = $journal");
foreach (['ready', 'counter'] as $table) {
    lyger_db_execute($dsn, "CREATE TABLE $table (n INTEGER)");
    lyger_db_execute($dsn, "INSERT INTO $table VALUES (0)");
}
$running = $outputs = [];
for ($i = 0; $i < $processes; $i++) {
    $command = [PHP_BINARY, '-n', '-d', 'extension_dir=' . ini_get('extension_dir'), '-d', 'extension=lyger', __FILE__,
        ...array_slice($argv, 1, 4), (string) $i];
    $running[] = proc_open($command, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
    $outputs[] = $pipes[1];
}
$said = array_map(stream_get_contents(...), $outputs);
array_map(proc_close(...), $running);
echo json_decode(lyger_db_query_json($dsn, 'SELECT n FROM counter'))[0]->n, "\n", implode('', array_map(
    static fn(string $line): string => "$line\n",
    array_unique(array_filter($said)),
));
