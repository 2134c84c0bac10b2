<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Chapters;
use Lyger\Benchmarks\Machines;
use Lyger\Benchmarks\Text;
use Lyger\Benchmarks\Ways;

/** The page: one file that fetches nothing. */
final class Page
{
    public function __construct(private readonly array $results)
    {
    }

    public function html(): string
    {
        $chapters = [];
        foreach ($this->results['scenarios'] as $name => $scenario) {
            $chapters[$scenario['group']][$name] = $scenario;
        }
        $chapters = Chapters::sorted($chapters);
        if (isset($chapters['crossings'])) { // the quickest first, as in the plot above them
            $order = array_flip(array_keys(ChapterView::smallest($chapters['crossings'], false)[0]));
            $place = static fn(array $scenario): int => $order[$scenario['title']] ?? PHP_INT_MAX;
            uasort($chapters['crossings'], static fn(array $a, array $b): int => $place($a) <=> $place($b));
        }
        $links = '';
        $body = '';
        foreach ($chapters as $group => $scenarios) {
            $links .= "<a href=\"#chapter-$group\">" . self::escaped(Chapters::of($group)[0]) . '</a>';
            $tables = array_filter($this->results['tables'] ?? [], static fn(array $table): bool => $table['group'] === $group);
            $body .= (new ChapterView($group, $scenarios, $tables))->html();
        }
        $loading = $this->loading();
        $beside = BesideView::html($this->results);
        $machines = (new MachinesView($this->results['machines']))->html();
        $links = '<a href="#door">Which door?</a>' . $links . ($loading ? '<a href="#loading">Loading and memory</a>' : '')
            . ($beside ? '<a href="#beside">' . self::escaped(BesideView::title($this->results)) . '</a>' : '')
            . ($machines ? '<a href="#machines">' . MachinesView::TITLE . '</a>' : '') . '<a href="#method">How it was measured</a>';
        $css = Colours::css() . file_get_contents(__DIR__ . '/page.css');
        $title = $this->title($chapters);
        return <<<HTML
            <!doctype html><html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1"><title>$title</title><style>$css</style></head>
            <body>{$this->head($chapters)}{$this->opening()}<nav>$links</nav>
            HTML . DoorView::html($this->results) . $body . $loading . $beside . $machines . (new MethodView($this->results))->html()
            . "</body></html>\n";
    }

    /** Plots that a README shows: name => a whole SVG file. @return array<string, string> */
    public static function files(array $results): array
    {
        $files = [];
        $crossing = static fn(array $scenario): bool => $scenario['group'] === 'crossings' && $scenario['figures'];
        $crossings = array_filter($results['scenarios'], $crossing);
        if (count($crossings) > 2) {
            [$rows, $ways] = ChapterView::smallest($crossings, false);
            $files['crossings'] = Plot::file(
                'Time per call of every crossing through every door',
                Plots::dots($rows, $ways),
                array_combine(array_map(Ways::label(...), $ways), $ways)
            );
        }
        $rows = DoorView::rows($results['scenarios']);
        if ($rows) {
            $files['which-door'] = Plot::file(DoorView::TITLE, Plots::zones($rows), array_flip(DoorView::ZONES));
        }
        return $files;
    }

    public static function escaped(string $text): string
    {
        return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE);
    }

    /** @param list<string> $ways */
    public static function legend(array $ways): string
    {
        $items = array_map(static fn(string $way): string => '<li><i style="background:var(--' . Colours::of($way, $ways) . ')"></i>'
            . self::escaped(Ways::label($way)) . '</li>', $ways);
        return '<ul class="legend">' . implode('', $items) . '</ul>';
    }

    /** @param list<list<string>> $rows cells are HTML; the heading first */
    public static function table(array $rows): string
    {
        $html = '';
        foreach ($rows as $i => $row) {
            $tag = $i === 0 ? 'th' : 'td';
            $html .= '<tr>' . implode('', array_map(static fn(string $cell): string => "<$tag>$cell</$tag>", $row)) . '</tr>';
        }
        return "<div class=\"table\"><table>$html</table></div>";
    }

    private function title(array $chapters): string
    {
        return array_keys($chapters) === ['own'] ? 'Is it worth native code?' : 'What a call across FFI really costs';
    }

    private function head(array $chapters): string
    {
        $lead = array_keys($chapters) === ['own']
            ? <<<'HTML'
                Your own function through every door PHP has into native code, in turns: from which amount of work on a call pays,
                and through which door.
                HTML
            : <<<'HTML'
                The same machine code behind every door that PHP has into it: what the boundary takes, from how much work on it
                pays, which door to choose.
                HTML;
        $machine = $this->results['machine'];
        $where = Page::escaped(Machines::described([Machines::name($this->results) => $this->results]) . ', ' . substr($machine['date'], 0, 10));
        $data = Sources::download('figures.csv', Sources::csv($this->results['scenarios']), 'all figures (CSV)');
        return "<header><h1>{$this->title($chapters)}</h1><p class=\"lead\">$lead</p><p class=\"small muted\">$where · $data · "
            . '<a href="report.json">every sample (JSON)</a> · <code>scripts/report</code> makes it again</p></header>';
    }

    /** The pictures, or where there are too few rows for these, a few figures. */
    private function opening(): string
    {
        $pictures = (new Pictures($this->results))->html();
        if ($pictures !== '') {
            return $pictures;
        }
        $cards = '';
        foreach (Cards::of($this->results) as [$figure, $text]) {
            $cards .= '<div class="card"><b>' . self::escaped($figure) . '</b><span>' . self::escaped($text) . '</span></div>';
        }
        return $cards ? "<div class=\"cards\">$cards</div>" : '';
    }

    private function loading(): string
    {
        $loading = $this->results['loading'] ?? [];
        if (!$loading) {
            return '';
        }
        $html = <<<'HTML'
            <section id="loading"><h2>Loading and memory</h2><p class="about">What it costs that a door is there at all. A process
            is started and ended; opening is what every request pays; memory is that of a master and its workers, divided by the
            workers, a page that several of them share counted once.</p><div class="scenarios">
            HTML;
        foreach (Loads::times($loading) as $heading => $ways) {
            $plot = Plot::figure($heading, Plots::bars(self::loadBars($ways)), 480);
            $html .= '<div class="scenario"><h3>' . self::escaped($heading) . "</h3><figure>$plot</figure></div>";
        }
        $html .= '</div>';
        foreach (array_diff_key(Loads::tables($loading), ['Loading' => 0]) as $rows) { // which is drawn
            $html .= self::table(array_map(static fn(array $row): array => array_map(self::escaped(...), $row), $rows));
        }
        return $html . Sources::of('benchmarks/run') . '</section>';
    }

    private static function loadBars(array $ways): array
    {
        $bars = [];
        foreach ($ways as $way => $figure) {
            $colour = match (true) {
                str_contains($way, 'preload') => 'ffi-preload',
                str_contains($way, 'FFI') => 'ffi',
                str_contains($way, 'lyger') => 'native',
                default => 'php-opcache',
            };
            $bars[] = ['label' => $way, 'colour' => $colour, 'text' => Text::duration($figure['median'])] + $figure;
        }
        return $bars;
    }
}
