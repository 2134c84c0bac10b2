--TEST--
LYGER_OPTIONS wins over the arguments, and the launcher says which script it is
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    $_SERVER['SCRIPT_FILENAME'] = __DIR__ . '/public/index.php';
    mkdir(__DIR__ . '/public');
    touch(__DIR__ . '/public/index.php');
    lyger_start_server(function (string $uri, string $method, array $data) {
        return [$_SERVER['SCRIPT_NAME'], substr($_SERVER['SCRIPT_FILENAME'], strlen(__DIR__)), substr($_SERVER['DOCUMENT_ROOT'], strlen(__DIR__)),
            isset($_SERVER['LYGER_OPTIONS']), $_SERVER['PATH_INFO'] ?? null, strlen($data['body'])];
    }, 1, ['max_body_size' => 1, 'health_path' => '/alive', 'workers' => 400]);
    PHP, ['max_body_size' => '1K', 'workers' => 1], whole: true);
echo $server->get('/')->body, "\n", $server->get('/index.php/info')->body, "\n";
echo $server->post('/', str_repeat('x', 1000))->status, ' ', $server->post('/', str_repeat('x', 2000))->status, "\n";
var_dump(str_contains($server->get('/alive')->body, '"status":"ok"'), str_contains($server->get('/health')->body, 'index.php'));
$server->stop(expected: '/^413: a body of more than max_body_size/');
?>
--EXPECT--
["\/index.php","\/public\/index.php","\/public",false,null,0]
["\/index.php","\/public\/index.php","\/public",false,"\/info",0]
200 413
bool(true)
bool(true)
