--TEST--
SQLite: transactions of eight processes that read and then write wait for each other, and none is lost
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/query.inc';
foreach (['wal', 'delete'] as $journal) {
    $file = scratch_path("$journal.sqlite");
    $command = [PHP_BINARY, '-n', '-d', 'extension_dir=' . ini_get('extension_dir'), '-d', 'extension=lyger',
        __DIR__ . '/../inc/stress_sqlite.php', $file, $journal, '8', '80'];
    $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
    echo "$journal ", stream_get_contents($pipes[1]);
    proc_close($process);
}
?>
--EXPECT--
wal 80
delete 80
