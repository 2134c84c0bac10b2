--TEST--
A ratio is printed with what paired rounds know of it, and not at all when its interval spans 1
--FILE--
<?php
declare(strict_types=1);

namespace Lyger\Benchmarks;

require __DIR__ . '/../../benchmarks/lib/autoload.php';

mt_srand(3);
$shape = [7, 7, 7];
$ratio = static function (array $a, array $b) use ($shape): string {
    $medians = static fn(array $samples): array => Statistics::medians($samples, $shape);
    return Text::ratio(Statistics::ratio(Statistics::median($a), $medians($a), Statistics::median($b), $medians($b)));
};
// The machine's pace wanders by half, both ways with it: the pairs know their ratio all the same.
$base = array_map(static fn(): float => 100.0 + mt_rand(0, 50), range(1, 21));
$scaled = static fn(float $by): array => array_map(static fn(float $ns): float => $ns * $by, $base);
var_dump($ratio($scaled(3), $base), $ratio($scaled(0.98), $base), $ratio($base, $base));
$noise = array_map(static fn(): float => 100.0 + mt_rand(0, 50), range(1, 21));
var_dump($ratio($noise, $base));
var_dump($ratio($base, array_fill(0, 21, 0.0)));
?>
--EXPECT--
string(6) "3.00×"
string(6) "0.98×"
string(18) "no difference seen"
string(18) "no difference seen"
string(0) ""
