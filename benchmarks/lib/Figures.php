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
 *     <!--rows:cache-policy-->…<!--/rows-->  a whole table
 */
final class Figures
{
    private const FIGURE = '/<!--((?:\d\.\d )?[a-z][^>]*?(?: > [a-z]+)?)-->\s*(?:about )?(?:(no difference seen)|([\d.,]*\d)(\s?(?:ns|µs|ms|s|×|%|KiB|MiB|GiB|million)(?![\w%]))?)/u';
    /** What looks like a measurement: a number with a unit of time or of memory, a ratio. */
    private const MEASURED = '/(?<!-->)(?<![\w.,])[\d.,]*\d\s?(?:ns|µs|ms|×|KiB|MiB|GiB|KB|MB|requests\/s|million instructions)(?!\w)/u';
    private const TABLE = '~(<!--rows:([a-z-]+)-->\n).*?(?=<!--/rows-->)~s';
    private const UNITS = ['ns' => 1.0, 'µs' => 1e3, 'ms' => 1e6, 's' => 1e9, 'KiB' => 1024.0, 'MiB' => 1048576.0, 'GiB' => 1073741824.0, 'million' => 1e6];

    /** @var array<string, self> by version of PHP */
    private array $others = [];

    public function __construct(private readonly array $results, private readonly string $directory)
    {
    }

    public static function of(string $report): self
    {
        return new self(Options::json($report), dirname($report));
    }

    /** What is wrong with a page, a line each. @return list<string> */
    public function wrong(string $text): array
    {
        $wrong = $this->withTables($text) === $text ? [] : ['a table is not the report\'s'];
        preg_match_all(self::FIGURE, self::prose($text), $found, PREG_SET_ORDER | PREG_UNMATCHED_AS_NULL);
        foreach ($found as [, $row, $none, $number, $unit]) {
            if ($row === 'given') {
                continue;
            }
            try {
                [$value, $kind] = $this->value($row);
            } catch (InvalidArgumentException $error) {
                $wrong[] = $error->getMessage();
                continue;
            }
            if ($none !== null || $kind === 'none') {
                $none !== null && $kind === 'none' || $wrong[] = "$row: the page says $none$number$unit, the report " . $this->text($row);
                continue;
            }
            $scale = self::UNITS[trim((string) $unit)] ?? 1.0;
            $plain = strtr($number, [',' => '']);
            $printed = (float) $plain * $scale;
            if (abs($printed - $value) > 0.501 * self::place($plain, $kind === 'size' ? 2 : 3) * $scale) {
                $wrong[] = "$row: the page says $number$unit, the report " . $this->text($row);
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
        [$value, $kind] = $this->value($row);
        return match ($kind) {
            'time' => Text::duration($value),
            'ratio' => Text::digits($value) . '×',
            'none' => 'no difference seen',
            'rate' => number_format(round($value, -(int) max(0, floor(log10($value)) - 2))),
            'bytes' => Text::bytes($value),
            'percent' => number_format($value, 1) . ' %',
            'instructions' => Text::digits($value / 1e6) . ' million',
            'size' => Text::about($value),
        };
    }

    /** @return array{float, string} the value and what it is */
    private function value(string $row): array
    {
        if (preg_match('/^(\d\.\d) (.+)$/D', $row, $of)) {
            return ($this->others[$of[1]] ??= self::of("$this->directory/php-$of[1].json"))->value($of[2]);
        }
        return match (true) {
            (bool) preg_match('/^loading:(.+)\.(\w+)$/D', $row, $of) => [$this->median($this->results['loading']['times'][$of[1]][$of[2]] ?? null, $row), 'time'],
            (bool) preg_match('/^memory:(.+)@(\d+)$/D', $row, $of) => [$this->known($this->results['loading']['memory'][$of[1]][$of[2]] ?? null, $row), 'bytes'],
            (bool) preg_match('/^startup:(.+)$/D', $row, $of) => [$this->known($this->results['loading']['instructions'][$of[1]] ?? null, $row), 'instructions'],
            (bool) preg_match('/^table:([a-z-]+)\.(.+)\.([^.]+)$/D', $row, $of) => [
                $this->known($this->results['tables'][$of[1]]['rows'][$of[2]][$of[3]] ?? null, $row),
                ($this->results['tables'][$of[1]]['unit'] ?? '') === 'bytes' ? 'bytes' : 'percent',
            ],
            (bool) preg_match('/^break:([a-z0-9-]+)\.(.+)$/D', $row, $of) => [$this->breakEven($of[1], $of[2], $row), 'size'],
            (bool) preg_match('/^([a-z0-9-]+)(?:@(\d+))?:(.+?)(?:\.(rate|cpu)|\/([^\/]+))?$/D', $row, $of, PREG_UNMATCHED_AS_NULL) => $this->measured($row, ...array_slice($of, 1)),
            default => throw new InvalidArgumentException("$row: no row is named like that"),
        };
    }

    private function measured(string $row, string $name, ?string $size, string $way, ?string $kind, ?string $other): array
    {
        $points = $this->results['scenarios'][$name]['points'] ?? [];
        $point = $points[$size ?? array_key_first($points)] ?? [];
        $median = $this->median($point[$kind === 'cpu' ? 'cpu' : 'samples'][$way] ?? null, $row);
        return match (true) {
            $kind === 'rate' => [1e9 / $median, 'rate'],
            $other !== null => $this->ratio($point, $way, $other, $row),
            default => [$median, 'time'],
        };
    }

    /** As the report has it: none where the interval spans 1. */
    private function ratio(array $point, string $way, string $other, string $row): array
    {
        $this->known($point['samples'][$other] ?? null, $row);
        $ratio = $this->known(Analysis::ratio(['points' => [$point]], 0, $way, $other), $row);
        return [$ratio['ratio'], $ratio['differs'] ? 'ratio' : 'none'];
    }

    private function breakEven(string $name, string $pair, string $row): float
    {
        $this->known($this->results['scenarios'][$name]['points'] ?? null, $row);
        $this->results['scenarios'][$name]['points'] ?: throw new InvalidArgumentException("$row: the report has no such row");
        return $this->known(Analysis::of($this->results['scenarios'][$name])['break_even'][$pair]['at'] ?? null, $row);
    }

    private function median(?array $samples, string $row): float
    {
        return Statistics::median($this->known($samples, $row));
    }

    private function known(mixed $found, string $row): mixed
    {
        return $found ?? throw new InvalidArgumentException("$row: the report has no such row");
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
        return preg_replace(['/^```.*?^```$/ms', self::TABLE, '~<!--given:-->.*?<!--/given-->~s'], '', $text);
    }

    /** The page with the tables of the report as they are now. */
    private function withTables(string $text): string
    {
        return preg_replace_callback(self::TABLE, fn(array $found): string => $found[1] . Report\Summary::table(
            Report\ChapterView::rows($this->known($this->results['tables'][$found[2]] ?? null, $found[2]))
        ), $text);
    }
}
