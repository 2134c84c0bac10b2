--TEST--
A step of a crossing that keeps what it should give back is never timed: its parts become the next step's
--FILE--
<?php
declare(strict_types=1);

use Lyger\Benchmarks\Crossing;
use Lyger\Benchmarks\Scenario;

require __DIR__ . '/../../benchmarks/lib/autoload.php';

$crossing = static fn(array $parts): Scenario => Crossing::of('one', 'One', '', ['ffi' => '$result = 1;', 'native' => '$result = 1;'], $parts);
$scenario = $crossing(['ffi' => ['in' => '$a;', 'work+out' => Crossing::keeping('$p;'), 'clean-up' => '$p; $f;', 'out' => null]]);
foreach (['ffi', 'rust', 'native'] as $door) {
    echo $door, ': ', implode(' | ', array_keys($scenario->parts[$door])), ' -> ', implode(' | ', array_keys($scenario->timed($door))), "\n";
}
foreach ([['in' => '$a;', 'thinking' => null], ['work+in' => null], ['work' => Crossing::keeping('$p;')]] as $wrong) {
    try {
        $crossing(['ffi' => $wrong]);
        echo "taken\n";
    } catch (InvalidArgumentException $error) {
        echo $error->getMessage(), "\n";
    }
}
?>
--EXPECT--
ffi: call+out | in | *work+out | clean-up | out -> call+out | in | work+out+clean-up | out
rust: call+out | in | *work+out | clean-up | out -> call+out | in | work+out+clean-up | out
native: call | in+work+out -> call | in+work+out
scenario "one": the parts of ffi are of call, in, work, out, clean-up
scenario "one": the parts of ffi are of call, in, work, out, clean-up
scenario "one": the last step of ffi is the crossing, which keeps nothing
