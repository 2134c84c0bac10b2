--TEST--
trust_proxy: Forwarded and X-Forwarded-… say who the client is when a trusted proxy sends them, and only then
--EXTENSIONS--
lyger
--SKIPIF--
<?php
require __DIR__ . '/../inc/skip_without_server.inc';
if (!is_executable('/usr/sbin/nginx')) die('skip nginx is not here (Debian: nginx-light or nginx)');
?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$handler = <<<'PHP'
    $names = ['REMOTE_ADDR', 'REMOTE_PORT', 'HTTPS', 'REQUEST_SCHEME', 'SERVER_NAME', 'SERVER_PORT', 'HTTP_HOST'];
    return implode(' ', array_map(fn($name) => $_SERVER[$name] ?? '-', $names))
        . " | $data[remote_addr] $data[scheme] $data[host] " . ($data['headers']['x-forwarded-for'] ?? '-');
    PHP;
$ask = function (Server $server, array $fields) {
    $response = $server->get('/', $fields);
    $body = preg_replace('/^127\.0\.0\.1 \d+/', '127.0.0.1 (its port)', str_replace((string) $server->port, '(the port)', $response->body));
    echo implode(', ', array_map(fn($name, $value) => is_int($name) ? $value : "$name: $value", array_keys($fields), $fields)) ?: 'nothing',
        "\n    $response->status $body\n";
};
$x = ['X-Forwarded-For' => '1.1.1.1, 203.0.113.9, 10.0.0.2', 'X-Forwarded-Proto' => 'https', 'X-Forwarded-Host' => 'shop.example'];

echo "-- nobody is trusted, or somebody else\n";
foreach ([[], ['trust_proxy' => '10.0.0.0/8,unix']] as $options) {
    $server = new Server($handler, $options);
    $ask($server, $x);
    $ask($server, ['Forwarded' => 'for=203.0.113.9;proto=https', 'X-Forwarded-For' => '1.1.1.1']);
    $server->stop();
}

echo "-- this machine and 10.0.0.0/8 are\n";
$server = new Server($handler, ['trust_proxy' => 'loopback,10.0.0.0/8', 'access_log' => '-']);
$ask($server, []);
$ask($server, $x);
$ask($server, ['Forwarded' => 'for="[2001:db8::9]:4711";proto=https;host="shop.example:8443"']);
$ask($server, ['X-Forwarded-For' => 'unknown']);
$ask($server, ['X-Forwarded-For' => '203.0.113.9', 'X-Forwarded-Port' => '8080']);
$ask($server, ['X-Forwarded-For' => '203.0.113.9', 'Forwarded' => 'for=1.1.1.1']);
$ask($server, ['X-Forwarded-Host' => '<script>']);
$end = hrtime(true) + 60_000_000_000;
while (substr_count($server->output(), '"GET / HTTP/1.1"') < 7 && hrtime(true) < $end) {
    usleep(1000);
}
preg_match_all('~^(\S+) .*"GET / HTTP/1.1" (\d+)~m', $server->output(), $found, PREG_SET_ORDER);
echo 'log: ', implode(', ', array_map(fn($line) => "$line[1] $line[2]", $found)), "\n";
$server->stop(expected: '~"GET / HTTP/1.1"~');

echo "-- behind nginx\n";
$server = new Server($handler, ['trust_proxy' => '127.0.0.1']);
$directory = realpath(sys_get_temp_dir()) . '/lyger-trust-' . getmypid();
mkdir($directory);
$socket = stream_socket_server('tcp://127.0.0.1:0'); // to find a free port
$port = (int) substr(strrchr(stream_socket_get_name($socket, false), ':'), 1);
fclose($socket);
$paths = implode('', array_map(fn($name) => "{$name}_temp_path $directory/$name;\n", ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']));
file_put_contents("$directory/nginx.conf", <<<CONF
    pid $directory/nginx.pid;
    error_log $directory/nginx.log;
    daemon off;
    events {}
    http {
        access_log off;
        $paths
        server {
            listen 127.0.0.1:$port;
            location / {
                proxy_pass http://127.0.0.1:$server->port;
                proxy_http_version 1.1;
                proxy_set_header Host \$http_host;
                proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
                proxy_set_header X-Forwarded-Proto https;
                proxy_set_header X-Forwarded-Host "";
                proxy_set_header X-Forwarded-Port 443;
                proxy_set_header Forwarded "";
            }
        }
    }
    CONF);
$nginx = proc_open(['/usr/sbin/nginx', '-p', $directory, '-c', "$directory/nginx.conf", '-e', "$directory/nginx.log"], [], $pipes);
while (!($client = @stream_socket_client("tcp://127.0.0.1:$port")) && hrtime(true) < $end) {
    usleep(10_000);
}
fwrite($client, "GET / HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: 1.1.1.1, 203.0.113.9\r\nX-Forwarded-Host: evil\r\n"
    . "X-Forwarded-Proto: http\r\nForwarded: for=2.2.2.2\r\nConnection: close\r\n\r\n");
echo Server::parse(stream_get_contents($client))->body, "\n"; // 127.0.0.1 is trusted, so the one before it is the client's
proc_terminate($nginx);
proc_close($nginx);
$server->stop();
exec('rm -rf ' . escapeshellarg($directory));

echo "-- what is wrong\n";
foreach (['10.0.0.0/33', 'proxy.example', '127.0.0.1,,::1', 10] as $wrong) {
    try {
        lyger_start_server(fn() => 'x', 0, ['trust_proxy' => $wrong, 'check_only' => true]);
    } catch (Throwable $thrown) {
        echo get_class($thrown), ": {$thrown->getMessage()}\n";
    }
}
?>
--EXPECT--
-- nobody is trusted, or somebody else
X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.0.0.2, X-Forwarded-Proto: https, X-Forwarded-Host: shop.example
    200 127.0.0.1 (its port) - http test (the port) test | 127.0.0.1 http test 1.1.1.1, 203.0.113.9, 10.0.0.2
Forwarded: for=203.0.113.9;proto=https, X-Forwarded-For: 1.1.1.1
    200 127.0.0.1 (its port) - http test (the port) test | 127.0.0.1 http test 1.1.1.1
X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.0.0.2, X-Forwarded-Proto: https, X-Forwarded-Host: shop.example
    200 127.0.0.1 (its port) - http test (the port) test | 127.0.0.1 http test 1.1.1.1, 203.0.113.9, 10.0.0.2
Forwarded: for=203.0.113.9;proto=https, X-Forwarded-For: 1.1.1.1
    200 127.0.0.1 (its port) - http test (the port) test | 127.0.0.1 http test 1.1.1.1
-- this machine and 10.0.0.0/8 are
nothing
    200 127.0.0.1 (its port) - http test (the port) test | 127.0.0.1 http test -
X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.0.0.2, X-Forwarded-Proto: https, X-Forwarded-Host: shop.example
    200 203.0.113.9 0 on https shop.example 443 shop.example | 203.0.113.9 https shop.example 1.1.1.1, 203.0.113.9, 10.0.0.2
Forwarded: for="[2001:db8::9]:4711";proto=https;host="shop.example:8443"
    200 2001:db8::9 4711 on https shop.example 8443 shop.example:8443 | 2001:db8::9 https shop.example:8443 -
X-Forwarded-For: unknown
    200  0 - http test (the port) test |  http test unknown
X-Forwarded-For: 203.0.113.9, X-Forwarded-Port: 8080
    200 203.0.113.9 0 - http test 8080 test | 203.0.113.9 http test 203.0.113.9
X-Forwarded-For: 203.0.113.9, Forwarded: for=1.1.1.1
    400 {"status":400,"error":"the fields of proxies contradict each other or are malformed"}
X-Forwarded-Host: <script>
    200 127.0.0.1 (its port) - http test (the port) test | 127.0.0.1 http test -
log: 127.0.0.1 200, 203.0.113.9 200, 2001:db8::9 200, - 200, 203.0.113.9 200, 127.0.0.1 400, 127.0.0.1 200
-- behind nginx
203.0.113.9 0 on https shop.example 443 shop.example | 203.0.113.9 https shop.example 1.1.1.1, 203.0.113.9, 127.0.0.1
-- what is wrong
ValueError: trust_proxy must be addresses, networks such as 10.0.0.0/8, or the words unix, loopback and private, with commas between them, "10.0.0.0/33" given
ValueError: trust_proxy must be addresses, networks such as 10.0.0.0/8, or the words unix, loopback and private, with commas between them, "proxy.example" given
ValueError: trust_proxy must be addresses, networks such as 10.0.0.0/8, or the words unix, loopback and private, with commas between them, "" given
TypeError: lyger_start_server(): Argument #3 ($options) must be a string or null for option "trust_proxy", int given
