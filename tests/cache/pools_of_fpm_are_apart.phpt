--TEST--
Pools of one FPM have a cache each, by user and by pool, or one for both by lyger.cache_path, of two users by lyger.cache_group, too
--EXTENSIONS--
lyger
posix
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_fpm.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/fpm.inc';
$name = sys_get_temp_dir() . '/lyger-pools-' . getmypid();
mkdir($name, 0777);
chmod($name, 01777);
$user = fn(string $user, array $more = []) => ['user' => $user, 'group' => 'nogroup'] + $more;
$fpm = new Fpm([
    'one' => $user('nobody'),
    'two' => $user('www-data'),
    'also-nobody' => $user('nobody'),
    'named' => $user('nobody', ['php_admin_value[lyger.cache_path]' => "$name/nobody", 'php_admin_value[lyger.cache_size]' => '2M']),
    'named-too' => $user('nobody', ['php_admin_value[lyger.cache_path]' => "$name/nobody", 'php_admin_value[lyger.cache_size]' => '2M']),
    // Two users, one group.
    'shared' => $user('nobody', $both = ['php_admin_value[lyger.cache_path]' => "$name/both", 'php_admin_value[lyger.cache_size]' => '2M',
        'php_admin_value[lyger.cache_group]' => 'nogroup']),
    'shared-too' => $user('www-data', $both),
    'denied' => $user('www-data', ['php_admin_value[lyger.cache_path]' => "$name/nobody"]),
    'off' => $user('nobody', ['php_admin_value[lyger.cache_size]' => '0']),
    'small' => $user('nobody', ['php_admin_value[lyger.cache_size]' => '1M']),
], ['lyger.cache_size' => '8M', 'display_errors' => '0', 'opcache.enable' => '0']); // opcache would map memory as well, see below

foreach (['one', 'two', 'also-nobody', 'named', 'shared', 'small'] as $pool) {
    echo $fpm->ask($pool, "lyger_cache_set('whose', '$pool');"), "";
}
// Each of both workers has been asked.
foreach (['one', 'two', 'also-nobody', 'named', 'named-too', 'shared', 'shared-too', 'small'] as $pool) {
    $workers = [];
    for ($i = 0; count($workers) < 2 && $i < 2000; $i++) {
        [$worker, $whose] = explode(' ', $fpm->ask($pool, "usleep(1000); echo getmypid(), ' ', lyger_cache_get('whose', 'nobody');"));
        $workers[$worker] = $whose;
    }
    echo "$pool: ", implode(', ', array_unique($workers)), ' of ', count($workers), ' workers; ',
        $fpm->ask($pool, 'echo str_replace("' . $name . '", "NAME", json_encode(["path" => lyger_cache_info()["path"], "bytes" => lyger_cache_info()["bytes_total"]], JSON_UNESCAPED_SLASHES)), "\n";');
}
var_dump(posix_getpwuid(fileowner("$name/nobody"))['name']);
printf("%o\n", fileperms("$name/nobody") & 0777);
printf("%s %o\n", posix_getgrgid(filegroup("$name/both"))['name'], fileperms("$name/both") & 0777);

// What other pools have is not even mapped.
echo $fpm->ask('one', 'preg_match_all("~^([0-9a-f]+)-([0-9a-f]+) rw-s .*/dev/zero~m", file_get_contents("/proc/self/maps"), $m);
    $sizes = array_filter(array_map(fn($a, $b) => hexdec($b) - hexdec($a), $m[1], $m[2]), fn($size) => $size > 100000);
    echo array_sum($sizes) === 8 << 20 ? "alone" : implode("\n", $m[0]), "\n";');

// Another user's segment: told once, and then it is as without a cache, but for what is nothing without one.
$fpm->ask('off', 'echo 1;');
echo $fpm->ask('off', 'var_dump(lyger_cache_set("a", 1), lyger_cache_get("a"));');
$workers = [];
for ($i = 0; $i < 2000 && count($workers) < 2; $i++) {
    [$worker, $text] = explode(' ', $fpm->ask('denied', '
        usleep(1000);
        $text = "";
        foreach ([1, 2] as $i) {
            try {
                $text .= json_encode(lyger_cache_get("a", "a miss"));
            } catch (Lyger\Exception\CacheException $e) {
                $text .= "thrown:" . (str_contains($e->getMessage(), "lyger.cache_group") ? "says what to set" : $e->getMessage());
            }
        }
        try {
            lyger_cache_increment("a");
        } catch (Lyger\Exception\CacheException $e) {
            $text .= ",no count";
        }
        echo getmypid(), " $text";'), 2);
    $workers[$worker] ??= $text;
}
echo implode("\n", array_unique($workers)), "\n";
// It heals without a restart.
unlink("$name/nobody");
$end = hrtime(true) + 20e9;
do {
    $set = $fpm->ask('denied', 'usleep(1000); echo lyger_cache_set("a", 1) ? "set" : "not set";');
} while ($set !== 'set' && hrtime(true) < $end);
echo "$set\n";
unset($fpm);
array_map('unlink', glob("$name/*"));
rmdir($name);
?>
--EXPECT--
one: one of 2 workers; {"path":"","bytes":8388608}
two: two of 2 workers; {"path":"","bytes":8388608}
also-nobody: also-nobody of 2 workers; {"path":"","bytes":8388608}
named: named of 2 workers; {"path":"NAME/nobody","bytes":2097152}
named-too: named of 2 workers; {"path":"NAME/nobody","bytes":2097152}
shared: shared of 2 workers; {"path":"NAME/both","bytes":2097152}
shared-too: shared of 2 workers; {"path":"NAME/both","bytes":2097152}
small: small of 2 workers; {"path":"","bytes":1048576}
string(6) "nobody"
600
nogroup 660
alone
bool(false)
string(0) ""
thrown:says what to set"a miss",no count
set
