--TEST--
A stream that the handler returns is sent from where it stands to its end, with its length where that is known, and closed
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    global $kept;
    switch ($data['path']) {
        case '/file': return $kept = fopen(__DIR__ . '/file', 'r');
        case '/kept': return get_debug_type($kept);
        case '/middle': $stream = fopen(__DIR__ . '/file', 'r'); fseek($stream, 99990); return $stream;
        case '/end': $stream = fopen(__DIR__ . '/file', 'r'); fseek($stream, 0, SEEK_END); return $stream;
        case '/memory': $stream = fopen('php://memory', 'w+'); fwrite($stream, 'written'); rewind($stream); return $stream;
        case '/filtered': $stream = fopen(__DIR__ . '/file', 'r'); stream_filter_append($stream, 'string.toupper', STREAM_FILTER_READ); return $stream;
        case '/echoed': echo 'echoed '; $stream = fopen('php://memory', 'w+'); fwrite($stream, 'and streamed'); rewind($stream); return $stream;
        case '/changed': ob_start(fn($text) => "$text!"); return fopen(__DIR__ . '/file', 'r');
        case '/proc': return fopen('/proc/self/status', 'r');
        case '/pipe': return popen('echo one; while [ ! -e ' . __DIR__ . '/go ]; do sleep 0.01; done; echo two', 'r');
        case '/not%20blocking': $stream = popen('sleep 0.2; echo late', 'r'); stream_set_blocking($stream, false); return $stream;
        case '/large': return fopen(__DIR__ . '/large', 'r');
        case '/peak': return memory_get_peak_usage() < 4 << 20 ? 'little memory' : 'much memory';
        case '/closed': $stream = tmpfile(); fclose($stream); return $stream;
        case '/context': return stream_context_create();
        case '/directory': return opendir(__DIR__);
        case '/write-only': return fopen(__DIR__ . '/written', 'w');
        case '/slow':
            $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
            $kept = $pair[1];
            fwrite($kept, 'first');
            stream_set_timeout($pair[0], 0, 50000);
            return $pair[0];
        case '/for%20ever': return fopen('/dev/zero', 'r');
    }
    PHP, ini: ['display_errors' => 0]);
file_put_contents("$server->directory/file", str_repeat('0123456789', 10000));
$large = fopen("$server->directory/large", 'w');
ftruncate($large, 16 << 20);
foreach (['/file', '/kept', '/middle', '/end', '/memory', '/filtered', '/echoed', '/changed', '/proc', '/not%20blocking', '/large', '/peak', '/closed',
    '/context', '/directory', '/write-only', '/slow', '/peak'] as $path) {
    $response = $server->get($path);
    $body = strlen($response->body) > 40 ? substr($response->body, 0, 4) . '…' . substr($response->body, -5) : $response->body;
    if ($path === '/proc') {
        $body = preg_match('/^Name:.*\n$/s', $response->body) ? 'a process' : $response->body;
    } elseif ($path === '/large') {
        $body = strlen($response->body) === strspn($response->body, "\0") ? 'zeros' : 'others';
    }
    echo "$path $response->status ", $response->field('content-length') ?? 'chunked', ' ', json_encode($body, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
}
$head = $server->request('HEAD', '/file');
echo 'HEAD ', $head->field('content-length'), " '$head->body'\n";
$socket = $server->connect();
fwrite($socket, "GET /pipe HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
$read = '';
while (!str_contains($read, "one\n") && ($more = fread($socket, 8192)) !== '') { $read .= $more; }
touch("$server->directory/go");
$rest = stream_get_contents($socket);
echo str_contains($read, 'two') ? 'at once' : 'as it comes', ', ', str_contains($rest, "two\n") ? 'whole' : 'cut off', "\n";
$socket = $server->connect(); // a client that leaves
fwrite($socket, "GET /for%20ever HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
fread($socket, 8192);
fclose($socket);
echo $server->get('/peak')->body, "\n";
$server->stop();
?>
--EXPECT--
/file 200 100000 "0123…56789"
/kept 200 17 "resource (closed)"
/middle 200 10 "0123456789"
/end 200 0 ""
/memory 200 7 "written"
/filtered 200 chunked "0123…56789"
/echoed 200 19 "echoed and streamed"
/changed 200 chunked "0123…6789!"
/proc 200 chunked "a process"
/not%20blocking 200 chunked "late\n"
/large 200 16777216 "zeros"
/peak 200 13 "little memory"
/closed 500 0 ""
/context 500 0 ""
/directory 500 0 ""
/write-only 500 0 ""
/slow 200 chunked "first [cut off]"
/peak 200 13 "little memory"
HEAD 100000 ''
as it comes, whole
little memory
