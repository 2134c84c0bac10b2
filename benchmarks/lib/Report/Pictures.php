<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Analysis;
use Lyger\Benchmarks\Text;
use Lyger\Benchmarks\Ways;

/**
 * The first screen: five pictures that say what the rest proves, each with its data and the command that measures it again. A
 * picture whose rows were not measured is left out.
 */
final class Pictures
{
    /** row@size => what it is called here */
    private const CALLS = [
        'nothing@1' => 'nothing',
        'scalar@1' => 'integer in and out',
        'string-in@1' => 'string in',
        'string-out@100' => '100 bytes out',
        'struct@1' => 'struct in and out',
        'callback@100' => '100 calls back',
        'array-of-integers@1000' => '1,000 integers in',
        'rows-arrays@100' => '100 rows out',
    ];
    private const DOORS = [
        'compute-heavy' => 'a sum of √i·sin(i)',
        'bytes-borrowed' => 'a string, read',
        'packed-integers' => 'packed integers',
        'rows-kept' => 'rows that stay in C',
        'query-sqlite' => 'SQLite rows as JSON',
        'string-reverse' => 'a string, reversed',
        'array-of-integers' => 'an array, summed',
        'callback' => 'a callback for each',
    ];
    /** Of the languages, no more than are read at a glance; the chapter has all. */
    private const LANGUAGES = ['C, linked', 'LuaJIT, FFI', 'PHP, native', 'Node, addon', 'Java, JNI', 'Node, koffi', 'PHP, FFI', 'Go, cgo', 'Ruby, ffi', 'Python, ctypes'];
    /** row@size, ours, what PHP has => what it is called here */
    private const ROOMS = [
        ['compute-heavy@10000', 'native', 'php-jit', '10,000 √i·sin(i), PHP’s JIT'],
        ['cache-mix@2', 'native', 'APCu', 'cache, 2 processes, APCu'],
        ['json-records@1000', 'native', 'json_encode()', '1,000 records, json_encode()'],
        ['server@1', 'lyger', 'nginx + FPM', 'a request, nginx and FPM'],
        ['cache-get@1', 'native', 'APCu', 'cache get, APCu'],
        ['query-postgresql@10000', 'native', 'php', 'PostgreSQL rows as JSON, PDO'],
        ['query-sqlite@10000', 'native', 'php', 'SQLite rows as JSON, PDO'],
        ['server@1', 'lyger', 'nginx constant', 'a request, nginx’s constant'],
        ['query-sqlite@10000', 'native', 'bare C', 'SQLite rows, C that only reads'],
    ];

    public function __construct(private readonly array $results)
    {
    }

    public function html(): string
    {
        $found = array_filter([$this->calls(), $this->doors(), $this->languages() ?? $this->curve(), $this->processes(), $this->rooms()]);
        if (count($found) < 2) {
            return '';
        }
        $html = '';
        foreach (array_values($found) as $i => [$name, $title, $say, $plot, $legend, $command, $rows]) {
            [$heading, $say, $command] = array_map(Page::escaped(...), [$title, $say, $command]);
            $csv = Sources::csv(array_intersect_key($this->results['scenarios'], array_fill_keys($rows, true)));
            $html .= "<article class=\"picture\" id=\"picture-$name\"><h2>$heading</h2><p class=\"say\">$say</p>"
                . Plot::figure($title, $plot, $i < 2 ? 590 : 384) . "<div class=\"foot\">$legend<p class=\"source\"><code>$command</code> "
                . Sources::download("$name.csv", $csv, 'data') . '</p></div></article>';
        }
        return '<section class="pictures">' . $html . '</section>';
    }

    private function calls(): ?array
    {
        $rows = $names = [];
        $ways = ['php-jit', 'ffi', 'native'];
        foreach (self::CALLS as $place => $title) {
            [$name, $size] = explode('@', $place);
            $figures = $this->results['scenarios'][$name]['figures'][(int) $size] ?? [];
            if (isset($figures['ffi'], $figures['native'])) {
                $ratio = Analysis::ratio($this->results['scenarios'][$name], (int) $size, 'ffi', 'native');
                $times = array_map(static fn(array $figure): float => $figure['median'], array_intersect_key($figures, array_flip($ways)));
                $rows[$title] = ['times' => $times, 'text' => $ratio && $ratio['differs'] ? Text::ratio($ratio) : '–'];
                $names[] = $name;
            }
        }
        if (!$rows) {
            return null;
        }
        $first = reset($rows)['times'];
        $say = sprintf('%s: %s through FFI, %s natively. At the right: how many times that is.', ucfirst(array_key_first($rows)), Text::duration($first['ffi']), Text::duration(max(0.0, $first['native'])));
        return ['calls', 'What a call costs', $say, Plots::spans($rows, $ways), Page::legend($ways), 'benchmarks/run --only crossings', $names];
    }

    private function doors(): ?array
    {
        $scenarios = array_intersect_key($this->results['scenarios'], self::DOORS);
        $rows = DoorView::rows(array_map(
            static fn(array $scenario, string $name): array => ['title' => self::DOORS[$name]] + $scenario,
            $scenarios,
            array_keys($scenarios)
        ));
        if (!$rows) {
            return null;
        }
        $legend = '';
        foreach (DoorView::ZONES as $colour => $meaning) {
            $legend .= "<li><i style=\"background:var(--$colour)\"></i>$meaning</li>";
        }
        return ['doors', 'How much work a call must carry', 'Beside PHP with its JIT on: from each border on, that door is faster.', Plots::zones($rows, 24),
            "<ul class=\"legend\">$legend</ul>", 'benchmarks/run', array_keys($scenarios)];
    }

    private function languages(): ?array
    {
        $figures = $this->results['scenarios']['language-nothing']['figures'][1] ?? [];
        $figures = array_intersect_key($figures, array_flip(self::LANGUAGES));
        uasort($figures, static fn(array $a, array $b): int => $a['median'] <=> $b['median']);
        if (count($figures) < 3) {
            return null;
        }
        $rows = [];
        foreach ($figures as $language => ['median' => $median]) {
            $colour = match (true) {
                !str_contains((string) $language, 'PHP') => 'peer-1',
                str_contains((string) $language, 'FFI') => 'ffi',
                default => 'native',
            };
            $rows[(string) $language] = ['value' => max($median, 1.0), 'text' => Text::duration($median), 'colour' => $colour];
        }
        return ['languages', 'The same call from elsewhere', 'An empty call of liblyger.so, processor time.', Plots::pins($rows, 1.0, static fn(float $ns): string => preg_replace('/\.0+(?= )/', '', Text::duration($ns))),
            '', 'benchmarks/languages/run', ['language-nothing']];
    }

    /** In place of the languages where these were not measured: lines that cross. */
    private function curve(): ?array
    {
        $scenario = $this->results['scenarios']['compute-heavy'] ?? null;
        if (count($scenario['figures'] ?? []) < 2) {
            return null;
        }
        $ways = array_values(array_intersect(['php', 'php-jit', 'ffi', 'native'], $scenario['ways']));
        $point = $scenario['break_even']['php-jit > ffi'] ?? null;
        $say = 'A sum of √i·sin(i). ' . ($point ? 'FFI ' . Advice::pays($point, $scenario) . '.' : '');
        $view = new ScenarioView('compute-heavy', ['ways' => $ways] + $scenario);
        return ['curve', 'Where the lines cross', $say, $view->curves(false, 236), Page::legend($ways), 'benchmarks/run --only compute-heavy', ['compute-heavy']];
    }

    private function processes(): ?array
    {
        $scenario = $this->results['scenarios']['cache-mix'] ?? null;
        $most = $scenario ? array_key_last($scenario['figures']) : null;
        if ($most === null || count($scenario['figures']) < 2 || !isset($scenario['figures'][$most]['native'])) {
            return null;
        }
        $last = $scenario['figures'][$most];
        $beside = isset($last['APCu']) ? ', in APCu ' . Text::duration($last['APCu']['median']) : '';
        $say = "Of $most processes at once, an operation of each takes " . Text::duration($last['native']['median']) . "$beside.";
        $ways = array_values(array_intersect($scenario['ways'], array_keys($last)));
        return ['processes', 'One cache, many processes', $say, (new ScenarioView('cache-mix', $scenario))->curves(false, 236), Page::legend($ways), 'benchmarks/run --only cache-mix', ['cache-mix']];
    }

    private function rooms(): ?array
    {
        $rows = $names = [];
        foreach (self::ROOMS as [$place, $ours, $other, $title]) {
            [$name, $size] = explode('@', $place);
            $scenario = $this->results['scenarios'][$name] ?? null;
            $ratio = isset($scenario['points'][(int) $size]) ? Analysis::ratio($scenario, (int) $size, $other, $ours) : null;
            if ($ratio && is_finite($ratio['high'])) {
                $colour = !$ratio['differs'] ? 'muted' : ($ratio['ratio'] > 1 ? 'native' : 'peer-1');
                $rows[$title] = ['value' => $ratio['differs'] ? $ratio['ratio'] : 1.0, 'text' => $ratio['differs'] ? Text::ratio($ratio) : '–', 'colour' => $colour];
                $names[] = $name;
            }
        }
        uasort($rows, static fn(array $a, array $b): int => $b['value'] <=> $a['value']);
        return $rows ? ['rooms', 'Beside what is there', 'How many times as long the other takes than lyger.', Plots::pins($rows, 1.0, static fn(float $times): string => Text::short($times) . '×'),
            '', 'benchmarks/run', array_values(array_unique($names))] : null;
    }
}
