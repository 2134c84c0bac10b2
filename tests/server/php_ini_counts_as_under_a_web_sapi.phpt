--TEST--
What php.ini says of html_errors, output_buffering, implicit_flush and max_execution_time counts, which PHP's command line writes over
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$handler = <<<'PHP'
    return json_encode(array_map(ini_get(...), ['html_errors', 'output_buffering', 'implicit_flush', 'max_execution_time'])) . ' ' . ob_get_level();
    PHP;
$run = function (string $what, array $php_ini, array $ini = [], bool $served = true, string $boot = '') use ($handler): void {
    // The class silences html_errors of the application, which is what is looked at here.
    $server = new Server($handler, ini: $ini, boot: "ini_restore('html_errors'); $boot", served: $served, php_ini: $php_ini);
    for ($i = 0; $i < 2; $i++) {
        echo "$what: ", $server->get('/')->body, "\n";
    }
    $server->stop(expected: '~^lyger 0|^  /tmp|^  memory~');
};
$said = "[PHP]\nhtml_errors = On\noutput_buffering = 4096\nimplicit_flush = On\nmax_execution_time = 17\n";
$run('said', [$said]);
$run('a plain script', [$said], [], false);
$run('otherwise in files beside it', [$said, "html_errors = Off\nimplicit_flush = 0\n", "output_buffering = Off\n; max_execution_time = 4\n"]);
$run('for a path', ["html_errors = Off\n[PATH=/elsewhere]\nmax_execution_time = 3\n[HOST=other]\noutput_buffering = 1\n[else]\noutput_buffering = 300\n"]);
$run('nothing said', ["; nothing\n"]);
$run('typed', [$said], ['html_errors' => 0, 'output_buffering' => 512, 'implicit_flush' => 0, 'max_execution_time' => 5]);
$run('set while booting', [$said], [], true, 'set_time_limit(9);');
?>
--EXPECT--
said: ["1","4096","1","17"] 1
said: ["1","4096","1","17"] 1
a plain script: ["1","4096","1","17"] 1
a plain script: ["1","4096","1","17"] 1
otherwise in files beside it: ["","","0","17"] 0
otherwise in files beside it: ["","","0","17"] 0
for a path: ["","300","0","0"] 1
for a path: ["","300","0","0"] 1
nothing said: ["1","0","0","0"] 0
nothing said: ["1","0","0","0"] 0
typed: ["0","512","0","5"] 1
typed: ["0","512","0","5"] 1
set while booting: ["1","4096","1","9"] 1
set while booting: ["1","4096","1","9"] 1
