--TEST--
Objects are stored on the server, and made of what it has, only of the classes that lyger.cache_far_classes names
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_redis.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/redis.inc';
[$url] = redis_start();
$backend = "$url?timeout=60&connect_timeout=60";
$classes = <<<'PHP'
    namespace App {
        class Point { public $at = [1, 2]; public $in = null; }
        class Trap { public function __wakeup() { echo "the trap was sprung\n"; } }
    }
    namespace {
        function outcome(callable $call): mixed { try { return $call(); } catch (Throwable $e) { return get_class($e) . ": {$e->getMessage()}"; } }
    PHP;
function run(array $settings, string $code): string
{
    global $classes;
    $file = sys_get_temp_dir() . '/lyger-far-classes-' . getmypid() . '.php';
    file_put_contents($file, "<?php $classes\n$code }");
    $output = backend_php($settings, "require '$file';");
    unlink($file);
    return str_replace($file, 'FILE', $output);
}
$classes = str_replace('function outcome', 'function outcome_of', $classes);
$none = ['lyger.cache_backend' => $backend];
$point = $none + ['lyger.cache_far_classes' => 'App\Point'];
$all = $none + ['lyger.cache_far_classes' => '*'];
echo run($none, 'echo outcome(fn () => lyger_cache_set("p", ["x" => new App\Point])), "\n"; var_dump(lyger_cache_has("p"));');
echo run($point, 'lyger_cache_set("p", [new App\Point]); var_dump(lyger_cache_get("p") == [new App\Point]); echo outcome(fn () => lyger_cache_set("t", new App\Trap)), "\n";');
echo run($all, 'lyger_cache_set("t", new App\Trap); var_dump(lyger_cache_get("t") == new App\Trap);');
echo run($none, 'var_dump(lyger_cache_get("t", "a miss"));');
echo run($point, 'var_dump(lyger_cache_get("t", "a miss"));');
redis_cli($url, 'SET', 'broken', 'x');
$script = 'redis.call("SET", "broken", "\0lyger1pa:1:{oops"); redis.call("SET", "newer", "\0lyger2pN;") return 1';
redis_cli($url, 'EVAL', $script, '0');
echo run($none, 'var_dump(lyger_cache_get("broken", "a miss"), lyger_cache_get("newer", "a miss"), lyger_cache_remember("newer", fn () => "anew"), lyger_cache_get("newer"));');
?>
--EXPECTF--
TypeError: lyger_cache_set(): Argument #2 ($value) must not be or contain an object of class App\Point, which lyger.cache_far_classes does not name
bool(false)
bool(true)
TypeError: lyger_cache_set(): Argument #2 ($value) must not be or contain an object of class App\Trap, which lyger.cache_far_classes does not name
the trap was sprung
bool(true)

Warning: lyger_cache_get(): The entry "t" cannot be read and counts as a miss: a class of it does not exist, or is not one of lyger.cache_far_classes in %s on line %d
string(6) "a miss"

Warning: lyger_cache_get(): The entry "t" cannot be read and counts as a miss: a class of it does not exist, or is not one of lyger.cache_far_classes in %s on line %d
string(6) "a miss"

Warning: lyger_cache_get(): The entry "broken" cannot be read and counts as a miss: unserialize() does not accept it in %s on line %d

Warning: lyger_cache_get(): The entry "newer" cannot be read and counts as a miss: it was stored in a form of another version of lyger in %s on line %d

Warning: lyger_cache_remember(): The entry "newer" cannot be read and counts as a miss: it was stored in a form of another version of lyger in %s on line %d

Warning: lyger_cache_remember(): The entry "newer" cannot be read and counts as a miss: it was stored in a form of another version of lyger in %s on line %d
string(6) "a miss"
string(6) "a miss"
string(4) "anew"
string(4) "anew"
