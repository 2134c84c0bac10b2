--TEST--
watch: pages of browsers get a script that hears of changes: in whole pages, in pieces, coded, static and of errors, and nowhere else
--EXTENSIONS--
lyger
posix
zlib
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/scripts.inc';

$project = sys_get_temp_dir() . '/lyger-project-' . getmypid();
mkdir("$project/src", 0700, true);
$files = [
    'index.php' => '<?php header("ETag: \"a\""); header("Cache-Control: max-age=60"); echo "<html><body><p>page</p>\n</body></html>";',
    'pieces.php' => '<?php echo "<p>one</p>"; flush(); echo "<p>two</p>"; flush();',
    'long.php' => '<?php echo "<body>", str_repeat("a page ", 1000), "</body>";',
    'bodies.php' => '<?php echo "<body><script>x = \"</body>\"</script></BODY>";',
    'json.php' => '<?php header("Content-Type: application/json"); echo "[1]";',
    'coded.php' => '<?php header("Content-Encoding: gzip"); echo gzencode("<body></body>");',
    'fixed.php' => '<?php header("Cache-Control: no-transform"); echo "<body></body>";',
    'empty.php' => '',
    'fatal.php' => '<?php ini_set("display_errors", 0); nowhere();',
    'error.php' => '<?php nowhere();',
    'missing.php' => '<?php http_response_code(404); echo "<body>missing</body>";',
    'policy.php' => '<?php header("Content-Security-Policy: script-src \'nonce-aB3+/=\' \'strict-dynamic\'"); echo "<body></body>";',
    'page.html' => "<body>static</body>\n",
    'data.txt' => "text\n",
];
$server = new Scripts($files, ['watch' => $project, 'grace' => 500], extensions: ['zlib']);
$document = ['Sec-Fetch-Dest' => 'document'];

/** The script element without its number. */
function shown(Response $response): string
{
    return "$response->status " . trim(preg_replace(['~<script src="/-/lyger/reload\.js\?\d+"( nonce="[^"]*")? async></script>~', '/\s+/'], ['{script$1}', ' '], $response->body));
}

echo "pages\n";
foreach (['/', '/pieces.php', '/bodies.php', '/json.php', '/fixed.php', '/empty.php', '/fatal.php', '/missing.php', '/policy.php', '/page.html', '/data.txt'] as $path) {
    echo "  $path: ", shown($server->get($path, $document)), "\n";
}
echo '  /error.php: ', (int) (bool) preg_match('/Uncaught Error.*{script}$/s', shown($server->get('/error.php', $document))), "\n";
$page = $server->get('/', $document);
echo '  validators: ', $page->field('etag') ?? 'none', ', ', $page->field('cache-control'), ', length: ', (int) ($page->field('content-length') == strlen($page->body)), "\n";

echo "coded\n";
foreach (['/long.php', '/pieces.php'] as $path) {
    $coded = $server->get($path, $document + ['Accept-Encoding' => 'gzip']);
    $body = $coded->field('content-encoding') === 'gzip' ? gzdecode($coded->body) : 'not coded';
    echo "  $path: ", (int) str_contains($body, 'reload.js'), ' ', substr($body, -7), "\n";
}
echo '  coded by the script: ', gzdecode($server->get('/coded.php', $document)->body), "\n";

echo "others\n";
foreach ([[], ['Accept' => '*/*'], ['Sec-Fetch-Dest' => 'empty', 'Accept' => 'text/html'], ['Accept' => 'text/html', 'X-Requested-With' => 'XMLHttpRequest'],
    ['Accept' => 'text/html', 'HX-Request' => 'true'], ['Accept' => 'text/html', 'Turbo-Frame' => 'a'], ['Accept' => 'application/xhtml+xml, text/html;q=0.9'],
    ['Sec-Fetch-Dest' => 'iframe']] as $fields) {
    echo '  ', implode(', ', $fields) ?: 'nothing said', ': ', (int) str_contains($server->get('/', $fields)->body, 'reload.js'), "\n";
}
echo '  POST: ', (int) str_contains($server->post('/', 'a=1', $document)->body, 'reload.js'), ', HEAD: ', $server->request('HEAD', '/', $document)->status, "\n";
$script = $server->get('/-/lyger/reload.js');
echo '  the script: ', $script->status, ' ', $script->field('content-type'), "\n";

echo "changes\n";
function number(Scripts $server): int
{
    preg_match('/reload\.js\?(\d+)/', $server->get('/', ['Sec-Fetch-Dest' => 'document'])->body, $found);
    return (int) $found[1];
}
/** The next event of a stream. */
function event($stream): string
{
    $text = '';
    while (($line = fgets($stream)) !== false && !str_starts_with($line, 'data:')) {
        $text = str_starts_with($line, 'event:') ? trim($line) : $text;
    }
    return $text . ' ' . trim((string) $line);
}
$stream = $server->connect();
fwrite($stream, "GET /-/lyger/reload HTTP/1.1\r\nHost: anything.test\r\n\r\n");
echo '  ', fgets($stream);
$before = number($server);
echo '  at first: ', str_replace((string) $before, 'N', event($stream)), "\n";
file_put_contents("$project/src/a.php", '1');
echo '  then: ', str_replace((string) ($before + 1), 'N + 1', event($stream)), ', page: ', number($server) - $before, "\n";
mkdir("$project/cache");
mkdir("$project/.tool");
file_put_contents("$project/cache/a.php", '1');
file_put_contents("$project/.tool/a.php", '1');
file_put_contents("$project/src/b.css", '1');
$now = number($server);
echo '  what an application writes does not count: ', event($stream) === 'event: change data: ' . ($now + 1) ? 'true' : 'false', "\n";
// The stream is open, and does not hold the server up.
$server->stop(expected: '/^a file has changed$/');
echo '  ended: ', (int) (stream_get_contents($stream) !== false && feof($stream)), "\n";

echo "an application that stays loaded\n";
file_put_contents("$project/boot.php", '<?php return 1;');
$server = new Server('return "<body>" . VALUE . "</body>";', ['watch' => $project], boot: "define('VALUE', require '$project/boot.php');");
$stream = $server->connect();
fwrite($stream, "GET /-/lyger/reload HTTP/1.1\r\nHost: anything.test\r\n\r\n");
event($stream);
function shown_after(Scripts|Server $server, array $fields, string $before): string
{
    do { // a worker from before may still take a request, until its parent has heard that it is to end
        $shown = shown($server->get('/', $fields));
    } while (str_contains($shown, ">$before{"));
    return $shown;
}
file_put_contents("$project/boot.php", '<?php return 2;');
echo '  ', preg_replace('/\d+/', 'N', event($stream)), ': ', shown_after($server, $document, '1'), "\n";
file_put_contents("$project/boot.php", '<?php exit(7);');
do { // a stream says all of its state
    $event = event($stream);
} while (!str_contains($event, 'failed') && $event !== ' ');
echo "  $event: ", shown($server->get('/', $document)), "\n";
file_put_contents("$project/boot.php", '<?php return 3;');
$event = preg_replace('/\d+/', 'N', event($stream));
echo "  $event: ", shown_after($server, $document, '2'), "\n";
$server->stop(expected: '/^(a file has changed, reloading|the application was booted anew, process \d+|the application did not come up: exit status 7; the running one stays)$/');

echo "switched off\n";
$server = new Scripts($files, ['watch' => $project, 'browser_reload' => false]);
echo '  ', shown($server->get('/', $document)), ', ', (int) str_contains($server->get('/-/lyger/reload')->body, 'page'), "\n";
$server->stop();
$server = new Scripts($files, []);
echo '  ', shown($server->get('/', $document)), "\n";
$server->stop();
exec('rm -r ' . escapeshellarg($project));
?>
--EXPECT--
pages
  /: 200 <html><body><p>page</p> {script}</body></html>
  /pieces.php: 200 <p>one</p><p>two</p>{script}
  /bodies.php: 200 <body><script>x = "</body>"</script>{script}</BODY>
  /json.php: 200 [1]
  /fixed.php: 200 <body></body>
  /empty.php: 200 
  /fatal.php: 500 {script}
  /missing.php: 404 <body>missing{script}</body>
  /policy.php: 200 <body>{script nonce="aB3+/="}</body>
  /page.html: 200 <body>static{script}</body>
  /data.txt: 200 text
  /error.php: 1
  validators: none, no-store, length: 1
coded
  /long.php: 1 </body>
  /pieces.php: 1 script>
  coded by the script: <body></body>
others
  nothing said: 0
  */*: 0
  empty, text/html: 0
  text/html, XMLHttpRequest: 0
  text/html, true: 0
  text/html, a: 0
  application/xhtml+xml, text/html;q=0.9: 1
  iframe: 1
  POST: 0, HEAD: 200
  the script: 200 text/javascript; charset=utf-8
changes
  HTTP/1.1 200 OK
  at first: event: change data: N
  then: event: change data: N + 1, page: 1
  what an application writes does not count: true
  ended: 1
an application that stays loaded
  event: change data: N: 200 <body>2{script}</body>
  event: failed data: 1: 200 <body>2{script}</body>
  event: change data: N: 200 <body>3{script}</body>
switched off
  200 <html><body><p>page</p> </body></html>, 1
  200 <html><body><p>page</p> </body></html>
