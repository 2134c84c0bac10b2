--TEST--
Survivors of the same machine take over what a killed process computed, and a deletion meanwhile counts
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_redis.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/redis.inc';
[$url] = redis_start();
$settings = ['lyger.cache_backend' => "$url?timeout=60&connect_timeout=60"];
echo backend_php($settings, <<<'PHP'
    $pid = pcntl_fork();
    if ($pid === 0) {
        lyger_cache_remember('k', function () {
            lyger_cache_set('begun', 1);
            sleep(600);
        });
        exit;
    }
    while (!lyger_cache_has('begun')) {
        usleep(1000);
    }
    posix_kill($pid, SIGKILL);
    pcntl_waitpid($pid, $status);
    $began = hrtime(true);
    var_dump(lyger_cache_remember('k', fn () => 'by the survivor', 0, 0, 40.0)); // the lease of the dead lasts 60 s
    /* What is deleted while it is computed stays deleted: the value may be of before. */
    var_dump(lyger_cache_remember('d', function () {
        lyger_cache_delete('d');
        return 'of before';
    }));
    var_dump(lyger_cache_get('d', 'a miss'));
    PHP);
?>
--EXPECT--
string(15) "by the survivor"
string(9) "of before"
string(6) "a miss"
