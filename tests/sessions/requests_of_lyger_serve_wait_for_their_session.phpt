--TEST--
In the workers of lyger serve, in each form, one request at a time has a session, until it closes it, ends or is killed
--EXTENSIONS--
lyger
posix
pcntl
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/scripts.inc';
require __DIR__ . '/../inc/session_requests.inc';
$app = 'require ' . var_export(__DIR__ . '/../inc/session_app.php', true) . ';';
$settings = ['ini' => ['session.save_handler' => 'lyger', 'session.use_cookies' => 0, 'display_errors' => 0, 'log_errors' => 0, 'lyger.cache_size' => '8M'],
    'extensions' => ['posix'], 'options' => ['workers' => 4]];
$forms = [
    'handler' => fn() => new Server('return answer($_GET["do"]);', ...$settings, boot: $app),
    'loop' => fn() => new Server('while (lyger_handle_request(function () { echo answer($_GET["do"]); })) { }', ...$settings, boot: $app, whole: true),
    'script' => fn() => new Scripts(['index.php' => "<?php $app echo answer(\$_GET['do']);"], ...$settings),
];
foreach ($forms as $form => $make) {
    echo "-- $form\n";
    $server = $make();
    sessions_are_used_by_one_at_a_time(fn(string $do) => $server->get('/?do=' . rawurlencode($do))->body);
    $server->stop(15, '/killed|signal 9|died/i');
}
?>
--EXPECT--
-- handler
161st: 161
closed early: met met met met 
does not wait for ever: [false,"session_start(): The session is in use by another request, which did not end in time",true]
before it is killed: 
holder killed: taken []
exit: 1
throw: 2
fatal: 3
memory: 4
time: 5
regenerate: 6
abort: 6
handler: 7
-- loop
161st: 161
closed early: met met met met 
does not wait for ever: [false,"session_start(): The session is in use by another request, which did not end in time",true]
before it is killed: 
holder killed: taken []
exit: 1
throw: 2
fatal: 3
memory: 4
time: 5
regenerate: 6
abort: 6
handler: 7
-- script
161st: 161
closed early: met met met met 
does not wait for ever: [false,"session_start(): The session is in use by another request, which did not end in time",true]
before it is killed: 
holder killed: taken []
exit: 1
throw: 2
fatal: 3
memory: 4
time: 5
regenerate: 6
abort: 6
handler: 7
