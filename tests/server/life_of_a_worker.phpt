--TEST--
Workers boot once, end as exit() ends a script, and never come back into the code after the start
--EXTENSIONS--
lyger
posix
pcntl
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$boot = <<<'PHP'
    echo "booted by ", getmypid(), "\n";
    ob_start();
    echo "buffered by ", getmypid(), "\n";
    $main = getmypid();
    register_shutdown_function(function () { file_put_contents(__DIR__ . '/journal', 'shutdown function in ' . (getmypid() === $GLOBALS['main'] ? 'the supervisor' : 'a worker') . "\n", FILE_APPEND); });
    class Kept { function __destruct() { file_put_contents(__DIR__ . '/journal', 'destructor in ' . (getmypid() === $GLOBALS['main'] ? 'the supervisor' : 'a worker') . "\n", FILE_APPEND); } }
    $kept = new Kept;
    pcntl_async_signals(true);
    $signals = 0;
    pcntl_signal(SIGUSR2, function () { $GLOBALS['signals']++; });
    PHP;
$server = new Server(<<<'PHP'
    lyger_start_server(function (string $uri) {
        switch ($uri) {
            case '/pid': return (string) getmypid();
            case '/seed': mt_srand(7); return '';
            case '/seeds': return [mt_rand(), rand(), @lcg_value(), random_int(0, PHP_INT_MAX)];
            case '/signals': return (string) $GLOBALS['signals'];
            case '/stop': lyger_stop_server(); return 'stopping';
        }
    }, 0);
    file_put_contents(__DIR__ . '/journal', 'after the server in ' . (getmypid() === $main ? 'the supervisor' : 'a worker') . "\n", FILE_APPEND);
    PHP, ['workers' => 1, 'max_requests' => 3], boot: $boot, whole: true, extensions: ['posix', 'pcntl']);
$pids = [];
for ($i = 0; $i < 7; $i++) {
    $pids[] = (int) $server->get('/pid')->body;
}
echo implode(' ', array_count_values($pids)), " requests of different workers\n";
$seeds = [];
for ($i = 0; $i < 6; $i++) {
    $server->get('/seed');
    array_push($seeds, ...json_decode($server->get('/seeds')->body));
}
echo count($seeds), ' random numbers, ', count(array_unique($seeds)), " different\n";
$pid = (int) $server->get('/pid')->body;
posix_kill($pid, SIGUSR2);
$end = hrtime(true) + 5_000_000_000;
echo 'signals: ';
usleep(50000);
echo $server->get('/signals')->body, "\n";
echo $server->get('/stop')->body, "\n";
$server->wait();
$output = $server->output();
echo preg_match_all('/^booted by/m', $output), ' ', preg_match_all('/^buffered by/m', $output), ' ',
    count(array_unique(preg_match_all('/by (\d+)/', $output, $by) ? $by[1] : [])), "\n";
$journal = array_count_values(file("$server->directory/journal", FILE_IGNORE_NEW_LINES));
ksort($journal);
foreach ($journal as $line => $times) {
    echo $line, str_contains($line, 'worker') ? '' : " $times", "\n";
}
ob_start();
$server->stop();
ob_end_clean();
?>
--EXPECT--
3 3 1 requests of different workers
24 random numbers, 24 different
signals: 1
stopping
1 1 1
after the server in the supervisor 1
destructor in a worker
destructor in the supervisor 1
shutdown function in the supervisor 1
