--TEST--
header(), setcookie(), http_response_code() and their kin
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    switch (rawurldecode($data["path"])) {
        case '/':
            header('X-One: 1');
            header('X-One: 2', false);
            header('X-Gone: 1');
            header_remove('x-gone');
            header_remove('X-Powered-By');
            setcookie('plain', 'a b');
            setcookie('full', 'v', ['expires' => 1000, 'path' => '/p', 'secure' => true, 'httponly' => true, 'samesite' => 'Lax']);
            http_response_code(201);
            return json_encode([headers_list(), headers_sent(), http_response_code()]);
        case '/redirect': header('Location: /there'); return '';
        case '/line': header('HTTP/1.1 410 Went'); return 'line';
        case '/status': header('Status: 451 Legal'); return 'status';
        case '/callback':
            header_register_callback(function () { header('X-Late: yes'); });
            return 'callback';
        case '/sent':
            echo 'x';
            flush();
            @header('X-Late: no');
            return json_encode([headers_sent($file, $line), basename($file), preg_replace('~ by .*~', '', error_get_last()['message'] ?? '')]);
        case '/length': header('Content-Length: 3'); return 'abc';
        case '/framing': header('Transfer-Encoding: chunked'); header('Connection: upgrade'); header('Date: never'); return 'ok';
        case '/no content': http_response_code(204); return 'dropped';
        case '/injection': @header("X-A: 1\r\nX-B: 2"); @header("nonsense"); @header("X C: 1"); header("X-D: \x01"); return 'safe';
    }
    PHP);
$show = function (string $path, array $names) use ($server) {
    $response = $server->get($path);
    echo $path, ' ', $response->status;
    foreach ($names as $name) {
        echo " [$name: ", $response->field($name) ?? '-', ']';
    }
    echo ' ', $response->body, "\n";
};
$show('/', ['x-one', 'x-gone', 'x-powered-by', 'set-cookie']);
$show('/redirect', ['location']);
echo 'POST ', $server->request('POST', '/redirect', [], 'x')->status, "\n"; // PHP-FPM's; mod_php says 303
$show('/line', []);
$show('/status', ['status']);
$show('/callback', ['x-late']);
$show('/sent', ['x-late']);
$show('/length', ['content-length']);
$show('/framing', ['transfer-encoding', 'content-length', 'connection']);
echo preg_match_all('/^date: (.*)$/mi', $server->raw("GET /framing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), $dates), ' ',
    str_contains($dates[1][0], 'GMT') ? 'date' : 'no date', "\n";
$show('/injection', ['x-a', 'x-b', 'x-d']);
$server->stop();
?>
--EXPECT--
/ 201 [x-one: 1 | 2] [x-gone: -] [x-powered-by: -] [set-cookie: plain=a%20b | full=v; expires=Thu, 01 Jan 1970 00:16:40 GMT; Max-Age=0; path=/p; secure; HttpOnly; SameSite=Lax] [["X-One: 1","X-One: 2","Set-Cookie: plain=a%20b","Set-Cookie: full=v; expires=Thu, 01 Jan 1970 00:16:40 GMT; Max-Age=0; path=\/p; secure; HttpOnly; SameSite=Lax"],false,201]
/redirect 302 [location: /there] 
POST 302
/line 410 line
/status 451 [status: -] status
/callback 200 [x-late: yes] callback
/sent 200 [x-late: -] x[true,"app.php","Cannot modify header information - headers already sent"]
/length 200 [content-length: 3] abc
/framing 200 [transfer-encoding: -] [content-length: 2] [connection: close] ok
1 date
/injection 200 [x-a: -] [x-b: -] [x-d: -] safe
