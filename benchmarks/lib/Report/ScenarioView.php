<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Scenario;
use Lyger\Benchmarks\Text;
use Lyger\Benchmarks\Ways;

/** One scenario: its plots, its break-even points, its figures. */
final class ScenarioView
{
    /** @var list<string> the ways that were measured */
    private readonly array $ways;

    public function __construct(private readonly string $name, private readonly array $scenario)
    {
        $ways = [];
        foreach ($scenario['figures'] as $figures) {
            $ways += $figures;
        }
        $this->ways = array_values(array_intersect($scenario['ways'], array_keys($ways)));
    }

    public function html(): string
    {
        $scenario = $this->scenario;
        $broad = count($scenario['figures']) > 1 && ($scenario['batching'] || $scenario['break_even']);
        $html = "<article class=\"scenario" . ($broad ? ' broad' : '') . "\" id=\"$this->name\"><h3>" . Page::escaped($scenario['title'])
            . '</h3><p class="about">' . Page::escaped($scenario['about']) . '</p>';
        if ($scenario['figures']) {
            $html .= count($scenario['figures']) > 1 ? $this->overSizes() : $this->bars();
        }
        $html .= $this->parts() . $this->details();
        return $html . ($scenario['note'] === '' ? '' : '<p class="small muted">' . Page::escaped($scenario['note']) . '</p>') . '</article>';
    }

    /** @return \Closure for Plot::figure(); $each divides by the size */
    public function curves(bool $each): \Closure
    {
        $lines = [];
        foreach ($this->ways as $way) {
            foreach ($this->scenario['figures'] as $size => $figures) {
                if (isset($figures[$way])) {
                    $by = $each ? $size : 1;
                    $lines[$way][$size] = array_map(static fn(string $of): float => $figures[$way][$of] / $by, ['median', 'low', 'high']);
                }
            }
        }
        return Plots::curves($lines, $this->ways, $this->scenario['unit'], $each ? [] : $this->rings($lines));
    }

    private function bars(): string
    {
        $figures = current($this->scenario['figures']);
        $bars = [];
        foreach ($this->ways as $way) {
            $ratio = isset($figures[$way]['ratio']['differs']) && $figures[$way]['ratio']['differs'] ? '  ' . Text::ratio($figures[$way]['ratio']) : '';
            $text = Text::duration(max($figures[$way]['median'], 0.0)) . $ratio;
            $bars[] = ['label' => Ways::label($way), 'colour' => Colours::of($way, $this->ways), 'text' => $text] + $figures[$way];
        }
        $against = $this->scenario['against'];
        $said = isset($figures[$against]) && count($figures) > 1
            ? '<figcaption class="small">Time per operation; ×: against ' . Page::escaped(Ways::label($against)) . ', where a difference was seen</figcaption>'
            : '';
        return '<figure>' . Plot::figure($this->scenario['title'] . ': time per operation', Plots::bars($bars), 480) . "$said</figure>";
    }

    private function overSizes(): string
    {
        $title = $this->scenario['title'];
        $whole = '<figure><figcaption class="small">Time per operation</figcaption>' . Plot::figure("$title: time per operation", $this->curves(false), 520)
            . '</figure>';
        if ($this->scenario['batching']) {
            $whole = "<div class=\"pair\">$whole<figure><figcaption class=\"small\">The same, divided by the number of "
                . Page::escaped($this->scenario['unit']) . '</figcaption>' . Plot::figure("$title: time per item", $this->curves(true), 520)
                . '</figure></div>';
        } elseif ($this->scenario['break_even']) {
            $whole = "<div class=\"pair\">$whole<div>" . $this->advice() . '</div></div>';
        }
        return $whole . Page::legend($this->ways) . ($this->scenario['batching'] ? $this->advice() : '');
    }

    private function advice(): string
    {
        $lines = Advice::lines(['scenarios' => [$this->scenario]]);
        $items = array_map(static fn(string $line): string => '<li>' . Page::escaped($line) . '</li>', $lines ? reset($lines) : []);
        return $items ? '<ul class="small">' . implode('', $items) . '</ul>' : '';
    }

    /** Rings where PHP with JIT is overtaken. */
    private function rings(array $lines): array
    {
        $rings = [];
        foreach (['native', 'ffi'] as $door) {
            $point = $this->scenario['break_even']["php-jit > $door"] ?? null;
            if ($point && $point['certain'] && $point['at'] > 0) {
                $y = self::between($lines[$door], $point['at']);
                $rings[] = ['x' => $point['at'], 'y' => $y, 'text' => Text::about($point['at']), 'colour' => $door];
            }
        }
        return $rings;
    }

    /** The height of a line at $x, straight in logarithms. */
    private static function between(array $line, float $x): float
    {
        $before = null;
        foreach ($line as $size => [$median]) {
            if ($before !== null && $x <= $size) {
                $share = log($x / $before[0]) / log($size / $before[0]);
                return exp(log(max($before[1], 1e-3)) * (1 - $share) + log(max($median, 1e-3)) * $share);
            }
            $before = [$size, $median];
        }
        return $before[1] ?? 1.0;
    }

    private function parts(): string
    {
        $html = '';
        foreach ($this->scenario['breakdown'] as $size => $ways) {
            $rows = [];
            foreach ($ways as $way => $parts) {
                $rows[Ways::label($way)] = array_map(static fn(array $part): float => $part['median'], $parts);
            }
            $at = count($this->scenario['figures']) > 1 ? ' at ' . Text::count($size, $this->scenario['unit']) : '';
            $html .= $this->stack("Where the time goes$at", $rows, static fn(float $ns): string => Text::duration($ns));
        }
        if (isset($this->scenario['instructions'])) {
            $rows = [];
            foreach ($this->scenario['instructions'] as $way => $parts) {
                $rows[Ways::label($way)] = $parts;
            }
            $html .= $this->stack('The same at the smallest size, in instructions (callgrind)', $rows, static fn(float $count): string => number_format($count));
        }
        return $html;
    }

    private function stack(string $title, array $rows, \Closure $text): string
    {
        $items = '';
        $used = array_merge(...array_values($rows));
        foreach (Scenario::PARTS as $part) {
            $items .= isset($used[$part]) ? "<li><i style=\"background:var(--part-$part)\"></i>$part</li>" : '';
        }
        return '<figure><figcaption class="small">' . Page::escaped($title) . '</figcaption>' . Plot::figure($title, Plots::stacks($rows, $text), 480)
            . "<ul class=\"legend\">$items</ul></figure>";
    }

    private function details(): string
    {
        $rows = [];
        foreach ($this->scenario['figures'] as $size => $figures) {
            foreach ($this->ways as $way) {
                if (!isset($figures[$way])) {
                    continue;
                }
                $figure = $figures[$way];
                $rows[] = [
                    Page::escaped((count($this->scenario['figures']) > 1 ? number_format($size) . ' · ' : '') . Ways::label($way)),
                    Text::duration($figure['median']),
                    Text::interval($figure),
                    isset($figure['ratio']) ? Text::ratio($figure['ratio']) . self::ratioInterval($figure['ratio']) : '',
                    Text::duration($figure['loop']),
                    Text::duration(max($figure['cpu'], 0)),
                    $figure['heap'] > 65536 ? Text::bytes($figure['heap']) : '',
                    (string) $figure['rounds'],
                ];
            }
        }
        $against = Page::escaped('against ' . Ways::label($this->scenario['against']));
        $heading = ['', 'median', '95 % interval', $against, 'empty loop', 'CPU', 'PHP heap', 'rounds'];
        $html = $rows ? Page::table([$heading, ...$rows]) : '';
        foreach ($this->scenario['skipped'] as $way => $reason) {
            $reasons[$reason][] = Ways::label((string) $way);
        }
        foreach ($reasons ?? [] as $reason => $ways) {
            $html .= '<p class="small muted">' . Page::escaped(implode(', ', $ways) . ": not measured, $reason") . '</p>';
        }
        return $rows ? "<details><summary>Figures</summary>$html</details>" : $html;
    }

    private static function ratioInterval(?array $ratio): string
    {
        return $ratio && $ratio['differs'] && !is_infinite($ratio['high']) ? ' <small>' . Text::digits($ratio['low']) . ' – ' . Text::digits($ratio['high']) . '</small>' : '';
    }
}
