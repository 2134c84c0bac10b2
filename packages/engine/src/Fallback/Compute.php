<?php

declare(strict_types=1);

namespace Lyger\Fallback;

/**
 * Σ sqrt(i)·sin(i) in plain PHP, term by term.
 *
 * @internal
 */
final class Compute
{
    /**
     * Up to here the rounding of a plain sum, about 1e-16 · iterations, stays a hundred times below the allowed
     * 1e-12 · (1 + sqrt(iterations)); beyond, each addition carries its error along (Kahan, "Pracniques: further
     * remarks on reducing truncation errors", CACM 1965), which leaves the terms' own rounding only.
     */
    private const PLAIN = 10_000;

    public static function heavy(int $iterations): float
    {
        $sum = 0.0;
        $plain = min($iterations, self::PLAIN);
        for ($i = 0; $i < $plain; $i++) {
            $sum += sqrt($i) * sin($i);
        }
        $lost = 0.0;
        for (; $i < $iterations; $i++) {
            $term = sqrt($i) * sin($i) - $lost;
            $next = $sum + $term;
            $lost = ($next - $sum) - $term;
            $sum = $next;
        }
        return $sum;
    }
}
