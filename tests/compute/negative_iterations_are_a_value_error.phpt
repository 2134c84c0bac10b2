--TEST--
A negative count and a count that is no integer are PHP's own errors
--EXTENSIONS--
lyger
--FILE--
<?php
foreach ([-1, PHP_INT_MIN, 'many', 1.5, NAN, []] as $iterations) {
    try {
        lyger_heavy_computation($iterations);
        echo "accepted\n";
    } catch (Error $error) {
        echo get_class($error), ': ', $error->getMessage(), "\n";
    }
}
try {
    Lyger\Engine::getInstance()->heavyComputation(-1);
} catch (Error $error) {
    echo get_class($error), ': ', $error->getMessage(), "\n";
}
?>
--EXPECTF--
ValueError: lyger_heavy_computation(): Argument #1 ($iterations) must be greater than or equal to 0
ValueError: lyger_heavy_computation(): Argument #1 ($iterations) must be greater than or equal to 0
TypeError: lyger_heavy_computation(): Argument #1 ($iterations) must be of type int, string given

Deprecated: Implicit conversion from float 1.5 to int loses precision in %s on line %d
accepted
TypeError: lyger_heavy_computation(): Argument #1 ($iterations) must be of type int, float given
TypeError: lyger_heavy_computation(): Argument #1 ($iterations) must be of type int, array given
ValueError: Lyger\Engine::heavyComputation(): Argument #1 ($iterations) must be greater than or equal to 0
