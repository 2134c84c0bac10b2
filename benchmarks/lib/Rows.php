<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use InvalidArgumentException;

/** One report's rows by the names that pages give them (lib/Figures.php has the list). */
final class Rows
{
    public function __construct(private readonly array $results)
    {
    }

    /** The value, what it is, and of a ratio its interval. @return array{value: float, kind: string, low: float, high: float} */
    public function value(string $row): array
    {
        [$value, $kind, $low, $high] = match (true) {
            (bool) preg_match('/^loading:(.+)\.(\w+)$/D', $row, $of) => [$this->median($this->results['loading']['times'][$of[1]][$of[2]] ?? null, $row), 'time'],
            (bool) preg_match('/^memory:(.+)@(\d+)$/D', $row, $of) => [$this->known($this->results['loading']['memory'][$of[1]][$of[2]] ?? null, $row), 'bytes'],
            (bool) preg_match('/^startup:(.+)$/D', $row, $of) => [$this->known($this->results['loading']['instructions'][$of[1]] ?? null, $row), 'instructions'],
            (bool) preg_match('/^table:([a-z-]+)\.(.+)\.([^.]+)$/D', $row, $of) => [
                $this->known($this->results['tables'][$of[1]]['rows'][$of[2]][$of[3]] ?? null, $row),
                ($this->results['tables'][$of[1]]['unit'] ?? '') === 'bytes' ? 'bytes' : 'percent',
            ],
            (bool) preg_match('/^break:([a-z0-9-]+)\.(.+)$/D', $row, $of) => [$this->breakEven($of[1], $of[2], $row), 'size'],
            (bool) preg_match('/^instructions:([a-z0-9-]+)(?:@(\d+))?:(.+)$/D', $row, $of, PREG_UNMATCHED_AS_NULL) => [$this->instructions($row, ...array_slice($of, 1)), 'count'],
            (bool) preg_match('/^([a-z0-9-]+)(?:@(\d+))?:(.+?)(?:\.(rate|cpu)|\/([^\/]+))?$/D', $row, $of, PREG_UNMATCHED_AS_NULL) => $this->measured($row, ...array_slice($of, 1)),
            default => throw new InvalidArgumentException("$row: no row is named like that"),
        } + [2 => 0.0, 3 => 0.0];
        return ['value' => (float) $value, 'kind' => $kind, 'low' => $low, 'high' => $high];
    }

    /** @return list<list<string>> a whole table, the heading first */
    public function table(string $name): array
    {
        return Report\ChapterView::rows($this->known($this->results['tables'][$name] ?? null, $name));
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
        return [$ratio['ratio'], $ratio['differs'] ? 'ratio' : 'none', $ratio['low'], $ratio['high']];
    }

    private function instructions(string $row, string $name, ?string $size, string $way): float
    {
        $sizes = $this->known($this->results['scenarios'][$name]['instructions'] ?? null, $row);
        return array_sum($this->known($sizes[$size ?? array_key_first($sizes)][$way] ?? null, $row));
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
}
