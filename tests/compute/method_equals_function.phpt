--TEST--
Engine::heavyComputation() gives what lyger_heavy_computation() gives
--EXTENSIONS--
lyger
--FILE--
<?php
$engine = Lyger\Engine::getInstance();
foreach ([0, 1, 2, 7, 1023, 1024, 1025, 123457] as $iterations) {
    if ($engine->heavyComputation($iterations) !== lyger_heavy_computation($iterations)) {
        echo "$iterations iterations differ\n";
    }
}
var_dump($engine->heavyComputation() === lyger_heavy_computation());
var_dump($engine->heavyComputation(iterations: 5) === lyger_heavy_computation(5));
?>
--EXPECT--
bool(true)
bool(true)
