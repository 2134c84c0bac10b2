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
        $class = $broad ? 'scenario broad' : 'scenario';
        [$title, $about, $note] = array_map(Page::escaped(...), [$scenario['title'], $scenario['about'], $scenario['note']]);
        $html = "<article class=\"$class\" id=\"$this->name\"><h3>$title</h3><p class=\"about\">$about</p>";
        if ($scenario['figures']) {
            $html .= count($scenario['figures']) > 1 ? $this->overSizes() : $this->bars();
        }
        $html .= $this->parts() . $this->details();
        return $html . ($note === '' ? '' : "<p class=\"small muted\">$note</p>") . '</article>';
    }

    /** @return \Closure for Plot::figure(); $each divides by the size, $height is that of a picture, which is without bands */
    public function curves(bool $each, ?int $height = null): \Closure
    {
        $lines = [];
        foreach ($this->ways as $way) {
            foreach ($this->scenario['figures'] as $size => $figures) {
                if (isset($figures[$way])) {
                    $by = $each ? $size : 1;
                    ['median' => $median, 'low' => $low, 'high' => $high] = $figures[$way];
                    $lines[$way][$size] = $height ? [$median, $median, $median] : [$median / $by, $low / $by, $high / $by];
                }
            }
        }
        return Plots::curves($lines, $this->ways, $this->scenario['unit'], $each ? [] : $this->rings($lines), $height);
    }

    private function bars(): string
    {
        $figures = current($this->scenario['figures']);
        $bars = [];
        foreach ($this->ways as $way) {
            $ratio = $figures[$way]['ratio'] ?? null;
            $text = Text::duration(max($figures[$way]['median'], 0.0)) . ($ratio['differs'] ?? false ? '  ' . Text::ratio($ratio) : '');
            $bars[] = ['label' => Ways::label($way), 'colour' => Colours::of($way, $this->ways), 'text' => $text] + $figures[$way];
        }
        $against = $this->scenario['against'];
        $said = isset($figures[$against]) && count($figures) > 1
            ? 'Time per operation; ×: against ' . Page::escaped(Ways::label($against)) . ', where a difference was seen'
            : 'Time per operation';
        $plot = Plot::figure("{$this->scenario['title']}: time per operation", Plots::bars($bars), 480);
        return "<figure>$plot<figcaption class=\"small\">$said</figcaption></figure>";
    }

    private function overSizes(): string
    {
        $title = $this->scenario['title'];
        $figure = static fn(string $caption, \Closure $curves): string
            => "<figure><figcaption class=\"small\">$caption</figcaption>" . Plot::figure("$title: $caption", $curves, 520) . '</figure>';
        $whole = $figure('Time per operation', $this->curves(false));
        if ($this->scenario['batching']) {
            $unit = Page::escaped($this->scenario['unit']);
            $whole = "<div class=\"pair\">$whole" . $figure("The same, divided by the number of $unit", $this->curves(true)) . '</div>';
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
        foreach ($this->scenario['instructions'] ?? [] as $size => $ways) {
            $rows = array_combine(array_map(Ways::label(...), array_keys($ways)), $ways);
            $at = count($this->scenario['figures']) > 1 ? ' at ' . Text::count($size, $this->scenario['unit']) : '';
            $html .= $this->stack("Where the instructions go$at", $rows, static fn(float $count): string => number_format($count));
        }
        return $html === '' ? '' : "<div class=\"pair\">$html</div>";
    }

    /** @param array<string, array<string, float>> $rows parts by way; a part that is several joined by "+" stands as such */
    private function stack(string $title, array $rows, \Closure $text): string
    {
        $labels = [];
        foreach ($rows as $way => $parts) {
            uksort($parts, static fn(string $a, string $b): int => self::place($a) <=> self::place($b));
            $rows[$way] = $parts;
            $labels += array_filter($parts, static fn(float $amount): bool => $amount >= 0.5);
        }
        $labels = array_keys($labels) ?: [Scenario::PARTS[0]];
        usort($labels, static fn(string $a, string $b): int => self::place($a) <=> self::place($b));
        $colours = $items = [];
        foreach ($labels as $label) {
            $merged = str_contains($label, '+');
            $colours[$label] = match (true) {
                !$merged => "part-$label",
                $label === 'call+out' => 'part-call-out', // of every crossing through FFI
                default => 'part-merged-' . (1 + count(preg_grep('/merged/', $colours)) % 4),
            };
            $words = $merged ? preg_replace('/, (?=[^,]*$)/', ' and ', strtr($label, ['+' => ', '])) . ' (not told apart)' : $label;
            $items[] = "<li><i style=\"background:var(--$colours[$label])\"></i>$words</li>";
        }
        $plot = Plot::figure($title, Plots::stacks($rows, $colours, $text), 480);
        $caption = '<figcaption class="small">' . Page::escaped($title) . '</figcaption>';
        return "<figure>$caption$plot<ul class=\"legend\">" . implode('', $items) . '</ul></figure>';
    }

    /** Where a part is drawn: by its first, and one that is several after it. */
    private static function place(string $label): float
    {
        $parts = explode('+', $label);
        return array_search($parts[0], Scenario::PARTS, true) + count($parts) / 10;
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
        $html = $rows ? Page::table([$heading, ...$rows]) . Sources::of(Sources::command($this->name, $this->scenario)) : '';
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
        if (!($ratio['differs'] ?? false) || is_infinite($ratio['high'])) {
            return '';
        }
        return ' <small>' . Text::digits($ratio['low']) . ' – ' . Text::digits($ratio['high']) . '</small>';
    }
}
