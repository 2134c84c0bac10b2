--TEST--
disable_classes takes lyger's classes away: an Error, another exception, no object of the wrong size
--EXTENSIONS--
lyger
--SKIPIF--
<?php
if (PHP_VERSION_ID >= 80500) {
    exit('skip inapplicable: PHP 8.5 has no disable_classes');
}
?>
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
$code = <<<'PHP'
    $tries = [
        'method' => fn() => Lyger\Engine::getInstance()->cacheSet('k1', 1),
        'function' => fn() => lyger_cache_set('k1', 1),
        'result' => function () { foreach (Lyger\Engine::getInstance()->query('sqlite::memory:', 'SELECT 1 AS a') as $row) { return $row; } },
        'empty result' => function () { foreach (new Lyger\Result as $row) { return $row; } },
        'keys' => fn() => iterator_to_array(lyger_cache_keys('k')),
        'query error' => fn() => lyger_db_query('sqlite::memory:', 'nonsense'),
        'cache error' => fn() => lyger_cache_increment('text', 1),
        'server error' => fn() => lyger_start_server(fn() => 1, 0, ['document_root' => '/nowhere']),
    ];
    lyger_cache_set('text', 'x');
    foreach ($tries as $name => $try) {
        try {
            $result = json_encode(@$try());
            echo "  $name: $result\n";
        } catch (Throwable $thrown) {
            echo "  $name: ", get_class($thrown), ': ', $thrown->getMessage(), "\n";
        }
    }
    PHP;
foreach (['Lyger\Engine', 'Lyger\Result', 'Lyger\CacheKeys', 'Lyger\Exception\QueryException,Lyger\Exception\CacheException,Lyger\Exception\ServerException'] as $classes) {
    echo $classes, "\n  ", run_php($code, ['disable_classes' => $classes], $status);
    if ($status !== 0) {
        echo "  status $status\n";
    }
}
?>
--EXPECTF--
Lyger\Engine
  method: Error: Call to undefined method Lyger\Engine::getInstance()
  function: true
  result: Error: Call to undefined method Lyger\Engine::getInstance()
  empty result: Error: Call to private Lyger\Result::__construct() from global scope
  keys: ["k1"]
  query error: Lyger\Exception\QueryException: near "nonsense": syntax error
  cache error: Lyger\Exception\CacheException: the value is not an integer
  server error: Lyger\Exception\ServerException: %s
Lyger\Result
  method: true
  function: true
  result: Error: The class Lyger\Result is disabled
  empty result: null
  keys: ["k1"]
  query error: Lyger\Exception\QueryException: near "nonsense": syntax error
  cache error: Lyger\Exception\CacheException: the value is not an integer
  server error: Lyger\Exception\ServerException: %s
Lyger\CacheKeys
  method: true
  function: true
  result: {"a":1}
  empty result: Error: Call to private Lyger\Result::__construct() from global scope
  keys: Error: The class Lyger\CacheKeys is disabled
  query error: Lyger\Exception\QueryException: near "nonsense": syntax error
  cache error: Lyger\Exception\CacheException: the value is not an integer
  server error: Lyger\Exception\ServerException: %s
Lyger\Exception\QueryException,Lyger\Exception\CacheException,Lyger\Exception\ServerException
  method: true
  function: true
  result: {"a":1}
  empty result: Error: Call to private Lyger\Result::__construct() from global scope
  keys: ["k1"]
  query error: RuntimeException: near "nonsense": syntax error
  cache error: RuntimeException: the value is not an integer
  server error: RuntimeException: %s
