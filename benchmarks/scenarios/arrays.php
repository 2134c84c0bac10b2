<?php

/** Crossings with integers: copied, packed, lent, or read in place. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Scenario;

require_once __DIR__ . '/../lib/plain.php';

$copied = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $data): mixed {
        for ($i = 0; $i < $n; $i++) {
            $copy = $ffi->new('int64_t[' . count($data) . ']');
            foreach ($data as $k => $number) {
                $copy[$k] = $number;
            }
            $result = $ffi->lyger_probe_sum($copy, count($data));
        }
        return $result;
    };
};

$copiedOnly = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $data): void {
        for ($i = 0; $i < $n; $i++) {
            $copy = $ffi->new('int64_t[' . count($data) . ']');
            foreach ($data as $k => $number) {
                $copy[$k] = $number;
            }
        }
    };
};

$packed = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $data): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_sum($data, intdiv(strlen($data), 8));
        }
        return $result;
    };
};

return [
    new Scenario(
        name: 'array-of-integers',
        title: 'An array of integers',
        group: 'crossings',
        about: 'Summed. FFI copies every element into memory of its own, or packs them; a native function copies, or reads the array in place.',
        sizes: [1, 10, 100, 1_000, 10_000],
        unit: 'items',
        prepare: static fn(Context $c, int $size): array => range(1, $size),
        doors: [
            'php' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = plain_sum($data);
                }
                return $result;
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $copied($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $copied($c->rust(), $size, $data),
            'native' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = lyger_probe_sum($data);
                }
                return $result;
            },
            'native, copied' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = lyger_probe_sum_copied($data);
                }
                return $result;
            },
            'FFI, packed' => static function (Context $c, int $size, mixed $data): Closure {
                $ffi = $c->ffi();
                return static function (int $n) use ($ffi, $data): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = $ffi->lyger_probe_sum(pack('q*', ...$data), count($data));
                    }
                    return $result;
                };
            },
            'array_sum()' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = array_sum($data);
                }
                return $result;
            },
        ],
        parts: [
            'ffi' => [
                'in' => static fn(Context $c, int $size, mixed $data): Closure => $copiedOnly($c->ffi(), $size, $data),
                'work' => static fn(Context $c, int $size, mixed $data): Closure => $copied($c->ffi(), $size, $data),
            ],
        ],
        batching: true,
    ),
    new Scenario(
        name: 'packed-integers',
        title: 'Integers that are packed already',
        group: 'crossings',
        about: 'The application keeps them as pack(\'q*\') gave them, or in an array of FFI; either is lent, not copied.',
        sizes: [1, 10, 100, 1_000, 10_000],
        unit: 'items',
        prepare: static fn(Context $c, int $size): string => pack('q*', ...range(1, $size)),
        doors: [
            'php' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = plain_sum(unpack('q*', $data));
                }
                return $result;
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $packed($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $packed($c->rust(), $size, $data),
            'native' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = lyger_probe_sum_packed($data);
                }
                return $result;
            },
            'FFI array' => static function (Context $c, int $size, mixed $data): Closure {
                $ffi = $c->ffi();
                $array = $ffi->new("int64_t[$size]");
                FFI::memcpy($array, $data, strlen($data));
                return static function (int $n) use ($ffi, $array, $size): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = $ffi->lyger_probe_sum($array, $size);
                    }
                    return $result;
                };
            },
        ],
        batching: true,
    ),
];
