<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

/** "Which door?": profiling first, then the break-even points of this run, then advice. docs/which-door.md says more. */
final class DoorView
{
    private const STEPS = <<<'HTML'
        <ol class="steps">
        <li><b>Profile first.</b> Sample production with Excimer or php-spx, look at one request with Xdebug, and use
        <code>perf</code> when the time is below PHP. Code that takes 2 % of a request can give back 2 %, through
        whichever door.</li>
        <li><b>Try what needs no door.</b> A better query, a cache, a built-in function, opcache, the JIT.</li>
        <li><b>Count the work in one call.</b> The boundary is paid for each call; find your row below. Below its first
        border stay in PHP, or gather more work into one call.</li>
        <li><b>Then choose.</b> Where you cannot install an extension, FFI pays from its border on. Where you can, a native
        function pays earlier, checks its arguments, and cannot be handed a pointer that is gone.</li>
        </ol>
        HTML;

    public const TITLE = 'Which door pays from which amount of work on';
    public const ZONES = ['php-jit' => 'stay in PHP', 'native' => 'native pays', 'ffi' => 'FFI pays, and native'];

    public static function html(array $results): string
    {
        $rows = [];
        foreach ($results['scenarios'] as $name => $scenario) {
            $points = $scenario['break_even'];
            if ($points) {
                [$title, $unit] = [Page::escaped($scenario['title']), Page::escaped($scenario['unit'])];
                $title = "<a href=\"#$name\">$title</a> <small>$unit</small>";
                $cells = array_map(
                    static fn(string $pair): string => Page::escaped(Advice::cell($points[$pair] ?? null, $scenario)),
                    ['php-opcache > native', 'php-opcache > ffi', 'php-jit > native', 'php-jit > ffi']
                );
                $rows[] = [$title, ...$cells];
            }
        }
        $heading = ['work in one call', 'native beats PHP', 'FFI beats PHP', 'native beats PHP with JIT', 'FFI beats PHP with JIT'];
        $numbers = $rows
            ? '<details><summary>The numbers, with JIT and without</summary>' . Page::table([$heading, ...$rows]) . '</details>'
            : '';
        return '<section id="door"><h2>Which door?</h2>' . self::STEPS . self::zones($results['scenarios']) . $numbers . Sources::of('benchmarks/run') . '</section>';
    }

    /** The break-even points beside PHP's JIT, for Plots::zones(). */
    public static function rows(array $scenarios): array
    {
        $rows = [];
        foreach ($scenarios as $scenario) {
            $points = array_filter([
                'native' => $scenario['break_even']['php-jit > native'] ?? null,
                'ffi' => $scenario['break_even']['php-jit > ffi'] ?? null,
            ]);
            if ($points) {
                $rows["{$scenario['title']}, {$scenario['unit']}"] = self::row($points, array_keys($scenario['figures']));
            }
        }
        uasort($rows, static fn(array $a, array $b): int => $a['order'] <=> $b['order']);
        return $rows;
    }

    private static function zones(array $scenarios): string
    {
        $rows = self::rows($scenarios);
        if (!$rows) {
            return '';
        }
        $legend = '';
        foreach (self::ZONES as $colour => $meaning) {
            $legend .= "<li><i style=\"background:var(--$colour)\"></i>$meaning</li>";
        }
        $plot = Plot::figure(self::TITLE, Plots::zones($rows), 1040);
        return <<<HTML
            <figure>$plot<ul class="legend">$legend</ul><figcaption class="small">Amount of work in one call, logarithmic; beside
            PHP with its JIT on, where native code has the least to win. Whiskers: the 95 % interval of each border.</figcaption></figure>
            HTML;
    }

    /** @param array<string, array> $points by door */
    private static function row(array $points, array $sizes): array
    {
        [$from, $most] = [min($sizes), max($sizes)];
        $least = $from;
        $zones = $borders = [];
        $colour = 'php-jit';
        uasort($points, static fn(array $a, array $b): int => ($a['at'] ?? INF) <=> ($b['at'] ?? INF));
        foreach ($points as $door => $point) {
            $at = min(max($point['at'] ?? INF, $least), $most);
            if ($at > $from) {
                $zones[] = [$from, $at, $colour];
            }
            if ($point['at'] === null) {
                break;
            }
            $range = [max($point['low'] ?? $most, $least), min($point['high'] ?? $most, $most)];
            if ($range[1] > $range[0]) {
                $borders[] = [$at, ...$range];
            }
            [$from, $colour] = [$at, $colour === 'ffi' ? 'ffi' : $door];
        }
        if ($from < $most) {
            $zones[] = [$from, $most, $colour];
        }
        $order = array_map(static fn(string $door): float => $points[$door]['at'] ?? INF, ['ffi', 'native']);
        return ['zones' => $zones, 'borders' => $borders, 'order' => $order];
    }
}
