<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use Closure;

/**
 * A scenario of the chapter "Crossings" from the statements that its doors repeat (see Loop), with the parts of each door.
 *
 * `$ffi` of the statement of FFI is the C core for the door 'ffi' and the Rust library for 'rust'; `$probe` is a
 * Lyger\Probe.
 *
 * The parts of a door are steps: statements each of which does what the one before does, and more. The difference is what
 * the step's label says: one part of Scenario::PARTS, or several that nothing tells apart, joined by "+". The first step is
 * the same for every crossing, the call of a function that does nothing; the last is the door's own statement, written as
 * null. (FFI's returns an integer: of nothing PHP 8.2 makes an object.) Callgrind also tells how much of a step was in the core's functions: that is its "work", see Instructions.
 */
final class Crossing
{
    private const CALLS = [
        'ffi' => ['call+out' => '$result = $ffi->lyger_probe_take_nothing();'],
        'rust' => ['call+out' => '$result = $ffi->lyger_probe_take_nothing();'],
        'native' => ['call' => 'lyger_probe_nothing();'],
        'method' => ['call' => '$probe->nothing();'],
        'frameless' => ['call' => 'lyger_probe_frameless_nothing();'],
    ];
    /** What cannot be told apart of a crossing whose scenario says no more. */
    private const STEPS = ['in+work+out' => null];

    /** The first step of a crossing that makes so many calls through a door. @return array<string, string> */
    public static function calls(string $door, int $times): array
    {
        return array_map(static fn(string $call): string => trim(str_repeat("$call ", $times)), self::CALLS[$door]);
    }

    /** A step that keeps what it should give back: for instructions, of which a thousand are enough, not for the clock. */
    public static function keeping(string $statement): string
    {
        return Scenario::KEEPING . $statement;
    }

    /**
     * @param array<string, string> $doors door (of Scenario::DOORS) => statement; 'rust' has that of 'ffi' without being named
     * @param array<string, array<string, ?string>> $parts door => label => statement; the first label (see CALLS) among them
     *        where more than one call is made; null for all: the crossing has no parts but the call
     * @param array<string, string> $setup door => what comes before its loop; '' for every door
     * @param array<string, string> $peers name => statement
     * @param array<string, mixed> $more further arguments of Scenario
     */
    public static function of(
        string $name,
        string $title,
        string $about,
        array $doors,
        ?array $parts = [],
        array $setup = [],
        array $peers = [],
        array $more = [],
    ): Scenario {
        if (isset($doors['ffi'])) {
            $doors += ['rust' => $doors['ffi']];
            isset($parts['ffi']) && $parts += ['rust' => $parts['ffi']];
            isset($setup['ffi']) && $setup += ['rust' => $setup['ffi']];
        }
        $before = static fn(string $door): string => ($setup[''] ?? '') . "\n" . ($setup[$door] ?? '')
            . (in_array($door, ['native', 'method'], true) ? "\n\$probe = new Lyger\\Probe();" : '');
        $loop = static fn(string $door, string $statement): Closure
            => Loop::of($statement, $before($door), in_array($door, ['ffi', 'rust'], true) ? $door : null);
        $steps = [];
        foreach (array_intersect_key(self::CALLS, $doors) as $door => $call) {
            $own = $parts === null ? array_map(static fn(): mixed => null, $call) : [...$call, ...$parts[$door] ?? self::STEPS];
            foreach ($own as $label => $statement) {
                $text = $statement ?? $doors[$door];
                $keeps = str_starts_with($text, Scenario::KEEPING);
                $factory = $loop($door, $keeps ? substr($text, strlen(Scenario::KEEPING)) : $text);
                $steps[$door][$keeps ? Scenario::KEEPING . $label : $label] = $factory;
            }
        }
        $factories = [];
        foreach ($doors + $peers as $door => $statement) {
            $factories[$door] = $loop($door, $statement);
        }
        return new Scenario(...['name' => $name, 'title' => $title, 'group' => 'crossings', 'about' => $about, 'doors' => $factories,
            'parts' => $steps, ...$more]);
    }
}
