--TEST--
With cancel_on_disconnect a query ends when its client leaves, unless the application ignores that
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    if ($uri === '/notes') { return file_get_contents(__DIR__ . '/notes'); }
    ignore_user_abort($uri === '/ignored');
    $seconds = -microtime(true);
    register_shutdown_function(function () use (&$seconds) {
        file_put_contents(__DIR__ . '/notes', ($seconds + microtime(true) < 5 ? 'soon' : 'late') . ', aborted: ' . connection_aborted());
    });
    touch(__DIR__ . '/started');
    lyger_db_query_json('sqlite::memory:', 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n' .
        ($uri === '/ignored' ? ' WHERE i < 200000' : '') . ') SELECT max(i) FROM n');
    return 'done';
    PHP, ['cancel_on_disconnect' => true, 'request_timeout' => 15]);
foreach (['/', '/ignored'] as $path) {
    $socket = $server->connect();
    fwrite($socket, "GET $path HTTP/1.1\r\nHost: x\r\n\r\n");
    while (!file_exists("$server->directory/started")) {
        usleep(1000);
        clearstatcache();
    }
    unlink("$server->directory/started");
    fclose($socket);
    echo $path, ': ', $server->get('/notes')->body, "\n";
}
$server->stop();
?>
--EXPECT--
/: soon, aborted: 1
/ignored: soon, aborted: 0
