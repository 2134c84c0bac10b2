--TEST--
The command for a Unix socket and the nginx block of docs/server.md work as they stand there, also as another user
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

$docs = file_get_contents(dirname(command_file(), 2) . '/docs/server.md');
preg_match('/^lyger (serve --host=unix:.*)$/m', $docs, $command) && preg_match('/^```nginx\n(.*?)^```$/ms', $docs, $block)
    && preg_match_all('/^```php\n(.*?)^```$/ms', $docs, $applications) || exit('docs/server.md has no such block');

$directory = realpath(sys_get_temp_dir()) . '/lyger-nginx-' . getmypid();
mkdir($directory);
chmod($directory, 0755);
$port = (int) substr(strrchr(stream_socket_get_name(stream_socket_server('tcp://127.0.0.1:0'), false), ':'), 1);
$here = ['/run/app.sock' => "$directory/app.sock", '/srv/app/' => "$directory/"] + (posix_geteuid() === 0 ? [] : ['--user=www-data ' => '']);
file_put_contents("$directory/nginx.conf", (posix_geteuid() === 0 ? "user www-data;\n" : '') // as Debian's nginx.conf has it
    . "pid $directory/nginx.pid;\nerror_log $directory/nginx.log;\ndaemon off;\nevents {}\nhttp {\naccess_log off;\n"
    . implode('', array_map(static fn(string $name): string => "{$name}_temp_path $directory/$name;\n",
        ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']))
    . strtr($block[1], $here + ['listen 80' => "listen 127.0.0.1:$port"]) . "}\n");

/** Waits until $ready() is true. */
function poll(callable $ready, string $what): void
{
    $end = microtime(true) + 60;
    while (!$ready()) {
        microtime(true) < $end || exit("$what: it does not come\n");
        usleep(5000);
    }
}

foreach (['handler', 'loop'] as $i => $form) {
    file_put_contents("$directory/app.php", $applications[1][$i]);
    $log = ['file', "$directory/log", 'a'];
    $lyger = proc_open([...command_php(), command_file(), ...explode(' ', strtr($command[1], $here))], [['file', '/dev/null', 'r'], $log, $log], $pipes,
        '/', ['GREETING' => 'good day'] + getenv());
    poll(static fn(): bool => str_contains(file_get_contents("$directory/log"), 'listening on unix:') || !proc_get_status($lyger)['running'], 'lyger');
    $nginx = proc_open(['/usr/sbin/nginx', '-p', $directory, '-c', "$directory/nginx.conf", '-e', "$directory/nginx.log"],
        [['file', '/dev/null', 'r'], $log, $log], $pipes);
    poll(static fn(): bool => (bool) @stream_socket_client("tcp://127.0.0.1:$port") || !proc_get_status($nginx)['running'], 'nginx');
    printf("%s: %s\n", $form, @file_get_contents("http://127.0.0.1:$port/?name=Ada") ?: file_get_contents("$directory/nginx.log")
        . file_get_contents("$directory/log"));
    printf("mode of the socket: %o\n", fileperms("$directory/app.sock") & 0777);
    foreach ([$nginx, $lyger] as $process) {
        proc_terminate($process, 15);
        poll(static fn(): bool => !proc_get_status($process)['running'], 'the end');
    }
    unlink("$directory/log");
}
exec('rm -r ' . escapeshellarg($directory));
?>
--EXPECT--
handler: {"greeting":"good day","to":"Ada"}
mode of the socket: 660
loop: {"greeting":"good day","to":"Ada"}
mode of the socket: 660
