<?php

/** How it is measured: rounds in turns, medians, the empty loop subtracted. */

declare(strict_types=1);

namespace Lyger\Benchmarks;

/** Writes the loops of one scenario to a file that every worker can load. */
function write_loops(string $file, array $scenario): void
{
    $each = $scenario['each'] ?? '';
    $source = "<?php\nreturn [\n";
    foreach ($scenario['doors'] as $door => $code) {
        $setup = $code['setup'] ?? '';
        $timed = static fn(string $body): string => "static function (int \$n): int {\n $setup\n"
            . " \$start = hrtime(true);\n for (\$i = 0; \$i < \$n; \$i++) { $each $body }\n return hrtime(true) - \$start;\n}";
        $source .= var_export((string) $door, true) . " => [\n'loop' => " . $timed($code['body'])
            . ",\n'empty' => " . $timed('') . ",\n'once' => static function () {\n " . ($code['prepare'] ?? '') . "\n $setup\n \$i = 0; \$r = null;\n"
            . " $each {$code['body']}\n return \$r;\n}],\n";
    }
    file_put_contents($file, $source . "];\n");
}

/** The doors of a scenario with the worker each runs in: plain PHP runs in both, under two names. */
function places(array $scenario): array
{
    $places = [];
    foreach (array_keys($scenario['doors']) as $door) {
        $places[$door] = ['plain', $door];
        if ($door === 'php') {
            $places['jit'] = ['jit', 'php'];
        }
    }
    return $places;
}

/**
 * Measures one scenario; returns door => figures, and fills $problems with what went wrong.
 *
 * @param array<string, Worker> $workers plain, jit
 * @param array{rounds: int, loop_ns: int, budget_ns: int} $effort
 */
function measure(array $scenario, array $workers, string $file, array $effort, array &$problems, callable $tick): array
{
    write_loops($file, $scenario);
    foreach ($workers as $worker) {
        $worker->ask(['do' => 'load', 'file' => $file]);
    }
    $places = checked_places($scenario, $workers, $problems);
    $lengths = [];
    $round_ns = 0;
    foreach ($places as $name => [$worker, $door]) {
        [$lengths[$name], $took] = loop_length($workers[$worker], $door, $effort['loop_ns']);
        $round_ns += $took;
    }
    $rounds = max(3, min($effort['rounds'], intdiv($effort['budget_ns'], max(1, $round_ns))));
    $samples = [];
    for ($round = -1; $round < $rounds; $round++) { // round -1 warms up and is not kept
        foreach ($round % 2 ? array_reverse($places, true) : $places as $name => [$worker, $door]) {
            $n = $lengths[$name];
            $answer = $workers[$worker]->ask(['do' => 'sample', 'door' => $door, 'n' => $n, 'flip' => $round % 4 >= 2]);
            if ($round >= 0) {
                $samples[$name][] = [($answer['loop'] - $answer['empty']) / $n, $answer['empty'] / $n];
            }
        }
        $tick(($round + 2) / ($rounds + 1));
    }
    $figures = [];
    foreach ($samples as $name => $list) {
        $figures[$name] = figures($list) + ['loop_length' => $lengths[$name]];
    }
    return $figures;
}

/** Runs every door once; those that fail or return something else are left out, with the reason in $problems. */
function checked_places(array $scenario, array $workers, array &$problems): array
{
    $places = places($scenario);
    $same = $scenario['same'] ?? static fn($a, $b): bool => $a === $b;
    $values = [];
    foreach ($places as $name => [$worker, $door]) {
        try {
            $values[$name] = $workers[$worker]->ask(['do' => 'once', 'door' => $door])['value'];
        } catch (\RuntimeException $error) {
            $problems[] = "$name: " . $error->getMessage();
            unset($places[$name]);
        }
    }
    foreach ($places as $name => [, $door]) {
        $compared = $scenario['doors'][$door]['compare'] ?? true;
        if ($compared && isset($places['native']) && !$same($values['native'], $values[$name])) {
            $problems[] = sprintf('%s: %s, native: %s', $name, excerpt($values[$name]), excerpt($values['native']));
            unset($places[$name]);
        }
    }
    return $places;
}

function excerpt(mixed $value): string
{
    $text = json_encode($value);
    return strlen($text) > 200 ? substr($text, 0, 200) . '…' : $text;
}

/** How many iterations take at least $loop_ns, and what they took with the empty loop beside them. */
function loop_length(Worker $worker, string $door, int $loop_ns): array
{
    for ($n = 1;; $n *= $answer['loop'] * 4 < $loop_ns ? 4 : 2) {
        $answer = $worker->ask(['do' => 'sample', 'door' => $door, 'n' => $n, 'flip' => false]);
        if ($answer['loop'] >= $loop_ns) {
            return [$n, $answer['loop'] + $answer['empty']];
        }
    }
}

/** @param list<array{float, float}> $samples nanoseconds per operation, and of the empty loop */
function figures(array $samples): array
{
    $times = array_column($samples, 0);
    sort($times);
    return [
        'median_ns' => round(quantile($times, 0.5), 3),
        'quarter_ns' => round(quantile($times, 0.25), 3),
        'three_quarters_ns' => round(quantile($times, 0.75), 3),
        'least_ns' => round($times[0], 3),
        'empty_loop_ns' => round(median(array_column($samples, 1)), 3),
        'rounds' => count($times),
    ];
}

function median(array $numbers): float
{
    sort($numbers);
    return quantile($numbers, 0.5);
}

/** @param non-empty-list<float> $sorted */
function quantile(array $sorted, float $share): float
{
    $at = $share * (count($sorted) - 1);
    $below = (int) floor($at);
    $above = min($below + 1, count($sorted) - 1);
    return $sorted[$below] + ($at - $below) * ($sorted[$above] - $sorted[$below]);
}
