--TEST--
What a large request, or the boot, has freed in small pieces goes back to the system before the next request
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
putenv('USE_ZEND_ALLOC=1'); // it is PHP's heap that is looked at
require __DIR__ . '/../inc/server.inc';
$boot = <<<'PHP'
    function strings(int $megabytes): array {
        $strings = [];
        for ($i = 0; $i < $megabytes << 13; $i++) { $strings[] = str_repeat('x', 100); }
        return $strings;
    }
    PHP;
$handler = <<<'PHP'
    switch ($data['path']) {
        case '/large': return count(strings(40)) . '';
        case '/keep': $GLOBALS['kept'] = strings(40); return 'kept';
        case '/drop': $GLOBALS['kept'] = null; return 'dropped';
        case '/used': return (memory_get_usage(true) >> 20) . '';
    }
    PHP;
foreach (['' => ['/large'], 'strings(50);' => ['/keep', '/drop']] as $more => $paths) {
    $server = new Server($handler, boot: $boot . $more, ini: ['memory_limit' => '512M']);
    foreach ($paths as $path) {
        $server->get($path);
    }
    $used = (int) $server->get('/used')->body;
    echo $more ?: 'nothing', ' while booting, then ', implode(' ', $paths), ': ', $used < 20 ? 'little' : "$used MB", "\n";
    $server->stop();
}
?>
--EXPECT--
nothing while booting, then /large: little
strings(50); while booting, then /keep /drop: little
