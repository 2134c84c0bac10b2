--TEST--
display_errors puts the message into the answer, which is a 500 all the same
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server('if ($uri === "/warning") { echo $nothing; return "after"; } throw new Exception("shown");');
$response = $server->get('/');
echo $response->status, "\n", trim(preg_replace('~ in /\S+~', '', strtok($response->body, "\n") . strtok("\n"))), "\n";
$response = $server->get('/warning');
echo $response->status, "\n", trim(preg_replace('~ in /\S+ on line \d+~', '', $response->body)), "\n";
$server->stop();
?>
--EXPECT--
500
Fatal error: Uncaught Exception: shown trace:
200
Warning: Undefined variable $nothing
after
