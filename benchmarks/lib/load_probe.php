<?php

/**
 * One process of Loading: opens its door and calls through it.
 *     load_probe.php none|native|cdef|scope LIBRARY
 * Prints nanoseconds: open_ns of opening the door again, as every request of a living worker does; first_ns and
 * second_ns of the first two calls.
 */

declare(strict_types=1);

[, $door, $library] = $argv;

require __DIR__ . '/Libraries.php';

$declarations = $door === 'cdef' ? Lyger\Benchmarks\Libraries::declarations() : '';
$times = [];
for ($request = 0; $request < 2; $request++) {
    $ffi = null; // the end of a request closes the library
    $start = hrtime(true);
    $ffi = match ($door) {
        'cdef' => FFI::cdef($declarations, $library),
        'scope' => FFI::scope('lyger'),
        default => null,
    };
    $times['open_ns'] = hrtime(true) - $start;
    if ($request === 0 && $door !== 'none') {
        foreach (['first_ns', 'second_ns'] as $call) {
            $start = hrtime(true);
            $ffi === null ? lyger_heavy_computation(1) : $ffi->lyger_heavy_computation(1); // needs no state made first
            $times[$call] = hrtime(true) - $start;
        }
    }
}
if ($ffi === null) {
    unset($times['open_ns']);
}
echo json_encode($times);
