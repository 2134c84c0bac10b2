--TEST--
A forked child goes on using what its parent fetched in place, also after the parent has ended
--EXTENSIONS--
lyger
pcntl
posix
--INI--
lyger.cache_size=4M
lyger.cache_zero_copy=1
--FILE--
<?php
$expected = array_map(fn ($i) => "element $i", range(0, 400));
lyger_cache_set('list', $expected);
$pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
if (pcntl_fork() === 0) {
    $list = lyger_cache_get('list');
    if (pcntl_fork() === 0) {
        // The parent of this process ends at once; others reuse the memory if they may.
        while (posix_getppid() !== 1 && file_exists('/proc/' . ($parent ??= posix_getppid())) && posix_getppid() === $parent) {
            usleep(500);
        }
        lyger_cache_delete('list');
        for ($i = 0; $i < 3000; $i++) {
            lyger_cache_set("junk $i", array_fill(0, 50, "junk $i"));
        }
        fwrite($pair[1], $list === $expected ? 'same' : 'changed');
        fwrite($pair[1], lyger_cache_info()['evictions'] > 0 ? ' evicted' : ' nothing evicted');
        exit;
    }
    exit;
}
fclose($pair[1]);
echo stream_get_contents($pair[0]), "\n";
// The last reader is gone: a store in each shard finds its memory again.
while (lyger_cache_info()['bytes_held'] ?? 0) {
    for ($i = 0; $i < 2000; $i++) {
        lyger_cache_set("after $i", array_fill(0, 40, $i));
    }
}
echo "nothing held\n";
?>
--EXPECT--
same evicted
nothing held
