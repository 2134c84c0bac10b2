--TEST--
Between two bounds there are as many workers as requests need: four that wait for each other are answered where one worker would never do; a reload keeps that
--EXTENSIONS--
lyger
posix
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/scripts.inc';

$server = new Scripts([
    'meet.php' => '<?php touch(__DIR__ . "/met" . $_GET["n"]); $end = microtime(true) + 25;
        while (count(glob(__DIR__ . "/met*")) < 4 && microtime(true) < $end) { usleep(1000); } echo getmypid();',
], ['workers' => '1..4', 'request_timeout' => 60]);

$meet = static function () use ($server): void {
    array_map('unlink', glob("$server->root/met*"));
    foreach (range(1, 4) as $n) {
        fwrite($sockets[] = $server->connect(), "GET /meet.php?n=$n HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }
    $pids = array_map(fn($socket) => Server::parse(stream_get_contents($socket))->body, $sockets);
    echo count(array_unique($pids)), " workers\n";
};
$meet();
$before = substr_count($server->output(), 'booted anew');
posix_kill($server->pid(), 1);
$end = microtime(true) + 60;
while (substr_count($server->output(), 'booted anew') === $before && microtime(true) < $end) {
    usleep(2000);
}
$meet();
$server->stop(expected: '/^reloading|booted anew/');
foreach (['0..4', '4..2', '1..', '..3', '1..600', '1...3', 'two', '2..x'] as $wrong) {
    $said = shell_exec(PHP_BINARY . ' -n -d extension_dir=' . ini_get('extension_dir') . ' -d extension=lyger ' . getenv('LYGER_SOURCE') . "/bin/lyger serve --root=/tmp --workers=$wrong 2>&1");
    echo trim($said), "\n";
}
?>
--EXPECT--
4 workers
4 workers
lyger: --workers must be a number, or two such as 2..16, between 1 and 508, "0..4" given
lyger: --workers must be a number, or two such as 2..16, between 1 and 508, "4..2" given
lyger: --workers must be a number, or two such as 2..16, between 1 and 508, "1.." given
lyger: --workers must be a number, or two such as 2..16, between 1 and 508, "..3" given
lyger: --workers must be a number, or two such as 2..16, between 1 and 508, "1..600" given
lyger: --workers must be a number, or two such as 2..16, between 1 and 508, "1...3" given
lyger: --workers must be a whole number, "two" given
lyger: --workers must be a number, or two such as 2..16, between 1 and 508, "2..x" given
