--TEST--
Values used in place keep every element while other processes overwrite, evict, delete and clear
--EXTENSIONS--
lyger
pcntl
posix
--INI--
lyger.cache_size=8M
lyger.cache_zero_copy=1
memory_limit=512M
--FILE--
<?php
/** A value that follows from a number: lists, maps, rows with the same keys, nested, long strings. */
function made(int $n): array|string
{
    switch ($n % 5) {
        case 0:
            return range($n, $n + 500);
        case 1:
            return array_map(fn ($i) => ['id' => $i, 'name' => "row $i of $n", 'tags' => ['a', "t$n", []]], range(0, 60));
        case 2:
            return str_repeat("value $n ", 900);
        case 3:
            $map = [];
            for ($i = 0; $i < 300; $i++) {
                $map["key $i"] = $i % 2 ? $n * $i : "text $n $i";
            }
            return $map;
        default:
            return ['deep' => ['er' => [str_repeat(chr(65 + $n % 26), 5000), [$n => true, 'f' => $n / 3]]]];
    }
}

function number(string $key): int
{
    return (int) substr($key, 1);
}

/** What is under a key was made from a number that the value itself tells. */
function seed_of(array|string $value): int
{
    return match (true) {
        is_string($value) => (int) substr($value, 6),
        array_is_list($value) && is_int($value[0]) => $value[0],
        array_is_list($value) => (int) substr($value[0]['tags'][1], 1),
        isset($value['deep']) => array_key_first($value['deep']['er'][1]),
        default => (int) substr($value['key 0'], 5),
    };
}

$writers = [];
for ($w = 0; $w < 2; $w++) {
    if (($pid = pcntl_fork()) === 0) {
        mt_srand($w);
        $round = 0;
        while (true) {
            $n = mt_rand(0, 999999);
            lyger_cache_set('k' . mt_rand(0, 59), made($n));
            $round++;
            if ($round % 7 === 0) {
                lyger_cache_set('junk' . mt_rand(0, 500), str_repeat('j', mt_rand(1, 60000)));
            }
            if ($round % 11 === 0) {
                lyger_cache_delete('k' . mt_rand(0, 59));
            }
            if ($round % 401 === 0) {
                lyger_cache_clear();
            }
            if ($round % 83 === 0) {
                lyger_cache_set('large', str_repeat('L', 300000));
            }
        }
    }
    $writers[] = $pid;
}
$kept = $bad = $seen = 0;
$held = [];
$end = microtime(true) + 3;
while (microtime(true) < $end || $seen < 100 || $kept < 1000 || lyger_cache_info()['sets'] < 1000) {
    for ($k = 0; $k < 60; $k++) {
        $value = lyger_cache_get("k$k", null);
        if ($value === null) {
            continue;
        }
        $seen++;
        $held[] = [$value, seed_of($value)];
        if (count($held) > 200) {
            array_shift($held);
        }
    }
    foreach ($held as [$value, $n]) {
        $kept++;
        if ($value !== made($n)) {
            $bad++;
        }
    }
}
foreach ($writers as $pid) {
    posix_kill($pid, SIGKILL);
    pcntl_waitpid($pid, $status);
}
var_dump($bad);
?>
--EXPECT--
int(0)
