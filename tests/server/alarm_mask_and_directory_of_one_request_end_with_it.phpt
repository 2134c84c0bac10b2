--TEST--
An alarm, blocked signals, a directory and the autoloader's extensions that a request has set alone are gone in the next
--EXTENSIONS--
lyger
pcntl
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$handler = <<<'PHP'
    $before = [];
    match ($data['path']) {
        '/alarm' => pcntl_alarm(1000),
        '/mask' => pcntl_sigprocmask(SIG_BLOCK, [SIGUSR2]),
        '/directory' => call_user_func('chdir', '/'),
        '/autoload' => spl_autoload_extensions('.of-one'),
        '/look' => pcntl_sigprocmask(SIG_BLOCK, [SIGURG], $before),
    };
    return ['alarm' => $data['path'] === '/look' && pcntl_alarm(0) > 0, 'mask' => in_array(SIGUSR2, $before), 'directory' => getcwd() === '/',
        'autoload' => spl_autoload_extensions() === '.of-one'];
    PHP;
$extensions = array_filter(['pcntl'], fn($name) => file_exists(ini_get('extension_dir') . "/$name.so"));
$server = new Server($handler, ['workers' => 1], ini: ['extension' => $extensions]);
foreach (['/alarm', '/mask', '/directory', '/autoload', '/look'] as $path) {
    $said = json_decode($server->get($path)->body, true);
    echo "$path: ", implode(' ', array_keys(array_filter($said))), ' | ', implode(' ', array_keys(array_filter(json_decode($server->get('/look')->body, true)))), "\n";
}
$server->stop();
?>
--EXPECT--
/alarm:  | 
/mask:  | 
/directory: directory | 
/autoload: autoload | 
/look:  | 
