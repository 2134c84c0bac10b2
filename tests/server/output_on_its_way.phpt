--TEST--
Output buffers, flush(), finished requests, HEAD, and a client that leaves
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$handler = <<<'PHP'
    $note = fn($text) => file_put_contents(__DIR__ . '/notes', "$text\n", FILE_APPEND);
    switch ($data['path']) {
        case '/buffers': ob_start(fn($text) => "<$text>"); echo 'a'; ob_start(fn($text) => "[$text]"); echo 'b'; return 'c';
        case '/levels': return [ob_get_level(), ob_list_handlers(), ini_get('implicit_flush'), (int) ini_get('output_buffering')];
        case '/late header': echo 'early'; return json_encode([@header('X-Late: 1'), headers_sent()]);
        case '/stream':
            for ($i = 0; $i < 3; $i++) { echo "piece $i\n"; flush(); while (!file_exists(__DIR__ . "/seen$i")) { usleep(1000); clearstatcache(); } }
            return;
        case '/finish':
            register_shutdown_function(fn() => $note('shutdown function after the end'));
            ob_start();
            echo 'all of it';
            $first = fastcgi_finish_request();
            echo 'nothing of this';
            $note(json_encode([$first, lyger_finish_request(), connection_status(), headers_sent()]));
            while (!file_exists(__DIR__ . '/seen finish')) { usleep(1000); clearstatcache(); }
            $note('went on');
            return 'nor this';
        case '/head': $note('handler of ' . $method . ' ran'); echo 'body'; $note('to its end'); return 'more';
        case '/left':
        case '/left ignored':
            ignore_user_abort(str_contains($uri, 'ignored'));
            register_shutdown_function(fn() => $note('aborted: ' . connection_aborted()));
            $note('started');
            for ($i = 0; $i < 3000 && !connection_aborted(); $i++) { echo str_repeat('x', 1000); flush(); usleep(1000); }
            $note('handler goes on');
            return;
        case '/notes': $notes = file_get_contents(__DIR__ . '/notes'); unlink(__DIR__ . '/notes'); return $notes;
    }
    PHP;
$server = new Server(str_replace("\$data['path']", "rawurldecode(\$data['path'])", $handler));
echo $server->get('/buffers')->body, "\n", $server->get('/levels')->body, "\n", $server->get('/late%20header')->body, "\n";
$socket = $server->connect();
fwrite($socket, "GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
$got = '';
for ($i = 0; $i < 3; $i++) {
    while (!str_contains($got, "piece $i") && !feof($socket)) {
        $got .= fread($socket, 8192);
    }
    touch("$server->directory/seen$i");
}
$got .= stream_get_contents($socket);
echo Server::parse($got)->body;
echo $server->get('/finish')->body, ' arrives before ';
touch("$server->directory/seen finish");
echo str_replace("\n", ', ', $server->get('/notes')->body), "\n";
$head = $server->request('HEAD', '/head');
echo $head->status, ' ', json_encode($head->body), ': ', str_replace("\n", ', ', $server->get('/notes')->body), "\n";
foreach (['/left', '/left%20ignored'] as $path) {
    $socket = $server->connect();
    fwrite($socket, "GET $path HTTP/1.1\r\nHost: x\r\n\r\n");
    fread($socket, 1000);
    fclose($socket);
    echo rawurldecode($path), ': ', str_replace("\n", ', ', $server->get('/notes')->body), "\n";
}
$server->stop();
$server = new Server($handler, ini: ['output_buffering' => 4096]);
echo $server->get('/levels')->body, "\n";
$server->stop();
?>
--EXPECT--
<a[bc]>
[0,[],"0",0]
early[null,true]
piece 0
piece 1
piece 2
all of it arrives before [true,false,0,true], went on, shutdown function after the end, 
200 "": handler of HEAD ran, to its end, 
/left: started, aborted: 1, 
/left ignored: started, handler goes on, aborted: 1, 
[1,["default output handler"],"0",4096]
