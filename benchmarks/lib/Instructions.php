<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use RuntimeException;

/**
 * Counts the instructions of the parts of a crossing, at its smallest size, under valgrind's callgrind: exact, the same
 * in every run, and blind to what caches and branches cost. Two loops of different length are counted; their difference
 * is that of the operations.
 */
final class Instructions
{
    private const LENGTHS = [500, 1500];

    /** @return array<string, array<string, float>> instructions that each part adds, by way */
    public static function counted(Scenario $scenario, string $file, array $options): array
    {
        $found = [];
        foreach (Ways::of($scenario) as $way => $door) {
            if (isset($scenario->parts[$door]) && $door !== 'php' && Ways::missing($way) === null) {
                $before = 0.0;
                foreach (self::byPart($scenario, $file, $way, $door, $options) as $part => $count) {
                    $found[$way][$part] = $count - $before;
                    $before = $count;
                }
            }
        }
        return $found;
    }

    /** One process for a way; callgrind writes a profile whenever it calls a function of lyger, whose symbols are there. */
    private static function byPart(Scenario $scenario, string $file, string $way, string $door, array $options): array
    {
        $out = "{$options['directory']}/callgrind";
        $command = ['valgrind', '-q', '--tool=callgrind', "--callgrind-out-file=$out", '--dump-before=zif_lyger_hello_world'];
        array_push($command, '--smc-check=all-non-file', PHP_BINARY); // the JIT writes code
        foreach (Ways::settings($way, $options) as $setting) {
            array_push($command, '-d', $setting);
        }
        $order = [
            'file' => $file, 'scenario' => $scenario->name, 'door' => $door, 'size' => min($scenario->sizes),
            'lengths' => self::LENGTHS,
        ];
        array_push($command, __DIR__ . '/instructions_probe.php', json_encode(Context::settings($way, $options)), json_encode($order));
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => STDERR], $pipes);
        $process || throw new RuntimeException('valgrind does not start (Debian: apt-get install valgrind)');
        $parts = json_decode((string) stream_get_contents($pipes[1]), true);
        $status = proc_close($process);
        if ($status !== 0 || !is_array($parts)) {
            throw new RuntimeException("callgrind of {$scenario->name}, $way, failed");
        }
        return self::read($out, $parts);
    }

    /** Profile number 1 is what came before the first mark, then one for each loop. */
    private static function read(string $out, array $parts): array
    {
        $counts = [];
        foreach ($parts as $i => $part) {
            $loops = [];
            foreach ([2 * $i + 2, 2 * $i + 3] as $number) {
                $profile = (string) @file_get_contents("$out.$number");
                $total = preg_match('/^(?:summary|totals): (\d+)/m', $profile, $found);
                $total || throw new RuntimeException("$out.$number has no total: was lyger.so stripped?");
                $loops[] = (int) $found[1];
            }
            $counts[$part] = ($loops[1] - $loops[0]) / (self::LENGTHS[1] - self::LENGTHS[0]);
        }
        array_map(unlink(...), glob("$out*"));
        return $counts;
    }
}
