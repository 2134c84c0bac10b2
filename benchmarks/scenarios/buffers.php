<?php

/** Crossings with bytes that C reads where PHP has them. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Crossing;

require_once __DIR__ . '/../lib/plain.php';

$bytes = ['prepare' => static fn(Context $c, int $size): string => plain_bytes($size), 'unit' => 'bytes'];

return [
    Crossing::of(
        name: 'bytes-borrowed',
        title: 'Bytes, borrowed',
        about: 'The digits of a buffer are counted where PHP has it; nothing is copied.',
        doors: [
            'php' => '$result = plain_digits($data);',
            'ffi' => '$result = $ffi->lyger_probe_digits($data, strlen($data));',
            'native' => '$result = lyger_probe_digits($data);',
            'method' => '$result = $probe->digits($data);',
            'frameless' => '$result = lyger_probe_frameless_digits($data);',
        ],
        parts: [
            'ffi' => ['in' => '$result = $ffi->lyger_probe_take_bytes($data, strlen($data));', 'work' => null],
            'native' => ['in' => 'lyger_probe_take_text($data);', 'work+out' => null],
            'method' => ['in' => '$probe->takeText($data);', 'work+out' => null],
        ],
        peers: ['count_chars()' => '$result = array_sum(array_slice(count_chars($data), 48, 10));'],
        more: ['sizes' => [1, 10, 100, 1_000, 10_000, 100_000], ...$bytes],
    ),
    Crossing::of(
        name: 'threads',
        title: 'Eight threads inside one call',
        about: 'The same count by eight threads that start and end within the call: what they cost, and from where on a call may hide them.',
        doors: [
            'php' => '$result = plain_digits($data);',
            'ffi' => '$result = $ffi->lyger_probe_threads($data, strlen($data), 8);',
            'native' => '$result = lyger_probe_threads($data, 8);',
        ],
        peers: ['one thread' => '$result = lyger_probe_digits($data);'],
        more: ['sizes' => [1_000, 100_000, 10_000_000], ...$bytes,
            'note' => 'Instructions count what all threads do, and nothing of what the kernel does to start them.'],
    ),
    Crossing::of(
        name: 'batching',
        title: 'Many strings in one call',
        about: 'Strings of 32 bytes, joined and counted in one call of so many items: the time per item is what batching buys.',
        doors: [
            'php' => '$result = 0; foreach ($data as $bytes) { $result += plain_digits($bytes); }',
            'ffi' => '$bytes = implode(\'\', $data); $result = $ffi->lyger_probe_digits($bytes, strlen($bytes));',
            'native' => '$result = lyger_probe_digits(implode(\'\', $data));',
        ],
        parts: [
            'ffi' => ['in+clean-up' => '$bytes = implode(\'\', $data); $result = $ffi->lyger_probe_take_bytes($bytes, strlen($bytes));', 'work' => null],
            'native' => ['in+clean-up' => 'lyger_probe_take_text(implode(\'\', $data));', 'work+out' => null],
        ],
        more: ['sizes' => [1, 10, 100, 1_000, 10_000], 'unit' => 'items', 'batching' => true,
            'prepare' => static fn(Context $c, int $size): array => array_fill(0, $size, plain_bytes(32)),
            'note' => 'Of the parts, joining the strings is "in", and to let go of the joined one "clean-up".'],
    ),
];
