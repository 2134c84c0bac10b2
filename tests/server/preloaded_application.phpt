--TEST--
opcache.preload: preloaded code uses lyger, what it stored is there, and the server serves preloaded functions and classes
--EXTENSIONS--
lyger
--SKIPIF--
<?php
require __DIR__ . '/../inc/skip_without_server.inc';
if (!extension_loaded('Zend OPcache') && !file_exists(ini_get('extension_dir') . '/opcache.so')) {
    exit('skip without opcache');
}
?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$preload = sys_get_temp_dir() . '/lyger-preload-' . getmypid() . '.php';
file_put_contents($preload, <<<'PHP'
    <?php
    lyger_cache_set('by preload', ['stored' => true]);
    final class Refusal extends RuntimeException implements Lyger\Exception { }
    final class Rows { public function __construct(public readonly Lyger\Result $result) { } }
    function cached(string $key): mixed { return lyger_cache_get($key, 'none'); }
    PHP);
$ini = ['opcache.enable_cli' => 1, 'opcache.preload' => $preload, 'opcache.preload_user' => 'root'];
if (!extension_loaded('Zend OPcache')) {
    $ini += ['zend_extension' => 'opcache'];
}
$server = new Server(<<<'PHP'
    if ($data['path'] === '/refuse') {
        throw new Refusal('no');
    }
    return ['cached' => cached('by preload'), 'rows' => json_decode((new Rows(Lyger\Engine::getInstance()->query('sqlite::memory:', 'SELECT 1 AS one')))->result->toJson()),
        'preloaded' => in_array('cached', opcache_get_status()['preload_statistics']['functions'])];
    PHP, ini: $ini + ['display_errors' => 0]);
for ($i = 0; $i < 3; $i++) {
    echo $server->get('/')->body, "\n", $server->get('/refuse')->status, "\n";
}
$server->stop();
unlink($preload);
?>
--EXPECT--
{"cached":{"stored":true},"rows":[{"one":1}],"preloaded":true}
500
{"cached":{"stored":true},"rows":[{"one":1}],"preloaded":true}
500
{"cached":{"stored":true},"rows":[{"one":1}],"preloaded":true}
500
