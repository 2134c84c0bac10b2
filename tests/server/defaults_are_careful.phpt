--TEST--
Server: it listens on 127.0.0.1 and answers no path itself unless it is asked to; bodies follow post_max_size, a 413 is said
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$handler = 'return "the application: $uri " . strlen($data["body"]);';
$reach = fn(Server $server, string $address) => (bool) @stream_socket_client("tcp://$address:$server->port", $code, $message, 5);

$server = new Server($handler, ini: ['post_max_size' => 1000]);
echo strtok($server->output(), ','), $reach($server, '127.0.0.2') ? ' for others' : '', "\n";
echo $server->get('/health')->body, ' | ', $server->get('/metrics')->body, "\n";
echo $server->post('/fits', str_repeat('x', 1000))->body, "\n";
echo $server->post('/too-long', str_repeat('x', 1001))->status, "\n";
preg_match('/^413: .*$/m', $server->output(), $line);
echo $line[0] ?? 'nothing said', "\n";
$server->stop(expected: '/^413: /');

$server = new Server($handler, ini: ['post_max_size' => 0]); // no limit
echo $server->post('/long', str_repeat('x', 9 << 20))->body, "\n";
$server->stop();

$mode = umask(0);
$path = sys_get_temp_dir() . '/lyger-mode-' . getmypid();
foreach (['0640', 0600] as $given) {
    $server = new Server($handler, ['host' => "unix:$path", 'socket_mode' => $given]);
    clearstatcache();
    printf("%04o\n", fileperms($path) & 0777);
    $server->stop();
}
umask($mode);

$server = new Server($handler, ['host' => '0.0.0.0', 'health_path' => '/up', 'metrics_path' => '/figures', 'max_body_size' => 2000],
    ['post_max_size' => 1000]);
var_dump($reach($server, '127.0.0.2'));
echo substr($server->get('/up')->body, 0, 14), "\n";
$figures = fn(Server $server, string $fields) => strtok(Server::parse($server->raw("GET /figures HTTP/1.1\r\n{$fields}Connection: close\r\n\r\n"))->body, ' ');
echo $figures($server, "Host: localhost\r\n"), ' ', $figures($server, "Host: 127.0.0.1\r\n"), "\n";
echo $figures($server, "Host: evil.example\r\n"), ' ', $figures($server, "Host: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n"), "\n";
echo $server->post('/', str_repeat('x', 2001))->status, "\n";
$server->stop(expected: '/^413: |POST Content-Length/');

$server = new Server($handler, ['metrics_path' => '/figures', 'metrics_public' => true]);
echo $figures($server, "Host: evil.example\r\n"), "\n";
$server->stop();
?>
--EXPECTF--
listening on http://127.0.0.1:%d
the application: /health 0 | the application: /metrics 0
the application: /fits 1000
413
413: a body of more than max_body_size (1000 bytes) was refused: POST /too-long
the application: /long 9437184
0640
0600
bool(true)
{"status":"ok"
# #
the the
413
#
