<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Chapters;
use Lyger\Benchmarks\Text;
use Lyger\Benchmarks\Ways;

/** The same tables for the terminal and as Markdown. */
final class Summary
{
    public function __construct(private readonly array $results)
    {
    }

    public function text(): string
    {
        $text = self::headline($this->results) . "\n\n";
        foreach ($this->chapters() as $group => $rows) {
            $text .= Chapters::of($group)[0] . "\n" . Text::aligned($rows) . "\n";
        }
        foreach (Advice::lines($this->results) as $title => $lines) {
            $text .= "$title\n  " . implode("\n  ", $lines) . "\n";
        }
        foreach ($this->results['self_check'] as $check) {
            $text .= ($check['ok'] ? 'ok      ' : 'FAILED  ') . "{$check['name']} ({$check['detail']})\n";
        }
        return $text;
    }

    public function markdown(): string
    {
        $text = "# What a call across FFI really costs\n\n" . self::headline($this->results) . "\n";
        foreach ($this->chapters() as $group => $rows) {
            [$title, $about] = Chapters::of($group);
            $text .= "\n## $title\n\n$about\n\n" . self::table($rows);
            foreach ($this->results['tables'] ?? [] as $table) {
                $text .= $table['group'] === $group ? "\n**{$table['title']}.** {$table['about']}\n\n" . self::table(ChapterView::rows($table)) : '';
            }
        }
        $beside = BesideView::rows($this->results);
        $text .= $beside ? "\n## " . BesideView::title($this->results) . "\n\n" . BesideView::about($this->results) . "\n\n" . self::table($beside) : '';
        $text .= (new MachinesView($this->results['machines']))->markdown();
        $advice = Advice::lines($this->results);
        $text .= $advice ? "\n## Which door?\n" : '';
        foreach ($advice as $title => $lines) {
            $text .= "\n**$title**\n\n" . implode('', array_map(static fn(string $line): string => "- $line\n", $lines));
        }
        foreach (Loads::tables($this->results['loading'] ?? []) as $title => $rows) {
            $text .= "\n## $title\n\n" . self::table($rows);
        }
        $text .= $this->parts() . "\n## Self-check\n\n";
        foreach ($this->results['self_check'] as $check) {
            $text .= ($check['ok'] ? '- ok: ' : '- **failed**: ') . "{$check['name']} ({$check['detail']})\n";
        }
        return $text;
    }

    /** The breakdown of every crossing at its smallest size. */
    private function parts(): string
    {
        $rows = [];
        foreach ($this->results['scenarios'] as $scenario) {
            foreach (current($scenario['instructions'] ?? []) ?: [] as $way => $parts) {
                $cells = array_map(
                    static fn(string $part, float $count): string => strtr($part, ['+' => ' + ']) . ' ' . number_format(max($count, 0)),
                    array_keys($parts),
                    $parts
                );
                $rows[] = [$scenario['title'], Ways::label($way), number_format(array_sum($parts)), implode(', ', $cells)];
            }
        }
        $about = 'Instructions of one operation at its smallest size, counted by callgrind; what nothing tells apart is joined by +.';
        return $rows ? "\n## Where the instructions go\n\n$about\n\n" . self::table([['', '', 'instructions', 'parts'], ...$rows]) : '';
    }

    public static function headline(array $results): string
    {
        $machine = $results['machine'];
        return sprintf(
            "%s, %d cores%s; %s, Linux %s; PHP %s, lyger %s (%s).\nMedians per operation, the loop's own time subtracted; in brackets:"
                . ' against what the column "against" names, (–) where no difference was seen. %s',
            $machine['cpu'],
            $machine['cores'],
            $machine['virtual'] ? ', virtual' : '',
            $machine['os'],
            $machine['kernel'],
            $machine['php'],
            $machine['lyger'],
            $machine['simd'],
            $results['effort']['sessions'] < 3 ? 'A quick run: few rounds.' : "{$results['effort']['sessions']} sessions of fresh processes."
        );
    }

    /** @return array<string, list<list<string>>> rows by chapter, the heading first */
    private function chapters(): array
    {
        $chapters = [];
        foreach ($this->results['scenarios'] as $scenario) {
            $scenario['figures'] && $chapters[$scenario['group']][] = $scenario;
        }
        return array_map(self::rows(...), Chapters::sorted($chapters));
    }

    private static function rows(array $scenarios): array
    {
        $ways = [];
        foreach ($scenarios as $scenario) {
            foreach ($scenario['figures'] as $figures) {
                $ways += array_fill_keys(array_keys($figures), true);
            }
        }
        $columns = array_keys(array_intersect_key(Ways::ALL, $ways));
        $rows = [['', ...array_map(Ways::label(...), $columns), 'against', 'beside it']];
        foreach ($scenarios as $scenario) {
            foreach ($scenario['figures'] as $size => $figures) {
                $title = $scenario['title'] . (count($scenario['figures']) > 1 ? ', ' . Text::count($size, $scenario['unit']) : '');
                $cells = array_map(static fn(string $way): string => self::cell($figures[$way] ?? null), $columns);
                $peers = array_diff_key($figures, Ways::ALL);
                $beside = array_map(static fn(string $peer): string => "$peer " . self::cell($figures[$peer]), array_keys($peers));
                $rows[] = [$title, ...$cells, Ways::label($scenario['against']), implode(', ', $beside)];
            }
        }
        return $rows;
    }

    private static function cell(?array $figure): string
    {
        if ($figure === null) {
            return '–';
        }
        $ratio = isset($figure['ratio']) ? ' (' . ($figure['ratio']['differs'] ? Text::ratio($figure['ratio']) : '–') . ')' : '';
        return Text::duration(max($figure['median'], 0.0)) . $ratio;
    }

    public static function table(array $rows): string
    {
        $lines = array_map(static fn(array $row): string => '| ' . implode(' | ', $row) . " |\n", $rows);
        array_splice($lines, 1, 0, ['|---' . str_repeat('|--:', count($rows[0]) - 1) . "|\n"]);
        return implode('', $lines);
    }
}
