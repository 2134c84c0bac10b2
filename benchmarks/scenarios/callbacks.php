<?php

/** Crossings back into PHP. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Scenario;

require_once __DIR__ . '/../lib/plain.php';

$each = static function (FFI $ffi, int $size, mixed $data): Closure {
    $square = static fn(int $i): int => $i * $i;
    return static function (int $n) use ($ffi, $square, $size): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_each($square, $size);
        }
        return $result;
    };
};

return [
    new Scenario(
        name: 'callback',
        title: 'A callback into PHP for every element',
        group: 'crossings',
        about: 'C calls a PHP closure: through FFI libffi makes it a C function for every call of the outer function; natively the engine calls it.',
        sizes: [1, 10, 100, 1_000],
        unit: 'items',
        doors: [
            'php' => static function (Context $c, int $size, mixed $data): Closure {
                $square = static fn(int $i): int => $i * $i;
                return static function (int $n) use ($square, $size): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = plain_each($square, $size);
                    }
                    return $result;
                };
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $each($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $each($c->rust(), $size, $data),
            'native' => static function (Context $c, int $size, mixed $data): Closure {
                $square = static fn(int $i): int => $i * $i;
                return static function (int $n) use ($square, $size): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = lyger_probe_each($square, $size);
                    }
                    return $result;
                };
            },
        ],
        batching: true,
    ),
];
