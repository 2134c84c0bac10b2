--TEST--
A log that one request has opened with openlog() is not the next one's
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$handler = <<<'PHP'
if ($uri === '/open') {
    openlog('of-a-request', LOG_PERROR, LOG_USER); // to standard error, too
    syslog(LOG_INFO, 'seen');
}
syslog(LOG_INFO, 'and this of the next');
return 'done';
PHP;
foreach (['', "openlog('of-the-boot', LOG_PERROR, LOG_USER);"] as $boot) {
    $server = new Server($handler, ['workers' => 1], boot: $boot);
    echo $server->get('/open')->body, ' ', $server->get('/')->body, "\n";
    $server->stop();
}
?>
--EXPECT--
done done
left over: of-a-request: seen
left over: of-a-request: and this of the next
done done
left over: of-a-request: seen
left over: of-a-request: and this of the next
left over: of-a-request: and this of the next
