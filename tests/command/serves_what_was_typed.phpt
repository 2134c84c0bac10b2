--TEST--
lyger serve: options as typed reach the server, the banner comes once, and both forms are served
--EXTENSIONS--
lyger
posix
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
require __DIR__ . '/../inc/command.inc';

$directory = realpath(sys_get_temp_dir()) . '/lyger-command-' . getmypid();
mkdir("$directory/public", 0700, true);
file_put_contents("$directory/public/style.css", 'p { }');
file_put_contents("$directory/app.php", '<?php return fn(string $uri, string $method, array $data) => [PHP_SAPI === "cli" || PHP_SAPI === "lyger", strlen($data["body"])];');
file_put_contents("$directory/worker.php", '<?php $kept = "global"; function kept() { global $kept; return $kept; } while (lyger_handle_request(function () { echo kept(), " ", $_GET["a"]; })) { }');

$serve = static function (array $arguments) use ($directory): array {
    $log = ['file', "$directory/log", 'a'];
    @unlink("$directory/log");
    $process = proc_open([...command_php(), command_file(), 'serve', '--port=0', '--host=127.0.0.1', ...$arguments],
        [['file', '/dev/null', 'r'], $log, $log], $pipes, $directory, ['NO_COLOR' => '1'] + getenv());
    $said = until($directory, 'listening on', $process);
    preg_match('~listening on http://127.0.0.1:(\d+)~', $said, $found) || exit($said);
    return [$process, (int) $found[1]];
};

/** Waits for a text in the log. */
function until(string $directory, string $text, $process): string
{
    $end = microtime(true) + 60;
    while (!str_contains($said = (string) @file_get_contents("$directory/log"), $text)) {
        microtime(true) < $end && proc_get_status($process)['running'] || exit("$text did not come:\n$said");
        usleep(2000);
    }
    return $said;
}

$ask = static function (int $port, string $request): string {
    $socket = stream_socket_client("tcp://127.0.0.1:$port");
    fwrite($socket, $request);
    $response = Server::parse(stream_get_contents($socket));
    return "$response->status $response->body\n";
};
$end = static function ($process): void {
    proc_terminate($process, 15);
    while (($is = proc_get_status($process))['running']) {
        usleep(2000);
    }
    echo "exit status $is[exitcode]\n";
};

[$process, $port] = $serve(['--root', 'public', '--workers', '1', '--max-body-size=1KB', '--health-path=/alive', '--compress=off', '--timeout=2.5', 'app.php']);
echo $ask($port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
echo $ask($port, "GET /style.css HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
echo substr($ask($port, "GET /alive HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 0, 16), "\n";
echo $ask($port, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1024\r\nConnection: close\r\n\r\n" . str_repeat('x', 1024));
echo substr($ask($port, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1025\r\nConnection: close\r\n\r\n" . str_repeat('x', 1025)), 0, 4), "\n";
posix_kill(proc_get_status($process)['pid'], 1);
$said = until($directory, 'booted anew', $process);
echo 'banners: ', substr_count($said, "  lyger "), ', as typed: ', (int) str_contains($said, "$directory/app.php"), "\n";
$end($process);

[$process, $port] = $serve(['--workers=1', 'worker.php']);
echo $ask($port, "GET /?a=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
$end($process);
exec('rm -r ' . escapeshellarg($directory));
?>
--EXPECT--
200 [true,0]
200 p { }
200 {"status":"o
200 [true,1024]
413 
banners: 1, as typed: 1
exit status 0
200 global 1
exit status 0
