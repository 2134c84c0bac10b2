<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

/**
 * A time as text, as lyger_param_time_text() in ext/query/params.c writes it.
 *
 * @internal
 */
final class Time
{
    /** For PostgreSQL, in the time's own zone; $t stands between date and time. */
    public static function inItsZone(\DateTimeImmutable $time, string $t = ' '): string
    {
        $year = (int) $time->format('Y');
        return str_pad((string) ($year < 1 ? 1 - $year : $year), 4, '0', STR_PAD_LEFT) . $time->format("-m-d\\{$t}H:i:s")
            . self::fraction($time) . self::offset($time->getOffset()) . ($year < 1 ? ' BC' : '');
    }

    /** For SQLite; null for a year outside of 0 to 9999. */
    public static function inUtc(\DateTimeImmutable $time): ?string
    {
        $utc = $time->setTimezone(new \DateTimeZone('UTC'));
        $year = (int) $utc->format('Y');
        return $year < 0 || $year > 9999 ? null : $utc->format('Y-m-d H:i:s') . self::fraction($utc) . '+00:00';
    }

    private static function fraction(\DateTimeImmutable $time): string
    {
        return $time->format('u') === '000000' ? '' : $time->format('.u');
    }

    private static function offset(int $seconds): string
    {
        $east = abs($seconds);
        return ($seconds < 0 ? '-' : '+') . sprintf('%02d:%02d', intdiv($east, 3600), intdiv($east, 60) % 60)
            . ($east % 60 > 0 ? sprintf(':%02d', $east % 60) : '');
    }
}
