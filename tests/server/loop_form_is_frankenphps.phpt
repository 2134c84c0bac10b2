--TEST--
lyger_handle_request() has the contract of FrankenPHP's worker function
--EXTENSIONS--
lyger
session
posix
pcntl
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
foreach (['lyger_handle_request' => 0, 'frankenphp_handle_request' => 1] as $function => $api) {
    echo "-- $function\n";
    $server = new Server(<<<PHP
        ini_set('session.save_path', __DIR__);
        \$count = 0;
        register_shutdown_function(function () { file_put_contents(__DIR__ . '/ended', "shutdown function\\n", FILE_APPEND); });
        \$handler = function (...\$arguments) use (&\$count) {
            \$count++;
            switch (strtok(\$_SERVER['REQUEST_URI'], '?')) {
                case '/exit': echo 'exit'; exit;
                case '/throw': throw new Exception('thrown');
                case '/session': session_start(); \$_SESSION['x'] = 1; echo 'session'; return;
                case '/set': ini_set('precision', '3'); set_error_handler(fn() => print('kept handler ')); ob_start(); echo 'set'; return 'ignored';
                case '/look': echo ini_get('precision'), ' ', isset(\$_SESSION) ? 'session' : 'no session', ' ', ob_get_level(), ' '; echo \$undefined; return;
                case '/nested': try { $function(fn() => 1); } catch (Throwable \$e) { echo get_class(\$e); } return;
                case '/worker': echo \$_SERVER['FRANKENPHP_WORKER'] ?? 'no', ' ', getenv('FRANKENPHP_WORKER') ?: 'no'; return;
            }
            echo json_encode([count(\$arguments), \$count, \$_GET, \$_POST, \$_SERVER['REQUEST_METHOD']]);
        };
        while (\$more = $function(\$handler)) { \$last = \$more; }
        file_put_contents(__DIR__ . '/ended', var_export([\$more, \$last ?? null, \$count > 0], true) . "\\n", FILE_APPEND);
        PHP, whole: true, ini: ['lyger.frankenphp_api' => $api, 'display_errors' => 0]);
    echo $server->get('/?a=1')->body, "\n";
    echo $server->post('/', ['p' => '1'])->body, "\n";
    foreach (['/throw', '/', '/session', '/look', '/set', '/look', '/nested', '/worker', '/'] as $path) {
        $response = $server->get($path);
        echo "$path: $response->status $response->body\n";
    }
    echo '/exit: ', $server->get('/exit')->body, "\n";
    echo 'another worker: ', $server->get('/')->body, "\n";
    posix_kill($server->pid(), SIGTERM);
    $server->wait();
    echo preg_replace('/\s+/', ' ', file_get_contents("$server->directory/ended")), "\n";
    $server->stop();
}
?>
--EXPECT--
-- lyger_handle_request
[0,1,{"a":"1"},[],"GET"]
[0,2,[],{"p":"1"},"POST"]
/throw: 500 
/: 200 [0,4,[],[],"GET"]
/session: 200 session
/look: 200 14 no session 0 
/set: 200 set
/look: 200 3 no session 0 kept handler 
/nested: 200 Lyger\Exception\ServerException
/worker: 200 no no
/: 200 [0,11,[],[],"GET"]
/exit: exit
another worker: [0,1,[],[],"GET"]
shutdown function array ( 0 => false, 1 => true, 2 => true, ) shutdown function array ( 0 => false, 1 => NULL, 2 => false, ) shutdown function 
-- frankenphp_handle_request
[0,1,{"a":"1"},[],"GET"]
[0,2,[],{"p":"1"},"POST"]
/throw: 500 
/: 200 [0,4,[],[],"GET"]
/session: 200 session
/look: 200 14 no session 0 
/set: 200 set
/look: 200 3 no session 0 kept handler 
/nested: 200 Lyger\Exception\ServerException
/worker: 200 1 1
/: 200 [0,11,[],[],"GET"]
/exit: exit
another worker: [0,1,[],[],"GET"]
shutdown function array ( 0 => false, 1 => true, 2 => true, ) shutdown function array ( 0 => false, 1 => NULL, 2 => false, ) shutdown function
