--TEST--
Under lyger's server APCu's functions work without apc.enable_cli, and every worker has the same entries
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$handler = 'apcu_inc("asked"); apcu_store("worker" . getmypid(), 1); usleep(2000);
    return ["enabled" => apcu_enabled(), "asked" => apcu_fetch("asked"), "workers" => (new APCUIterator("/^worker/"))->getTotalCount()];';
foreach ([true, false] as $served) {
    $server = new Server($handler, ['workers' => 2], ['lyger.apcu_api' => '1'], served: $served);
    // Two at once, until both workers have had one.
    for ($asked = 2, $workers = 0; $workers < 2 && $asked < 1000; $asked += 2) {
        $connections = [$server->connect(), $server->connect()];
        foreach ($connections as $connection) {
            fwrite($connection, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        }
        $got = array_map(fn($connection) => json_decode(explode("\r\n\r\n", stream_get_contents($connection))[1] ?? '', true), $connections);
        $workers = max(array_column($got, 'workers') ?: [0]);
        if (array_unique(array_column($got, 'enabled')) !== [true] || max(array_column($got, 'asked') ?: [0]) !== $asked) {
            echo json_encode($got), " after $asked\n";
            break;
        }
    }
    var_dump($workers);
    $server->stop(expected: '~^lyger 0|^  /tmp~');
}
?>
--EXPECT--
int(2)
int(2)
