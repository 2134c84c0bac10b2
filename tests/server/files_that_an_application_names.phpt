--TEST--
X-Sendfile and X-Accel-Redirect: the front process sends the file that an application names, and no other
--EXTENSIONS--
lyger
posix
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$directory = sys_get_temp_dir() . '/lyger-sendfile-' . getmypid();
mkdir($directory);
mkdir("$directory/files");
mkdir("$directory/files/sub");
file_put_contents("$directory/files/report.pdf", 'the report');
file_put_contents("$directory/files/data", 'no extension');
file_put_contents("$directory/secret.txt", 'secret');
symlink("$directory/secret.txt", "$directory/files/out.txt");
posix_mkfifo("$directory/files/fifo", 0600);
$big = fopen("$directory/files/big.bin", 'w');
ftruncate($big, 5 << 30); // a hole
fseek($big, 0, SEEK_END);
fwrite($big, 'the end');
fclose($big);

$handler = <<<'PHP'
    $file = $data['query']['file'] ?? '';
    switch ($data['path']) {
        case '/path':
            header("X-Sendfile: $file");
            header('Content-Disposition: attachment; filename="download"');
            header('Cache-Control: private');
            setcookie('seen', 'yes');
            return 'the body of the application';
        case '/uri':
            header("X-Accel-Redirect: $file");
            if (isset($data['query']['type'])) {
                header("Content-Type: {$data['query']['type']}");
            }
            echo str_repeat('the body of the application', 10000); // more than is held back
            flush();
            return null;
        case '/late':
            echo 'begun, ';
            flush();
            @header("X-Sendfile: $file");
            return preg_replace('/ by .*/', '', error_get_last()['message'] ?? 'no error');
        case '/after':
            header("X-Sendfile: $file");
            lyger_finish_request();
            lyger_cache_increment('went on');
            return;
        case '/status':
            http_response_code((int) $data['query']['status']);
            header("X-Sendfile: $file");
            return '';
        case '/fields':
            return implode(' ', [$_SERVER['HTTP_X_SENDFILE_TYPE'] ?? '-', $_SERVER['HTTP_X_ACCEL_MAPPING'] ?? '-',
                $data['headers']['x-sendfile-type'] ?? '-', $data['headers']['x-accel-mapping'] ?? '-']);
        case '/count':
            return (string) lyger_cache_get('went on', 0);
    }
    PHP;
$server = new Server($handler, ['sendfile' => "/protected/=$directory/files"]);
$files = "$directory/files";
$show = function (string $target, array $fields = [], string $method = 'GET', string $body = '') use (&$server, $files) {
    $response = $server->request($method, strtr($target, ['~' => $files]), $fields, $body);
    foreach (['X-Sendfile', 'X-Accel-Redirect'] as $name) {
        if ($response->field(strtolower($name)) !== null) {
            echo "the client sees $name: ";
        }
    }
    foreach (['content-type', 'content-length', 'content-range', 'content-disposition', 'cache-control', 'set-cookie'] as $name) {
        $texts[] = $response->field($name) ?? '-';
    }
    echo "$method $target: $response->status [", implode('] [', $texts), "] $response->body\n";
    return $response;
};

echo "-- what is sent\n";
$whole = $show('/path?file=~/report.pdf');
var_dump(preg_match('/^"[^"]+"$/', $whole->field('etag')), isset($whole->fields['last-modified']), $whole->field('accept-ranges'));
$show('/path?file=~/report.pdf', ['Range' => 'bytes=4-6']);
$show('/path?file=~/report.pdf', ['Range' => 'bytes=4-6', 'If-Range' => '"other"']);
$show('/path?file=~/report.pdf', ['Range' => 'bytes=10-']);
$show('/path?file=~/report.pdf', ['If-None-Match' => $whole->field('etag')]);
$show('/path?file=~/report.pdf', ['If-Modified-Since' => $whole->field('last-modified')]);
$show('/path?file=~/report.pdf', [], 'HEAD');
$show('/path?file=~/report.pdf', ['Range' => 'bytes=4-6'], 'POST', 'a=1');
$show('/path?file=~/big.bin', ['Range' => 'bytes=5368709120-']);
$show('/path?file=~/big.bin', [], 'HEAD');
$show('/path?file=~/data');
$show('/uri?file=/protected/report.pdf');
$show('/uri?file=/protected/report.pdf&type=application/x-report');
$show('/uri?file=%252Fprotected%252Freport%252Epdf%3Fpage=2');
$show('/status?status=404&file=~/report.pdf');
$show('/status?status=204&file=~/report.pdf');

echo "-- what is not\n";
$show('/path?file=~/../secret.txt');
$show('/path?file=~/out.txt');
$show('/path?file=~/fifo');
$show('/path?file=~/sub');
$show('/path?file=~/missing');
$show('/path?file=/etc/passwd');
$show('/uri?file=/protected/..%252Fsecret.txt');
$show('/uri?file=/protected/report.pdf%2500');
$show('/uri?file=/elsewhere/report.pdf');
$show('/late?file=~/report.pdf');

echo "-- the worker's own pace\n";
$show('/after?file=~/report.pdf');
$end = hrtime(true) + 60_000_000_000;
while ($server->get('/count')->body !== '1' && hrtime(true) < $end) {
    usleep(1000);
}
echo 'went on: ', $server->get('/count')->body, "\n";
$socket = $server->connect(); // one connection, and a request behind a file
fwrite($socket, "GET /path?file=$files/report.pdf HTTP/1.1\r\nHost: x\r\n\r\nGET /count HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
var_dump(preg_match('~the reportHTTP/1.1 200 OK.*\r\n\r\n1$~s', stream_get_contents($socket)));

echo "-- libraries are told, and clients not believed\n";
echo str_replace(realpath($directory), '…', $server->request('GET', '/fields', ['X-Sendfile-Type' => 'Set-Cookie', 'X-Accel-Mapping' => '/etc/=/protected/'])->body), "\n";
$many = '';
for ($i = 0; $i < 97; $i++) {
    $many .= "X-Many-$i: $i\r\n";
}
var_dump(str_contains($server->raw("GET /fields HTTP/1.1\r\nHost: x\r\n{$many}X-Accel-Mapping: y\r\nConnection: close\r\n\r\n"), 'X-Accel-Redirect'));
$lines = array_filter(explode("\n", $server->output()), fn ($line) => str_starts_with($line, 'X-'));
echo str_replace($directory, '…', implode("\n", array_slice($lines, 0, 3))), "\n"; // no more than some a second are said
$server->stop(expected: '/^X-|more lines/');

echo "-- off\n";
$server = new Server($handler);
$show('/path?file=~/report.pdf');
echo $server->request('GET', '/fields', ['X-Sendfile-Type' => 'X-Sendfile'])->body, "\n";
$server->stop();
exec('rm -rf ' . escapeshellarg($directory));
?>
--EXPECT--
-- what is sent
GET /path?file=~/report.pdf: 200 [application/pdf] [10] [-] [attachment; filename="download"] [private] [seen=yes] the report
int(1)
bool(true)
string(5) "bytes"
GET /path?file=~/report.pdf: 206 [application/pdf] [3] [bytes 4-6/10] [attachment; filename="download"] [private] [seen=yes] rep
GET /path?file=~/report.pdf: 200 [application/pdf] [10] [-] [attachment; filename="download"] [private] [seen=yes] the report
GET /path?file=~/report.pdf: 416 [-] [0] [bytes */10] [attachment; filename="download"] [private] [seen=yes] 
GET /path?file=~/report.pdf: 304 [-] [-] [-] [attachment; filename="download"] [private] [seen=yes] 
GET /path?file=~/report.pdf: 304 [-] [-] [-] [attachment; filename="download"] [private] [seen=yes] 
HEAD /path?file=~/report.pdf: 200 [application/pdf] [10] [-] [attachment; filename="download"] [private] [seen=yes] 
POST /path?file=~/report.pdf: 200 [application/pdf] [10] [-] [attachment; filename="download"] [private] [seen=yes] the report
GET /path?file=~/big.bin: 206 [application/octet-stream] [7] [bytes 5368709120-5368709126/5368709127] [attachment; filename="download"] [private] [seen=yes] the end
HEAD /path?file=~/big.bin: 200 [application/octet-stream] [5368709127] [-] [attachment; filename="download"] [private] [seen=yes] 
GET /path?file=~/data: 200 [application/octet-stream] [12] [-] [attachment; filename="download"] [private] [seen=yes] no extension
GET /uri?file=/protected/report.pdf: 200 [application/pdf] [10] [-] [-] [-] [-] the report
GET /uri?file=/protected/report.pdf&type=application/x-report: 200 [application/x-report] [10] [-] [-] [-] [-] the report
GET /uri?file=%252Fprotected%252Freport%252Epdf%3Fpage=2: 200 [application/pdf] [10] [-] [-] [-] [-] the report
GET /status?status=404&file=~/report.pdf: 404 [application/pdf] [10] [-] [-] [-] [-] the report
GET /status?status=204&file=~/report.pdf: 204 [-] [-] [-] [-] [-] [-] 
-- what is not
GET /path?file=~/../secret.txt: 404 [application/json] [46] [-] [-] [-] [-] {"status":404,"error":"there is no such file"}
GET /path?file=~/out.txt: 403 [application/json] [50] [-] [-] [-] [-] {"status":403,"error":"this file may not be read"}
GET /path?file=~/fifo: 404 [application/json] [46] [-] [-] [-] [-] {"status":404,"error":"there is no such file"}
GET /path?file=~/sub: 404 [application/json] [46] [-] [-] [-] [-] {"status":404,"error":"there is no such file"}
GET /path?file=~/missing: 404 [application/json] [46] [-] [-] [-] [-] {"status":404,"error":"there is no such file"}
GET /path?file=/etc/passwd: 404 [application/json] [46] [-] [-] [-] [-] {"status":404,"error":"there is no such file"}
GET /uri?file=/protected/..%252Fsecret.txt: 404 [application/json] [46] [-] [-] [-] [-] {"status":404,"error":"there is no such file"}
GET /uri?file=/protected/report.pdf%2500: 404 [application/json] [46] [-] [-] [-] [-] {"status":404,"error":"there is no such file"}
GET /uri?file=/elsewhere/report.pdf: 404 [application/json] [46] [-] [-] [-] [-] {"status":404,"error":"there is no such file"}
GET /late?file=~/report.pdf: 200 [text/html; charset=UTF-8] [-] [-] [-] [-] [-] begun, Cannot modify header information - headers already sent
-- the worker's own pace
GET /after?file=~/report.pdf: 200 [application/pdf] [10] [-] [-] [-] [-] the report
went on: 1
int(1)
-- libraries are told, and clients not believed
X-Accel-Redirect …/files/=/protected/ X-Accel-Redirect …/files/=/protected/
bool(true)
X-Sendfile: "…/files/../secret.txt": not below a directory of the option sendfile
X-Sendfile: "…/files/out.txt": reached by a symbolic link only
X-Sendfile: "…/files/fifo": not a regular file
-- off
the client sees X-Sendfile: GET /path?file=~/report.pdf: 200 [text/html; charset=UTF-8] [27] [-] [attachment; filename="download"] [private] [seen=yes] the body of the application
X-Sendfile - X-Sendfile -
