<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

/** From which amount of work on one way is faster than another, and how sure that is. */
final class BreakEven
{
    /**
     * The amount from which $b is faster than $a for good: between two measured sizes both times are taken as straight
     * lines in logarithms, the last crossing counts. 0.0 when $b is faster from the first size on, null when it is not
     * faster at the last.
     *
     * @param list<int> $sizes ascending
     * @param list<float> $a times, in the order of the sizes
     * @param list<float> $b
     */
    public static function crossing(array $sizes, array $a, array $b): ?float
    {
        $lead = static fn(int $i): float => log(max($a[$i], 1e-3)) - log(max($b[$i], 1e-3)); // above 0: $b is faster
        $last = count($sizes) - 1;
        if ($lead($last) <= 0) {
            return null;
        }
        for ($i = $last; $i > 0; $i--) {
            $before = $lead($i - 1);
            if ($before <= 0) {
                $share = -$before / ($lead($i) - $before);
                return exp(log($sizes[$i - 1]) + $share * (log($sizes[$i]) - log($sizes[$i - 1])));
            }
        }
        return 0.0;
    }

    /**
     * The crossing of the medians and the 95 % of the crossings of their resamples.
     *
     * @param array<int, float> $a medians by size
     * @param array<int, list<float>> $resampledA by size
     * @return array{at: ?float, low: ?float, high: ?float, certain: bool} null: beyond the last size; 0: from the first
     */
    public static function between(array $a, array $resampledA, array $b, array $resampledB): array
    {
        $sizes = array_keys(array_intersect_key($a, $b));
        $pick = static fn(array $of): array => array_map(static fn(int $size): float => $of[$size], $sizes);
        $at = self::crossing($sizes, $pick($a), $pick($b));
        $found = [];
        for ($r = 0; $r < Statistics::RESAMPLES; $r++) {
            $times = static fn(array $of): array => array_map(static fn(int $size): float => $of[$size][$r], $sizes);
            $found[] = self::crossing($sizes, $times($resampledA), $times($resampledB)) ?? INF;
        }
        [$low, $high] = Statistics::interval($found);
        return [
            'at' => $at,
            'low' => is_infinite($low) ? null : $low,
            'high' => is_infinite($high) ? null : $high,
            'certain' => match ($at) { // all of the interval is of one kind: never, always, or somewhere between
                null => is_infinite($low),
                0.0 => $high === 0.0,
                default => $low > 0 && !is_infinite($high),
            },
        ];
    }
}
