--TEST--
docs/operations.md: its nginx block and its command for a Unix socket work as they stand there, also as another user, and nobody makes up an address
--EXTENSIONS--
lyger
posix
--SKIPIF--
<?php
require __DIR__ . '/../inc/skip_without_server.inc';
if (!is_executable('/usr/sbin/nginx')) die('skip nginx is not here (Debian: nginx-light or nginx)');
?>
--FILE--
<?php
require __DIR__ . '/../inc/command.inc';

$pages = dirname(command_file(), 2) . '/docs';
$operations = file_get_contents("$pages/operations.md");
preg_match('/^lyger (serve --host=unix:.*)$/m', $operations, $command) && preg_match('/^```nginx\n(.*?)^```$/ms', $operations, $block)
    && preg_match('/^```\n( +server unix:.*)\n```$/m', $operations, $upstream) && preg_match('/^```php\n(.*?)^```$/ms', $operations, $client)
    && preg_match_all('/^```php\n(.*?)^```$/ms', file_get_contents("$pages/server.md"), $applications) || exit('a page has no such block');

$directory = realpath(sys_get_temp_dir()) . '/lyger-nginx-' . getmypid();
mkdir($directory);
chmod($directory, 0755);
[$port, $behind] = array_map(static fn($socket): int => (int) substr(strrchr(stream_socket_get_name($socket, false), ':'), 1),
    [stream_socket_server('tcp://127.0.0.1:0'), stream_socket_server('tcp://127.0.0.1:0')]);
$here = ['/run/app.sock' => "$directory/app.sock", '/srv/app/' => "$directory/"] + (posix_geteuid() === 0 ? [] : ['--user=www-data ' => '']);

/** Waits until $ready() is true. */
function poll(callable $ready, string $what): void
{
    $end = microtime(true) + 60;
    while (!$ready()) {
        microtime(true) < $end || exit("$what: it does not come\n");
        usleep(5000);
    }
}

/** What a client gets that makes up an address, of an application behind nginx. */
function asked(string $application, string $command, string $block): string
{
    global $directory, $port;
    file_put_contents("$directory/nginx.conf", (posix_geteuid() === 0 ? "user www-data;\n" : '') // as Debian's nginx.conf has it
        . "pid $directory/nginx.pid;\nerror_log $directory/nginx.log;\ndaemon off;\nevents {}\nhttp {\naccess_log off;\n"
        . implode('', array_map(static fn(string $name): string => "{$name}_temp_path $directory/$name;\n",
            ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']))
        . "$block}\n");
    file_put_contents("$directory/app.php", $application);
    $log = ['file', "$directory/log", 'a'];
    $lyger = proc_open([...command_php(), command_file(), ...explode(' ', $command)], [['file', '/dev/null', 'r'], $log, $log], $pipes,
        '/', ['GREETING' => 'good day'] + getenv());
    poll(static fn(): bool => str_contains(file_get_contents("$directory/log"), 'listening on ') || !proc_get_status($lyger)['running'], 'lyger');
    $nginx = proc_open(['/usr/sbin/nginx', '-p', $directory, '-c', "$directory/nginx.conf", '-e', "$directory/nginx.log"],
        [['file', '/dev/null', 'r'], $log, $log], $pipes);
    poll(static fn(): bool => (bool) @stream_socket_client("tcp://127.0.0.1:$port") || !proc_get_status($nginx)['running'], 'nginx');
    $answer = @file_get_contents("http://127.0.0.1:$port/?name=Ada", false, stream_context_create(['http' => ['header' => 'X-Forwarded-For: 192.0.2.1']]))
        ?: file_get_contents("$directory/nginx.log") . file_get_contents("$directory/log");
    clearstatcache();
    $answer .= file_exists("$directory/app.sock") ? sprintf(', mode of the socket %o', fileperms("$directory/app.sock") & 0777) : '';
    foreach ([$nginx, $lyger] as $process) {
        proc_terminate($process, 15);
        poll(static fn(): bool => !proc_get_status($process)['running'], 'the end');
    }
    unlink("$directory/log");
    return $answer;
}

$block = strtr($block[1], ['listen 80' => "listen 127.0.0.1:$port", '127.0.0.1:8000' => "127.0.0.1:$behind"]);
$socket = preg_replace('/^ +server 127.*$/m', strtr($upstream[1], $here), $block, -1, $count);
echo $count === 1 ? '' : "which line is the upstream's?\n";
$loops = array_values(array_filter($applications[1], static fn(string $block): bool => str_contains($block, '_handle_request(')));
foreach (['handler' => $applications[1][0], 'loop' => $loops[0], 'client' => $client[1]] as $name => $application) {
    echo "$name: ", asked($application, strtr($command[1], $here), $socket), "\n";
}
echo 'over a port: ', asked($client[1], "serve --port=$behind $directory/app.php", $block), "\n";
exec('rm -r ' . escapeshellarg($directory));
?>
--EXPECT--
handler: {"greeting":"good day","to":"Ada"}, mode of the socket 660
loop: {"greeting":"good day","to":"Ada"}, mode of the socket 660
client: {"client":"127.0.0.1","secure":false}, mode of the socket 660
over a port: {"client":"127.0.0.1","secure":false}
