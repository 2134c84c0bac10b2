<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Machines;
use Lyger\Benchmarks\Text;
use Lyger\Benchmarks\Ways;

/** This run beside the machines whose results are committed, and the ratios of which they say different things. */
final class MachinesView
{
    public const TITLE = 'On other machines';
    private const SAY = ['direction' => 'faster on one, slower on another', 'far' => 'far apart'];
    /** Rows that are shown at once; the others unfold. */
    private const FIRST = 12;

    /** @param array<string, array> $machines results with figures, by label */
    public function __construct(private readonly array $machines)
    {
    }

    public function html(): string
    {
        if (count($this->machines) < 2) {
            return '';
        }
        $cells = static fn(array $row): array => array_map(Page::escaped(...), $row);
        [$rows, $compared] = $this->ratios();
        if ($compared === 0) {
            return '';
        }
        $html = '<section id="machines"><h2>' . self::TITLE . '</h2><p class="about">' . Page::escaped($this->about(count($rows), $compared)) . '</p>'
            . Page::table(array_map($cells, $this->facts()));
        foreach (array_filter([array_slice($rows, 0, self::FIRST), array_slice($rows, self::FIRST)]) as $i => $part) {
            $table = Page::table(array_map($cells, [$this->heading(), ...$part]));
            $html .= $i === 0 ? $table : '<details><summary>' . Text::count(count($part), 'more rows') . "</summary>$table</details>";
        }
        return $html . Sources::of('scripts/report --add report.json') . '</section>';
    }

    public function markdown(): string
    {
        if (count($this->machines) < 2) {
            return '';
        }
        [$rows, $compared] = $this->ratios();
        return $compared === 0 ? '' : "\n## " . self::TITLE . "\n\n" . $this->about(count($rows), $compared) . "\n\n" . Summary::table($this->facts())
            . ($rows ? "\n" . Summary::table([$this->heading(), ...$rows]) : '');
    }

    private function about(int $disagree, int $compared): string
    {
        $far = Text::digits(Machines::FAR);
        return "Of $compared ratios that were measured on more than one machine with this PHP, $disagree are not the same: one machine says faster"
            . " and another slower (whole 95 % intervals on either side of 1), or the intervals are apart by more than $far times.";
    }

    /** @return list<list<string>> */
    private function facts(): array
    {
        $rows = [['', 'cores', 'system', 'PHP', 'lyger', 'measured']];
        foreach ($this->machines as $label => ['machine' => $machine]) {
            $rows[] = [$label, (string) $machine['cores'], $machine['os'], $machine['php'], "{$machine['lyger']} ({$machine['simd']})", substr($machine['date'], 0, 10)];
        }
        return $rows;
    }

    /** @return list<string> */
    private function heading(): array
    {
        return ['times as long', ...array_keys($this->machines), ''];
    }

    /** The rows that disagree, directions first, and how many were compared. @return array{list<list<string>>, int} */
    private function ratios(): array
    {
        $found = ['direction' => [], 'far' => []];
        $compared = 0;
        foreach ($this->machines[array_key_first($this->machines)]['scenarios'] as $name => $scenario) {
            foreach ($scenario['figures'] as $size => $figures) {
                foreach (array_keys($figures) as $way) {
                    $ratios = array_filter(array_map(
                        static fn(array $results): ?array => $results['scenarios'][$name]['figures'][$size][$way]['ratio'] ?? null,
                        $this->machines
                    ));
                    $compared += count($ratios) > 1 ? 1 : 0;
                    $say = count($ratios) > 1 ? Machines::disagreement($ratios) : null;
                    if ($say !== null) {
                        $at = count($scenario['figures']) > 1 ? ', ' . Text::count($size, $scenario['unit']) : '';
                        $what = "{$scenario['title']}$at: " . Ways::label((string) $way) . ' against ' . Ways::label($scenario['against']);
                        $cells = array_map(static fn(string $label): string => self::cell($ratios[$label] ?? null), array_keys($this->machines));
                        $found[$say][] = [$what, ...$cells, self::SAY[$say]];
                    }
                }
            }
        }
        return [[...$found['direction'], ...$found['far']], $compared];
    }

    private static function cell(?array $ratio): string
    {
        return $ratio === null ? '–' : Text::ratio($ratio) . ($ratio['differs'] && is_finite($ratio['high']) ? ' (' . Text::digits($ratio['low']) . ' – ' . Text::digits($ratio['high']) . ')' : '');
    }
}
