<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Machines;
use Lyger\Benchmarks\Statistics;
use Lyger\Benchmarks\Text;
use Lyger\Benchmarks\Ways;

/** The crossings of this run beside those of other PHPs on the same machine (benchmarks/run --beside). */
final class BesideView
{
    private const DOORS = ['php-opcache', 'php-jit', 'ffi', 'native', 'method', 'frameless'];
    /** What FFI is in these versions, and what is proposed; docs/ffi.md says more. */
    private const FFI = <<<'HTML'
        <ul class="steps"><li><b>The JIT leaves FFI alone</b> in every one of these versions: it compiles the loop around a call, not the call, which goes
        through PHP's generic handlers and libffi.</li><li><b>8.3 and later</b> deprecate <code>FFI::new()</code>, <code>cast()</code> and <code>type()</code>
        as static calls. <b>8.5</b> has opcache, and so the JIT, in every build; FFI itself is as it was.</li>
        <li><b>Proposed</b>, as a draft since 2024: php-src pull request 14491 lets the tracing JIT call C functions at their address and read C memory
        directly. What it could win is the difference between FFI's column and the native one, less what must be converted either way.</li></ul>
        HTML;

    public static function title(array $results): string
    {
        $versions = array_map(Machines::php(...), self::all($results));
        $last = array_pop($versions);
        return 'PHP ' . implode(', ', $versions) . " and $last";
    }

    public static function about(array $results): string
    {
        return 'Medians of each crossing at its smallest size, by ' . self::title($results) . ' in this order, one machine: runs one after the other, so a'
            . ' difference of some per cent says nothing.';
    }

    public static function html(array $results): string
    {
        $rows = self::rows($results);
        if (!$rows) {
            return '';
        }
        [$title, $about] = [Page::escaped(self::title($results)), Page::escaped(self::about($results))];
        $cell = static fn(string $text): string => strtr(Page::escaped($text), [' → ' => '<br>']); // less broad
        $others = array_map(static fn(array $other): string => "PHP {$other['machine']['php']}, {$other['machine']['os']}, {$other['machine']['cc']},"
            . " {$other['machine']['date']}", $results['beside']);
        return "<section id=\"beside\"><h2>$title</h2><p class=\"about\">$about</p>"
            . Page::table(array_map(static fn(array $row): array => array_map($cell, $row), $rows)) . self::FFI
            . '<p class="small muted">The others: ' . Page::escaped(implode('; ', $others)) . '.</p>' . Sources::of('scripts/report --every-php') . '</section>';
    }

    /** @return list<list<string>> the heading first */
    public static function rows(array $results): array
    {
        $rows = [];
        $versions = implode(' → ', array_map(Machines::php(...), self::all($results)));
        foreach ($results['beside'] ? $results['scenarios'] : [] as $name => $scenario) {
            $size = array_key_first($scenario['points']);
            $points = array_map(static fn(array $one): array => $one['scenarios'][$name]['points'][$size] ?? [], self::all($results));
            if ($scenario['group'] !== 'crossings' || count(array_filter($points)) < 2) {
                continue;
            }
            $cells = [];
            foreach (self::DOORS as $way) {
                $medians = array_map(static fn(array $point): string => self::median($point, $way), $points);
                $cells[] = array_unique($medians) === ['–'] ? '–' : implode(' → ', $medians);
            }
            $rows[] = [$scenario['title'], $versions, ...$cells];
        }
        return $rows ? [['', 'PHP', ...array_map(Ways::label(...), self::DOORS)], ...$rows] : [];
    }

    /** This run and those beside it, the oldest PHP first. @return list<array> */
    private static function all(array $results): array
    {
        $all = [$results, ...$results['beside']];
        usort($all, static fn(array $a, array $b): int => version_compare($a['machine']['php'], $b['machine']['php']));
        return $all;
    }

    private static function median(array $point, string $way): string
    {
        return isset($point['samples'][$way]) ? Text::duration(max(0.0, Statistics::median($point['samples'][$way]))) : '–';
    }
}
