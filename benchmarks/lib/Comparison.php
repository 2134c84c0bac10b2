<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

/** Two runs beside each other. */
final class Comparison
{
    /**
     * Every way and size that both runs measured.
     *
     * @return list<array{name: string, before: float, after: float, factor: float, low: float, high: float, verdict: string}>
     */
    public static function of(array $before, array $after, float $threshold, bool $ratios): array
    {
        $changes = [];
        foreach ($before['scenarios'] as $name => $scenario) {
            foreach ($scenario['points'] as $size => $point) {
                $other = $after['scenarios'][$name]['points'][$size] ?? null;
                $against = $scenario['against'];
                foreach (array_intersect_key($point['samples'], $other['samples'] ?? []) as $way => $samples) {
                    if ($ratios && ($way === $against || !isset($point['samples'][$against], $other['samples'][$against]))) {
                        continue;
                    }
                    $by = $ratios ? $against : null;
                    $values = [self::values($point, $way, $by), self::values($other, $way, $by)];
                    $change = self::change($values, $threshold);
                    if ($change) {
                        $changes[] = ['name' => "$name" . (count($scenario['points']) > 1 ? ", $size" : '') . ": $way"] + $change;
                    }
                }
            }
        }
        return $changes;
    }

    public static function text(array $changes, float $threshold, bool $ratios): string
    {
        $number = static fn(float $value): string => $ratios ? Text::digits($value) . '×' : Text::duration($value);
        $rows = [];
        foreach (['slower', 'faster'] as $verdict) {
            foreach ($changes as $change) {
                if ($change['verdict'] === $verdict) {
                    $rows[] = [
                        $change['name'],
                        $number($change['before']),
                        $number($change['after']),
                        Text::digits($change['factor']) . '×',
                        Text::digits($change['low']) . ' – ' . Text::digits($change['high']),
                        $verdict,
                    ];
                }
            }
        }
        $counts = array_count_values(array_column($changes, 'verdict')) + ['slower' => 0, 'faster' => 0, 'same' => 0];
        $table = $rows ? Text::aligned([['', 'before', 'after', 'factor', '95 %', ''], ...$rows]) . "\n" : '';
        return $table . sprintf(
            "%d slower, %d faster by more than %s %%, %d neither\n",
            $counts['slower'],
            $counts['faster'],
            rtrim(rtrim(number_format(100 * $threshold, 1), '0'), '.'),
            $counts['same']
        );
    }

    /** @return array{float, list<float>} the median and its resamples, divided by those of $against */
    private static function values(array $point, string $way, ?string $against): array
    {
        $median = Statistics::median($point['samples'][$way]);
        $resampled = Statistics::medians($point['samples'][$way], $point['shape']);
        if ($against === null) {
            return [$median, $resampled];
        }
        $other = Statistics::medians($point['samples'][$against], $point['shape']);
        $divided = array_map(static fn(float $a, float $b): float => $a / max($b, 1e-3), $resampled, $other);
        return [$median / max(Statistics::median($point['samples'][$against]), 1e-3), $divided];
    }

    private static function change(array $values, float $threshold): ?array
    {
        [[$before, $resampledBefore], [$after, $resampledAfter]] = $values;
        // The two runs are independent: nothing pairs their resamples, so one list is taken from its other end.
        $ratio = Statistics::ratio($after, array_reverse($resampledAfter), $before, $resampledBefore);
        if ($ratio === null) {
            return null;
        }
        $verdict = match (true) {
            $ratio['low'] > 1 + $threshold => 'slower',
            $ratio['high'] < 1 / (1 + $threshold) => 'faster',
            default => 'same',
        };
        $figures = ['before' => $before, 'after' => $after, 'factor' => $ratio['ratio']];
        return $figures + ['low' => $ratio['low'], 'high' => $ratio['high'], 'verdict' => $verdict];
    }
}
