<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use Random\Engine\Xoshiro256StarStar;
use Random\Randomizer;

/**
 * Medians and their uncertainty.
 *
 * Intervals are 95 % percentile bootstrap intervals (B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993,
 * chapter 13). Two-level: sessions (fresh processes) are drawn first, then rounds within each, because what a process is
 * given at its start (the layout of its memory) moves all of its rounds together (T. Kalibera, R. Jones, Rigorous
 * Benchmarking in Reasonable Time, ISMM 2013). Ratios are of paired rounds: the same resample is taken of both ways, since
 * the blocks of one round met the machine in the same state. No value is ever left out.
 *
 * A list of samples is given with its shape: the number of rounds in each session, in order.
 */
final class Statistics
{
    public const RESAMPLES = 1000;

    /** @var array<string, list<list<int>>> index lists by shape: every statistic of one shape uses the same resamples */
    private static array $resamples = [];

    /** @param non-empty-list<float> $numbers */
    public static function median(array $numbers): float
    {
        sort($numbers);
        $count = count($numbers);
        $middle = $count >> 1;
        return $count % 2 ? (float) $numbers[$middle] : ($numbers[$middle - 1] + $numbers[$middle]) / 2;
    }

    /** @return list<list<int>> the same for the same shape in every run */
    public static function resamples(array $shape): array
    {
        $key = implode(',', $shape);
        if (isset(self::$resamples[$key])) {
            return self::$resamples[$key];
        }
        $random = new Randomizer(new Xoshiro256StarStar(crc32($key)));
        $starts = [];
        $start = 0;
        foreach ($shape as $rounds) {
            $starts[] = $start;
            $start += $rounds;
        }
        $lists = [];
        for ($b = 0; $b < self::RESAMPLES; $b++) {
            $list = [];
            foreach ($shape as $_) {
                $session = $random->getInt(0, count($shape) - 1);
                for ($r = $shape[$session]; $r > 0; $r--) {
                    $list[] = $starts[$session] + $random->getInt(0, $shape[$session] - 1);
                }
            }
            $lists[] = $list;
        }
        return self::$resamples[$key] = $lists;
    }

    /** The medians of all resamples. @return list<float> */
    public static function medians(array $samples, array $shape): array
    {
        $medians = [];
        foreach (self::resamples($shape) as $list) {
            $drawn = [];
            foreach ($list as $at) {
                $drawn[] = $samples[$at];
            }
            $medians[] = self::median($drawn);
        }
        return $medians;
    }

    /**
     * The 95 % in the middle, ends included: no value between two is made up, so INF may be among them.
     *
     * @return array{float, float}
     */
    public static function interval(array $values): array
    {
        sort($values);
        $last = count($values) - 1;
        return [$values[(int) floor(0.025 * $last)], $values[(int) ceil(0.975 * $last)]];
    }

    /** @return array{median: float, low: float, high: float} */
    public static function summary(array $samples, array $shape): array
    {
        [$low, $high] = self::interval(self::medians($samples, $shape));
        return ['median' => self::median($samples), 'low' => $low, 'high' => $high];
    }

    /**
     * How many times $a is $b. `differs` is false when the interval spans 1: then no ratio may be printed. `high` is INF
     * when $b cannot be told from nothing.
     *
     * @param list<float> $resampledA medians($a), for the same shape as $resampledB
     * @return array{ratio: float, low: float, high: float, differs: bool}|null null when $b is nothing beside the loop
     */
    public static function ratio(float $a, array $resampledA, float $b, array $resampledB): ?array
    {
        if ($b <= 0) {
            return null;
        }
        $quotient = static fn(float $x, float $y): float => $y > 0 ? $x / $y : INF;
        [$low, $high] = self::interval(array_map($quotient, $resampledA, $resampledB));
        return ['ratio' => $a / $b, 'low' => $low, 'high' => $high, 'differs' => $low > 1 || $high < 1];
    }
}
