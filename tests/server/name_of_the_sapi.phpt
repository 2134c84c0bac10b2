--TEST--
PHP_SAPI and php_sapi_name() are "lyger" in every form of the server, before the application's first file is compiled
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
$opcache = extension_loaded('Zend OPcache') ? [] : ['zend_extension' => 'opcache'];
$boot = <<<'PHP'
    file_put_contents(__DIR__ . '/included.php', '<?php return PHP_SAPI . " " . php_sapi_name();');
    $boot = PHP_SAPI . ' ' . php_sapi_name() . ' ' . constant('PHP_SAPI');
    function answer(): string {
        global $boot;
        $opcache = function_exists('opcache_is_script_cached') && @opcache_is_script_cached(__DIR__ . '/included.php');
        return json_encode(['boot' => $boot, 'request' => PHP_SAPI . ' ' . php_sapi_name() . ' ' . constant('PHP_SAPI'), 'included' => include __DIR__ . '/included.php',
            'cached' => $opcache, 'loop' => [$_SERVER['FRANKENPHP_WORKER'] ?? null, getenv('FRANKENPHP_WORKER')], 'argv' => $_SERVER['argv'] ?? null,
            'as FPM' => [ini_get('implicit_flush'), ini_get('register_argc_argv')]]);
    }
    PHP;
$loop = 'while (frankenphp_handle_request(function () { echo answer(); })) { }';
$forms = [
    'handler' => ['return answer();', ['served' => true]],
    'loop' => [$loop, ['served' => true, 'whole' => true]],
    'plain script' => ['return answer();', []],
];
foreach ($forms as $form => [$code, $how]) {
    foreach ([0, 1] as $on) {
        $ini = $on ? $opcache + ['opcache.file_update_protection' => 0, 'opcache.file_cache_only' => 0, 'opcache.file_cache' => ''] : [];
        $server = new Server(...$how + ['handler' => $code, 'ini' => $ini + ['opcache.enable' => $on] + ($form === 'plain script' ? ['opcache.enable_cli' => 0] : []), 'boot' => $boot]);
        $server->get('/');
        echo "$form: ", $server->get('/')->body, "\n";
        $server->stop(expected: '~^ *(lyger \d|/)~');
    }
}
?>
--EXPECT--
handler: {"boot":"lyger lyger lyger","request":"lyger lyger lyger","included":"lyger lyger","cached":false,"loop":[null,false],"argv":null,"as FPM":["0","0"]}
handler: {"boot":"lyger lyger lyger","request":"lyger lyger lyger","included":"lyger lyger","cached":true,"loop":[null,false],"argv":null,"as FPM":["0","0"]}
loop: {"boot":"lyger lyger lyger","request":"lyger lyger lyger","included":"lyger lyger","cached":false,"loop":["1","1"],"argv":null,"as FPM":["0","0"]}
loop: {"boot":"lyger lyger lyger","request":"lyger lyger lyger","included":"lyger lyger","cached":true,"loop":["1","1"],"argv":null,"as FPM":["0","0"]}
plain script: {"boot":"cli cli cli","request":"cli lyger lyger","included":"lyger lyger","cached":false,"loop":[null,false],"argv":null,"as FPM":["0","0"]}
plain script: {"boot":"cli cli cli","request":"cli lyger lyger","included":"lyger lyger","cached":false,"loop":[null,false],"argv":null,"as FPM":["0","0"]}
