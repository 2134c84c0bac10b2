<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use RuntimeException;

/**
 * Counts the instructions of the parts of crossings under valgrind's callgrind: exact, the same in every run, and blind to
 * what caches and branches cost. One process for a way; two loops of different length are counted for every step, and
 * their difference is that of the operations.
 *
 * Callgrind also knows which of them were run within the core's functions (not the Rust library's, which libffi enters in
 * a way that it does not follow). Where a step's label has "work" in it and something else, that share becomes the part
 * "work" of its own; where it is nothing, because the core's function is inlined, the step stays as it is.
 */
final class Instructions
{
    /** Above so much work there is nothing else left to see. */
    private const LARGEST = 100_000;

    /** How many operations, by the size of one. */
    private const LENGTHS = [1_000 => [200, 600], PHP_INT_MAX => [2, 6]];

    public static function available(): bool
    {
        return trim((string) shell_exec('command -v valgrind')) !== '';
    }

    /**
     * @param list<array{Scenario, string}> $scenarios with their files
     * @return array<string, array<int, array<string, array<string, float>>>> instructions of each part by scenario, size, way
     */
    public static function counted(array $scenarios, array $options, \Closure $tick): array
    {
        $orders = [];
        foreach ($scenarios as [$scenario, $file]) {
            $largest = max(array_filter($scenario->sizes, static fn(int $size): bool => $size <= self::LARGEST));
            $ends = array_unique([min($scenario->sizes), $largest]);
            foreach (Ways::of($scenario) as $way => $door) {
                foreach (isset($scenario->parts[$door]) && self::counts($way) ? $ends : [] as $size) {
                    $order = ['file' => $file, 'scenario' => $scenario->name, 'door' => $door, 'size' => $size];
                    $orders[$way][] = $order + ['lengths' => self::lengths($size)];
                }
            }
        }
        $found = [];
        $done = 0;
        foreach (array_chunk($orders, 2, true) as $side) { // instructions are the same beside another process
            $running = [];
            foreach ($side as $way => $list) {
                $running[$way] = self::started($way, $list, $options);
            }
            foreach ($running as $way => $process) {
                foreach (self::finished($way, $process) as $i => $steps) {
                    ['scenario' => $name, 'size' => $size] = $orders[$way][$i];
                    $steps && $found[$name][$size][$way] = self::parts($steps);
                }
                $tick(++$done / count($orders));
            }
        }
        return $found;
    }

    /** FFI preloaded runs what FFI runs; PHP has no boundary. */
    private static function counts(string $way): bool
    {
        return !in_array($way, ['php', 'php-opcache', 'php-jit', 'ffi-preload'], true) && Ways::missing($way) === null;
    }

    private static function lengths(int $size): array
    {
        foreach (self::LENGTHS as $most => $lengths) {
            if ($size <= $most) {
                return $lengths;
            }
        }
    }

    /** @return array{resource, resource, string, list<array>} */
    private static function started(string $way, array $orders, array $options): array
    {
        $out = "{$options['directory']}/callgrind-$way";
        $command = ['valgrind', '-q', '--tool=callgrind', "--callgrind-out-file=$out", '--dump-before=zif_lyger_hello_world', PHP_BINARY];
        foreach (Ways::settings($way, $options) as $setting) {
            array_push($command, '-d', $setting);
        }
        array_push($command, __DIR__ . '/instructions_probe.php', json_encode(Context::settings($way, $options)), json_encode($orders));
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => STDERR], $pipes);
        return [$process ?: throw new RuntimeException('valgrind does not start (Debian: apt-get install valgrind)'), $pipes[1], $out, $orders];
    }

    /** @return list<array<string, array{float, float}>> by order: step => instructions, and those of them in the core */
    private static function finished(string $way, array $started): array
    {
        [$process, $pipe, $out, $orders] = $started;
        $opened = json_decode((string) stream_get_contents($pipe), true);
        if (proc_close($process) !== 0 || !is_array($opened)) {
            throw new RuntimeException("callgrind of $way failed");
        }
        $found = [];
        $number = 2; // the first profile is what came before the first mark
        foreach ($opened as $i => $labels) {
            $found[$i] = [];
            $number++; // up to the first loop
            [$short, $long] = $orders[$i]['lengths'];
            foreach ($labels as $label) {
                [$whole, $core] = self::profile("$out." . $number++);
                [$wholeLong, $coreLong] = self::profile("$out." . $number++);
                $found[$i][(string) $label] = [($wholeLong - $whole) / ($long - $short), ($coreLong - $core) / ($long - $short)];
            }
            $number++; // what was done to open the next order
        }
        array_map(unlink(...), glob("$out*"));
        return $found;
    }

    /** @return array{int, int} all instructions; those of calls that enter the core, callees included */
    private static function profile(string $file): array
    {
        $profile = (string) @file_get_contents($file);
        preg_match('/^(?:summary|totals): (\d+)/m', $profile, $found) || throw new RuntimeException("$file has no total: was lyger.so stripped?");
        $names = [];
        $inside = $entered = false;
        $core = 0;
        foreach (explode("\n", $profile) as $line) {
            if (preg_match('/^(c?fn)=\((\d+)\)(?: (.+))?$/', $line, $part)) {
                $names[$part[2]] ??= (bool) preg_match('/^lyger_\w+$/D', $part[3] ?? ''); // doors are zif_, zim_, php_lyger_; Rust's have ::
                $part[1] === 'fn' ? $inside = $names[$part[2]] : $entered = $names[$part[2]];
            } elseif (str_starts_with($line, 'calls=')) {
                $call = true;
            } elseif ($call ?? false) {
                $call = false;
                $core += $entered && !$inside ? (int) substr($line, strpos($line, ' ') + 1) : 0;
            }
        }
        return [(int) $found[1], $core];
    }

    /** @param array<string, array{float, float}> $steps @return array<string, float> */
    private static function parts(array $steps): array
    {
        $parts = [];
        [$before, $coreBefore] = array_shift($steps); // the empty loop
        array_pop($steps);
        foreach ($steps as $label => [$whole, $core]) {
            $label = ltrim((string) $label, Scenario::KEEPING);
            $adds = $whole - $before;
            $work = $core - $coreBefore;
            $others = array_diff(explode('+', $label), ['work']);
            if ($others && $work > 0 && str_contains($label, 'work')) {
                $parts['work'] = ($parts['work'] ?? 0) + $work;
                $label = implode('+', $others);
                $adds -= $work;
            }
            $parts[$label] = ($parts[$label] ?? 0) + $adds;
            [$before, $coreBefore] = [$whole, $core];
        }
        return array_map(static fn(float $count): float => round($count, 2), $parts);
    }
}
