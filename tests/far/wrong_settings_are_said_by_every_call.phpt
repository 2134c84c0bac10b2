--TEST--
A backend that cannot be read, or reached, is an error of every call, and never this machine's cache instead
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/../inc/redis.inc';
$calls = <<<'PHP'
    foreach ([fn () => lyger_cache_get('k'), fn () => lyger_cache_set('k', 1), fn () => lyger_cache_get_batch(['k']), fn () => lyger_cache_lock('k', 1),
        fn () => lyger_cache_remember('k', fn () => 1), fn () => lyger_cache_increment('k'), fn () => iterator_to_array(lyger_cache_keys())] as $call) {
        echo preg_replace('/it is not asked again for \d+ ms/', 'WAIT', outcome($call)), "\n";
    }
    PHP;
echo backend_php(['lyger.cache_backend' => 'redis://u:hush@host:0'], $calls);
echo backend_php(['lyger.cache_backend' => 'redis://host', 'lyger.cache_far_prefixes' => 'a=both'], 'echo outcome(fn () => lyger_cache_get("zzz")), "\n";');
echo backend_php(['lyger.cache_backend' => 'rediss://host'], 'echo outcome(fn () => lyger_cache_get("zzz")), "\n";');
echo preg_replace('/: WAIT|; WAIT/', '', backend_php(['lyger.cache_backend' => 'unix:/tmp/lyger-no-such-server.sock'], $calls));
echo backend_php(['lyger.cache_backend' => 'redis://u:hush@host'], 'ob_start(); phpinfo(INFO_MODULES); $info = ob_get_clean(); var_dump(str_contains($info, "hush"), str_contains($info, "host:6379"));');
?>
--EXPECTF--
%AWarning: lyger: lyger.cache_backend: the port must be a number from 1 to 65535 in Unknown on line 0
Lyger\Exception\CacheException: lyger.cache_backend: the port must be a number from 1 to 65535
Lyger\Exception\CacheException: lyger.cache_backend: the port must be a number from 1 to 65535
Lyger\Exception\CacheException: lyger.cache_backend: the port must be a number from 1 to 65535
Lyger\Exception\CacheException: lyger.cache_backend: the port must be a number from 1 to 65535
Lyger\Exception\CacheException: lyger.cache_backend: the port must be a number from 1 to 65535
Lyger\Exception\CacheException: lyger.cache_backend: the port must be a number from 1 to 65535
Lyger\Exception\CacheException: lyger.cache_backend: the port must be a number from 1 to 65535
%AWarning: lyger: lyger.cache_far_prefixes: behind the = of a prefix must come far or near (%3D is an = in a prefix) in Unknown on line 0
Lyger\Exception\CacheException: lyger.cache_far_prefixes: behind the = of a prefix must come far or near (%3D is an = in a prefix)
%AWarning: lyger: lyger.cache_backend: rediss:// (TLS) is not supported yet; redis:// and unix: are in Unknown on line 0
Lyger\Exception\CacheException: lyger.cache_backend: rediss:// (TLS) is not supported yet; redis:// and unix: are
Lyger\Exception\CacheException: lyger.cache_backend /tmp/lyger-no-such-server.sock: it cannot be reached: No such file or directory
Lyger\Exception\CacheException: lyger.cache_backend /tmp/lyger-no-such-server.sock: it cannot be reached: No such file or directory
Lyger\Exception\CacheException: lyger.cache_backend /tmp/lyger-no-such-server.sock: it cannot be reached: No such file or directory
Lyger\Exception\CacheException: lyger.cache_backend /tmp/lyger-no-such-server.sock: it cannot be reached: No such file or directory
Lyger\Exception\CacheException: lyger.cache_backend /tmp/lyger-no-such-server.sock: it cannot be reached: No such file or directory
Lyger\Exception\CacheException: lyger.cache_backend /tmp/lyger-no-such-server.sock: it cannot be reached: No such file or directory
Lyger\Exception\CacheException: lyger.cache_backend /tmp/lyger-no-such-server.sock: it cannot be reached: No such file or directory
bool(false)
bool(true)
