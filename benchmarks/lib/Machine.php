<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

/** Where it was measured: what a reader needs to judge the figures. */
final class Machine
{
    /** @param array $process what a worker says of itself */
    public static function facts(array $process, ?string $rust): array
    {
        $processors = (string) @file_get_contents('/proc/cpuinfo');
        $memory = (string) @file_get_contents('/proc/meminfo');
        $repository = 'git -C ' . escapeshellarg(Libraries::ROOT) . ' -c safe.directory="*"';
        $governor = @file_get_contents('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor');
        $lyger = $process['lyger'] ?? [];
        return [
            'date' => gmdate('Y-m-d\TH:i:s\Z'),
            'cpu' => preg_match('/^model name\s*:\s*(.+)$/m', $processors, $found) ? $found[1] : php_uname('m'),
            'cores' => max(1, preg_match_all('/^processor\s*:/m', $processors)),
            'virtual' => str_contains($processors, ' hypervisor'),
            'governor' => $governor === false ? 'unknown (the kernel shows none, as in most virtual machines)' : trim($governor),
            'memory_mb' => preg_match('/^MemTotal:\s*(\d+)/m', $memory, $found) ? intdiv((int) $found[1], 1024) : 0,
            'os' => (@parse_ini_file('/etc/os-release') ?: [])['PRETTY_NAME'] ?? PHP_OS,
            'kernel' => php_uname('r'),
            'load_before' => self::load(),
            'php' => $process['php'],
            'lyger' => $lyger['version'] ?? '?',
            'simd' => $lyger['simd'] ?? '?',
            'commit' => self::firstLine("$repository describe --always --dirty 2>/dev/null"),
            'gcc' => self::firstLine('gcc -dumpfullversion 2>/dev/null'),
            'rustc' => $rust === null ? '' : self::firstLine('rustc --version 2>/dev/null'),
            'extensions' => $process['extensions'] ?? [],
        ];
    }

    /** Processes that want to run, mean of the last minute: above the number of cores, figures are not worth much. */
    public static function load(): float
    {
        return round(sys_getloadavg()[0] ?? 0.0, 2);
    }

    private static function firstLine(string $command): string
    {
        return trim(strtok((string) shell_exec($command), "\n") ?: '');
    }
}
