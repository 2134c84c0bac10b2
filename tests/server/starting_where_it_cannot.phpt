--TEST--
A server is refused inside of a request, a fiber, twice, and without its directories; without one, stopping and finishing do nothing
--EXTENSIONS--
lyger
posix
pcntl
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    $tell = function (callable $call) {
        try {
            return $call();
        } catch (Throwable $thrown) {
            return get_class($thrown) . ': ' . $thrown->getMessage();
        }
    };
    return [
        $tell(fn() => lyger_start_server(fn() => 'x', 0)),
        $tell(fn() => Lyger\Engine::startServer(fn() => 'x', 0)),
        $tell(fn() => lyger_handle_request(fn() => 'x')),
    ];
    PHP);
echo implode("\n", json_decode($server->get('/')->body)), "\n";
$server->stop();
$fiber = new Fiber(function () {
    try {
        lyger_start_server(fn() => 'x', 0);
    } catch (Lyger\Exception\ServerException $refused) {
        echo $refused->getMessage(), "\n";
    }
});
$fiber->start();
foreach ([['document_root' => '/nowhere'], ['document_root' => __FILE__], ['body_directory' => '/nowhere'],
    ['access_log' => '/nowhere/log']] as $options) {
    try {
        lyger_start_server(fn() => 'x', 0, $options);
    } catch (Lyger\Exception\ServerException $refused) {
        echo str_replace(__DIR__, '', $refused->getMessage()), "\n";
    }
}
lyger_stop_server();
Lyger\Engine::stopServer();
var_dump(lyger_finish_request());
echo 'twice, one after the other: ';
$server = new Server('lyger_start_server(fn() => "first", 0); echo "between\n"; lyger_start_server(fn() => "second", 0); echo "end\n";', whole: true);
echo $server->get('/')->body, ' ';
posix_kill($server->pid(), SIGTERM);
$end = hrtime(true) + 10_000_000_000;
while (!preg_match_all('~^listening on http://\S+:(\d+)~m', $server->output(), $found) || count($found[1]) < 2) {
    usleep(2000);
    hrtime(true) < $end || exit("no second server\n");
}
$again = stream_socket_client("tcp://127.0.0.1:{$found[1][1]}");
fwrite($again, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
echo Server::parse(stream_get_contents($again))->body, "\n";
$server->stop(expected: '/^(between|end)$/');
?>
--EXPECT--
Lyger\Exception\ServerException: The server cannot be started from inside of a request that it serves
Lyger\Exception\ServerException: The server cannot be started from inside of a request that it serves
Lyger\Exception\ServerException: A request is being handled already
The server cannot be started inside of a fiber: its workers would never leave it
document_root must be a directory: /nowhere cannot be opened: No such file or directory
document_root must be a directory: /starting_where_it_cannot.php cannot be opened: Not a directory
body_directory must be a directory: /nowhere cannot be opened: No such file or directory
cannot open the access log /nowhere/log: No such file or directory
bool(false)
twice, one after the other: first second
