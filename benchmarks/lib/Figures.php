<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use InvalidArgumentException;

/**
 * The figures that a Markdown page quotes, each behind a comment that names its row in report.json:
 *
 *     <!--nothing:ffi-->49.3 ns              scenario:way, the median; scenario@size:way where there are sizes
 *     <!--nothing:ffi/native-->18.6×         how many times the first is the second, or "no difference seen"
 *     <!--server:lyger.rate-->78,100         operations a second; .cpu is processor time
 *     <!--loading:PHP, lyger.process-->      a row of "Loading": first_ns, second_ns, open_ns, process
 *     <!--memory:PHP, lyger@10-->            of "Memory"
 *     <!--startup:PHP, lyger-->              instructions of a PHP process that does nothing
 *     <!--table:server-idle.10,000.all processes-->     a cell of a table
 *     <!--break:compute-heavy.php-jit > ffi-->           a break-even point
 *     <!--8.4 nothing:frameless-->6 ns       any of these from php-8.4.json beside it
 *     <!--given-->5 ms                       no measurement: a setting, a promise, an example
 *     <!--given:-->…<!--/given-->            nor is anything between
 *     <!--instructions:nothing:ffi-->510     instructions of one operation
 *     <!--rows:cache-policy-->…<!--/rows-->  a whole table
 *     <!--machines-->…<!--/machines-->       where the figures were measured
 *
 * With the results of several machines (lib/Machines.php) a figure is a range over those that have its row: "35.8 to 41 ns". A ratio
 * of which the machines say different things says so: "0.69 to 1.2× (machines disagree)"; a table is that of report.json.
 */
final class Figures
{
    /** One end of a range, or all of a figure: a number with its unit, or in words that there is none. */
    private const END = '(?:(no difference(?: seen)?)|([\d.,]*\d)(\s?(?:ns|µs|ms|s|×|%|KiB|MiB|GiB|million)(?![\w%]))?)';
    private const FIGURE = '/<!--((?:\d\.\d )?[a-z][^>]*?(?: > [a-z]+)?)-->\s*(?:about )?' . self::END . '(?: to ' . self::END . ')?( \(machines disagree\))?/u';
    /** What looks like a measurement: a number with a unit of time or of memory, a ratio. */
    private const MEASURED = '/(?<!-->)(?<![\w.,])[\d.,]*\d\s?(?:ns|µs|ms|×|KiB|MiB|GiB|KB|MB|requests\/s|million instructions)(?!\w)/u';
    private const TABLE = '~(<!--rows:([a-z-]+)-->\n).*?(?=<!--/rows-->)~s';
    private const MACHINES = '~(<!--machines-->).*?(?=<!--/machines-->)~s';
    private const UNITS = ['ns' => 1.0, 'µs' => 1e3, 'ms' => 1e6, 's' => 1e9, 'KiB' => 1024.0, 'MiB' => 1048576.0, 'GiB' => 1073741824.0, 'million' => 1e6];

    /** @var array<string, Rows> by the machine's label */
    private readonly array $rows;
    /** @var array<string, self> by version of PHP */
    private array $others = [];

    private function __construct(private readonly array $machines, private readonly string $directory)
    {
        $this->rows = array_map(static fn(array $results): Rows => new Rows($results), $machines);
    }

    public static function of(string $report): self
    {
        return new self(Machines::with(Options::json($report), dirname($report)), dirname($report));
    }

    /** What is wrong with a page, a line each. @return list<string> */
    public function wrong(string $text): array
    {
        $wrong = $this->withTables($text) === $text ? [] : ['a table, or the list of the machines, is not the report\'s'];
        preg_match_all(self::FIGURE, self::prose($text), $found, PREG_SET_ORDER | PREG_UNMATCHED_AS_NULL);
        foreach ($found as [$all, $row]) {
            if ($row === 'given') {
                continue;
            }
            try {
                $said = preg_replace('/^<!--.*?-->\s*(?:about )?/', '', $all);
                self::agrees($said, $this->range($row)) || $wrong[] = "$row: the page says $said, the report " . $this->text($row);
            } catch (InvalidArgumentException $error) {
                $wrong[] = $error->getMessage();
            }
        }
        $left = preg_replace(self::FIGURE, '', self::prose($text));
        preg_match_all(self::MEASURED, $left, $bare, PREG_OFFSET_CAPTURE);
        foreach ($bare[0] as [$figure, $at]) {
            $wrong[] = "\"$figure\" names no row: …" . trim(strtr(substr($left, max(0, $at - 40), 60), "\n", ' ')) . '…';
        }
        return $wrong;
    }

    /** How many figures of a page name a row. */
    public static function count(string $text): int
    {
        return (int) preg_match_all('/<!--(?!given)(?:\d\.\d )?[a-z]+[a-z0-9-]*[@:]/', self::prose($text));
    }

    /** The page with every figure as the report has it. */
    public function written(string $text): string
    {
        return preg_replace_callback(self::FIGURE, function (array $found): string {
            if (rtrim($found[1], ':') === 'given') { // with the colon it is the first figure of what is given
                return $found[0];
            }
            $about = str_contains($found[0], '-->about ') ? 'about ' : '';
            return "<!--$found[1]-->$about" . $this->text($found[1]);
        }, $this->withTables($text));
    }

    public function text(string $row): string
    {
        $range = $this->range($row);
        [$from, $to] = array_map(self::end(...), [$range['from'], $range['to']]);
        if ($from === $to) {
            return $from === 'no difference' ? "$from seen" : $from;
        }
        $unit = preg_match('/\d(\s?[^\d\s]+)$/uD', $to, $found) ? $found[1] : '';
        $from = $unit !== '' && str_ends_with($from, $unit) ? substr($from, 0, -strlen($unit)) : $from;
        return "$from to $to" . ($range['disagree'] ? ' (machines disagree)' : '');
    }

    /** @param array{value: float, kind: string} $end */
    private static function end(array $end): string
    {
        ['value' => $value, 'kind' => $kind] = $end;
        return match ($kind) {
            'time' => Text::duration($value),
            'ratio' => Text::digits($value) . '×',
            'none' => 'no difference',
            'rate' => number_format(round($value, -(int) max(0, floor(log10($value)) - 2))),
            'bytes' => Text::bytes($value),
            'percent' => number_format($value, 1) . ' %',
            'instructions' => Text::digits($value / 1e6) . ' million',
            'count' => number_format($value),
            'size' => Text::about($value),
        };
    }

    /** The least and the greatest that a machine says. @return array{from: array, to: array, disagree: bool} */
    private function range(string $row): array
    {
        if (preg_match('/^(\d\.\d) (.+)$/D', $row, $of)) {
            return ($this->others[$of[1]] ??= self::of("$this->directory/php-$of[1].json"))->range($of[2]);
        }
        $found = [];
        foreach ($this->rows as $label => $rows) {
            try {
                $found[] = $rows->value($row);
            } catch (InvalidArgumentException $error) {
                $found ?: throw $error; // only the first has to have it
            }
        }
        $place = static fn(array $end): float => $end['kind'] === 'none' ? 1.0 : $end['value'];
        usort($found, static fn(array $a, array $b): int => $place($a) <=> $place($b));
        $ratios = in_array($found[0]['kind'], ['ratio', 'none'], true) ? $found : [];
        return ['from' => $found[0], 'to' => end($found), 'disagree' => Machines::disagreement($ratios) !== null];
    }

    /** Whether a page's words are the range, where fewer digits are no mistake. */
    private static function agrees(string $said, array $range): bool
    {
        preg_match('/^' . self::END . '(?: to ' . self::END . ')?( \(machines disagree\))?$/uD', $said, $found, PREG_UNMATCHED_AS_NULL);
        $single = ($found[4] ?? $found[5] ?? null) === null;
        [$from, $to] = [array_slice($found, 1, 3), array_slice($found, 4, 3)];
        $from[2] ??= $to[2] ?? null; // "13 to 14 ns"
        return self::isEnd($from, $range['from']) && self::isEnd($single ? $from : $to, $range['to']) && (isset($found[7]) === $range['disagree']);
    }

    /** @param array{?string, ?string, ?string} $said in words that there is none, the number, the unit */
    private static function isEnd(array $said, array $end): bool
    {
        [$none, $number, $unit] = $said;
        if ($none !== null || $end['kind'] === 'none') {
            return $none !== null && $end['kind'] === 'none';
        }
        $scale = self::UNITS[trim((string) $unit)] ?? 1.0;
        $plain = strtr($number, [',' => '']);
        return abs((float) $plain * $scale - $end['value']) <= 0.501 * self::place($plain, $end['kind'] === 'size' ? 2 : 3) * $scale;
    }

    /** What one in the last digit that counts is worth: zeros at the end are digits as far as so many are shown. */
    private static function place(string $number, int $digits): float
    {
        $point = strpos($number, '.');
        $zeros = strlen($number) - strlen(rtrim($number, '0'));
        return 10.0 ** ($point === false ? min($zeros, max(0, strlen($number) - $digits)) : $point + 1 - strlen($number));
    }

    /** Without what stands in blocks of code, in tables of the report, and between <!--given:--> and <!--/given-->. */
    private static function prose(string $text): string
    {
        return preg_replace(['/^```.*?^```$/ms', self::TABLE, self::MACHINES, '~<!--given:-->.*?<!--/given-->~s'], '', $text);
    }

    /** The page with the tables of the report, and its machines, as they are now. */
    private function withTables(string $text): string
    {
        $first = $this->rows[array_key_first($this->rows)];
        $text = preg_replace_callback(self::TABLE, static fn(array $found): string => $found[1] . Report\Summary::table($first->table($found[2])), $text);
        return preg_replace_callback(self::MACHINES, fn(array $found): string => $found[1] . Machines::described($this->machines), $text);
    }
}
