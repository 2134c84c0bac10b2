<?php
/*
 * Does with a systemd unit of the server what systemd does, where no systemd runs: starts it, waits until it says that it is ready,
 * asks it something, reloads it, stops it.
 *
 *     php run_unit.php UNIT     prints what happened, a line each; the unit has --port=0
 */

declare(strict_types=1);

[, $unit] = $argv;
$service = parse_ini_string(preg_replace('/^.*(?=\[Service\])/s', '', file_get_contents($unit)), true, INI_SCANNER_RAW)['Service'];
$directory = sys_get_temp_dir() . '/lyger-unit-' . getmypid();
mkdir($directory);
register_shutdown_function(static fn() => exec('rm -rf ' . escapeshellarg($directory)));
$notified = stream_socket_server("udg://$directory/notify", $code, $message, STREAM_SERVER_BIND);
$log = "$directory/log";

/** Waits for a word of sd_notify(3); the others that come before it are passed over. */
$wait = static function (string $word) use ($notified, $log, &$process): void {
    $end = microtime(true) + 60;
    $read = [$notified];
    $write = $except = [];
    do {
        $text = stream_select($read, $write, $except, 1) ? stream_socket_recvfrom($notified, 4096) : '';
        if (in_array($word, explode("\n", $text), true)) {
            echo "$word\n";
            return;
        }
        $read = [$notified];
    } while (microtime(true) < $end && proc_get_status($process)['running']);
    exit("$word did not come:\n" . file_get_contents($log));
};

$process = proc_open(explode(' ', $service['ExecStart']),
    [['file', '/dev/null', 'r'], ['file', $log, 'a'], ['file', $log, 'a']], $pipes, '/', ['NOTIFY_SOCKET' => "$directory/notify"] + getenv());
$pid = proc_get_status($process)['pid'];
$wait('READY=1');
preg_match('~^listening on http://\S+:(\d+), ~m', file_get_contents($log), $found) || exit(file_get_contents($log));
$ask = static fn(): string => 'answer: ' . file_get_contents("http://127.0.0.1:$found[1]/") . "\n";
echo $ask();
exec(str_replace('$MAINPID', (string) $pid, $service['ExecReload']), $output, $status);
echo 'ExecReload: ', $status, "\n";
$wait('RELOADING=1');
$wait('READY=1');
echo $ask();
proc_terminate($process, 15);
$wait('STOPPING=1');
do {
    usleep(2000);
    $is = proc_get_status($process);
} while ($is['running']);
echo "exit status: $is[exitcode]\n";
