--TEST--
php://input, $_POST and $data["body"]: short, long and chunked bodies, forms and others
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    $input = fopen('php://input', 'rb');
    $text = stream_get_contents($input);
    rewind($input);
    $again = stream_get_contents($input);
    $GLOBALS['kept'][] = $input; // a handle that outlives its request
    $before = isset($GLOBALS['kept'][1]) ? gettype($GLOBALS['kept'][count($GLOBALS['kept']) - 2]) : 'none';
    return [$method, strlen($text), md5($text), $again === $text, $data['body'] === $text,
        $data['body_file'] !== null && file_get_contents($data['body_file']) === $text, count($_POST), $before];
    PHP, ['body_in_memory' => 4096]);
$long = str_repeat('long body ', 100000);
echo md5('short'), ' ', md5($long), ' ', md5('x=1&y=2'), "\n";
echo $server->get('/')->body, "\n";
echo $server->request('PUT', '/', [], 'short')->body, "\n";
echo $server->request('PUT', '/', [], $long)->body, "\n";
echo $server->request('POST', '/', ['Content-Type' => 'application/json'], 'short')->body, "\n";
echo $server->request('POST', '/', ['Content-Type' => 'application/json'], $long)->body, "\n";
echo $server->post('/', 'x=1&y=2', ['Content-Type' => 'application/x-www-form-urlencoded'])->body, "\n";
echo $server->post('/', http_build_query(['x' => $long]), ['Content-Type' => 'application/x-www-form-urlencoded'])->body, "\n";
echo Server::parse($server->raw("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nsho\r\n2\r\nrt\r\n0\r\n\r\n"))->body, "\n";
$server->stop();
$server = new Server('return [$data["body"], strlen(file_get_contents("php://input")), filesize($data["body_file"])];', ['body_in_memory' => 4096, 'max_body_size' => '1M'], ['post_max_size' => '10K']);
echo $server->request('PUT', '/', [], str_repeat('x', 20000))->body, "\n";
$server->stop();
?>
--EXPECT--
4f09daa9d95bcb166a302407a0e0babe c881b675d359d26a5fdaf6bef9f1986c a4c591bad095191f9014ba5daf1817d3
["GET",0,"d41d8cd98f00b204e9800998ecf8427e",true,true,false,0,"none"]
["PUT",5,"4f09daa9d95bcb166a302407a0e0babe",true,true,false,0,"resource (closed)"]
["PUT",1000000,"c881b675d359d26a5fdaf6bef9f1986c",true,true,true,0,"resource (closed)"]
["POST",5,"4f09daa9d95bcb166a302407a0e0babe",true,true,false,0,"resource (closed)"]
["POST",1000000,"c881b675d359d26a5fdaf6bef9f1986c",true,true,true,0,"resource (closed)"]
["POST",7,"a4c591bad095191f9014ba5daf1817d3",true,true,false,2,"resource (closed)"]
["POST",1000002,"65a9265a151517aea941a6469481fbe9",true,true,true,1,"resource (closed)"]
["POST",5,"4f09daa9d95bcb166a302407a0e0babe",true,true,false,0,"resource (closed)"]
[null,20000,20000]
