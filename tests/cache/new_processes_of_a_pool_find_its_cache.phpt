--TEST--
Every new process of an FPM pool finds the pool's cache, and none dies, however many begin at once
--EXTENSIONS--
lyger
posix
pcntl
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_fpm.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/fpm.inc';
require __DIR__ . '/../inc/processes.inc';
// A process for each request.
$fpm = new Fpm(['www' => ['user' => 'www-data', 'group' => 'www-data', 'pm.max_children' => '6', 'pm.max_requests' => '1']], ['lyger.cache_size' => '2M']);
$before = (int) $fpm->ask('www', 'echo lyger_cache_get("requests", 0);');
$pids = [];
for ($i = 0; $i < 6; $i++) {
    $pids[] = start(function () use ($fpm): void {
        for ($k = 0; $k < 50; $k++) {
            $fpm->ask('www', 'lyger_cache_increment("requests"); echo 1;');
        }
        posix_kill(getmypid(), SIGKILL); // without destructors: the pool is the parent's
    });
}
wait_for_all(...$pids);
echo substr_count(file_get_contents("$fpm->directory/log"), 'SIGSEGV'), " died, ", (int) $fpm->ask('www', 'echo lyger_cache_get("requests", 0);') - $before, " counted\n";
?>
--EXPECT--
0 died, 300 counted
