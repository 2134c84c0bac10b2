<?php

/**
 * So many requests as fast as they are answered, pipelined on 16 connections; every answer must be a 200.
 *
 *     php load_server.php PORT REQUESTS
 */

declare(strict_types=1);

[, $port, $requests] = array_map('intval', $argv);
const DEPTH = 16;

function fail(string $message): never
{
    echo $message;
    exit(1);
}

$sockets = $waiting = $tails = [];
for ($i = 0; $i < 16; $i++) {
    $socket = stream_socket_client("tcp://127.0.0.1:$port", $number, $message, 5) ?: fail("cannot connect: $message\n");
    stream_set_blocking($socket, false);
    $sockets[$i] = $socket;
    $waiting[$i] = 0;
    $tails[$i] = '';
}
$asked = $answered = 0;
$ask = static function (int $i) use (&$asked, &$waiting, $sockets, $requests): void {
    $text = '';
    for ($count = min(DEPTH, $requests - $asked); $count > 0; $count--) {
        $id = 1 + $asked++ * 7 % 99991;
        $text .= 'GET /load?id=' . ($id % 7 === 0 || $id % 3 === 0 ? 1 : $id) . " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        $waiting[$i]++;
    }
    for ($at = 0; $at < strlen($text); $at += max(0, (int) @fwrite($sockets[$i], substr($text, $at)))) {
    }
};
array_map($ask, array_keys($sockets));
$last = microtime(true);
while ($answered < $requests) {
    $read = $sockets;
    $write = $except = null;
    if (!stream_select($read, $write, $except, 10)) {
        fail("no answer within 10 s after $answered of $requests\n");
    }
    foreach ($read as $i => $socket) {
        $bytes = fread($socket, 1 << 20);
        if (($bytes === '' || $bytes === false) && feof($socket)) {
            fail("a connection ended after $answered of $requests\n");
        }
        // What is kept is one byte short of what is counted, so that nothing is counted twice.
        $text = $tails[$i] . $bytes;
        $count = substr_count($text, "HTTP/1.1 200 OK\r\n");
        $tails[$i] = substr($text, -16);
        if (preg_match('/HTTP\/1\.1 (?!200)\d+ [^\r\n]*/', $text, $odd)) {
            fail("an answer is {$odd[0]}\n");
        }
        $answered += $count;
        $waiting[$i] -= $count;
        if ($waiting[$i] === 0 && $asked < $requests) {
            $ask($i);
        }
    }
    if (stream_isatty(STDERR) && microtime(true) > $last + 0.2) {
        $last = microtime(true);
        fprintf(STDERR, "\r  %d of %d requests", $answered, $requests);
    }
}
if (stream_isatty(STDERR)) {
    fwrite(STDERR, "\n");
}
