--TEST--
Started by root, the server serves as somebody else, reloads, and can be stopped from a request
--EXTENSIONS--
lyger
posix
--SKIPIF--
<?php if (posix_geteuid() !== 0) die('skip only root can give root up'); ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
foreach ([['user' => 'no-such-user'], ['user' => 'root'], ['group' => 'nogroup'], ['user' => 5]] as $options) {
    try {
        lyger_start_server(fn() => 'x', 0, $options);
    } catch (Throwable $thrown) {
        echo get_class($thrown), ': ', $thrown->getMessage(), "\n";
    }
}
$bodies = sys_get_temp_dir() . '/lyger-bodies-' . getmypid();
mkdir($bodies);
chown($bodies, 'nobody');
$server = new Server(<<<'PHP'
    if ($uri === '/stop') {
        lyger_stop_server();
    }
    $ids = [];
    foreach (file('/proc/self/status') as $line) {
        if (preg_match('/^(Uid|Gid|Groups|CapEff|CapPrm):\s*(.*?)\s*$/', $line, $found)) {
            $ids[] = "$found[1] " . preg_replace('/\s+/', ' ', $found[2]);
        }
    }
    return implode(', ', [...$ids, 'body ' . strlen($data['body']), lyger_cache_get('booted by'), @file_get_contents('/etc/shadow') === false ? 'no shadow' : 'shadow']);
    PHP, ['user' => 'nobody', 'group' => 'nogroup', 'body_directory' => $bodies], boot: 'lyger_cache_set("booted by", "booted by " . posix_geteuid());', extensions: ['posix']);
echo $server->get('/')->body, "\n";
echo $server->request('POST', '/', ['Content-Type' => 'text/plain'], str_repeat('x', 200_000))->body, "\n";
posix_kill($server->pid(), SIGHUP);
$end = hrtime(true) + 20_000_000_000;
while (!str_contains($server->output(), 'booted anew') && hrtime(true) < $end) {
    usleep(5000);
}
echo $server->get('/')->body, "\n", $server->get('/stop')->status, "\n";
$server->wait();
$server->stop(expected: '/^(reloading|the application was booted anew)/');
rmdir($bodies);
?>
--EXPECT--
ValueError: user must be a name or number that this system knows, "no-such-user" given
ValueError: user must not be root: leave it out to serve as root
ValueError: group needs a user beside it
TypeError: lyger_start_server(): Argument #3 ($options) must be a string or null for option "user", int given
Uid 65534 65534 65534 65534, Gid 65534 65534 65534 65534, Groups 65534, CapPrm 0000000000000000, CapEff 0000000000000000, body 0, booted by 0, no shadow
Uid 65534 65534 65534 65534, Gid 65534 65534 65534 65534, Groups 65534, CapPrm 0000000000000000, CapEff 0000000000000000, body 200000, booted by 0, no shadow
Uid 65534 65534 65534 65534, Gid 65534 65534 65534 65534, Groups 65534, CapPrm 0000000000000000, CapEff 0000000000000000, body 0, booted by 0, no shadow
200
