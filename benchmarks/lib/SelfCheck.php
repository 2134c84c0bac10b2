<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

/** Proves on every run that the harness sees what it should: a known cost, no difference where there is none, a lie. */
final class SelfCheck
{
    /** A waiting loop ends up to one look at the clock late; two processes differ by their memory's layout. */
    private const TOLERANCE = 0.05;
    private const SLACK_NS = 120;
    private const AGAIN = 4;

    /** @return list<array{name: string, ok: bool, detail: string}> */
    public static function run(array $options, array $effort): array
    {
        $file = __DIR__ . '/self_check.php';
        $more = ['rounds' => 21, 'least' => 21] + $effort; // cheap, and it must hold on a busy machine too
        $measured = static fn(Scenario $scenario): array
            => (new Measurement($scenario, $file, $options, $more))->run(2.0, static function (): void {
            });
        $scenarios = array_column(require $file, null, 'name');
        // What else runs on a machine only adds, for as long as it runs, which says nothing of the harness.
        $holding = static function (string $name, \Closure $checks) use ($scenarios, $measured): array {
            for ($again = 0; $again <= self::AGAIN; $again++) {
                $found = $checks($measured($scenarios[$name]));
                if (!in_array(false, array_column($found, 'ok'), true)) {
                    break;
                }
            }
            return $found;
        };
        $lie = $measured($scenarios['lie']);
        return [...$holding('delay', self::delays(...)), ...$holding('twins', static fn(array $raw): array => [self::twins($raw)]), [
            'name' => 'a door that returns something else is found and left out',
            'ok' => isset($lie['skipped']['lying']) && !isset($lie['points'][1]['samples']['lying']),
            'detail' => $lie['problems'][0] ?? 'nothing was found',
        ]];
    }

    /** Of each its fastest quarter is looked at. @return list<array{name: string, ok: bool, detail: string}> */
    private static function delays(array $raw): array
    {
        $fastest = array_map(self::fastest(...), $raw['points'][1]['samples']);
        $found = [];
        foreach (['2 µs' => 2000, '50 µs' => 50_000] as $name => $nanoseconds) {
            $seen = $fastest[$name] - $fastest['none'];
            $found[] = [
                'name' => "an injected delay of $name is seen",
                'ok' => abs($seen - $nanoseconds) <= self::TOLERANCE * $nanoseconds + self::SLACK_NS,
                'detail' => 'seen: ' . Text::duration($seen),
            ];
        }
        return $found;
    }

    /**
     * The loop's own time is that of a nanosecond or two: what the two may differ by is a share of loop and call. Of each
     * its fastest quarter is looked at, since what else runs on a machine only adds.
     */
    private static function twins(array $raw): array
    {
        $figures = Analysis::of($raw)['figures'][1];
        [$one, $two] = array_map(self::fastest(...), [$raw['points'][1]['samples']['one'], $raw['points'][1]['samples']['two']]);
        $off = abs($two - $one);
        $whole = $one + self::fastest($raw['points'][1]['loops']['one']);
        return [
            'name' => 'the same loop in two processes takes the same time',
            'ok' => $off <= 0.25 * $whole,
            'detail' => Text::duration($one) . ' and ' . Text::duration($two) . ': '
                . (($figures['two']['ratio']['differs'] ?? false) ? 'their intervals differ' : 'no difference seen'),
        ];
    }

    /** The sample below which a quarter lies. */
    private static function fastest(array $samples): float
    {
        sort($samples);
        return $samples[intdiv(count($samples), 4)];
    }
}
