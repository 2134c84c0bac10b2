<?php

/**
 * A server whose one worker meets so many names of every kind (tests/inc/names.inc), each once. Its heap must be as
 * large after them as after a tenth of them.
 *
 *     php names_server.php NAMES EXTENSION [INI…]      EXTENSION: the file lyger.so
 */

declare(strict_types=1);

require __DIR__ . '/names.inc';

[, $names, $extension] = $argv;
const MANY = 1000;
$kinds = array_values(array_diff(NAMES_KINDS, ['patterns'])); // needs mbstring
$script = tempnam(sys_get_temp_dir(), 'names');
file_put_contents($script, '<?php lyger_start_server(function ($uri, $method, $data) {' . NAMES_HANDLER . '}, 0);');
$command = [PHP_BINARY, '-n', '-d', "extension=$extension", '-d', 'memory_limit=-1', '-d', 'max_file_uploads=' . MANY, '-d', 'max_input_vars=' . MANY];
foreach (array_slice($argv, 3) as $setting) {
    array_push($command, '-d', $setting);
}
$server = proc_open([...$command, $script], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes, null,
    ['LYGER_OPTIONS' => json_encode(['host' => '127.0.0.1', 'workers' => 1, 'port' => 0, 'access_log' => ''])] + getenv());
do {
    $line = fgets($pipes[1]);
} while ($line !== false && !preg_match('~^listening on http://\S+:(\d+), ~', $line, $found));
$socket = stream_socket_client("tcp://127.0.0.1:$found[1]", $code, $message, 30);
stream_set_timeout($socket, 60);

function ask($socket, string $request): string
{
    for ($at = 0; $at < strlen($request); $at += $n) {
        $n = fwrite($socket, substr($request, $at));
        $n !== false && $n > 0 ?: exit("the connection ended\n");
    }
    $length = null;
    $status = fgets($socket);
    str_contains((string) $status, ' 200 ') ?: exit("an answer is $status\n");
    while (trim((string) $line = fgets($socket)) !== '') {
        if (stripos($line, 'content-length:') === 0) {
            $length = (int) substr($line, 15);
        }
    }
    return $length ? stream_get_contents($socket, $length) : '';
}

// As large a head as the server takes at once: fewer names in those kinds.
$of = ['query' => 200, 'cookies' => 200, 'fields' => 50, 'method' => 1, 'target' => 1];
$number = 0;
$send = function (int $until) use (&$number, $kinds, $of, $socket): array {
    for ($i = 0; $number < $until; $i++) {
        $kind = $kinds[$i % count($kinds)];
        $many = $of[$kind] ?? MANY;
        ask($socket, names_request($kind, range($number, $number + $many - 1), 'keep-alive'));
        $number += $many;
    }
    $used = (int) ask($socket, "GET /memory HTTP/1.1\r\nHost: test\r\n\r\n");
    $pid = proc_get_status($GLOBALS['server'])['pid'];
    $resident = 0;
    foreach (explode(' ', trim(file_get_contents("/proc/$pid/task/$pid/children"))) as $child) {
        preg_match('/^VmRSS:\s+(\d+)/m', file_get_contents("/proc/$child/status"), $found) && $resident = max($resident, (int) $found[1]);
    }
    return [$used, $resident];
};
[$before, $resident] = $send(max(70_000, intdiv((int) $names, 10))); // tables that have a bound have reached it
[$after, $at_end] = $send((int) $names);
proc_terminate($server);
stream_get_contents($pipes[1]);
proc_close($server);
unlink($script);
echo "$number names: heap $before bytes, then $after; the larger process $resident KiB, then $at_end\n";
exit(abs($after - $before) < 4096 && $at_end - $resident < 2048 ? 0 : 1);
