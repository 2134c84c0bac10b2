--TEST--
Script form: time and memory limits, forks, signals, a reset of opcache, a worker's death and a client that leaves cost one request at most
--EXTENSIONS--
lyger
posix
pcntl
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/scripts.inc';

$server = new Scripts([
    'pid.php' => '<?php echo getmypid();',
    'time.php' => '<?php register_shutdown_function(function () { echo " last"; }); set_time_limit(1); echo "begun"; for (;;) {}',
    'fork.php' => '<?php $pid = pcntl_fork(); if ($pid === 0) { register_shutdown_function(function () { file_put_contents(__DIR__ . "/child", getmypid()); }); echo "of the child"; exit(7); }
        pcntl_waitpid($pid, $status); echo "parent ", pcntl_wexitstatus($status), " ", file_get_contents(__DIR__ . "/child") == $pid;',
    'fork_returns.php' => '<?php $pid = pcntl_fork(); if ($pid === 0) { return; } pcntl_waitpid($pid, $status); echo "parent ", pcntl_wexitstatus($status);',
    'signal.php' => '<?php pcntl_async_signals(true); pcntl_signal(SIGTERM, function () { }); pcntl_signal(SIGUSR2, function () { echo "heard"; }); posix_kill(getmypid(), SIGUSR2); pcntl_alarm(1); echo "!";',
    'term.php' => '<?php posix_kill(getmypid(), SIGTERM); sleep(20); echo "alive";',
    'slow.php' => '<?php usleep(1500000); echo "slept";',
    'die.php' => '<?php posix_kill(getmypid(), SIGKILL); sleep(10);',
    'reset.php' => '<?php var_dump(function_exists("opcache_reset") && opcache_reset());',
    'leave.php' => '<?php ignore_user_abort((bool) $_GET["ignore"]); register_shutdown_function(function () { file_put_contents(__DIR__ . "/left" . $_GET["ignore"], connection_status() . (defined("END") ? " end" : "")); });
        for ($i = 0; $i < 300; $i++) { echo str_repeat("x", 10000); flush(); usleep(5000); if ($i > 20 && connection_aborted()) { break; } } define("END", 1);',
    'session.php' => '<?php session_save_path(__DIR__); session_start(); echo $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1;',
    'unread.php' => '<?php echo "not read";',
], ini: ['log_errors' => 0, 'html_errors' => 0, 'opcache.force_restart_timeout' => 1], extensions: ['posix', 'pcntl']);

$show = static function (string $what, Response $answer): void {
    echo "$what: $answer->status ", preg_replace('~ in /.*~', '', trim($answer->body)), "\n";
};
$pid = $server->get('/pid.php')->body;
$show('time', $server->get('/time.php'));
$show('fork', $server->get('/fork.php'));
$show('fork returns', $server->get('/fork_returns.php'));
$show('signal', $server->get('/signal.php'));
$show('alarm is over', $server->get('/slow.php'));
$show('reset', $server->get('/reset.php'));
$show('slow', $server->get('/slow.php'));
$show('after the reset', $server->get('/slow.php'));
$show('unread', $server->request('POST', '/unread.php', ['Content-Type' => 'text/plain'], str_repeat('x', 3_000_000)));
echo 'one worker: ', var_export($server->get('/pid.php')->body === $pid, true), "\n";
$show('signal of the next request', $server->get('/term.php'));
$server->get('/signal.php');
$show('death', $server->get('/die.php'));
$next = $server->get('/pid.php')->body;
echo 'another worker: ', var_export($next !== $pid && $next > 0, true), "\n";
foreach ([0, 1] as $ignore) {
    $socket = $server->connect();
    fwrite($socket, "GET /leave.php?ignore=$ignore HTTP/1.1\r\nHost: x\r\n\r\n");
    fread($socket, 1000);
    fclose($socket);
    $end = microtime(true) + 60;
    while (!file_exists($file = "$server->root/left$ignore") || !filesize($file)) {
        microtime(true) < $end || exit('it goes on');
        usleep(2000);
        clearstatcache();
    }
    echo 'left: ', file_get_contents($file), "\n";
}
$answer = $server->get('/session.php');
preg_match('/PHPSESSID=\w+/', $answer->field('set-cookie'), $cookie);
echo 'session: ', $answer->body, $server->get('/session.php', ['Cookie' => $cookie[0]])->body, $server->get('/session.php')->body, $server->get('/session.php', ['Cookie' => $cookie[0]])->body, "\n";
echo 'the same worker: ', var_export($server->get('/pid.php')->body === $next, true), "\n";
$server->stop();
?>
--EXPECTF--
time: 200 begun
Fatal error: Maximum execution time of 1 second exceeded
 last
fork: 200 parent 7 1
fork returns: 200 parent 0
signal: 200 heard!
alarm is over: 200 slept
reset: 200 bool(%s)
slow: 200 slept
after the reset: 200 slept
unread: 200 not read
one worker: true
signal of the next request: 502 %s
death: 502 %s
another worker: true
left: 1
left: 1 end
session: 1213
the same worker: true
