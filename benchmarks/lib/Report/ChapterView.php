<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Chapters;
use Lyger\Benchmarks\Text;
use Lyger\Benchmarks\Ways;

/** A chapter: what it is about, its scenarios, and all of its figures as a table. */
final class ChapterView
{
    public function __construct(private readonly string $group, private readonly array $scenarios, private readonly array $tables = [])
    {
    }

    public function html(): string
    {
        [$title, $about] = Chapters::of($this->group);
        [$heading, $about] = array_map(Page::escaped(...), [$title, $about]);
        $html = "<section id=\"chapter-$this->group\"><h2>$heading</h2><p class=\"about\">$about</p>";
        $measured = array_filter($this->scenarios, static fn(array $scenario): bool => (bool) $scenario['figures']);
        if (count($measured) > 3) {
            [$rows, $ways] = self::smallest($measured, $this->group !== 'crossings');
            $plot = Plot::figure("$title: time per operation", Plots::dots($rows, $ways), 1040);
            $html .= "<figure>$plot" . Page::legend($ways) . '<figcaption class="small">Logarithmic: each step to the right is ten'
                . ' times as long. What has several sizes is shown at its smallest.</figcaption></figure>';
        }
        $html .= '<div class="scenarios">';
        foreach ($this->scenarios as $name => $scenario) {
            $html .= (new ScenarioView($name, $scenario))->html();
        }
        $html .= '</div>';
        foreach ($this->tables as $name => $table) {
            [$title, $about] = [Page::escaped($table['title']), Page::escaped($table['about'])];
            $html .= "<article id=\"$name\"><h3>$title</h3><p class=\"about\">$about</p>"
                . Page::table(array_map(static fn(array $row): array => array_map(Page::escaped(...), $row), self::rows($table))) . Sources::ofTable((string) $name) . '</article>';
        }
        return "$html</section>\n";
    }

    /** A table's cells, the heading first. @return list<list<string>> */
    public static function rows(array $table): array
    {
        $rows = [['', ...array_keys(reset($table['rows']) ?: [])]];
        $cell = static fn(float|int $value): string => $table['unit'] === 'bytes' ? Text::bytes($value) : number_format($value, 2);
        foreach ($table['rows'] as $name => $cells) {
            $rows[] = [(string) $name, ...array_values(array_map($cell, $cells))];
        }
        return $rows;
    }

    /**
     * Medians of every scenario at its smallest size, the quickest first, with all ways in their order.
     *
     * @return array{array<string, array<string, float>>, list<string>}
     */
    public static function smallest(array $scenarios, bool $peers = true): array
    {
        $rows = $ways = [];
        foreach ($scenarios as $scenario) {
            $figures = reset($scenario['figures']) ?: [];
            $figures = $peers ? $figures : array_intersect_key($figures, Ways::ALL);
            $rows[$scenario['title']] = array_map(static fn(array $figure): float => $figure['median'], $figures);
            $ways += array_fill_keys(array_keys($figures), true);
        }
        $rows = array_filter($rows);
        uasort($rows, static fn(array $a, array $b): int => ($a['native'] ?? min($a)) <=> ($b['native'] ?? min($b)));
        $known = array_intersect(array_keys(Ways::ALL), array_keys($ways));
        return [$rows, [...$known, ...array_diff(array_keys($ways), $known)]];
    }
}
