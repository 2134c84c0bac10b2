<?php

/** Crossings in which C calls PHP. */

declare(strict_types=1);

use Lyger\Benchmarks\Crossing;

require_once __DIR__ . '/../lib/plain.php';

return [
    Crossing::of(
        name: 'callback',
        title: 'A callback into PHP for every element',
        about: 'C calls a PHP closure: through FFI libffi makes it a C function for every call of the outer function; natively the engine calls it.',
        setup: ['' => '$square = static fn(int $i): int => $i * $i;'],
        doors: [
            'php' => '$result = plain_each($square, $size);',
            'ffi' => '$result = $ffi->lyger_probe_each($square, $size);',
            'native' => '$result = lyger_probe_each($square, $size);',
            'method' => '$result = $probe->each($square, $size);',
        ],
        more: ['sizes' => [1, 10, 100, 1_000], 'unit' => 'items', 'batching' => true,
            'note' => 'Of the parts, "work" has the calls back into PHP in it.'],
    ),
];
