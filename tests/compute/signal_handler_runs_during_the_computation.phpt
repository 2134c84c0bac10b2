--TEST--
A signal handler runs while the computation goes on, and the sum is the same
--EXTENSIONS--
lyger
pcntl
posix
--FILE--
<?php
$iterations = 300_000_000;
$handled = 0;
pcntl_async_signals(true);
pcntl_signal(SIGUSR1, function () use (&$handled, &$computing) {
    $handled += $computing ? 1 : 0;
});
$parent = getmypid();
$child = pcntl_fork();
if ($child === 0) {
    // Signals until the parent is done with it: some must arrive in the middle.
    while (posix_kill($parent, SIGUSR1)) {
        usleep(2000);
    }
    exit;
}
$computing = true;
$sum = lyger_heavy_computation($iterations);
$computing = false;
posix_kill($child, SIGKILL);
pcntl_waitpid($child, $status);
echo $handled > 2 ? "handled during the computation\n" : "handled $handled times\n";
var_dump($sum === lyger_heavy_computation($iterations));
?>
--EXPECT--
handled during the computation
bool(true)
