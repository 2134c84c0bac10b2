<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

/** Figures from raw samples: medians with intervals, ratios, parts, break-even points. The same JSON gives the same figures. */
final class Analysis
{
    /** The pairs whose break-even points are looked for: slower at first, faster later. */
    private const CROSSINGS = [
        ['php-jit', 'ffi'],
        ['php-jit', 'native'],
        ['php-opcache', 'ffi'],
        ['php-opcache', 'native'],
        ['php', 'ffi'],
        ['php', 'native'],
    ];

    /** Adds `figures`, `breakdown` and `break_even` to what Measurement returned. */
    public static function of(array $raw): array
    {
        $figures = $medians = $resampled = [];
        foreach ($raw['points'] as $size => $point) {
            $ordered = array_replace(array_intersect_key(array_fill_keys($raw['ways'], []), $point['samples']), $point['samples']);
            foreach ($ordered as $way => $samples) {
                $medians[$way][$size] = Statistics::median($samples);
                $resampled[$way][$size] = Statistics::medians($samples, $point['shape']);
                [$low, $high] = Statistics::interval($resampled[$way][$size]);
                $figures[$size][$way] = [
                    'median' => $medians[$way][$size],
                    'low' => $low,
                    'high' => $high,
                    'loop' => Statistics::median($point['loops'][$way]),
                    'cpu' => array_sum($point['cpu'][$way]) / count($samples),
                    'heap' => $raw['heap'][$way][$size] ?? 0,
                    'rounds' => count($samples),
                ];
            }
            foreach (array_keys($figures[$size] ?? []) as $way) {
                $against = $raw['against'];
                if ($way !== $against && isset($medians[$against][$size])) {
                    $figures[$size][$way]['ratio'] = Statistics::ratio(
                        $medians[$way][$size],
                        $resampled[$way][$size],
                        $medians[$against][$size],
                        $resampled[$against][$size]
                    );
                }
            }
        }
        return $raw + [
            'figures' => $figures,
            'breakdown' => self::breakdown($raw['parts']),
            'break_even' => count($raw['points']) > 1 ? self::breakEven($medians, $resampled) : [],
        ];
    }

    /** How many times $a is $b in one of a scenario's sizes, or null. */
    public static function ratio(array $scenario, int $size, string $a, string $b): ?array
    {
        ['samples' => $samples, 'shape' => $shape] = $scenario['points'][$size];
        return isset($samples[$a], $samples[$b]) ? Statistics::ratio(
            Statistics::median($samples[$a]),
            Statistics::medians($samples[$a], $shape),
            Statistics::median($samples[$b]),
            Statistics::medians($samples[$b], $shape)
        ) : null;
    }

    /** What each part adds, by way: differences of the variants' medians, paired. */
    private static function breakdown(array $parts): array
    {
        $found = [];
        foreach ($parts as $size => $point) {
            $before = [];
            foreach ($point['samples'] as $key => $samples) {
                [$way, $part] = explode('/', (string) $key, 2);
                $median = Statistics::median($samples);
                $resampled = Statistics::medians($samples, $point['shape']);
                [$beforeMedian, $beforeResampled] = $before[$way] ?? [0.0, array_fill(0, Statistics::RESAMPLES, 0.0)];
                $added = array_map(static fn(float $a, float $b): float => $a - $b, $resampled, $beforeResampled);
                [$low, $high] = Statistics::interval($added);
                $found[$size][$way][$part] = ['median' => $median - $beforeMedian, 'low' => $low, 'high' => $high];
                $before[$way] = [$median, $resampled];
            }
        }
        return $found;
    }

    private static function breakEven(array $medians, array $resampled): array
    {
        $found = [];
        foreach (self::CROSSINGS as [$from, $to]) {
            if (count(array_intersect_key($medians[$from] ?? [], $medians[$to] ?? [])) > 1) {
                $found["$from > $to"] = BreakEven::between($medians[$from], $resampled[$from], $medians[$to], $resampled[$to]);
            }
        }
        return $found;
    }
}
