--TEST--
A process that a signal handler forks while the worker waits ends like a script, and the worker goes on
--EXTENSIONS--
lyger
pcntl
posix
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    $child = $GLOBALS['child'];
    if ($uri === '/pid') {
        return (string)getmypid();
    }
    if ($child === 0) {
        return 'no child yet';
    }
    pcntl_waitpid($child, $status);
    return pcntl_wifsignaled($status) ? 'killed by signal ' . pcntl_wtermsig($status) : 'exit status ' . pcntl_wexitstatus($status);
    PHP, options: ['workers' => 1], boot: <<<'PHP'
    $child = 0;
    pcntl_async_signals(true);
    pcntl_signal(SIGUSR2, function (): void { $GLOBALS['child'] = pcntl_fork(); });
    PHP, extensions: ['pcntl'], ini: ['display_errors' => 0]);
$worker = (int)$server->get('/pid')->body;
usleep(100_000); // it waits for the next request
posix_kill($worker, SIGUSR2);
$end = hrtime(true) + 10_000_000_000;
do {
    usleep(20_000);
    $said = $server->get('/')->body;
} while ($said === 'no child yet' && hrtime(true) < $end);
echo $said, "\n";
echo $server->get('/pid')->body === (string)$worker ? 'the same worker' : 'another worker', "\n";
$server->stop();
?>
--EXPECT--
exit status 0
the same worker
