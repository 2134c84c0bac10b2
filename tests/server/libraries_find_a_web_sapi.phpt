--TEST--
What libraries ask to know whether they are on the web is answered as under PHP-FPM in both forms
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
// As the libraries of docs/sapi.md ask it, while the application boots and in a request.
$boot = <<<'PHP'
    function asked(): array {
        return [
            'Symfony, console' => in_array(PHP_SAPI, ['cli', 'phpdbg', 'embed'], true),
            'Laravel, console' => getenv('APP_RUNNING_IN_CONSOLE') ?: (PHP_SAPI === 'cli' || PHP_SAPI === 'phpdbg'),
            'Monolog, request' => 'cli' !== PHP_SAPI && 'phpdbg' !== PHP_SAPI,
            'agents, console' => php_sapi_name() === 'cli',
            'Laminas, console' => str_starts_with(PHP_SAPI, 'cli') || str_starts_with(PHP_SAPI, 'phpdbg'),
            'Symfony, the answer can be ended' => function_exists('fastcgi_finish_request'),
            'WordPress, status lines' => 'cgi-fcgi' !== PHP_SAPI,
        ];
    }
    function in_request(): array {
        return [
            'argv' => $_SERVER['argv'] ?? null,
            'html_errors' => ini_get('html_errors'), 'implicit_flush' => ini_get('implicit_flush'), 'register_argc_argv' => ini_get('register_argc_argv'),
            'headers can be set' => !headers_sent(),
            'status' => http_response_code(),
            'QUERY_STRING' => $_SERVER['QUERY_STRING'],
            'REQUEST_METHOD' => isset($_SERVER['REQUEST_METHOD']),
        ];
    }
    ini_restore('html_errors');
    $booted = asked();
    PHP;
$answer = '$all = $GLOBALS["booted"] === asked() ? asked() + in_request() : ["the boot was told something else" => $GLOBALS["booted"]];';
$forms = ['handler' => ["$answer return \$all;", []], 'loop' => ["while (frankenphp_handle_request(function () { $answer echo json_encode(\$all); })) { }", ['whole' => true]]];
foreach ($forms as $form => [$code, $how]) {
    $server = new Server($code, ...$how, boot: $boot, served: true);
    foreach (json_decode($server->get('/?a=1')->body, true) as $question => $said) {
        echo "$form: $question: ", json_encode($said), "\n";
    }
    $server->stop(expected: '~^ *(lyger \d|/)~');
}
?>
--EXPECT--
handler: Symfony, console: false
handler: Laravel, console: false
handler: Monolog, request: true
handler: agents, console: false
handler: Laminas, console: false
handler: Symfony, the answer can be ended: true
handler: WordPress, status lines: true
handler: argv: null
handler: html_errors: "1"
handler: implicit_flush: "0"
handler: register_argc_argv: "0"
handler: headers can be set: true
handler: status: 200
handler: QUERY_STRING: "a=1"
handler: REQUEST_METHOD: true
loop: Symfony, console: false
loop: Laravel, console: false
loop: Monolog, request: true
loop: agents, console: false
loop: Laminas, console: false
loop: Symfony, the answer can be ended: true
loop: WordPress, status lines: true
loop: argv: null
loop: html_errors: "1"
loop: implicit_flush: "0"
loop: register_argc_argv: "0"
loop: headers can be set: true
loop: status: 200
loop: QUERY_STRING: "a=1"
loop: REQUEST_METHOD: true
