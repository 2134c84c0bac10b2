<?php

/** Crossings with a result of many rows. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Scenario;

require_once __DIR__ . '/../lib/plain.php';

$call = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi): void {
        for ($i = 0; $i < $n; $i++) {
            $ffi->lyger_probe_nothing();
        }
    };
};

$arrays = static function (FFI $ffi, int $size, mixed $data): Closure {
    $row = $ffi->new('lyger_probe_row');
    $at = FFI::addr($row);
    return static function (int $n) use ($ffi, $size, $row, $at): mixed {
        for ($i = 0; $i < $n; $i++) {
            $rows = $ffi->lyger_probe_rows_new($size);
            $result = [];
            for ($k = 0; $ffi->lyger_probe_rows_read($rows, $k, $at) === 1; $k++) {
                $result[] = ['id' => $row->id, 'price' => $row->price, 'name' => FFI::string($row->name, $row->name_len)];
            }
            $ffi->lyger_probe_rows_free($rows);
        }
        return $result;
    };
};

$kept = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $size): mixed {
        for ($i = 0; $i < $n; $i++) {
            $rows = $ffi->lyger_probe_rows_new($size);
            $result = $ffi->lyger_probe_rows_total($rows);
            $ffi->lyger_probe_rows_free($rows);
        }
        return $result;
    };
};

return [
    new Scenario(
        name: 'rows-arrays',
        title: 'Rows returned as arrays',
        group: 'crossings',
        about: 'Rows made in C become PHP arrays, for the caller to add up the prices.',
        sizes: [1, 10, 100, 1_000],
        unit: 'rows',
        doors: [
            'php' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($size): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = plain_rows($size);
                }
                return $result;
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $arrays($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $arrays($c->rust(), $size, $data),
            'native' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($size): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = lyger_probe_rows($size);
                }
                return $result;
            },
        ],
        parts: [
            'ffi' => [
                'call' => static fn(Context $c, int $size, mixed $data): Closure => $call($c->ffi(), $size, $data),
                'work' => static fn(Context $c, int $size, mixed $data): Closure => $kept($c->ffi(), $size, $data),
                'out' => static fn(Context $c, int $size, mixed $data): Closure => $arrays($c->ffi(), $size, $data),
            ],
        ],
        same: static fn(mixed $a, mixed $b): bool => $a == $b, // JSON makes 1 of 1.0
    ),
    new Scenario(
        name: 'rows-kept',
        title: 'Rows that stay in C',
        group: 'crossings',
        about: 'The same rows behind a handle: their number and the sum of their prices cross, and nothing else.',
        sizes: [1, 10, 100, 1_000],
        unit: 'rows',
        doors: [
            'php' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($size): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = array_sum(array_column(plain_rows($size), 'price'));
                }
                return $result;
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $kept($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $kept($c->rust(), $size, $data),
            'native' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($size): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = (new Lyger\ProbeRows($size))->total();
                }
                return $result;
            },
        ],
        same: static fn(mixed $a, mixed $b): bool => $a == $b, // JSON makes 1 of 1.0
    ),
];
