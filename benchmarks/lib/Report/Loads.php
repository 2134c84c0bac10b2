<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Statistics;
use Lyger\Benchmarks\Text;

/** What it costs that a door is there: start-up, the first call, memory. */
final class Loads
{
    public const TIMES = [
        'process' => 'A whole PHP process, from its start to its end',
        'open_ns' => 'Opening the door in every request',
        'first_ns' => 'The first call of a process',
        'second_ns' => 'The second call',
    ];

    /** @return array<string, array<string, array>> bars by heading and way */
    public static function times(array $loading): array
    {
        $found = [];
        foreach (self::TIMES as $kind => $heading) {
            foreach ($loading['times'] ?? [] as $way => $samples) {
                if (isset($samples[$kind])) {
                    $shape = [count($samples[$kind])];
                    $found[$heading][$way] = Statistics::summary($samples[$kind], $shape);
                }
            }
        }
        return $found;
    }

    /** @return array<string, list<list<string>>> */
    public static function tables(array $loading): array
    {
        $tables = [];
        $times = self::times($loading);
        if ($times) {
            $rows = [['', ...array_keys($times)]];
            foreach (array_keys($loading['times']) as $way) {
                $cell = static fn(array $ways): string => isset($ways[$way]) ? Text::duration($ways[$way]['median']) : '–';
                $rows[] = [$way, ...array_values(array_map($cell, $times))];
            }
            $tables['Loading'] = $rows;
        }
        if ($loading['instructions'] ?? []) {
            $count = static fn(int $count): string => number_format($count / 1e6, 1) . ' million';
            $tables['Starting'] = [['a process that does nothing', 'instructions']];
            foreach ($loading['instructions'] as $way => $instructions) {
                $tables['Starting'][] = [$way, $count($instructions)];
            }
        }
        if (isset($loading['memory'])) {
            $counts = array_keys(reset($loading['memory']));
            $rows = [['memory for each worker', ...array_map(static fn(int $n): string => Text::count($n, 'workers'), $counts)]];
            foreach ($loading['memory'] as $way => $bytes) {
                $rows[] = [$way, ...array_values(array_map(Text::bytes(...), $bytes))];
            }
            $tables['Memory'] = $rows;
        }
        return $tables;
    }
}
