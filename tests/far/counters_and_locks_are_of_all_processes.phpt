--TEST--
Counters, additions, locks and computations are of all processes, whichever segment they have
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_redis.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/redis.inc';
[$url] = redis_start();
$settings = ['lyger.cache_backend' => "$url?timeout=60&connect_timeout=60"];
/* Each process is as a machine of its own: it has a segment of its own, and two children in it. */
$machines = [];
for ($i = 0; $i < 3; $i++) {
    $machines[] = backend_start($settings, <<<'PHP'
        lyger_cache_get('before the fork'); // a connection that the children must not share
        for ($child = 0; $child < 2; $child++) {
            if (pcntl_fork() === 0) {
                for ($i = 0; $i < 100; $i++) {
                    lyger_cache_increment('sum');
                    lyger_cache_add("slot:$i", 1) && lyger_cache_increment('added');
                    do {
                        $seen = lyger_cache_get('cas', 0);
                    } while (!($seen === 0 ? lyger_cache_add('cas', 1) : lyger_cache_compare_and_set('cas', $seen, $seen + 1)));
                }
                for ($i = 0; $i < 5; $i++) {
                    $token = lyger_cache_lock('lock', 600, 600);
                    $n = lyger_cache_get('locked', 0);
                    usleep(2000);
                    lyger_cache_set('locked', $n + 1);
                    lyger_cache_unlock('lock', $token);
                }
                lyger_cache_remember('expensive', function () {
                    usleep(200000);
                    return lyger_cache_increment('computed');
                }, 0, 0, 600.0);
                exit;
            }
        }
        while (pcntl_wait($status) > 0) {
        }
        PHP);
}
foreach ($machines as $machine) {
    echo backend_end($machine);
}
foreach (['sum', 'added', 'cas', 'locked', 'expensive', 'computed'] as $name) {
    echo $name, ' ', redis_cli($url, 'GET', $name), "\n";
}
echo redis_cli($url, 'KEYS', 'lyger:*'), "\n";
?>
--EXPECT--
sum 600
added 100
cas 600
locked 30
expensive 1
computed 1

