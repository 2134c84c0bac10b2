<?php

declare(strict_types=1);

namespace Lyger\Internal;

/**
 * Floats as PostgreSQL writes them.
 *
 * @internal
 */
final class Decimal
{
    public static function read(string $text): float
    {
        return match ($text) {
            'NaN' => NAN,
            'Infinity' => INF,
            '-Infinity' => -INF,
            default => (float) $text,
        };
    }
}
