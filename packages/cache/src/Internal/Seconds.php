<?php

declare(strict_types=1);

namespace Lyger\Cache\Internal;

/**
 * Times to live as PSR-6 and PSR-16 have them.
 *
 * @internal
 */
final class Seconds
{
    public const MOST = 4294967295; // that a store takes; 136 years

    private function __construct()
    {
    }

    /** Whole seconds, at most MOST; 0 or less: over already. */
    public static function of(int|\DateInterval $time): int
    {
        return min(self::MOST, \is_int($time) ? $time : self::ofInterval($time));
    }

    /** From now until a moment: never 0 while it lies ahead, and as many as a second's tenth makes full. */
    public static function until(float $moment): int
    {
        $left = $moment - microtime(true);
        return match (true) {
            $left <= 0.0, is_nan($left) => 0,
            $left >= self::MOST => self::MOST,
            default => max(1, (int) ($left + 0.1)),
        };
    }

    /** Days of 24 hours; a part of a second is a whole one. */
    private static function ofInterval(\DateInterval $interval): int
    {
        // Roughly first: PHP's own arithmetic wraps around where an integer ends.
        $days = $interval->y * 366.0 + $interval->m * 31.0 + $interval->d;
        $roughly = $days * 86400.0 + $interval->h * 3600.0 + $interval->i * 60.0 + $interval->s;
        $roughly *= $interval->invert === 1 ? -1.0 : 1.0;
        if (abs($roughly) > 2.0 * self::MOST) {
            return $roughly > 0 ? self::MOST : -1;
        }
        $now = new \DateTimeImmutable('@' . time());
        $end = $now->add($interval);
        return $end->getTimestamp() - $now->getTimestamp() + ((int) $end->format('u') > 0 ? 1 : 0);
    }
}
