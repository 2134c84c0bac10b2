<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Ways;

/** Where a figure comes from: the command that measures it again, and the figures as data. */
final class Sources
{
    /** Programs whose results become scenarios (Rooms.php), by the beginning of these' names. */
    private const PROGRAMS = [
        'server-p' => 'benchmarks/server-latency',
        'server' => 'benchmarks/server',
        'language-' => 'benchmarks/languages/run',
    ];

    private const TABLES = ['server-idle' => 'benchmarks/server-latency', 'languages' => 'benchmarks/languages/run'];

    public static function command(string $name, array $scenario): string
    {
        if ($scenario['group'] === 'own') { // what benchmarks/new made
            return './run';
        }
        foreach (self::PROGRAMS as $start => $program) {
            if (in_array($scenario['group'], ['server', 'languages'], true) && str_starts_with($name, $start)) {
                return $program;
            }
        }
        return "benchmarks/run --only \"{$scenario['group']}: $name\"";
    }

    /** The line below a table or a section. */
    public static function of(string $command): string
    {
        return '<p class="source"><code>' . Page::escaped($command) . '</code></p>';
    }

    public static function ofTable(string $name): string
    {
        return self::of(self::TABLES[$name] ?? "benchmarks/$name");
    }

    /** @param array<string, array> $scenarios with figures */
    public static function csv(array $scenarios): string
    {
        $lines = [['chapter', 'row', 'title', 'size', 'unit', 'way', 'median_ns', 'low_ns', 'high_ns', 'rounds', 'against', 'ratio', 'ratio_low', 'ratio_high', 'command']];
        foreach ($scenarios as $name => $scenario) {
            foreach ($scenario['figures'] as $size => $figures) {
                foreach ($figures as $way => $figure) {
                    $ratio = $figure['ratio'] ?? null;
                    $lines[] = [
                        $scenario['group'], $name, $scenario['title'], $size, $scenario['unit'], Ways::label((string) $way),
                        ...array_map(static fn(string $of): float => round($figure[$of], 3), ['median', 'low', 'high']), $figure['rounds'],
                        ...($ratio ? [Ways::label($scenario['against']), ...array_map(static fn(string $of): float => round($ratio[$of], 4), ['ratio', 'low', 'high'])] : ['', '', '', '']),
                        self::command((string) $name, $scenario),
                    ];
                }
            }
        }
        return implode('', array_map(static fn(array $line): string => implode(',', array_map(self::cell(...), $line)) . "\n", $lines));
    }

    /** A link that holds the data: the page is one file that fetches nothing. */
    public static function download(string $file, string $csv, string $text): string
    {
        return "<a download=\"$file\" href=\"data:text/csv;base64," . base64_encode($csv) . '">' . Page::escaped($text) . '</a>';
    }

    private static function cell(string|int|float $cell): string
    {
        return preg_match('/[",\n]/', (string) $cell) ? '"' . str_replace('"', '""', (string) $cell) . '"' : (string) $cell;
    }
}
