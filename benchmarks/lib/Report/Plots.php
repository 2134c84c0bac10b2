<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Text;
use Lyger\Benchmarks\Ways;

/** The gnuplot scripts. Each returns a closure that Plot::figure() calls with a width. */
final class Plots
{
    /** Where a picture is wider than that, a row's name stands beside it, else above. */
    private const BESIDE = 380;

    /**
     * Horizontal bars with their intervals as whiskers.
     *
     * @param list<array{label: string, colour: string, median: float, low: float, high: float, text: string}> $bars
     */
    public static function bars(array $bars): \Closure
    {
        return static function (int $width) use ($bars): array {
            $height = 26 * count($bars) + 14;
            $labels = 7 * max(array_map(static fn(array $bar): int => Text::width($bar['label']), $bars)) + 14;
            $texts = 7 * max(array_map(static fn(array $bar): int => Text::width($bar['text']), $bars)) + 14;
            $longest = max(array_column($bars, 'high')) ?: 1;
            $script = self::margins($labels / $width, 1 - $texts / $width, 7 / $height, 1 - 7 / $height)
                . sprintf("unset grid\nunset xtics\nset xrange [0:%g]\nset yrange [%g:-0.5]\n", $longest, count($bars) - 0.5);
            $plots = [];
            foreach ($bars as $y => $bar) {
                $script .= self::block("b$y", [[0, $y, max($bar['median'], 0)]])
                    . self::block("w$y", [[max($bar['median'], 0), $y, max($bar['low'], 0), $bar['high']]])
                    . self::label($bar['label'], "graph 0, first $y right offset -0.8, 0", 'text')
                    . self::label($bar['text'], "first {$bar['high']}, first $y left offset 0.8, 0", 'muted');
                array_push($plots, self::box("b$y", 0.33, $bar['colour']), self::whiskers("w$y"));
            }
            return [$height, "unset ytics\n$script" . self::plot($plots)];
        };
    }

    /**
     * Lines over sizes, both axes logarithmic, the interval as a band; rings where lines cross.
     *
     * @param array<string, array<int, array{float, float, float}>> $lines way => size => median, low, high
     * @param list<array{x: float, y: float, text: string, colour: string}> $rings
     */
    public static function curves(array $lines, array $ways, string $unit, array $rings = [], ?int $height = null): \Closure
    {
        return static function (int $width) use ($lines, $ways, $unit, $rings, $height): array {
            $height ??= $width > 500 ? 360 : 290;
            $sizes = array_unique(array_merge(...array_map(array_keys(...), array_values($lines))));
            $values = array_merge(...array_merge(...array_map(array_values(...), array_values($lines))));
            $positive = array_filter($values, static fn(float $value): bool => $value > 0) ?: [1.0];
            [$lowest, $highest] = [max(min($positive), max($positive) / 1e9) / 1.25, max($positive) * 1.25];
            $script = self::margins(62 / $width, 1 - 16 / $width, 44 / $height, 1 - 12 / $height)
                . sprintf("set logscale xy\nset xrange [%g:%g]\n", min($sizes) * 0.995, max($sizes) * 1.005)
                . sprintf("set yrange [%g:%g]\n", $lowest, $highest)
                . 'set xtics (' . self::sizeTics($sizes, $width) . ")\nset ytics (" . self::timeTics($lowest, $highest) . ")\n"
                . 'set xlabel ' . self::quoted($unit) . ' offset 0, 0.3 textcolor rgb ' . Colours::standIn('muted') . "\n";
            $plots = $bands = [];
            $number = 0;
            foreach ($lines as $way => $points) {
                $block = 'l' . $number++;
                $rows = [];
                foreach ($points as $size => $figures) {
                    $rows[] = [$size, ...array_map(static fn(float $ns): float => max($ns, $lowest), $figures)];
                }
                $script .= self::block($block, $rows);
                $colour = Colours::standIn(Colours::of((string) $way, $ways));
                $bands[] = "\$$block using 1:3:4 with filledcurves fillstyle transparent solid 0.22 noborder fillcolor rgb $colour";
                $plots[] = "\$$block using 1:2 with linespoints pointtype 7 pointsize 0.45 linewidth 2 linecolor rgb $colour";
            }
            return [$height, $script . self::rings($rings) . self::plot([...$bands, ...$plots, ...self::ringPlots($rings)])];
        };
    }

    /**
     * A row for each scenario, a dot for each way, times on a logarithmic axis.
     *
     * @param array<string, array<string, float>> $rows title => way => nanoseconds
     */
    public static function dots(array $rows, array $ways): \Closure
    {
        return static function (int $width) use ($rows, $ways): array {
            $wide = $width > 500;
            $height = ($wide ? 26 : 38) * count($rows) + 48;
            $values = array_merge(...array_map(array_values(...), array_values($rows)));
            $values = array_filter($values, static fn(float $ns): bool => $ns > 0);
            [$lowest, $highest] = [max(min($values) / 1.5, 0.5), max($values) * 1.5];
            $longest = max(array_map(Text::width(...), array_keys($rows)));
            $left = $wide ? min(0.42, (7 * $longest + 14) / $width) : 12 / $width;
            $script = self::margins($left, 1 - 16 / $width, 30 / $height, 1 - 10 / $height)
                . sprintf("set logscale x\nset xrange [%g:%g]\nset yrange [%g:-0.6]\n", $lowest, $highest, count($rows) - 0.4)
                . 'unset ytics' . "\nset xtics (" . self::timeTics($lowest, $highest, $wide ? 1 : 2) . ")\n";
            $byWay = [];
            foreach (array_keys($rows) as $y => $title) {
                $place = $wide ? "graph 0, first $y right offset -0.8, 0" : sprintf('graph 0, first %g left offset 0, 0', $y - 0.36);
                $script .= self::label((string) $title, $place, 'text')
                    . "set arrow from graph 0, first $y to graph 1, first $y nohead back linecolor rgb " . Colours::standIn('grid') . "\n";
                foreach ($rows[$title] as $way => $ns) {
                    $byWay[$way][] = [max($ns, $lowest), $y];
                }
            }
            return [$height, $script . self::points($byWay, $ways)];
        };
    }

    /**
     * A row for each crossing: dots for its ways, a line between the first and the last of them, and what to say of it at its end.
     *
     * @param array<string, array{times: array<string, float>, text: string}> $rows title => way => nanoseconds
     */
    public static function spans(array $rows, array $ways): \Closure
    {
        return static function (int $width) use ($rows, $ways): array {
            $times = array_merge(...array_map(static fn(array $row): array => array_values($row['times']), array_values($rows)));
            [$lowest, $highest] = [max(min($times), 0.5) / 1.6, max($times) * 1.6];
            [$height, $script] = self::listed(array_map(static fn(array $row): string => $row['text'], $rows), $width);
            $script .= sprintf("set xrange [%g:%g]\nset xtics (%s)\n", $lowest, $highest, self::timeTics($lowest, $highest, $width > 500 ? 1 : 2));
            $byWay = [];
            foreach (array_values($rows) as $y => ['times' => $of]) {
                [$from, $to] = [max($lowest, min($of)), max($of)];
                $script .= "set arrow from first $from, first $y to first $to, first $y nohead back linewidth 3 linecolor rgb " . Colours::standIn('grid') . "\n";
                foreach ($of as $way => $ns) {
                    $byWay[$way][] = [max($ns, $lowest), $y];
                }
            }
            return [$height, $script . self::points($byWay, $ways)];
        };
    }

    /**
     * A row for each thing: a line from $base to its value, and the value in words at the end of the row; the axis is logarithmic.
     *
     * @param array<string, array{value: float, text: string, colour: string}> $rows
     * @param \Closure(float): string $tic
     */
    public static function pins(array $rows, float $base, \Closure $tic): \Closure
    {
        return static function (int $width) use ($rows, $base, $tic): array {
            $values = [$base, ...array_column($rows, 'value')];
            [$lowest, $highest] = [min($values) / ($base > min($values) ? 1.3 : 1), max($values) * 1.3];
            [$height, $script] = self::listed(array_map(static fn(array $row): string => $row['text'], $rows), $width);
            $tics = [];
            for ($power = (int) ceil(log10($lowest)); 10 ** $power <= $highest; $power++) {
                $tics[] = sprintf("'%s' %g", $tic((float) 10 ** $power), 10 ** $power);
            }
            $script .= sprintf("set xrange [%g:%g]\nset xtics (%s)\n", $lowest, $highest, implode(', ', $tics));
            $byColour = [];
            foreach (array_values($rows) as $y => ['value' => $value, 'colour' => $colour]) {
                $script .= "set arrow from first $base, first $y to first $value, first $y nohead linewidth 3 linecolor rgb " . Colours::standIn($colour) . "\n";
                $byColour[$colour][] = [$value, $y];
            }
            $script .= sprintf("set arrow from first %g, graph 0 to first %g, graph 1 nohead back linewidth 2 linecolor rgb %s\n", $base, $base, Colours::standIn('grid'));
            return [$height, $script . self::points($byColour, array_keys($byColour))];
        };
    }

    /** A logarithmic picture of rows: its height, its margins, the rows' names and what stands at their ends. @param array<string, string> $ends by name */
    private static function listed(array $ends, int $width): array
    {
        $wide = $width > self::BESIDE;
        $height = ($wide ? 24 : 40) * count($ends) + 34;
        $longest = static fn(array $texts): int => max(array_map(Text::width(...), $texts));
        $names = array_map(strval(...), array_keys($ends));
        $left = $wide ? (6.7 * $longest($names) + 16) / $width : 12 / $width;
        $script = self::margins($left, $wide ? 1 - (7 * $longest($ends) + 16) / $width : 1 - 14 / $width, 22 / $height, 1 - 4 / $height)
            . sprintf("unset ytics\nset logscale x\nset yrange [%g:-0.6]\n", count($ends) - 0.4);
        foreach ($names as $y => $name) {
            $script .= self::label($name, $wide ? "graph 0, first $y right offset -0.8, 0" : sprintf('graph 0, first %g left', $y - 0.42), 'text')
                . self::label($ends[$name], $wide ? "graph 1, first $y left offset 0.8, 0" : sprintf('graph 1, first %g right', $y - 0.42), 'muted');
        }
        return [$height, $script];
    }

    /** @param array<string, list<array{float, float}>> $byColour dots by way or colour */
    private static function points(array $byColour, array $ways): string
    {
        $script = '';
        $plots = [];
        $below = array_intersect(['rust', 'ffi-preload'], $ways); // often where FFI's own dot is, which is the one to see
        foreach (array_values(array_intersect([...$below, ...array_diff($ways, $below)], array_keys($byColour))) as $number => $way) {
            $script .= self::block("w$number", $byColour[$way]);
            $plots[] = "\$w$number using 1:2 with points pointtype 7 pointsize 0.95 linecolor rgb " . Colours::standIn(Colours::of((string) $way, $ways));
        }
        return $script . self::plot($plots);
    }

    /**
     * Stacked horizontal bars: a row for each way, a segment for each part.
     *
     * @param array<string, array<string, float>> $rows label => part => amount
     * @param array<string, string> $colours by part
     */
    public static function stacks(array $rows, array $colours, \Closure $text): \Closure
    {
        return static function (int $width) use ($rows, $colours, $text): array {
            $height = 30 * count($rows) + 14;
            $labels = 7 * max(array_map(Text::width(...), array_keys($rows))) + 14;
            $positive = static fn(float $part): bool => $part > 0;
            $length = static fn(array $parts): float => array_sum(array_filter($parts, $positive));
            $most = max(array_map($length, $rows)) ?: 1;
            $script = self::margins($labels / $width, 1 - 76 / $width, 7 / $height, 1 - 7 / $height)
                . "unset grid\nunset xtics\nunset ytics\n"
                . sprintf("set xrange [0:%g]\nset yrange [%g:-0.5]\n", $most, count($rows) - 0.5);
            $plots = [];
            foreach (array_keys($rows) as $y => $label) {
                $at = 0.0;
                foreach (array_intersect_key($rows[$label], $colours) as $part => $amount) {
                    $to = $at + max($amount, 0.0);
                    $block = 's' . count($plots);
                    $script .= self::block($block, [[$at, $y, $to]]);
                    $plots[] = self::box($block, 0.33, $colours[$part]);
                    $at = $to;
                }
                $script .= self::label((string) $label, "graph 0, first $y right offset -0.8, 0", 'text')
                    . self::label($text(array_sum($rows[$label])), "first $at, first $y left offset 0.8, 0", 'muted');
            }
            return [$height, $script . self::plot($plots)];
        };
    }

    /**
     * Rows of adjoining zones over amounts of work; whiskers show how sure their borders are.
     *
     * @param array<string, array{zones: list<array{float, float, string}>, borders: list<array{float, float, float}>}> $rows
     *        title => zones (from, to, colour) and borders (at, low, high)
     */
    public static function zones(array $rows, int $each = 28): \Closure
    {
        return static function (int $width) use ($rows, $each): array {
            $wide = $width > 500;
            $height = ($wide ? $each : 46) * count($rows) + 34;
            $longest = max(array_map(Text::width(...), array_keys($rows)));
            $ends = array_map(static fn(array $row): float => max(array_column($row['zones'], 1)), $rows);
            $half = $wide ? 0.34 : 0.22;
            $left = $wide ? min(0.45, (7 * $longest + 14) / $width) : 4 / $width;
            $script = self::margins($left, 1 - 14 / $width, 26 / $height, 1 - 6 / $height)
                . sprintf("unset ytics\nset logscale x\nset xrange [1:%g]\nset yrange [%g:-0.6]\n", max($ends), count($rows) - 0.4)
                . 'set xtics (' . self::sizeTics(self::decades(max($ends)), $width) . ")\n";
            $plots = [];
            foreach (array_keys($rows) as $y => $title) {
                $place = $wide ? "graph 0, first $y right offset -0.8, 0" : sprintf('graph 0, first %g left', $y - 0.42);
                $script .= self::label((string) $title, $place, 'text');
                foreach ($rows[$title]['zones'] as [$from, $to, $colour]) {
                    $block = 'z' . count($plots);
                    $script .= self::block($block, [[$from, $y, $to]]);
                    $plots[] = self::box($block, $half, $colour);
                }
                foreach ($rows[$title]['borders'] as [$at, $low, $high]) {
                    $block = 'z' . count($plots);
                    $script .= self::block($block, [[$at, $y, $low, $high]]);
                    $plots[] = self::whiskers($block);
                }
            }
            return [$height, $script . self::plot($plots)];
        };
    }

    /** 1, 10, 100, … up to $most. */
    private static function decades(float $most): array
    {
        return array_map(static fn(int $power): int => 10 ** $power, range(0, (int) log10($most)));
    }

    private static function rings(array $rings): string
    {
        $script = '';
        foreach ($rings as $i => $ring) {
            $side = $i % 2 ? 0.8 : -0.8; // two that are near would cover each other's text
            $script .= self::block("r$i", [[$ring['x'], $ring['y']]])
                . self::label($ring['text'], "first {$ring['x']}, first {$ring['y']} left offset 1.0, $side front", $ring['colour']);
        }
        return $script;
    }

    private static function ringPlots(array $rings): array
    {
        $plots = [];
        foreach ($rings as $i => $ring) {
            $plots[] = "\$r$i using 1:2 with points pointtype 6 pointsize 1.3 linewidth 2 linecolor rgb "
                . Colours::standIn($ring['colour']);
        }
        return $plots;
    }

    /** A data block of gnuplot. @param list<list<float>> $rows */
    private static function block(string $name, array $rows): string
    {
        $lines = '';
        foreach ($rows as $row) {
            $lines .= rtrim(vsprintf(str_repeat('%g ', count($row)), $row)) . "\n";
        }
        return "\$$name << E\n{$lines}E\n";
    }

    private static function label(string $text, string $place, string $colour): string
    {
        return 'set label ' . self::quoted($text) . " at $place textcolor rgb " . Colours::standIn($colour) . "\n";
    }

    /** A horizontal bar from column 1 to column 3 at the height of column 2. */
    private static function box(string $block, float $half, string $colour): string
    {
        return "\$$block using 3:2:1:3:(\$2-$half):(\$2+$half) with boxxyerror fillstyle solid 1 noborder fillcolor rgb "
            . Colours::standIn($colour);
    }

    private static function whiskers(string $block): string
    {
        return "\$$block using 1:2:3:4 with xerrorbars pointtype 0 linewidth 1.5 linecolor rgb " . Colours::standIn('text');
    }

    private static function margins(float $left, float $right, float $bottom, float $top): string
    {
        $script = '';
        foreach (['lmargin' => $left, 'rmargin' => $right, 'bmargin' => $bottom, 'tmargin' => $top] as $side => $at) {
            $script .= sprintf("set %s at screen %.4f\n", $side, $at);
        }
        return $script;
    }

    private static function plot(array $plots): string
    {
        return 'plot ' . implode(", \\\n  ", $plots) . "\n";
    }

    /** gnuplot reads '' in a single-quoted string as one quote; _ ^ { } @ would be markup. */
    private static function quoted(string $text): string
    {
        return "'" . str_replace("'", "''", $text) . "' noenhanced";
    }

    private static function timeTics(float $low, float $high, int $step = 1): string
    {
        $tics = [];
        $span = log10($high / $low);
        $between = $span < 1.6 ? [1, 2, 5] : [1];
        $step *= $span > 7 ? 2 : 1;
        for ($power = (int) floor(log10($low)); $power <= log10($high); $power++) {
            foreach ($power % $step === 0 ? $between : [] as $digit) {
                $ns = $digit * 10 ** $power;
                $text = preg_replace('/\.0+(?= )/', '', Text::duration($ns));
                $tics[] = $ns >= $low && $ns <= $high ? sprintf("'%s' %g", $text, $ns) : null;
            }
        }
        return implode(', ', array_filter($tics));
    }

    private static function sizeTics(array $sizes, int $width): string
    {
        $most = $width > 500 ? 9 : 5;
        $step = (int) ceil(count($sizes) / $most);
        $tics = [];
        foreach (array_values($sizes) as $i => $size) {
            if ($i % $step === 0) {
                $tics[] = sprintf("'%s' %d", Text::short($size), $size);
            }
        }
        return implode(', ', $tics);
    }
}
