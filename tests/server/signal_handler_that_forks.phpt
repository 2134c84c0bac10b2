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
    static $child = 0;
    if ($uri === '/arm') {
        pcntl_async_signals(true);
        pcntl_signal(SIGUSR1, function () use (&$child): void {
            $child = pcntl_fork();
        });
        return (string)getmypid();
    }
    if ($child === 0) {
        return 'no child yet';
    }
    pcntl_waitpid($child, $status);
    return pcntl_wifsignaled($status) ? 'killed by signal ' . pcntl_wtermsig($status) : 'exit status ' . pcntl_wexitstatus($status);
    PHP, options: ['workers' => 1], extensions: ['pcntl'], ini: ['display_errors' => 0]);
$worker = (int)$server->get('/arm')->body;
usleep(100_000); // it waits for the next request
posix_kill($worker, SIGUSR1);
$end = hrtime(true) + 10_000_000_000;
do {
    usleep(20_000);
    $said = $server->get('/')->body;
} while ($said === 'no child yet' && hrtime(true) < $end);
echo $said, "\n";
echo $server->get('/arm')->body === (string)$worker ? 'the same worker' : 'another worker', "\n";
$server->stop();
?>
--EXPECT--
exit status 0
the same worker
