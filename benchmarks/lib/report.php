<?php

/** What is printed: where it was measured, and one table. */

declare(strict_types=1);

namespace Lyger\Benchmarks;

const COLUMNS = ['php' => 'PHP', 'jit' => 'PHP+JIT', 'ffi' => 'FFI', 'native' => 'native', 'method' => 'method'];

/** The machine and the versions, for the head of the report and for the JSON. */
function surroundings(array $facts): array
{
    $processors = (string) @file_get_contents('/proc/cpuinfo');
    $cpu = preg_match('/^model name\s*:\s*(.+)$/m', $processors, $found) ? $found[1] : php_uname('m');
    $os = (parse_ini_file('/etc/os-release') ?: [])['PRETTY_NAME'] ?? PHP_OS;
    return [
        'date' => gmdate('Y-m-d\TH:i:s\Z'),
        'cpu' => $cpu,
        'cores' => max(1, preg_match_all('/^processor\s*:/m', $processors)),
        'os' => $os,
        'kernel' => php_uname('r'),
        'php' => $facts['php'],
        'lyger' => $facts['lyger'],
    ];
}

function headline(array $where): string
{
    $lyger = $where['lyger'];
    return sprintf(
        "%s, %d cores; %s, Linux %s\nPHP %s, lyger %s (%s)\n"
            . "medians, the empty loop subtracted; in brackets: against the native function\n",
        $where['cpu'],
        $where['cores'],
        $where['os'],
        $where['kernel'],
        $where['php'],
        $lyger['version'] ?? '?',
        $lyger['simd'] ?? '?'
    );
}

/** Three digits that matter, with the unit that suits. */
function duration(float $ns): string
{
    foreach (['s' => 1e9, 'ms' => 1e6, 'µs' => 1e3] as $unit => $size) {
        if ($ns >= $size) {
            return digits($ns / $size) . " $unit";
        }
    }
    return digits(max($ns, 0.0)) . ' ns';
}

function digits(float $number): string
{
    return number_format($number, $number >= 99.95 ? 0 : ($number >= 9.995 ? 1 : 2), '.', '');
}

function ratio(float $time, float $native): string
{
    return $native > 0 ? '(' . digits($time / $native) . 'x)' : '';
}

/** @param array<string, array<string, array>> $results figures by scenario and door */
function table(array $results): string
{
    $rows = [array_merge([''], array_values(COLUMNS), ['beside it'])];
    foreach ($results as $scenario => $doors) {
        $native = $doors['native']['median_ns'] ?? 0.0;
        $row = [$scenario];
        foreach (COLUMNS as $door => $title) {
            $time = $doors[$door]['median_ns'] ?? null;
            $against = $time === null || $door === 'native' ? '' : sprintf(' %8s', ratio($time, $native));
            $row[] = $time === null ? '-' : duration($time) . $against;
        }
        $beside = [];
        foreach (array_diff_key($doors, COLUMNS) as $name => $figure) {
            $beside[] = "$name " . duration($figure['median_ns']) . ' ' . ratio($figure['median_ns'], $native);
        }
        $row[] = implode(', ', $beside);
        $rows[] = $row;
    }
    return aligned($rows);
}

/** Characters, without mbstring. */
function width(string $text): int
{
    return (int) preg_match_all('/./su', $text);
}

function aligned(array $rows): string
{
    $widths = array_map(static fn(...$column): int => max(array_map(width(...), $column)), ...$rows);
    $text = '';
    foreach ($rows as $row) {
        $line = '';
        foreach ($row as $i => $cell) {
            $pad = str_repeat(' ', $widths[$i] - width($cell));
            $line .= ($i === 0 ? '' : '  ') . ($i === 0 || $i === count($row) - 1 ? $cell . $pad : $pad . $cell);
        }
        $text .= rtrim($line) . "\n";
    }
    return $text;
}

/** A bar on stderr, on terminals only. */
final class Progress
{
    private bool $shown;

    public function __construct(private int $steps)
    {
        $this->shown = stream_isatty(STDERR);
    }

    public function at(float $done, string $name): void
    {
        if ($this->shown) {
            $full = (int) (30 * $done / $this->steps);
            $bar = str_repeat('#', $full) . str_repeat('.', 30 - $full);
            fprintf(STDERR, "\r\033[K[%s] %3d%% %s", $bar, 100 * $done / $this->steps, $name);
        }
    }

    public function clear(): void
    {
        if ($this->shown) {
            fwrite(STDERR, "\r\033[K");
        }
    }
}
