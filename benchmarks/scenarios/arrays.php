<?php

/** Crossings with integers: copied, packed, lent, or read in place. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Crossing;

require_once __DIR__ . '/../lib/plain.php';

$items = ['sizes' => [1, 10, 100, 1_000, 10_000], 'unit' => 'items', 'batching' => true];
$copy = '$copy = $ffi->new(\'int64_t[\' . count($data) . \']\'); foreach ($data as $k => $number) { $copy[$k] = $number; }';

return [
    Crossing::of(
        name: 'array-of-integers',
        title: 'An array of integers',
        about: 'Summed. FFI copies every element into memory of its own, or packs them; a native function copies, or reads the array in place.',
        doors: [
            'php' => '$result = plain_sum($data);',
            'ffi' => "$copy \$result = \$ffi->lyger_probe_sum(\$copy, count(\$data));",
            'native' => '$result = lyger_probe_sum($data);',
            'method' => '$result = $probe->sum($data);',
        ],
        parts: [
            'ffi' => ['in+clean-up' => "$copy \$result = \$ffi->lyger_probe_take_bytes(\$copy, count(\$data));", 'work' => null],
            'native' => ['in' => 'lyger_probe_take_array($data);', 'work+out' => null],
            'method' => ['in' => '$probe->takeArray($data);', 'work+out' => null],
        ],
        setup: ['FFI, packed' => '$ffi = $c->ffi();'],
        peers: [
            'native, copied' => '$result = lyger_probe_sum_copied($data);',
            'FFI, packed' => '$result = $ffi->lyger_probe_sum(pack(\'q*\', ...$data), count($data));',
            'array_sum()' => '$result = array_sum($data);',
        ],
        more: [...$items, 'prepare' => static fn(Context $c, int $size): array => range(1, $size),
            'note' => 'The native function adds up within the door, where the array is: no function of the core can be told apart from it.'],
    ),
    Crossing::of(
        name: 'packed-integers',
        title: 'Integers that are packed already',
        about: 'The application keeps them as pack(\'q*\') gave them, or in an array of FFI; either is lent, not copied.',
        doors: [
            'php' => '$result = plain_sum(unpack(\'q*\', $data));',
            'ffi' => '$result = $ffi->lyger_probe_sum($data, intdiv(strlen($data), 8));',
            'native' => '$result = lyger_probe_sum_packed($data);',
        ],
        parts: [
            'ffi' => ['in' => '$result = $ffi->lyger_probe_take_bytes($data, intdiv(strlen($data), 8));', 'work' => null],
            'native' => ['in' => 'lyger_probe_take_text($data);', 'work+out' => null],
        ],
        setup: ['FFI array' => "\$ffi = \$c->ffi();\n\$array = \$ffi->new(\"int64_t[\$size]\");\nFFI::memcpy(\$array, \$data, strlen(\$data));"],
        peers: ['FFI array' => '$result = $ffi->lyger_probe_sum($array, $size);'],
        more: [...$items, 'prepare' => static fn(Context $c, int $size): string => pack('q*', ...range(1, $size))],
    ),
];
