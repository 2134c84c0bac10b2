<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

/** Numbers as people read them. */
final class Text
{
    /** Three digits that matter, with the unit that suits. */
    public static function duration(float $ns): string
    {
        foreach (['s' => 1e9, 'ms' => 1e6, 'µs' => 1e3] as $unit => $size) {
            if (abs($ns) >= 0.9995 * $size) {
                return self::digits($ns / $size) . " $unit";
            }
        }
        return self::digits($ns) . ' ns';
    }

    public static function digits(float $number): string
    {
        $size = abs($number);
        return number_format($number, $size >= 99.95 ? 0 : ($size >= 9.995 ? 1 : 2));
    }

    /** @param array{median: float, low: float, high: float} $figure */
    public static function interval(array $figure): string
    {
        [$low, $high] = [self::duration($figure['low']), self::duration($figure['high'])];
        $unit = strrchr($high, ' ');
        return (str_ends_with($low, $unit) ? substr($low, 0, -strlen($unit)) : $low) . ' – ' . $high;
    }

    /** Never a ratio that the measurement does not support. */
    public static function ratio(?array $ratio): string
    {
        if ($ratio === null) {
            return '';
        }
        if ($ratio['differs'] && is_infinite($ratio['high'])) {
            return 'more than ' . self::digits($ratio['low']) . '×';
        }
        return $ratio['differs'] ? self::digits($ratio['ratio']) . '×' : 'no difference seen';
    }

    /** 1, 100, 10k, 2.5M: for axes. */
    public static function short(float $number): string
    {
        foreach (['G' => 1e9, 'M' => 1e6, 'k' => 1e3] as $unit => $size) {
            if ($number >= $size) {
                return round($number / $size, 1) . $unit;
            }
        }
        return (string) round($number, 1);
    }

    public static function bytes(float $bytes): string
    {
        foreach (['GiB' => 2 ** 30, 'MiB' => 2 ** 20, 'KiB' => 2 ** 10] as $unit => $size) {
            if ($bytes >= $size) {
                return self::digits($bytes / $size) . " $unit";
            }
        }
        return "$bytes B";
    }

    /** A number that is only known roughly: two digits that matter. */
    public static function about(float $number): string
    {
        if ($number < 9.95) {
            return (string) round($number, 1);
        }
        $scale = 10 ** max(0, (int) floor(log10(max($number, 1))) - 1);
        return number_format(round($number / $scale) * $scale);
    }

    /** "1 row", "10,000 rows" */
    public static function count(int $number, string $unit): string
    {
        return number_format($number) . ' ' . ($number === 1 ? preg_replace('/(?<=ss)es$|s$/', '', $unit) : $unit);
    }

    /** Characters, without mbstring. */
    public static function width(string $text): int
    {
        return (int) preg_match_all('/./su', $text);
    }

    /** @param list<list<string>> $rows the first and the last column to the left, the others to the right */
    public static function aligned(array $rows): string
    {
        $columns = max(array_map(count(...), $rows));
        $rows = array_map(static fn(array $row): array => array_pad($row, $columns, ''), $rows);
        $widths = [];
        for ($i = 0; $i < $columns; $i++) {
            $widths[] = max(array_map(self::width(...), array_column($rows, $i)));
        }
        $text = '';
        foreach ($rows as $row) {
            $cells = [];
            foreach ($row as $i => $cell) {
                $pad = str_repeat(' ', $widths[$i] - self::width($cell));
                $cells[] = $i === 0 || $i === $columns - 1 ? $cell . $pad : $pad . $cell;
            }
            $text .= rtrim(implode('  ', $cells)) . "\n";
        }
        return $text;
    }
}
