--TEST--
memory_limit that a request has raised holds for that request, also where its garbage is collected only after its end
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    if ($data['path'] === '/raised') {
        ini_set('memory_limit', '512M');
        $cycle = new stdClass;
        $cycle->cycle = $cycle;
        $cycle->bytes = str_repeat('x', 100 << 20);
        return 'raised';
    }
    return strlen(str_repeat('x', (int) $data['query']['size'] << 20)) . ' ' . ini_get('memory_limit');
    PHP, ini: ['memory_limit' => '64M', 'display_errors' => 0]);
foreach (['/?size=40', '/?size=80', '/raised', '/?size=80', '/?size=40', '/raised', '/raised', '/?size=80'] as $path) {
    $response = $server->get($path);
    echo "$path: $response->status ", $response->status === 200 ? $response->body : '', "\n";
}
$server->stop();
?>
--EXPECT--
/?size=40: 200 41943040 64M
/?size=80: 500 
/raised: 200 raised
/?size=80: 500 
/?size=40: 200 41943040 64M
/raised: 200 raised
/raised: 200 raised
/?size=80: 500 
