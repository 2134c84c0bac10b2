<?php

/** A crossing with a struct. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Scenario;

require_once __DIR__ . '/../lib/plain.php';

$record = static function (FFI $ffi, int $size, mixed $data): Closure {
    $in = $ffi->new('lyger_probe_record');
    $out = $ffi->new('lyger_probe_record');
    $inAt = FFI::addr($in);
    $outAt = FFI::addr($out);
    return static function (int $n) use ($ffi, $in, $out, $inAt, $outAt, $data): mixed {
        for ($i = 0; $i < $n; $i++) {
            $in->id = $data['id'];
            $in->value = $data['value'];
            $in->flag = $data['flag'];
            $ffi->lyger_probe_record_next($inAt, $outAt);
            $result = ['id' => $out->id, 'value' => $out->value, 'flag' => $out->flag];
        }
        return $result;
    };
};

// Every loop takes $in and $out along: FFI::addr() does not keep alive what it is the address of.
$recordCall = static function (FFI $ffi, int $size, mixed $data): Closure {
    $in = $ffi->new('lyger_probe_record');
    $out = $ffi->new('lyger_probe_record');
    $inAt = FFI::addr($in);
    $outAt = FFI::addr($out);
    return static function (int $n) use ($ffi, $in, $out, $inAt, $outAt): void {
        for ($i = 0; $i < $n; $i++) {
            $ffi->lyger_probe_record_next($inAt, $outAt);
        }
    };
};

$recordIn = static function (FFI $ffi, int $size, mixed $data): Closure {
    $in = $ffi->new('lyger_probe_record');
    $out = $ffi->new('lyger_probe_record');
    $inAt = FFI::addr($in);
    $outAt = FFI::addr($out);
    return static function (int $n) use ($ffi, $in, $out, $inAt, $outAt, $data): void {
        for ($i = 0; $i < $n; $i++) {
            $in->id = $data['id'];
            $in->value = $data['value'];
            $in->flag = $data['flag'];
            $ffi->lyger_probe_record_next($inAt, $outAt);
        }
    };
};

return [
    new Scenario(
        name: 'struct',
        title: 'A struct in and out',
        group: 'crossings',
        about: 'A struct with padding (u32, f64, u8). In PHP it is an array with names; FFI fills and reads a struct that is made once, member by member.',
        prepare: static fn(): array => ['id' => 41, 'value' => 1.5, 'flag' => 2],
        doors: [
            'php' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = plain_record($data);
                }
                return $result;
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $record($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $record($c->rust(), $size, $data),
            'native' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = lyger_probe_record($data);
                }
                return $result;
            },
        ],
        parts: [
            'ffi' => [
                'call' => static fn(Context $c, int $size, mixed $data): Closure => $recordCall($c->ffi(), $size, $data),
                'in' => static fn(Context $c, int $size, mixed $data): Closure => $recordIn($c->ffi(), $size, $data),
                'out' => static fn(Context $c, int $size, mixed $data): Closure => $record($c->ffi(), $size, $data),
            ],
        ],
    ),
];
