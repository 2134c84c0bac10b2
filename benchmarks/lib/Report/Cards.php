<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Analysis;
use Lyger\Benchmarks\Text;

/** The few figures on top of the page. */
final class Cards
{
    /** @return list<array{string, string}> figure, what it is */
    public static function of(array $results): array
    {
        $cards = [];
        $empty = self::first($results['scenarios'], static fn(array $one, string $name): bool => str_contains($name, 'nothing'));
        $figures = $empty ? reset($empty['figures']) : [];
        if (isset($figures['ffi'], $figures['native'])) {
            $cards[] = [Text::duration($figures['ffi']['median']), 'an empty call through FFI'];
            $cards[] = [Text::duration($figures['native']['median']), 'the same as a native function'];
            $ratio = Analysis::ratio($empty, array_key_first($empty['figures']), 'ffi', 'native');
            if ($ratio['differs'] ?? false) {
                $cards[] = [Text::ratio($ratio), 'is what FFI costs beside it'];
            }
        }
        $pays = static fn(array $one): bool => ($one['break_even']['php-jit > ffi']['at'] ?? 0) > 0;
        $curve = self::first($results['scenarios'], static fn(array $one): bool => $one['group'] === 'compute' && $pays($one))
            ?? self::first($results['scenarios'], $pays);
        if ($curve) {
            $at = Text::about($curve['break_even']['php-jit > ffi']['at']);
            $cards[] = ["$at {$curve['unit']}", "from which FFI beats PHP's JIT: {$curve['title']}"];
        }
        return $cards;
    }

    private static function first(array $scenarios, \Closure $is): ?array
    {
        foreach ($scenarios as $name => $scenario) {
            if ($scenario['figures'] && $is($scenario, (string) $name)) {
                return $scenario;
            }
        }
        return null;
    }
}
