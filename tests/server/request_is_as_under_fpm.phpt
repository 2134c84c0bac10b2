--TEST--
Where the command line differs from PHP-FPM the server does not: flush(), $_ENV, filter_input(), implicit_flush, html_errors
--EXTENSIONS--
lyger
--SKIPIF--
<?php
require __DIR__ . '/../inc/skip_without_server.inc';
if (!extension_loaded('filter')) {
    exit('skip without filter');
}
?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$boot = <<<'PHP'
    $_ENV['boot'] = 'booted';
    function act(string $path): void {
        switch ($path) {
            case '/flush': flush(); header('X-After: flush'); http_response_code(201); flush(); echo 'flushed'; return;
            case '/env': echo json_encode([$_ENV['boot'] ?? null, $_ENV['user'] ?? null, isset($_ENV['HOME']) || isset($_ENV['PATH'])]); $_ENV['user'] = 'alice'; $_ENV['boot'] = 'changed'; return;
            case '/env/gone': $_ENV = ['user' => 'bob']; echo 'gone'; return;
            case '/env/reference': $all = &$_ENV; $all['user'] = 'carol'; unset($GLOBALS['_ENV']['boot']); echo 'reference'; return;
            case '/filter': $_SERVER['REQUEST_METHOD'] = 'changed';
                echo json_encode([filter_input(INPUT_SERVER, 'REQUEST_METHOD'), filter_input(INPUT_SERVER, 'HTTP_X_NUMBER', FILTER_VALIDATE_INT), filter_has_var(INPUT_SERVER, 'REQUEST_URI'),
                    filter_input(INPUT_SERVER, 'no such'), count(filter_input_array(INPUT_SERVER)) > 10, $_SERVER['REQUEST_METHOD']]); return;
            case '/settings': echo json_encode([ini_get('html_errors'), ini_get('implicit_flush'), ini_get('memory_limit')]); return;
        }
    }
    PHP;
$run = function (string $form, array $paths, array $ini = [], string $more = '') use ($boot): void {
    $server = $form === 'loop' ? new Server("while (lyger_handle_request(fn() => act(\$_SERVER['REQUEST_URI']))) { }", ini: $ini, boot: $boot . $more, whole: true)
        : new Server('act($uri);', ini: $ini, boot: $boot . $more);
    foreach ($paths as $path) {
        $response = $server->get($path, ['X-Number' => '42']);
        echo rtrim("$form $path: $response->status $response->body " . $response->field('x-after')), "\n";
    }
    $server->stop();
};
$run('handler', ['/flush', '/env', '/env', '/env/gone', '/env', '/env/reference', '/env', '/filter', '/filter', '/settings'], ['variables_order' => 'EGPCS']);
$run('loop', ['/flush', '/env', '/filter', '/filter', '/settings'], ['variables_order' => 'GPCS']);
$run('handler', ['/settings'], ['memory_limit' => -1], "\nini_restore('html_errors');");
$run('handler', ['/filter', '/settings'], ['memory_limit' => '64M', 'implicit_flush' => 1, 'auto_globals_jit' => 0]);
$server = new Server('return [filter_input(INPUT_GET, "a"), filter_input(INPUT_POST, "b"), filter_input(INPUT_COOKIE, "c"), filter_input(INPUT_SERVER, "HTTP_D")];');
echo $server->post('/?a=1', ['b' => 2], ['Cookie' => 'c=3', 'D' => '4'])->body, "\n", $server->get('/')->body, "\n";
$server->stop();
?>
--EXPECT--
handler /flush: 201 flushed flush
handler /env: 200 ["booted",null,true]
handler /env: 200 ["booted",null,true]
handler /env/gone: 200 gone
handler /env: 200 ["booted",null,true]
handler /env/reference: 200 reference
handler /env: 200 ["booted",null,true]
handler /filter: 200 ["GET",42,true,null,true,"changed"]
handler /filter: 200 ["GET",42,true,null,true,"changed"]
handler /settings: 200 ["0","0","128M"]
loop /flush: 201 flushed flush
loop /env: 200 ["booted",null,false]
loop /filter: 200 ["GET",42,true,null,true,"changed"]
loop /filter: 200 ["GET",42,true,null,true,"changed"]
loop /settings: 200 ["0","0","128M"]
handler /settings: 200 ["1","0","-1"]
handler /filter: 200 ["GET",42,true,null,true,"changed"]
handler /settings: 200 ["0","1","64M"]
["1","2","3","4"]
[null,null,null,null]
