<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Text;

/** Break-even points in words. */
final class Advice
{
    private const PHP = ['php-jit' => 'PHP with JIT', 'php-opcache' => 'PHP without JIT'];
    private const DOORS = ['native' => 'the native function', 'ffi' => 'FFI'];

    /** @return array<string, list<string>> sentences by the scenario's title */
    public static function lines(array $results): array
    {
        $found = [];
        foreach ($results['scenarios'] as $scenario) {
            $lines = [];
            foreach (self::PHP as $php => $name) {
                $parts = [];
                foreach (self::DOORS as $door => $called) {
                    $point = $scenario['break_even']["$php > $door"] ?? null;
                    if ($point) {
                        $parts[] = "$called " . self::pays($point, $scenario);
                    }
                }
                if ($parts) {
                    $lines[] = "Beside $name, " . implode('; ', $parts) . '.';
                }
            }
            if ($lines) {
                $found[$scenario['title']] = $lines;
            }
        }
        return $found;
    }

    /** "pays from about 6 terms on (5.6 to 6.2)" */
    public static function pays(array $point, array $scenario): string
    {
        $sizes = array_keys($scenario['figures']);
        $unit = $scenario['unit'];
        [$first, $last] = [number_format(min($sizes)), number_format(max($sizes))];
        if (!$point['certain']) {
            $low = match ($point['low']) {
                null => $last,
                0.0 => "$first or fewer",
                default => Text::about($point['low']),
            };
            $high = match ($point['high']) {
                null => "beyond $last",
                0.0 => $first,
                default => Text::about($point['high']),
            };
            return "pays from somewhere between $low and $high $unit on (the run cannot say more)";
        }
        if ($point['at'] === null) {
            return "does not pay up to $last $unit";
        }
        if ($point['at'] == 0) {
            return 'pays from ' . Text::count(min($sizes), $unit) . ' on' . ($first === '1' ? '' : ', or fewer');
        }
        [$at, $low, $high] = array_map(Text::about(...), [$point['at'], $point['low'], $point['high']]);
        return "pays from about $at $unit on ($low to $high)";
    }

    /** A short form for a table's cell. */
    public static function cell(?array $point, array $scenario): string
    {
        if ($point === null) {
            return '–';
        }
        $sizes = array_keys($scenario['figures']);
        if (!$point['certain']) {
            return 'unsure: ' . ($point['low'] == 0 ? '≤ ' . number_format(min($sizes)) : Text::about($point['low'])) . ' to '
                . ($point['high'] === null ? '> ' . Text::short(max($sizes)) : Text::about($point['high']));
        }
        return match (true) {
            $point['at'] === null => 'not up to ' . Text::short(max($sizes)),
            $point['at'] == 0 => 'always',
            default => 'from ' . Text::about($point['at']) . ' on',
        };
    }
}
