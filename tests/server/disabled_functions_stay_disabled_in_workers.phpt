--TEST--
disable_functions takes away those functions, too, that only a server's workers have
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server('return array_map("function_exists", ["fastcgi_finish_request", "getallheaders", "apache_request_headers", "lyger_cache_set"]);',
    ini: ['disable_functions' => 'exec, GetAllHeaders,lyger_cache_set fastcgi_finish, apache_request_headers_too']);
echo $server->get('/')->body, "\n";
$server->stop();
?>
--EXPECT--
[true,false,true,false]
