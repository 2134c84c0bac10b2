--TEST--
Server: an answer that ends in an exception or a fatal error after its first byte is cut off; what the client sees is never complete
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    if ($uri === '/long') {
        header('Content-Length: 100');
    }
    if ($uri !== '/early') {
        echo 'first';
        flush();
    }
    if ($uri === '/handled') {
        set_exception_handler(function () { echo ' and handled'; });
        throw new Exception('x');
    }
    if ($uri === '/fatal') {
        eval('class A extends Undefined {} function f(): int { return new class { public function __get($a) {} }; } abstract final class B {}');
    }
    if ($uri === '/memory') {
        ini_set('memory_limit', '4M');
        str_repeat('x', 8 << 20);
    }
    if ($uri !== '/good') {
        throw new Exception('x');
    }
    PHP, ini: ['display_errors' => 0]);

foreach (['/good', '/handled', '/exception', '/fatal', '/memory', '/long'] as $uri) {
    foreach (['1.0', '1.1'] as $version) {
        $socket = $server->connect();
        fwrite($socket, "GET $uri HTTP/$version\r\nHost: a\r\nConnection: close\r\n\r\n");
        $answer = stream_get_contents($socket);
        $reset = @fwrite($socket, 'x') === false; // a connection that was closed in order takes it still
        [$head, $body] = explode("\r\n\r\n", $answer, 2) + [1 => ''];
        $whole = match (true) {
            str_contains($head, 'chunked') => str_ends_with($body, "\r\n0\r\n\r\n") || $body === "0\r\n\r\n",
            (bool) preg_match('/content-length: (\d+)/i', $head, $found) => strlen($body) === (int) $found[1],
            default => !$reset,
        };
        echo "$uri HTTP/$version: ", strtok($head, "\r"), ', ', $whole ? 'whole' : 'cut off', "\n";
    }
}
$response = $server->get('/early');
echo $response->status, ' ', var_export($response->body, true), "\n";
$server->stop();
?>
--EXPECT--
/good HTTP/1.0: HTTP/1.1 200 OK, whole
/good HTTP/1.1: HTTP/1.1 200 OK, whole
/handled HTTP/1.0: HTTP/1.1 200 OK, whole
/handled HTTP/1.1: HTTP/1.1 200 OK, whole
/exception HTTP/1.0: HTTP/1.1 200 OK, cut off
/exception HTTP/1.1: HTTP/1.1 200 OK, cut off
/fatal HTTP/1.0: HTTP/1.1 200 OK, cut off
/fatal HTTP/1.1: HTTP/1.1 200 OK, cut off
/memory HTTP/1.0: HTTP/1.1 200 OK, cut off
/memory HTTP/1.1: HTTP/1.1 200 OK, cut off
/long HTTP/1.0: HTTP/1.1 200 OK, cut off
/long HTTP/1.1: HTTP/1.1 200 OK, cut off
500 ''
