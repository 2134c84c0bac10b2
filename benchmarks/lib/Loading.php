<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use RuntimeException;

/**
 * What it costs that a door is there at all: whole processes, opening the door, the first call, memory.
 *
 * Runs without php.ini: the differences between the processes are the door's alone.
 */
final class Loading
{
    private const WORKERS = [1, 10, 50];

    public function __construct(private readonly array $options)
    {
    }

    /** @return array{instructions: array<string, int>, times: array<string, array<string, list<float>>>, memory: array<string, array<int, int>>} */
    public function measured(int $rounds): array
    {
        $times = $memory = [];
        $ways = $this->ways();
        for ($round = -1; $round < $rounds; $round++) {
            foreach ($round % 2 ? array_reverse($ways, true) : $ways as $way => [$door, $settings]) {
                $start = hrtime(true);
                $said = self::run($settings, [__DIR__ . '/load_probe.php', $door, Libraries::core($this->options['modules'])]);
                $took = hrtime(true) - $start;
                if ($round >= 0) {
                    foreach (['process' => $took] + $said as $kind => $ns) {
                        $times[$way][$kind][] = (float) $ns;
                    }
                }
            }
        }
        foreach ($ways as $way => [$door, $settings]) {
            foreach (self::WORKERS as $workers) {
                $arguments = [__DIR__ . '/memory_probe.php', $door, Libraries::core($this->options['modules']), (string) $workers];
                $memory[$way][$workers] = self::run($settings, $arguments)['bytes'];
            }
        }
        $instructions = Instructions::available() ? $this->instructions($ways) : [];
        return ['instructions' => $instructions, 'times' => array_replace(array_fill_keys(array_keys($ways), []), $times), 'memory' => $memory];
    }

    /** What a process runs that does nothing, counted by callgrind. */
    private function instructions(array $ways): array
    {
        $counts = [];
        foreach ($ways as $way => [, $settings]) {
            $out = "{$this->options['directory']}/startup";
            $command = ['valgrind', '-q', '--tool=callgrind', "--callgrind-out-file=$out", PHP_BINARY, '-n'];
            foreach ($settings as $setting) {
                array_push($command, '-d', $setting);
            }
            exec(implode(' ', array_map(escapeshellarg(...), [...$command, '-r', ''])) . ' 2>&1', $said, $status);
            if ($status === 0 && preg_match('/^(?:summary|totals): (\d+)/m', (string) file_get_contents($out), $found)) {
                $counts[$way] = (int) $found[1];
            }
            @unlink($out);
        }
        return $counts;
    }

    /** @return array<string, array{string, list<string>}> label => door, settings */
    private function ways(): array
    {
        $ffi = self::extension('ffi');
        $header = "{$this->options['directory']}/preload.h";
        return [
            'PHP' => ['none', []],
            'PHP, lyger' => ['native', ["extension={$this->options['modules']}/lyger.so"]],
            'PHP, FFI' => ['cdef', [...$ffi, 'ffi.enable=1']],
            'PHP, FFI preloaded' => ['scope', [...$ffi, 'ffi.enable=preload', "ffi.preload=$header"]],
        ];
    }

    /** Debian has FFI, posix and pcntl as files or built in, depending on the SAPI and the version. */
    private static function extension(string $name): array
    {
        return is_file(ini_get('extension_dir') . "/$name.so") ? ["extension=$name"] : [];
    }

    private static function run(array $settings, array $arguments): array
    {
        $command = [PHP_BINARY, '-n'];
        foreach ([...$settings, ...self::extension('posix'), ...self::extension('pcntl')] as $setting) {
            array_push($command, '-d', $setting);
        }
        $process = proc_open([...$command, ...$arguments], [1 => ['pipe', 'w'], 2 => STDERR], $pipes);
        $process || throw new RuntimeException('a process to be loaded does not start');
        $said = json_decode((string) stream_get_contents($pipes[1]), true);
        return proc_close($process) === 0 && is_array($said)
            ? $said
            : throw new RuntimeException('a process to be loaded failed: ' . implode(' ', $arguments));
    }
}
