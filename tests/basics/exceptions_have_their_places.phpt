--TEST--
Every exception of lyger is a Lyger\Exception and a child of SPL's RuntimeException
--EXTENSIONS--
lyger
--FILE--
<?php
foreach (['RuntimeException', 'CacheException', 'QueryException', 'ServerException'] as $name) {
    $class = "Lyger\\Exception\\$name";
    $exception = new $class('text', 5);
    var_dump($exception instanceof Lyger\Exception && $exception instanceof RuntimeException, $exception->getCode());
}
$query = new Lyger\Exception\QueryException('text');
var_dump($query->getSqlState(), $query->getPosition(), interface_exists('Lyger\Exception'));
?>
--EXPECT--
bool(true)
int(5)
bool(true)
int(5)
bool(true)
int(5)
bool(true)
int(5)
string(0) ""
int(0)
bool(true)
