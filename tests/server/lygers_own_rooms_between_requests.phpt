--TEST--
Leases, transactions and result handles end with the request that left them open
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    $file = 'sqlite:' . __DIR__ . '/rows.db?mode=rwc';
    switch ($uri) {
        case '/remember+and+exit': return lyger_cache_remember('key', fn() => exit('exited'), wait: 1);
        case '/remember+and+throw': return lyger_cache_remember('key', fn() => throw new Exception, wait: 1);
        case '/remember': return lyger_cache_remember('key', fn() => 'computed', wait: 1);
        case '/table': return (string) lyger_db_execute($file, 'CREATE TABLE t (a)');
        case '/open+transaction': lyger_db_transaction($file, function () use ($file) { lyger_db_execute($file, 'INSERT INTO t VALUES (1)'); exit('in it'); }); return;
        case '/handle': return (string) $GLOBALS['handle'] = lyger_db_query($file, 'SELECT 1');
        case '/old+handle': return lyger_jsonify_result($GLOBALS['handle']);
        case '/rows': return lyger_db_query_json($file, 'SELECT count(*) AS n FROM t');
    }
    PHP, ini: ['display_errors' => 0]);
foreach (['/remember and exit', '/remember and throw', '/remember', '/table', '/open transaction', '/rows', '/handle', '/old handle', '/rows'] as $path) {
    $response = $server->get(str_replace(' ', '+', $path));
    echo $path, ': ', $response->status, ' ', $path === '/handle' ? '' : $response->body, "\n";
}
$server->stop();
?>
--EXPECT--
/remember and exit: 200 exited
/remember and throw: 500 
/remember: 200 computed
/table: 200 0
/open transaction: 200 in it
/rows: 200 [{"n":0}]
/handle: 200 
/old handle: 500 
/rows: 200 [{"n":0}]
