<?php

/** Crossings with nothing, with an integer, with a float. */

declare(strict_types=1);

use Lyger\Benchmarks\Crossing;

require_once __DIR__ . '/../lib/plain.php';

return [
    Crossing::of(
        name: 'nothing',
        title: 'A call that does nothing',
        about: 'The door alone: no argument, no result. abs() is what PHP\'s own functions cost.',
        doors: [
            'php' => 'plain_nothing();',
            'ffi' => '$ffi->lyger_probe_nothing();',
            'native' => 'lyger_probe_nothing();',
            'method' => '$probe->nothing();',
            'frameless' => 'lyger_probe_frameless_nothing();',
        ],
        parts: null,
        setup: ['abs()' => '$one = 1;'],
        peers: ['abs()' => '$result = abs($one);'],
        more: ['uncompared' => ['abs()'], 'note' => 'PHP 8.2\'s FFI makes an object of what a void function returns, 8.4\'s does not.'],
    ),
    Crossing::of(
        name: 'scalar',
        title: 'An integer in and out',
        about: 'Twice the argument.',
        setup: ['' => '$value = 21;'],
        doors: [
            'php' => '$result = plain_double($value);',
            'ffi' => '$result = $ffi->lyger_probe_double($value);',
            'native' => '$result = lyger_probe_double($value);',
            'method' => '$result = $probe->double($value);',
            'frameless' => '$result = lyger_probe_frameless_double($value);',
        ],
        parts: [
            'ffi' => ['in' => '$result = $ffi->lyger_probe_take($value);', 'work' => null],
            'native' => ['in' => 'lyger_probe_take($value);', 'work+out' => null],
            'method' => ['in' => '$probe->take($value);', 'work+out' => null],
        ],
    ),
    Crossing::of(
        name: 'float',
        title: 'A float in and out',
        about: 'Half of the argument.',
        setup: ['' => '$value = 21.5;'],
        doors: [
            'php' => '$result = plain_halve($value);',
            'ffi' => '$result = $ffi->lyger_probe_halve($value);',
            'native' => '$result = lyger_probe_halve($value);',
            'method' => '$result = $probe->halve($value);',
        ],
        parts: [
            'ffi' => ['in' => '$result = $ffi->lyger_probe_take_float($value);', 'work+out' => null],
            'native' => ['in' => 'lyger_probe_take_float($value);', 'work+out' => null],
            'method' => ['in' => '$probe->takeFloat($value);', 'work+out' => null],
        ],
    ),
];
