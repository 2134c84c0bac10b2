<?php

/** Crossings that fail. */

declare(strict_types=1);

use Lyger\Benchmarks\Crossing;

require_once __DIR__ . '/../lib/plain.php';

$value = ['' => '$value = -1;'];
$taken = '$result = $ffi->lyger_probe_take($value);';
$status = '$result = $ffi->lyger_probe_check($value);';
$caught = static fn(string $statement): string
    => "try { \$result = $statement; } catch (ValueError \$error) { \$result = \$error->getMessage(); }";

return [
    Crossing::of(
        name: 'error-status',
        title: 'An error as a number',
        about: 'The call fails, and the caller looks at what it returned.',
        setup: $value,
        doors: [
            'php' => '$result = plain_status($value);',
            'ffi' => $status,
            'native' => '$result = lyger_probe_status($value);',
            'method' => '$result = $probe->status($value);',
        ],
        parts: [
            'ffi' => ['in' => $taken, 'work' => null],
            'native' => ['in' => 'lyger_probe_take($value);', 'work+out' => null],
            'method' => ['in' => '$probe->take($value);', 'work+out' => null],
        ],
    ),
    Crossing::of(
        name: 'error-exception',
        title: 'An error as an exception',
        about: 'The call fails, and the caller catches. Through FFI the exception is made in PHP, from the message of a second call.',
        setup: $value,
        doors: [
            'php' => $caught('plain_check($value)'),
            'ffi' => $caught('$ffi->lyger_probe_check($value) === 0 ? 0 : throw new ValueError($ffi->lyger_probe_error())'),
            'native' => $caught('lyger_probe_check($value)'),
            'method' => $caught('$probe->check($value)'),
        ],
        parts: [
            'ffi' => ['in' => $taken, 'work' => $status, 'out+clean-up' => null],
            'native' => ['in' => 'lyger_probe_take($value);', 'work' => '$result = lyger_probe_status($value);', 'out+clean-up' => null],
            'method' => ['in' => '$probe->take($value);', 'work' => '$result = $probe->status($value);', 'out+clean-up' => null],
        ],
        more: ['note' => 'Of the parts, "work" is the failing call with its number; making, throwing, catching and freeing the exception is the last.'],
    ),
    Crossing::of(
        name: 'error-panic',
        title: 'A panic, caught at the boundary',
        about: 'In Rust the callee panics, and catch_unwind makes a number of it where the library ends. C returns the number.',
        setup: $value,
        doors: ['ffi' => '$result = $ffi->lyger_probe_panic($value);'],
        parts: ['ffi' => ['in' => $taken, 'work' => null]],
        more: ['against' => 'ffi'],
    ),
];
