--TEST--
ob_gzhandler and zlib.output_compression ask each request what its client takes, and sessions that begin by themselves are their visitor's
--EXTENSIONS--
lyger
session
zlib
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$handler = <<<'PHP'
    switch ($data['path']) {
        case '/ob': ob_start('ob_gzhandler'); echo str_repeat('ob ', 50); return null;
        case '/echo': echo str_repeat('echo ', 50); return null;
        case '/set': ini_set('zlib.output_compression', '1'); echo str_repeat('set ', 50); return null;
        case '/session': $_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1; return session_id() . ' ' . $_SESSION['visits'];
    }
    PHP;
$gzip = ['Accept-Encoding' => 'gzip'];
$deflate = ['Accept-Encoding' => 'deflate'];
function look(Response $response): string
{
    $coding = $response->field('content-encoding') ?? 'plain';
    $text = match ($coding) { 'gzip' => gzdecode($response->body), 'deflate' => gzuncompress($response->body), 'plain' => $response->body };
    return $coding . ' ' . strlen($text);
}
foreach ([0, 1] as $compression) {
    $server = new Server($handler, options: ['compress' => false], ini: ['zlib.output_compression' => $compression]);
    echo "zlib.output_compression=$compression\n";
    foreach ($compression ? ['/echo'] : ['/ob', '/echo', '/set', '/echo', '/ob'] as $path) {
        $seen = array_map(fn($fields) => look($server->get($path, $fields)), [[], $gzip, [], $deflate, $gzip, []]);
        echo "$path: ", implode(', ', $seen), "\n";
    }
    $server->stop();
}
$sessions = sys_get_temp_dir() . '/lyger-sessions-' . getmypid();
mkdir($sessions);
$server = new Server($handler, boot: '$_SESSION["booted"] = true; $boot_id = session_id();',
    ini: ['session.auto_start' => 1, 'session.save_path' => $sessions]);
$first = $server->get('/session');
$second = $server->get('/session');
$cookie = ['Cookie' => strtok($first->field('set-cookie'), ';')];
[$id] = explode(' ', $first->body);
echo 'own sessions: ', json_encode([strtok($first->body, ' ') !== strtok($second->body, ' '), substr($first->body, -2), substr($second->body, -2),
    $server->get('/session', $cookie)->body === "$id 2", substr($server->get('/session')->body, -2), $server->get('/session', $cookie)->body === "$id 3",
    count($first->fields['set-cookie'])]), "\n";
$server->stop();
array_map('unlink', glob("$sessions/*"));
rmdir($sessions);
?>
--EXPECT--
zlib.output_compression=0
/ob: plain 150, gzip 150, plain 150, deflate 150, gzip 150, plain 150
/echo: plain 250, plain 250, plain 250, plain 250, plain 250, plain 250
/set: plain 200, gzip 200, plain 200, deflate 200, gzip 200, plain 200
/echo: plain 250, plain 250, plain 250, plain 250, plain 250, plain 250
/ob: plain 150, gzip 150, plain 150, deflate 150, gzip 150, plain 150
zlib.output_compression=1
/echo: plain 250, gzip 250, plain 250, deflate 250, gzip 250, plain 250
own sessions: [true," 1"," 1",true," 1",true,1]
