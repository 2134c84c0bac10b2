--TEST--
Superglobals and $data are those of the request, and nothing of the one before
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    if ($data['path'] === '/server') {
        unset($data['request_time'], $data['remote_port'], $data['server_port']);
        $keys = ['REQUEST_METHOD', 'REQUEST_URI', 'QUERY_STRING', 'SCRIPT_NAME', 'PHP_SELF', 'PATH_INFO', 'SERVER_PROTOCOL',
            'SERVER_NAME', 'REMOTE_ADDR', 'SERVER_ADDR', 'GATEWAY_INTERFACE', 'REQUEST_SCHEME', 'HTTP_HOST', 'HTTP_X_TWICE',
            'HTTP_PROXY', 'HTTP_X_UNDER_SCORE', 'CONTENT_TYPE', 'CONTENT_LENGTH', 'HTTP_CONTENT_TYPE', 'argv', 'HTTP_COOKIE'];
        $server = array_intersect_key($_SERVER, array_flip($keys));
        ksort($server);
        return ['uri' => $uri, 'method' => $method, 'data' => $data, 'server' => $server,
            'same' => [$_GET === $data['query'], $_POST === $data['post'], $_COOKIE === $data['cookies'], $_FILES === $data['files']],
            'request' => $_REQUEST, 'times' => [abs($_SERVER['REQUEST_TIME_FLOAT'] - microtime(true)) < 5,
                $_SERVER['REQUEST_TIME'] === (int) $_SERVER['REQUEST_TIME_FLOAT'], is_string($_SERVER['REMOTE_PORT'])],
            'getenv' => [getenv('REQUEST_METHOD'), getenv('HTTP_X_TWICE'), getenv('PATH') === $_SERVER['PATH']]];
    }
    if (str_starts_with($data['path'], '/app.php/')) {
        return [$_SERVER['PATH_INFO'], $_SERVER['PHP_SELF'], $_SERVER['SCRIPT_NAME'], basename($_SERVER['SCRIPT_FILENAME'])];
    }
    if ($data['path'] === '/headers') {
        return [getallheaders(), apache_request_headers() === getallheaders()];
    }
    return [$_GET, $_POST, $_COOKIE, $_REQUEST, $_SERVER['QUERY_STRING'], isset($_SERVER['HTTP_X_TWICE'])];
    PHP);
$show = fn($response) => print(json_encode(json_decode($response->body), JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES) . "\n");
$show($server->post('/server?a=1&b[]=2&b[]=3', ['p' => 'v w', 'q' => ['x' => 'y']], ['Cookie: c=1; d=%20', 'Cookie: e=2', 'X-Twice: 1',
    'x-twice: 2', 'Proxy: evil', 'X_Under_Score: evil', 'X.Under.Score: evil']));
echo $server->get('/')->body, "\n";
echo $server->get('/app.php/a%20b/c')->body, "\n";
echo $server->get('/headers', ['x-some-HEADER' => 'v', 'Accept' => '*/*'])->body, "\n";
$show(Server::parse($server->raw("GET http://absolute:81/?x HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n")));
$server->stop();
?>
--EXPECT--
{
    "uri": "/server?a=1&b[]=2&b[]=3",
    "method": "POST",
    "data": {
        "query": {
            "a": "1",
            "b": [
                "2",
                "3"
            ]
        },
        "post": {
            "p": "v w",
            "q": {
                "x": "y"
            }
        },
        "files": [],
        "cookies": {
            "c": "1",
            "d": " ",
            "e": "2"
        },
        "headers": {
            "host": "test",
            "cookie": "c=1; d=%20; e=2",
            "x-twice": "1, 2",
            "proxy": "evil",
            "x_under_score": "evil",
            "x.under.score": "evil",
            "content-type": "application/x-www-form-urlencoded",
            "content-length": "16",
            "connection": "close"
        },
        "body": "p=v+w&q%5Bx%5D=y",
        "body_file": null,
        "path": "/server",
        "query_string": "a=1&b[]=2&b[]=3",
        "host": "test",
        "scheme": "http",
        "protocol": "HTTP/1.1",
        "remote_addr": "127.0.0.1",
        "server_addr": "127.0.0.1"
    },
    "server": {
        "CONTENT_LENGTH": "16",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "GATEWAY_INTERFACE": "CGI/1.1",
        "HTTP_COOKIE": "c=1; d=%20; e=2",
        "HTTP_HOST": "test",
        "HTTP_X_TWICE": "1, 2",
        "PHP_SELF": "/app.php",
        "QUERY_STRING": "a=1&b[]=2&b[]=3",
        "REMOTE_ADDR": "127.0.0.1",
        "REQUEST_METHOD": "POST",
        "REQUEST_SCHEME": "http",
        "REQUEST_URI": "/server?a=1&b[]=2&b[]=3",
        "SCRIPT_NAME": "/app.php",
        "SERVER_ADDR": "127.0.0.1",
        "SERVER_NAME": "test",
        "SERVER_PROTOCOL": "HTTP/1.1"
    },
    "same": [
        true,
        true,
        true,
        true
    ],
    "request": {
        "a": "1",
        "b": [
            "2",
            "3"
        ],
        "p": "v w",
        "q": {
            "x": "y"
        },
        "c": "1",
        "d": " ",
        "e": "2"
    },
    "times": [
        true,
        true,
        true
    ],
    "getenv": [
        "POST",
        "1, 2",
        true
    ]
}
[[],[],[],[],"",false]
["\/a b\/c","\/app.php\/a b\/c","\/app.php","app.php"]
[{"Host":"test","X-Some-Header":"v","Accept":"*\/*","Connection":"close"},true]
[
    {
        "x": ""
    },
    [],
    [],
    {
        "x": ""
    },
    "x",
    false
]
