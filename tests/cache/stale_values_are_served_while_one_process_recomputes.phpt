--TEST--
While one process computes the new value, the old one is served to everybody who takes it; an exception leaves it
--EXTENSIONS--
lyger
ffi
pcntl
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
$values = ['null' => null, 'bool' => true, 'int' => -5, 'float' => 0.5, 'empty' => '', 'text' => 'old', 'long' => str_repeat('old', 9999),
    'array' => ['a' => [1, 'b' => null]], 'object' => new ArrayObject(['old'])];
$never = fn() => throw new LogicException('computed while another process does');
foreach (shared_engines() as $engine) {
    foreach ($values as $name => $value) {
        $engine->cacheRemember($name, fn() => $value, 1, 3600);
    }
    until(fn() => !array_filter(array_keys($values), $engine->cacheHas(...)), 'all are stale');
    echo "computed anew, in vain\n";
    $pid = start(function () use ($engine, $values): void {
        $compute = function (array $names) use (&$compute, $engine): string {
            if ($names) {
                return $engine->cacheRemember(array_pop($names), fn() => $compute($names), 3600, 3600);
            }
            $engine->cacheSet('recomputing', true);
            until(fn() => $engine->cacheHas('seen'), 'the others have seen');
            throw new DomainException('no new value');
        };
        echo outcome(fn() => $compute(array_keys($values))), "\n";
    });
    until(fn() => $engine->cacheHas('recomputing'), 'it is computed');
    foreach ($values as $name => $value) {
        if ($engine->cacheRemember($name, $never, 3600, 1, 0) != $value || $engine->cacheGet($name, 'missing') !== 'missing') {
            echo "$name is not served stale\n";
        }
    }
    echo outcome(fn() => $engine->cacheRemember('text', $never, 3600, 0, 0.05)), "\n";
    $engine->cacheSet('seen', true);
    wait_for_all($pid);

    echo "computed anew\n";
    $engine->cacheDelete('recomputing');
    $engine->cacheDelete('seen');
    $pid = start(fn() => $engine->cacheRemember('text', function () use ($engine): string {
        $engine->cacheSet('recomputing', true);
        until(fn() => $engine->cacheHas('seen'), 'the others have seen');
        return 'new';
    }, 3600, 3600));
    until(fn() => $engine->cacheHas('recomputing'), 'it is computed');
    var_dump($engine->cacheRemember('text', $never, 3600, 3600, 0));
    $engine->cacheSet('seen', true);
    wait_for_all($pid);
    var_dump($engine->cacheRemember('text', $never, 3600, 3600), $engine->cacheGet('text'));
}
?>
--EXPECT--
-- native
computed anew, in vain
Lyger\Exception\CacheException: the value of "text" is being computed by another process, and was not there in 0.05 seconds
DomainException: no new value
computed anew
string(3) "old"
string(3) "new"
string(3) "new"
-- ffi
computed anew, in vain
Lyger\Exception\CacheException: the value of "text" is being computed by another process, and was not there in 0.05 seconds
DomainException: no new value
computed anew
string(3) "old"
string(3) "new"
string(3) "new"
