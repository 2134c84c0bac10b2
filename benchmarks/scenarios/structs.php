<?php

/** A crossing with a struct. */

declare(strict_types=1);

use Lyger\Benchmarks\Crossing;

require_once __DIR__ . '/../lib/plain.php';

// $in and $out live as long as the loop: FFI::addr() does not keep alive what it is the address of.
$structs = <<<'PHP'
    $in = $ffi->new('lyger_probe_record');
    $out = $ffi->new('lyger_probe_record');
    $inAt = FFI::addr($in);
    $outAt = FFI::addr($out);
    PHP;
$filled = '$in->id = $data[\'id\']; $in->value = $data[\'value\']; $in->flag = $data[\'flag\']; $ffi->lyger_probe_record_next($inAt, $outAt);';

return [
    Crossing::of(
        name: 'struct',
        title: 'A struct in and out',
        about: 'A struct with padding (u32, f64, u8). In PHP it is an array with names; FFI fills and reads a struct that is made once, member by member.',
        setup: ['ffi' => $structs],
        doors: [
            'php' => '$result = plain_record($data);',
            'ffi' => "$filled \$result = ['id' => \$out->id, 'value' => \$out->value, 'flag' => \$out->flag];",
            'native' => '$result = lyger_probe_record($data);',
            'method' => '$result = $probe->record($data);',
        ],
        parts: ['ffi' => ['in+work' => $filled, 'out' => null]],
        more: ['prepare' => static fn(): array => ['id' => 41, 'value' => 1.5, 'flag' => 2]],
    ),
];
