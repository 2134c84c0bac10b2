--TEST--
lyger.ini: options by their names, paths from its folder, PHP's settings; the command line wins, and a reload reads it again
--EXTENSIONS--
lyger
posix
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
require __DIR__ . '/../inc/command.inc';

$directory = realpath(sys_get_temp_dir()) . '/lyger-ini-' . getmypid();
mkdir("$directory/app/public", 0700, true);
mkdir("$directory/elsewhere");
file_put_contents("$directory/app/public/lyger.ini", "root = /\n");
file_put_contents("$directory/app/public/style.css", 'p { }');
file_put_contents("$directory/app/app.php", '<?php $boot = bin2hex(random_bytes(4)); return fn(string $uri) => [getmypid(), $boot, ini_get("memory_limit"), ini_get("user_agent"), ini_get("precision")];');
$ini = <<<'INI'
    ; the server
    application = app.php
    root = public   ; static files
    port = 0
    workers = 1
    max-requests = %d
    max_body_size = "1K"
    pid-file = 'run/app.pid'
    log-format = json
    access-log = access.log

    [php]
    memory_limit = 48M
    user_agent = "a; b"
    precision = 5

    INI;
mkdir("$directory/app/run");
file_put_contents("$directory/app/lyger.ini", sprintf($ini, 0));

function serve(string $directory, string $in, array $arguments, array $php): array
{
    @unlink("$directory/log");
    $log = ['file', "$directory/log", 'a'];
    $process = proc_open([...$php, command_file(), 'serve', ...$arguments], [['file', '/dev/null', 'r'], $log, $log], $pipes, "$directory/$in", ['NO_COLOR' => '1'] + getenv());
    preg_match('~listening on http://127.0.0.1:(\d+)~', until($directory, 'listening on', $process), $found);
    return [$process, (int) $found[1]];
}

function until(string $directory, string $text, $process): string
{
    $end = microtime(true) + 60;
    while (!str_contains($said = (string) @file_get_contents("$directory/log"), $text)) {
        microtime(true) < $end && proc_get_status($process)['running'] || exit("$text did not come:\n$said");
        usleep(2000);
    }
    return $said;
}

function ask(int $port, string $path = '/', string $body = ''): Response
{
    $socket = stream_socket_client("tcp://127.0.0.1:$port");
    fwrite($socket, ($body === '' ? 'GET' : 'POST') . " $path HTTP/1.1\r\nHost: x\r\nContent-Length: " . strlen($body) . "\r\nConnection: close\r\n\r\n$body");
    return Server::parse(stream_get_contents($socket));
}

function stop($process): void
{
    proc_terminate($process);
    while (proc_get_status($process)['running']) {
        usleep(2000);
    }
}

echo "in its folder\n";
[$process, $port] = serve($directory, 'app', [], command_php());
[$pid, $boot, $limit, $agent, $precision] = json_decode(ask($port)->body);
echo "$limit, $agent, $precision\n";
echo ask($port, '/style.css')->body, ', ', ask($port, '/', str_repeat('x', 1025))->status, ', ', (int) (json_decode(ask($port, '/lyger.ini')->body)[0] === $pid), "\n";
echo 'pid: ', (int) ((int) file_get_contents("$directory/app/run/app.pid") === proc_get_status($process)['pid']),
    ', of the same worker: ', (int) (json_decode(ask($port)->body)[0] === $pid), "\n";

echo "a reload\n";
file_put_contents("$directory/app/lyger.ini", sprintf($ini, 1));
posix_kill(proc_get_status($process)['pid'], SIGHUP);
until($directory, 'booted anew', $process);
do { // the last worker from before may still have one
    $answer = json_decode(ask($port)->body);
} while ($answer[1] === $boot);
echo 'a worker for each request: ', (int) (json_decode(ask($port)->body)[0] !== $answer[0]), ", $answer[2]\n";
stop($process);
echo 'log: ', json_decode(strtok((string) file_get_contents("$directory/app/access.log"), "\n"))->status, "\n";

echo "from elsewhere, and the command line wins\n";
[$process, $port] = serve($directory, 'elsewhere', ['--config', '../app/lyger.ini', '--access-log=', '--max-body-size=2K'], [...command_php(), '-d', 'precision=7']);
$answer = ask($port, '/', str_repeat('x', 1025));
echo $answer->status, ' ', implode(', ', array_slice(json_decode($answer->body), 2)), "\n";
stop($process);

echo "a file in place of the application\n";
file_put_contents("$directory/app/other.php", '<?php return fn(string $uri) => "other";');
[$process, $port] = serve($directory, 'app', ['other.php'], command_php());
echo ask($port)->body, "\n";
stop($process);

echo "without it\n";
[$process, $port] = serve($directory, 'app', ['--config=', '--port=0', 'app.php'], command_php());
echo json_decode(ask($port)->body)[4], "\n";
stop($process);
exec('rm -r ' . escapeshellarg($directory));
?>
--EXPECT--
in its folder
48M, a; b, 5
p { }, 413, 1
pid: 1, of the same worker: 1
a reload
a worker for each request: 1, 48M
log: 200
from elsewhere, and the command line wins
200 48M, a; b, 7
a file in place of the application
other
without it
14
