--TEST--
A process that never ends its request fetches in place until its share is used, then copies; what it holds comes back
--EXTENSIONS--
lyger
pcntl
posix
--INI--
lyger.cache_size=4M
lyger.cache_zero_copy=1
memory_limit=1G
--FILE--
<?php
$make = fn (int $n) => array_fill(0, 100, "value $n");
$pid = pcntl_fork();
if ($pid === 0) {
    $all = [];
    $bad = 0;
    for ($n = 0; $n < 5000; $n++) {
        lyger_cache_set('key ' . $n % 100, $make($n));
        $all[$n] = lyger_cache_get('key ' . $n % 100);
    }
    foreach ($all as $n => $value) {
        $bad += $value !== $make($n);
    }
    $info = lyger_cache_info();
    echo $bad, ' bad, ', lyger_cache_size(), " entries\n";
    // What is held is some of the memory, and no more than a quarter.
    $held = $info['bytes_capacity'] - $info['bytes_free'] - $info['bytes_used'];
    var_dump($held > 0, $held <= $info['bytes_capacity'] / 4);
    posix_kill(posix_getpid(), SIGKILL);
}
pcntl_waitpid($pid, $status);
// The holder was killed: stores find its memory.
for ($n = 0; $n < 20000; $n++) {
    lyger_cache_set('key ' . $n % 1000, $make($n));
}
$info = lyger_cache_info();
var_dump($info['bytes_capacity'] - $info['bytes_free'] - $info['bytes_used']);
?>
--EXPECT--
0 bad, 100 entries
bool(true)
bool(true)
int(0)
