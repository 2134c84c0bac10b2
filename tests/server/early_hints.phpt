--TEST--
headers_send(): fields that are set by now reach an HTTP/1.1 client before the answer, and stay for the answer
--EXTENSIONS--
lyger
posix
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$handler = <<<'PHP'
    switch ($data['path']) {
        case '/wait':
            header('Link: </a.css>; rel=preload; as=style');
            $results[] = headers_send(103);
            while (!file_exists(__DIR__ . '/seen')) { usleep(1000); clearstatcache(); }
            header('Link: </b.js>; rel=preload; as=script', false);
            header('Content-Length: 3');
            header('Connection: close');
            header("X-Bad: \x01");
            $results[] = headers_send();
            header('X-Last: yes');
            header_remove('Content-Length');
            return json_encode([$results, headers_sent(), http_response_code()]);
        case '/too late':
            echo 'begun';
            flush();
            return json_encode([headers_send(103), headers_send(404)]);
        case '/final':
            header('X-A: 1');
            $results[] = headers_send(404);
            @header('X-B: 2');
            return json_encode([...$results, headers_sent()]);
        case '/finished':
            lyger_finish_request();
            file_put_contents(__DIR__ . '/finished', headers_send(103));
            return;
        case '/other': headers_send(102); headers_send(199); return 'other';
        case '/wrong':
            foreach ([0, 99, 101, 600, -103] as $status) {
                try { headers_send($status); } catch (ValueError $error) { $results[] = $error->getMessage(); }
            }
            return implode("\n", array_unique($results)) . ', ' . count($results) . ' times';
        case '/many':
            for ($i = 0; $i < 2000; $i++) { header("X-Number: $i"); headers_send(103); }
            return 'many';
        case '/fails': headers_send(103); throw new Exception('failed');
        case '/dies': headers_send(103); posix_kill(getmypid(), 9);
    }
    PHP;
$handler = str_replace("\$data['path']", "rawurldecode(\$data['path'])", $handler);
$boot = '$booting = json_encode([function_exists("headers_send"), headers_send(103), headers_send(200), headers_sent()]); echo "booting: $booting\n";';
$server = new Server($handler, boot: $boot, served: true, extensions: ['posix']);
$plain = fn(string $answer) => str_replace("\r\n", "\n", preg_replace('/^(Date|X-Powered-By): .*\r\n/m', '', $answer));

$socket = $server->connect();
fwrite($socket, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\nGET /other HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
$got = '';
while (!str_ends_with($got, "\r\n\r\n") && !feof($socket)) {
    $got .= fread($socket, 8192);
}
echo '-- before the answer: ', $plain($got), "-- and then\n"; // the handler still waits
touch("$server->directory/seen");
echo $plain(stream_get_contents($socket)), "\n-- HTTP/1.0\n";
echo $plain($server->raw("GET /wait HTTP/1.0\r\n\r\n")), "\n-- HEAD\n";
echo $plain($server->raw("HEAD /other HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
foreach (['/too%20late', '/final', '/wrong'] as $path) {
    $response = $server->get($path);
    echo "-- $path: $response->status [", $response->field('x-a'), '] [', $response->field('x-b'), "] $response->body\n";
}
$server->get('/finished');
$end = hrtime(true) + 60_000_000_000;
while (!@file_get_contents("$server->directory/finished") && hrtime(true) < $end) {
    usleep(1000);
}
echo '-- finished: ', file_get_contents("$server->directory/finished"), "\n";
$answer = $server->raw("GET /many HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
$hints = preg_match_all('~HTTP/1.1 103 Early Hints\r\n(?:X-Powered-By: .*\r\n)?X-Number: (\d+)\r\n\r\n~', $answer, $found);
$sorted = $found[1];
sort($sorted, SORT_NUMERIC); // those that a slow client does not take are left out, the others come in order
echo '-- many: ', json_encode([$hints > 0, $sorted === $found[1], str_ends_with($answer, "\r\n\r\nmany"), str_contains($answer, 'X-Number: 1999')]), "\n";
foreach (['/fails', '/dies'] as $path) {
    preg_match_all('~^HTTP/1.1 (\d+)~m', $server->raw("GET $path HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), $found);
    echo "-- $path: ", implode(' ', $found[1]), "\n";
}
preg_match('/^booting: .*$/m', $server->output(), $found);
echo $found[0], "\n";
$server->stop(expected: '/booting|lyger \d|app.php$|failed/');
?>
--EXPECT--
-- before the answer: HTTP/1.1 103 Early Hints
Link: </a.css>; rel=preload; as=style

-- and then
HTTP/1.1 103 Early Hints
Link: </a.css>; rel=preload; as=style
Link: </b.js>; rel=preload; as=script

HTTP/1.1 200 OK
Link: </a.css>; rel=preload; as=style
Link: </b.js>; rel=preload; as=script
X-Last: yes
Content-type: text/html; charset=UTF-8
Content-Length: 17

[[1,1],false,200]HTTP/1.1 102 Processing

HTTP/1.1 199 

HTTP/1.1 200 OK
Content-type: text/html; charset=UTF-8
Content-Length: 5
Connection: close

other
-- HTTP/1.0
HTTP/1.1 200 OK
Link: </a.css>; rel=preload; as=style
Link: </b.js>; rel=preload; as=script
X-Last: yes
Content-type: text/html; charset=UTF-8
Content-Length: 17
Connection: close

[[1,1],false,200]
-- HEAD
HTTP/1.1 102 Processing

HTTP/1.1 199 

HTTP/1.1 200 OK
Content-type: text/html; charset=UTF-8
Content-Length: 5
Connection: close

-- /too%20late: 200 [] [] begun[3,0]
-- /final: 404 [1] [] [0,true]
-- /wrong: 200 [] [] headers_send(): Argument #1 ($status) must be a status between 100 and 599, but not 101, 5 times
-- finished: 3
-- many: [true,true,true,true]
-- /fails: 103 500
-- /dies: 103 502
booting: [true,3,-1,false]
