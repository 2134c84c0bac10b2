--TEST--
A URL where a path belongs is a path: whatever allow_url_fopen says, nothing is fetched
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
$listener = stream_socket_server('tcp://127.0.0.1:0');
$url = 'http://' . stream_socket_get_name($listener, false) . '/x';
$code = <<<'PHP'
    $tries = [
        fn() => lyger_db_query("sqlite:URL", 'SELECT 1'),
        fn() => lyger_db_query("sqlite:file:URL?mode=rwc", 'SELECT 1'),
        fn() => lyger_db_query_json("sqlite::memory:", /* SQLite opens it when it is used */ "ATTACH 'URL' AS s"),
        fn() => lyger_cache_set('a', 1),
        fn() => lyger_start_server(fn() => 1, 0, ['document_root' => 'URL']),
        fn() => lyger_start_server(fn() => 1, 0, ['access_log' => 'URL']),
        fn() => lyger_start_server(fn() => 1, 0, ['pid_file' => 'URL']),
        fn() => lyger_start_server(fn() => 1, 0, ['body_directory' => 'URL']),
    ];
    foreach ($tries as $i => $try) {
        try {
            $try();
            echo "$i done\n";
        } catch (Throwable $thrown) {
            echo "$i ", get_class($thrown), "\n";
        }
    }
    PHP;
foreach ([0, 1] as $allowed) {
    $printed[$allowed] = run_php('chdir("/proc/self");' . str_replace('URL', $url, $code), ['allow_url_fopen' => $allowed, 'lyger.cache_path' => $url]);
}
echo $printed[1];
var_dump($printed[0] === $printed[1], @stream_socket_accept($listener, 0));
?>
--EXPECTF--
%AWarning: lyger: cannot open cache path "http://127.0.0.1:%d/x": No such file or directory in Unknown on line 0
0 Lyger\Exception\QueryException
1 Lyger\Exception\QueryException
2 done
3 Lyger\Exception\CacheException
4 Lyger\Exception\ServerException
5 Lyger\Exception\ServerException
6 Lyger\Exception\ServerException
7 Lyger\Exception\ServerException
bool(true)
bool(false)
