<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Text;
use Lyger\Benchmarks\Ways;

/** The gnuplot scripts. Each returns a closure that Plot::figure() calls with a width. */
final class Plots
{
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
                $script .= sprintf("\$d%d << E\n%g %d %g %g\nE\n", $y, max($bar['median'], 0), $y, max($bar['low'], 0), $bar['high']);
                $colour = Colours::standIn($bar['colour']);
                $plots[] = "\$d$y using (0):2:(0):1:(\$2-0.33):(\$2+0.33) with boxxyerror fillstyle solid 1 noborder fillcolor rgb $colour";
                $plots[] = "\$d$y using 1:2:3:4 with xerrorbars pointtype 0 linewidth 1.5 linecolor rgb " . Colours::standIn('text');
                $script .= sprintf("set label %s at graph 0, first %d right offset -0.8, 0 textcolor rgb %s\n", self::quoted($bar['label']), $y, Colours::standIn('text'));
                $script .= sprintf("set label %s at first %g, first %d left offset 0.8, 0 textcolor rgb %s\n", self::quoted($bar['text']), $bar['high'], $y, Colours::standIn('muted'));
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
    public static function curves(array $lines, array $ways, string $unit, array $rings = []): \Closure
    {
        return static function (int $width) use ($lines, $ways, $unit, $rings): array {
            $height = $width > 500 ? 360 : 290;
            $sizes = array_unique(array_merge(...array_map(array_keys(...), array_values($lines))));
            $values = array_merge(...array_merge(...array_map(array_values(...), array_values($lines))));
            $positive = array_filter($values, static fn(float $value): bool => $value > 0) ?: [1.0];
            [$lowest, $highest] = [max(min($positive), max($positive) / 1e9), max($positive)];
            $script = self::margins(62 / $width, 1 - 16 / $width, 44 / $height, 1 - 12 / $height)
                . sprintf("set logscale xy\nset xrange [%g:%g]\nset yrange [%g:%g]\n", min($sizes) * 0.995, max($sizes) * 1.005, $lowest / 1.25, $highest * 1.25)
                . 'set xtics (' . self::sizeTics($sizes, $width) . ")\nset ytics (" . self::timeTics($lowest / 1.25, $highest * 1.25) . ")\n"
                . 'set xlabel ' . self::quoted($unit) . ' offset 0, 0.3 textcolor rgb ' . Colours::standIn('muted') . "\n";
            $plots = $bands = [];
            $number = 0;
            foreach ($lines as $way => $points) {
                $block = '$l' . $number++;
                $script .= "$block << E\n";
                foreach ($points as $size => [$median, $low, $high]) {
                    $script .= sprintf("%d %g %g %g\n", $size, max($median, $lowest), max($low, $lowest), max($high, $lowest));
                }
                $script .= "E\n";
                $colour = Colours::standIn(Colours::of((string) $way, $ways));
                $bands[] = "$block using 1:3:4 with filledcurves fillstyle transparent solid 0.22 noborder fillcolor rgb $colour";
                $plots[] = "$block using 1:2 with linespoints pointtype 7 pointsize 0.45 linewidth 2 linecolor rgb $colour";
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
            $values = array_filter(array_merge(...array_map(array_values(...), array_values($rows))), static fn(float $ns): bool => $ns > 0);
            [$lowest, $highest] = [max(min($values) / 1.5, 0.5), max($values) * 1.5];
            $longest = max(array_map(Text::width(...), array_keys($rows)));
            $left = $wide ? min(0.42, (7 * $longest + 14) / $width) : 12 / $width;
            $script = self::margins($left, 1 - 16 / $width, 30 / $height, 1 - 10 / $height)
                . sprintf("set logscale x\nset xrange [%g:%g]\nset yrange [%g:-0.6]\n", $lowest, $highest, count($rows) - 0.4)
                . 'unset ytics' . "\nset xtics (" . self::timeTics($lowest, $highest, $wide ? 1 : 2) . ")\n";
            $byWay = [];
            foreach (array_keys($rows) as $y => $title) {
                $place = $wide ? "graph 0, first $y right offset -0.8, 0" : sprintf('graph 0, first %g left offset 0, 0', $y - 0.36);
                $script .= sprintf("set label %s at %s textcolor rgb %s\n", self::quoted((string) $title), $place, Colours::standIn('text'));
                $script .= sprintf("set arrow from graph 0, first %d to graph 1, first %d nohead back linecolor rgb %s\n", $y, $y, Colours::standIn('grid'));
                foreach ($rows[$title] as $way => $ns) {
                    $byWay[$way][] = sprintf('%g %d', max($ns, $lowest), $y);
                }
            }
            $plots = [];
            foreach (array_values(array_intersect($ways, array_keys($byWay))) as $number => $way) {
                $script .= "\$w$number << E\n" . implode("\n", $byWay[$way]) . "\nE\n";
                $plots[] = "\$w$number using 1:2 with points pointtype 7 pointsize 0.95 linecolor rgb "
                    . Colours::standIn(Colours::of($way, $ways));
            }
            return [$height, $script . self::plot($plots)];
        };
    }

    /**
     * Stacked horizontal bars: a row for each way, a segment for each part.
     *
     * @param array<string, array<string, float>> $rows label => part => amount
     */
    public static function stacks(array $rows, \Closure $text): \Closure
    {
        return static function (int $width) use ($rows, $text): array {
            $height = 30 * count($rows) + 14;
            $labels = 7 * max(array_map(Text::width(...), array_keys($rows))) + 14;
            $most = max(array_map(static fn(array $parts): float => array_sum(array_map(static fn($v) => max($v, 0), $parts)), $rows)) ?: 1;
            $script = self::margins($labels / $width, 1 - 76 / $width, 7 / $height, 1 - 7 / $height)
                . sprintf("unset grid\nunset xtics\nunset ytics\nset xrange [0:%g]\nset yrange [%g:-0.5]\n", $most, count($rows) - 0.5);
            $plots = [];
            foreach (array_keys($rows) as $y => $label) {
                $at = 0.0;
                foreach ($rows[$label] as $part => $amount) {
                    $to = $at + max($amount, 0.0);
                    $script .= sprintf("\$s%d << E\n%g %d %g\nE\n", count($plots), $at, $y, $to);
                    $plots[] = sprintf('$s%d using 3:2:1:3:($2-0.33):($2+0.33) with boxxyerror fillstyle solid 1 noborder fillcolor rgb %s',
                        count($plots), Colours::standIn("part-$part"));
                    $at = $to;
                }
                $script .= sprintf("set label %s at graph 0, first %d right offset -0.8, 0 textcolor rgb %s\n", self::quoted((string) $label), $y, Colours::standIn('text'));
                $script .= sprintf("set label %s at first %g, first %d left offset 0.8, 0 textcolor rgb %s\n", self::quoted($text(array_sum($rows[$label]))), $at, $y, Colours::standIn('muted'));
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
    public static function zones(array $rows): \Closure
    {
        return static function (int $width) use ($rows): array {
            $wide = $width > 500;
            $height = ($wide ? 28 : 46) * count($rows) + 34;
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
                $script .= sprintf("set label %s at %s textcolor rgb %s\n", self::quoted((string) $title), $place, Colours::standIn('text'));
                foreach ($rows[$title]['zones'] as [$from, $to, $colour]) {
                    $script .= sprintf("\$z%d << E\n%g %d %g\nE\n", count($plots), $from, $y, $to);
                    $plots[] = sprintf('$z%d using 3:2:1:3:($2-%g):($2+%g) with boxxyerror fillstyle solid 1 noborder fillcolor rgb %s',
                        count($plots), $half, $half, Colours::standIn($colour));
                }
                foreach ($rows[$title]['borders'] as [$at, $low, $high]) {
                    $script .= sprintf("\$z%d << E\n%g %d %g %g\nE\n", count($plots), $at, $y, $low, $high);
                    $plots[] = sprintf('$z%d using 1:2:3:4 with xerrorbars pointtype 0 linewidth 1.5 linecolor rgb %s', count($plots), Colours::standIn('text'));
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
            $script .= sprintf("\$r%d << E\n%g %g\nE\n", $i, $ring['x'], $ring['y']);
            $script .= sprintf("set label %s at first %g, first %g left offset 1.0, %g textcolor rgb %s front\n",
                self::quoted($ring['text']), $ring['x'], $ring['y'], $i % 2 ? 0.8 : -0.8, Colours::standIn($ring['colour']));
        }
        return $script;
    }

    private static function ringPlots(array $rings): array
    {
        return array_map(static fn(int $i): string => "\$r$i using 1:2 with points pointtype 6 pointsize 1.3 linewidth 2 linecolor rgb "
            . Colours::standIn($rings[$i]['colour']), array_keys($rings));
    }

    private static function margins(float $left, float $right, float $bottom, float $top): string
    {
        return sprintf("set lmargin at screen %.4f\nset rmargin at screen %.4f\nset bmargin at screen %.4f\nset tmargin at screen %.4f\n", $left, $right, $bottom, $top);
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
