--TEST--
opcache's optimizer and JIT see code that asks for the functions which exist only while serving
--EXTENSIONS--
lyger
--SKIPIF--
<?php
require __DIR__ . '/../inc/skip_without_server.inc';
if (!extension_loaded('Zend OPcache') && !file_exists(ini_get('extension_dir') . '/opcache.so')) {
    exit('skip without opcache');
}
?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$names = ['fastcgi_finish_request', 'getallheaders', 'apache_request_headers', 'frankenphp_handle_request', 'lyger_handle_request', 'no_such_function'];
$code = "<?php\nreturn [";
foreach ($names as $name) {
    $code .= "'$name' => [function_exists('$name'), is_callable('$name'), (new ReflectionFunction('strlen'))->getExtensionName()],\n";
}
$code .= "'headers' => getallheaders()['X-Test'] ?? null, 'calls' => fn() => fastcgi_finish_request()];\n";
foreach (['lyger.serve' => 0, 'as lyger serve' => 1] as $serve) {
    foreach (['disable', 'tracing', 'function'] as $jit) {
        $ini = ['opcache.enable_cli' => 1, 'opcache.file_update_protection' => 0, 'opcache.jit' => $jit, 'opcache.jit_buffer_size' => '8M',
            'opcache.jit_hot_func' => 1, 'opcache.file_cache_only' => 0, 'opcache.file_cache' => '', 'lyger.serve' => $serve];
        $server = new Server(<<<'PHP'
            $all = include __DIR__ . '/included.php';
            $owners = [];
            foreach (get_defined_functions()['internal'] as $name) {
                (new ReflectionFunction($name))->getExtensionName() ?: $owners[] = $name;
            }
            return ['functions' => array_map(fn($all) => is_array($all) ? $all[0] && $all[1] : $all, array_diff_key($all, ['calls' => 1])), 'of no extension' => $owners,
                'cached' => opcache_is_script_cached(__DIR__ . '/included.php'), 'owner' => (new ReflectionFunction('fastcgi_finish_request'))->getExtensionName()];
            PHP, ini: $ini + (extension_loaded('Zend OPcache') ? [] : ['zend_extension' => 'opcache']),
            boot: 'file_put_contents(__DIR__ . "/included.php", ' . var_export($code, true) . ');');
        foreach (range(1, 3) as $ignored) {
            $answer = $server->get('/', ['X-Test' => 'seen']);
        }
        echo "$answer->status $answer->body\n";
        $server->stop();
    }
}
?>
--EXPECT--
200 {"functions":{"fastcgi_finish_request":true,"getallheaders":true,"apache_request_headers":true,"frankenphp_handle_request":false,"lyger_handle_request":true,"no_such_function":false,"headers":"seen"},"of no extension":[],"cached":true,"owner":"lyger"}
200 {"functions":{"fastcgi_finish_request":true,"getallheaders":true,"apache_request_headers":true,"frankenphp_handle_request":false,"lyger_handle_request":true,"no_such_function":false,"headers":"seen"},"of no extension":[],"cached":true,"owner":"lyger"}
200 {"functions":{"fastcgi_finish_request":true,"getallheaders":true,"apache_request_headers":true,"frankenphp_handle_request":false,"lyger_handle_request":true,"no_such_function":false,"headers":"seen"},"of no extension":[],"cached":true,"owner":"lyger"}
200 {"functions":{"fastcgi_finish_request":true,"getallheaders":true,"apache_request_headers":true,"frankenphp_handle_request":true,"lyger_handle_request":true,"no_such_function":false,"headers":"seen"},"of no extension":[],"cached":true,"owner":"lyger"}
200 {"functions":{"fastcgi_finish_request":true,"getallheaders":true,"apache_request_headers":true,"frankenphp_handle_request":true,"lyger_handle_request":true,"no_such_function":false,"headers":"seen"},"of no extension":[],"cached":true,"owner":"lyger"}
200 {"functions":{"fastcgi_finish_request":true,"getallheaders":true,"apache_request_headers":true,"frankenphp_handle_request":true,"lyger_handle_request":true,"no_such_function":false,"headers":"seen"},"of no extension":[],"cached":true,"owner":"lyger"}
