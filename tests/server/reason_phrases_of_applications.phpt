--TEST--
Server: a reason phrase that the application gives is the one that is sent
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    match ($uri) {
        '/custom' => header('HTTP/1.1 404 Not Here'),
        '/ok' => header('HTTP/1.0 200 Very Well'),
        '/cgi' => header('Status: 410 Long Gone'),
        '/changed' => [header('HTTP/1.1 404 Not Here'), http_response_code(403)],
        '/unknown' => header('HTTP/1.1 799 Ours'),
        '/long' => header('HTTP/1.1 404 ' . str_repeat('x', 500)),
        '/failed' => [header('HTTP/1.1 200 Fine'), throw new Exception],
    };
    return '';
    PHP, ini: ['display_errors' => 0]);
foreach (['/custom', '/ok', '/cgi', '/changed', '/unknown', '/long', '/failed'] as $uri) {
    $answer = $server->raw("GET $uri HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    echo strtok($answer, "\r"), stripos($answer, "\nStatus:") ? ' and a Status field' : '', "\n";
}
$server->stop();
?>
--EXPECT--
HTTP/1.1 404 Not Here
HTTP/1.1 200 Very Well
HTTP/1.1 410 Long Gone
HTTP/1.1 403 Forbidden
HTTP/1.1 799 Ours
HTTP/1.1 404 Not Found
HTTP/1.1 500 Internal Server Error
