--TEST--
A worker whose PHP has no memory_limit gets 128M, one whose application is large as much again; what somebody has said counts
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
putenv('USE_ZEND_ALLOC=1'); // without PHP's heap there is no limit
require __DIR__ . '/../inc/server.inc';
$handler = <<<'PHP'
    $size = (int) ($data['query']['size'] ?? 0);
    return strlen(str_repeat('x', $size << 20)) >> 20 . ' ' . ini_get('memory_limit');
    PHP;
$run = function (string $what, array $php_ini, array $ini = [], string $boot = '', bool $served = false) use ($handler): void {
    $server = new Server($handler, ini: $ini + ['display_errors' => 0], boot: $boot, served: $served, php_ini: $php_ini);
    $limit = substr(strstr($server->get('/')->body, ' '), 1);
    $bytes = ini_parse_quantity($limit);
    echo "$what: ", $bytes > 128 << 20 ? ($bytes >> 20) - ($bytes >> 20) % 20 . 'M and a little' : $limit;
    foreach ([100, 140] as $size) {
        echo ', ', $server->get("/?size=$size")->status;
    }
    echo "\n";
    $server->stop(expected: '~^lyger 0|^  /tmp|^  memory~');
};
$none = ["memory_limit = -1\n"];
$run('no limit', $none);
$run('served', $none, served: true);
$run('an application of 50M', $none, boot: '$kept = str_repeat("x", 50 << 20);');
$run('an application of 100M', $none, boot: '$kept = str_repeat("x", 100 << 20);');
$run('a limit in php.ini', ["memory_limit = 120M\n"]);
$run('typed', $none, ['memory_limit' => -1]);
$run('set while booting', $none, boot: 'ini_set("memory_limit", "-1");');
?>
--EXPECT--
no limit: 128M, 200, 500
served: 128M, 200, 500
an application of 50M: 128M, 500, 500
an application of 100M: 200M and a little, 200, 500
a limit in php.ini: 120M, 200, 500
typed: -1, 200, 200
set while booting: -1, 200, 200
