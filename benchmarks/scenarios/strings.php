<?php

/** Crossings with a string. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Crossing;

require_once __DIR__ . '/../lib/plain.php';

$sizes = ['sizes' => [10, 100, 1_000, 10_000, 100_000], 'unit' => 'bytes'];
$bytes = ['prepare' => static fn(Context $c, int $size): string => plain_bytes($size)];
/** The parts of what takes a string: $taken is FFI's way of handing it over. */
$takes = static fn(string $taken): array => [
    'ffi' => ['in' => $taken, 'work' => null],
    'native' => ['in' => 'lyger_probe_take_text($data);', 'work+out' => null],
    'method' => ['in' => '$probe->takeText($data);', 'work+out' => null],
];
$withLength = $takes('$result = $ffi->lyger_probe_take_bytes($data, strlen($data));');
$untilNul = $takes('$result = $ffi->lyger_probe_take_text($data);');
/** FFI's parts of a string that is made by $call, copied and freed. */
$copied = static fn(string $taken, string $call): array => [
    'in' => $taken,
    'work+out' => Crossing::keeping("\$p = $call;"),
    'clean-up' => "\$p = $call; \$ffi->lyger_probe_free(\$p);",
    'out' => null,
];
$string = static fn(string $call): string => "\$p = $call; \$result = FFI::string(\$p); \$ffi->lyger_probe_free(\$p);";
$copiedNote = 'Through FFI "out" is the pointer and the copy that FFI::string() makes, "clean-up" the second call, which frees.';

return [
    Crossing::of(
        name: 'string-in',
        title: 'A string in',
        about: 'The string crosses and one byte of it is read: PHP strings know their length, and FFI lends them as they are.',
        doors: [
            'php' => '$result = plain_text_in($data);',
            'ffi' => '$result = $ffi->lyger_probe_text_in($data, strlen($data));',
            'native' => '$result = lyger_probe_text_in($data);',
            'method' => '$result = $probe->textIn($data);',
            'frameless' => '$result = lyger_probe_frameless_text_in($data);',
        ],
        parts: $withLength,
        more: ['sizes' => [1, 10_000], 'unit' => 'bytes', ...$bytes],
    ),
    Crossing::of(
        name: 'string-in-nul-scan',
        title: 'A string in, as a C string',
        about: 'What a receiver adds that is given no length: it looks for the NUL.',
        doors: [
            'php' => '$result = plain_nul_scan($data);',
            'ffi' => '$result = $ffi->lyger_probe_nul_scan($data);',
            'native' => '$result = lyger_probe_nul_scan($data);',
        ],
        parts: $untilNul,
        peers: ['strlen()' => '$result = strlen($data);'],
        more: [...$sizes, ...$bytes],
    ),
    Crossing::of(
        name: 'string-in-utf8',
        title: 'A string in, as Rust\'s &str',
        about: 'What a receiver adds that must know it has UTF-8. One character in 28 is not ASCII. (preg_match() with /u is no peer: it keeps its answer with the string.)',
        doors: [
            'php' => '$result = plain_utf8($data);',
            'ffi' => '$result = $ffi->lyger_probe_utf8($data, strlen($data)) === 1;',
            'native' => '$result = lyger_probe_utf8($data);',
        ],
        parts: $withLength,
        more: [...$sizes, 'prepare' => static fn(Context $c, int $size): string
            => str_repeat('x', $size % 29) . str_repeat("id,17,name,Ad\u{e9} 3,price,9.50\n", intdiv($size, 29))],
    ),
    Crossing::of(
        name: 'string-out',
        title: 'A string out',
        about: 'A string made in C. Natively it is made where PHP keeps it; through FFI it is copied by FFI::string() and freed by another call.',
        doors: [
            'php' => '$result = str_repeat(\'x\', $size);',
            'ffi' => $string('$ffi->lyger_probe_text_out($size)'),
            'native' => '$result = lyger_probe_text_out($size);',
            'method' => '$result = $probe->textOut($size);',
        ],
        parts: [
            'ffi' => $copied('$result = $ffi->lyger_probe_take($size);', '$ffi->lyger_probe_text_out($size)'),
            'native' => ['in' => 'lyger_probe_take($size);', 'work+out' => null],
            'method' => ['in' => '$probe->take($size);', 'work+out' => null],
        ],
        more: [...$sizes, 'note' => $copiedNote],
    ),
    Crossing::of(
        name: 'string-reverse',
        title: 'A string in and out',
        about: 'The bytes in reverse.',
        doors: [
            'php' => '$result = plain_reverse($data);',
            'ffi' => $string('$ffi->lyger_probe_reverse($data)'),
            'native' => '$result = lyger_probe_reverse($data);',
            'method' => '$result = $probe->reverse($data);',
        ],
        parts: ['ffi' => $copied('$result = $ffi->lyger_probe_take_text($data);', '$ffi->lyger_probe_reverse($data)')] + $untilNul,
        peers: ['strrev()' => '$result = strrev($data);'],
        more: [...$sizes, ...$bytes, 'note' => "$copiedNote The search for the NUL is part of \"work\"."],
    ),
];
