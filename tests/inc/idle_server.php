<?php

/**
 * Opens connections, uses each once, and leaves them open while it adds up what the server's processes take.
 *
 *     php idle_server.php PORT CONNECTIONS FILE PID…       FILE gets KiB, shared pages counted once
 */

declare(strict_types=1);

[, $port, $count, $file] = $argv;
$sockets = [];
for ($i = 0; $i < (int) $count; $i++) {
    $socket = @stream_socket_client("tcp://127.0.0.1:$port", $number, $message, 5);
    if (!$socket) {
        echo "# connection $i: $message\n";
        exit(1);
    }
    fwrite($socket, "GET /x?id=1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    $sockets[] = $socket;
    if (!str_starts_with($answer = (string) fread($socket, 4096), 'HTTP/1.1 200 ')) {
        echo "# connection $i: $answer\n";
        exit(1);
    }
}
$sum = 0;
foreach (array_slice($argv, 4) as $pid) {
    $sum += preg_match('/^Pss:\s+(\d+)/m', (string) @file_get_contents("/proc/$pid/smaps_rollup"), $found) ? (int) $found[1] : 0;
}
file_put_contents($file, (string) $sum);
foreach ([0, count($sockets) - 1] as $i) { // and they still work
    fwrite($sockets[$i], "GET /x?id=1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    if (!str_starts_with((string) fread($sockets[$i], 4096), 'HTTP/1.1 200 ')) {
        exit(1);
    }
}
