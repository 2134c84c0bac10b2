--TEST--
max_execution_time holds for each request, from the boot's value
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$spin = 'function spin(float $seconds) { $end = hrtime(true) + $seconds * 1e9; while (hrtime(true) < $end) { } }';
$server = new Server(<<<'PHP'
    if ($uri === '/more') { set_time_limit(10); }
    if ($uri === '/endless') { while (true) { } }
    spin(0.7);
    return ini_get('max_execution_time');
    PHP, boot: "$spin set_time_limit(1);", ini: ['display_errors' => 0]);
foreach (['/', '/', '/more', '/', '/endless', '/'] as $path) {
    $response = $server->get($path);
    echo "$path $response->status $response->body\n";
}
$server->stop();
?>
--EXPECT--
/ 200 1
/ 200 1
/more 200 10
/ 200 1
/endless 500 
/ 200 1
