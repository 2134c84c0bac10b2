<?php

/**
 * The memory of a master and its workers, as PHP-FPM would have them: forks that open the door and call through it once.
 *     memory_probe.php none|native|cdef|scope LIBRARY WORKERS
 * Prints the bytes for each worker: what is private to each process, master included, and once what they share (the
 * most that one of them shares), divided by the workers. Linux, proc(5), smaps_rollup; its PSS would count less of PHP's
 * own code whenever another PHP happens to run.
 */

declare(strict_types=1);

[, $door, $library, $workers] = $argv;

require __DIR__ . '/Libraries.php';

$pairs = $pids = [];
for ($i = 0; $i < (int) $workers; $i++) {
    $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $pid = pcntl_fork();
    if ($pid === 0) {
        $ffi = match ($door) {
            'cdef' => FFI::cdef(Lyger\Benchmarks\Libraries::declarations(), $library),
            'scope' => FFI::scope('lyger'),
            default => null,
        };
        match (true) {
            $ffi !== null => $ffi->lyger_heavy_computation(1000),
            $door === 'native' => lyger_heavy_computation(1000),
            default => null,
        };
        fwrite($pair[1], '.');
        fread($pair[1], 1); // until the master goes
        posix_kill(posix_getpid(), SIGKILL);
    }
    $pids[] = $pid;
    $pairs[] = $pair[0];
}
foreach ($pairs as $pair) {
    fread($pair, 1);
}
$private = 0;
$shared = [];
foreach ([posix_getpid(), ...$pids] as $pid) {
    preg_match_all('/^(Private|Shared)_(?:Clean|Dirty):\s*(\d+)/m', (string) file_get_contents("/proc/$pid/smaps_rollup"), $found);
    $sums = ['Private' => 0, 'Shared' => 0];
    foreach ($found[1] as $i => $kind) {
        $sums[$kind] += (int) $found[2][$i];
    }
    $private += $sums['Private'];
    $shared[] = $sums['Shared'];
}
array_map(static fn(int $pid) => posix_kill($pid, SIGKILL), $pids);
echo json_encode(['bytes' => intdiv(($private + max($shared)) * 1024, (int) $workers)]);
