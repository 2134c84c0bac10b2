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
    for ($asked = 1, $workers = 0; $workers < 2 && $asked < 2000; $asked++) {
        $got = json_decode($server->get('/')->body, true);
        $workers = $got['workers'];
        if ($got['enabled'] !== true || $got['asked'] !== $asked) {
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
