--TEST--
lyger.cache_path: unrelated processes share the cache, it outlives them, and what is not a segment is refused
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
$path = sys_get_temp_dir() . '/lyger-named-' . getmypid();
$ini = ['lyger.cache_path' => $path, 'lyger.cache_size' => '2M'];
echo run_php('var_dump(lyger_cache_set("k", ["from" => "one"]));', $ini);
echo run_php('echo json_encode(lyger_cache_get("k")), "\n"; var_dump(lyger_cache_info()["bytes_total"]);', $ini);
printf("%o\n", fileperms($path) & 0777);

$code = 'try { lyger_cache_get("k"); } catch (Lyger\Exception\CacheException $e) { echo get_class($e), "\n"; }';
chmod($path, 0666);
echo str_replace($path, 'PATH', run_php($code, $ini));
chmod($path, 0600);
file_put_contents($path, str_repeat('not a segment ', 200000));
echo str_replace($path, 'PATH', run_php($code, $ini));
unlink($path);
echo run_php($code, ['lyger.cache_path' => '/nonexistent/directory/cache']);
echo run_php($code, ['lyger.cache_size' => '1000']);
?>
--EXPECT--
bool(true)
{"from":"one"}
int(2097152)
600
Warning: lyger: cache path "PATH" has mode 666; it must be 600 in Unknown on line 0
Lyger\Exception\CacheException
Warning: lyger: cache path "PATH" is not a lyger cache segment in Unknown on line 0
Lyger\Exception\CacheException
Warning: lyger: cannot open cache path "/nonexistent/directory/cache": No such file or directory in Unknown on line 0
Lyger\Exception\CacheException
Warning: lyger: the cache must have at least 1048576 bytes, 1000 asked for in Unknown on line 0
Lyger\Exception\CacheException
