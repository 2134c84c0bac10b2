--TEST--
A fatal error in the loop form and the handler form shows the page that a shutdown function prints, with its status
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
// As Symfony's and Laravel's handlers do it: memory is reserved, the last error is looked at, a page is rendered.
$boot = <<<'PHP'
    $reserved = str_repeat('x', 32768);
    register_shutdown_function(function () {
        $GLOBALS['reserved'] = null;
        $error = error_get_last();
        if ($error && in_array($error['type'], [E_ERROR, E_COMPILE_ERROR, E_CORE_ERROR, E_PARSE], true)) {
            while (ob_get_level()) { ob_end_clean(); }
            if (isset($_GET['status'])) { http_response_code((int) $_GET['status']); }
            header('Content-Type: text/plain');
            header('X-Page: of the shutdown function');
            echo 'page: ', preg_replace('/ \(tried.*| of \d+ bytes/', '', preg_replace('~ \(previously.*~s', '', strtok($error['message'], "\n")));
        }
    });
    function act(): void {
        ini_set('memory_limit', '8M');
        ob_start();
        echo 'half of a page';
        switch (strtok($_SERVER['REQUEST_URI'], '?')) {
            case '/memory': $all = []; while (true) { $all[] = str_repeat('x', 100000); }
            case '/thrown': throw new Exception('nobody catches this');
            case '/redeclared': eval('function act() {}'); return;
            case '/time': set_time_limit(1); while (true) { }
            default: echo ' and the rest';
        }
    }
    PHP;
$forms = ['handler' => ['act();', ['boot' => $boot]], 'loop' => ['while (lyger_handle_request(act(...))) { }', ['boot' => $boot, 'whole' => true]]];
foreach ($forms as $form => [$code, $how]) {
    $server = new Server($code, ...$how, ini: ['display_errors' => 0]);
    foreach (['/', '/memory', '/memory?status=503', '/thrown', '/redeclared', '/time', '/'] as $target) {
        $response = $server->get($target);
        echo "$form $target: $response->status ", $response->field('x-page') ?? '-', ' ', $response->field('content-type'), ": $response->body\n";
    }
    $server->stop();
}
?>
--EXPECTF--
handler /: 200 - text/html; charset=UTF-8: half of a page and the rest
handler /memory: 500 of the shutdown function text/plain;charset=UTF-8: page: Allowed memory size exhausted
handler /memory?status=503: 503 of the shutdown function text/plain;charset=UTF-8: page: Allowed memory size exhausted
handler /thrown: 500 - text/html; charset=UTF-8: half of a page
handler /redeclared: 500 of the shutdown function text/plain;charset=UTF-8: page: Cannot redeclare %Sact()
handler /time: 500 of the shutdown function text/plain;charset=UTF-8: page: Maximum execution time of 1 second exceeded
handler /: 200 - text/html; charset=UTF-8: half of a page and the rest
loop /: 200 - text/html; charset=UTF-8: half of a page and the rest
loop /memory: 500 of the shutdown function text/plain;charset=UTF-8: page: Allowed memory size exhausted
loop /memory?status=503: 503 of the shutdown function text/plain;charset=UTF-8: page: Allowed memory size exhausted
loop /thrown: 500 - text/html; charset=UTF-8: half of a page
loop /redeclared: 500 of the shutdown function text/plain;charset=UTF-8: page: Cannot redeclare %Sact()
loop /time: 500 of the shutdown function text/plain;charset=UTF-8: page: Maximum execution time of 1 second exceeded
loop /: 200 - text/html; charset=UTF-8: half of a page and the rest
