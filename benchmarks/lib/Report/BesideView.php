<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Statistics;
use Lyger\Benchmarks\Text;
use Lyger\Benchmarks\Ways;

/** The crossings of this run beside those of another PHP on the same machine (benchmarks/run --beside). */
final class BesideView
{
    public const ABOUT = 'Medians of each crossing at its smallest size, first of the one PHP, then of the other: two runs, one after the'
        . ' other, so a difference of some per cent says nothing.';
    private const DOORS = ['php-opcache', 'php-jit', 'ffi', 'native', 'method', 'frameless'];

    public static function title(array $results): string
    {
        return 'PHP ' . self::version($results) . ' and ' . self::version($results['beside']);
    }

    public static function html(array $results): string
    {
        $rows = self::rows($results);
        if (!$rows) {
            return '';
        }
        [$title, $about] = [Page::escaped(self::title($results)), Page::escaped(self::ABOUT)];
        $cell = static fn(string $text): string => strtr(Page::escaped($text), [' → ' => '<br>']); // less broad
        $machine = $results['beside']['machine'];
        $other = Page::escaped("The other: PHP {$machine['php']}, {$machine['os']}, {$machine['cc']}, {$machine['date']}.");
        return "<section id=\"beside\"><h2>$title</h2><p class=\"about\">$about</p>"
            . Page::table(array_map(static fn(array $row): array => array_map($cell, $row), $rows))
            . "<p class=\"small muted\">$other</p></section>";
    }

    /** @return list<list<string>> the heading first */
    public static function rows(array $results): array
    {
        $other = $results['beside']['scenarios'] ?? [];
        $rows = [];
        foreach ($results['scenarios'] as $name => $scenario) {
            $size = array_key_first($scenario['points']);
            if ($scenario['group'] !== 'crossings' || !isset($other[$name]['points'][$size])) {
                continue;
            }
            $cells = [];
            foreach (self::DOORS as $way) {
                $both = [self::median($scenario['points'][$size], $way), self::median($other[$name]['points'][$size], $way)];
                $cells[] = $both === ['–', '–'] ? '–' : implode(' → ', $both);
            }
            $rows[] = [$scenario['title'], ...$cells];
        }
        return $rows ? [['', ...array_map(Ways::label(...), self::DOORS)], ...$rows] : [];
    }

    private static function median(array $point, string $way): string
    {
        return isset($point['samples'][$way]) ? Text::duration(max(0.0, Statistics::median($point['samples'][$way]))) : '–';
    }

    private static function version(array $results): string
    {
        return preg_match('/^\d+\.\d+/', $results['machine']['php'], $found) ? $found[0] : $results['machine']['php'];
    }
}
