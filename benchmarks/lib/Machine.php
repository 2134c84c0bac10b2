<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

/** Where it was measured: what a reader needs to judge the figures. */
final class Machine
{
    /** @param array $process what a worker says of itself */
    public static function facts(array $process, array $options): array
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
            'commit' => getenv('LYGER_COMMIT') ?: self::firstLine("$repository describe --always --dirty 2>/dev/null"),
            'cc' => self::compilers($options['modules'] . '/lyger.so'),
            'rustc' => $options['rust'] === null ? '' : self::compilers($options['rust']),
            'extensions' => $process['extensions'] ?? [],
        ];
    }

    /** Processes that want to run, mean of the last minute: above the number of cores, figures are not worth much. */
    public static function load(): float
    {
        return round(sys_getloadavg()[0] ?? 0.0, 2);
    }

    /** Who compiled a library, as the compilers and the linker leave it in ELF's .comment: not who could have. */
    private static function compilers(string $library): string
    {
        preg_match_all('/(?:GCC: \([^)]*\)|clang version|rustc version) \d[\w.+~-]+/', (string) file_get_contents($library), $found);
        $names = array_unique($found[0]);
        $others = preg_grep('/^GCC/', $names, PREG_GREP_INVERT); // beside those, gcc compiled only what starts and ends a library
        return implode(', ', $others ?: $names) ?: 'a compiler that leaves no name';
    }

    private static function firstLine(string $command): string
    {
        return trim(strtok((string) shell_exec($command), "\n") ?: '');
    }
}
