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
// Damage within: made anew by the next process, which says so.
echo run_php('lyger_cache_set("k", str_repeat("find me", 100));', $ini);
$file = fopen($path, 'r+');
fseek($file, strpos(file_get_contents($path), 'find mefind me') - 8);
fwrite($file, 'K');
fclose($file);
echo str_replace($path, 'PATH', run_php('var_dump(lyger_cache_get("k", "a miss"), lyger_cache_set("k", 1));', $ini));
echo run_php('var_dump(lyger_cache_get("k", "a miss"));', $ini);
unlink($path);

// Told once in each process; then it is as if the cache were off.
echo run_php($code . 'var_dump(lyger_cache_get("k"), lyger_cache_set("k", 1), lyger_cache_info()["enabled"]); try { lyger_cache_lock("k", 1); } catch (Lyger\Exception\CacheException $e) { echo $e->getMessage(), "\n"; }',
    ['lyger.cache_path' => '/nonexistent/directory/cache']);
echo run_php('var_dump(ini_get("lyger.cache_mode"));', ['lyger.cache_mode' => '0640']);
echo run_php($code, ['lyger.cache_size' => '1000']);
?>
--EXPECT--
bool(true)
{"from":"one"}
int(2097152)
600
Warning: lyger: cache path "PATH" has mode 666; it must be 600, or shared with a group by lyger.cache_group in Unknown on line 0
Lyger\Exception\CacheException
Warning: lyger: cache path "PATH" is not a lyger cache segment in Unknown on line 0
Lyger\Exception\CacheException
Warning: lyger: cache path "PATH" was damaged (a hash that is not its key's) and is made anew in Unknown on line 0
string(6) "a miss"
bool(true)
int(1)
Warning: lyger: cannot open cache path "/nonexistent/directory/cache": No such file or directory in Unknown on line 0
Lyger\Exception\CacheException
string(0) ""
bool(false)
bool(false)
cannot open cache path "/nonexistent/directory/cache": No such file or directory
Warning: lyger.cache_mode must be 0600 or 0660, "0640" given in Unknown on line 0
string(4) "0600"
Warning: lyger: the cache must have at least 1048576 bytes, 1000 asked for in Unknown on line 0
Lyger\Exception\CacheException
