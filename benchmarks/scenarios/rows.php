<?php

/** Crossings with many rows: as arrays, or kept in C behind a handle. */

declare(strict_types=1);

use Lyger\Benchmarks\Crossing;

require_once __DIR__ . '/../lib/plain.php';

$more = [
    'sizes' => [1, 10, 100, 1_000],
    'unit' => 'rows',
    'same' => static fn(mixed $a, mixed $b): bool => $a == $b, // JSON makes 1 of 1.0
];
$twice = Crossing::calls('ffi', 2);
$total = '$rows = $ffi->lyger_probe_rows_new($size); $result = $ffi->lyger_probe_rows_total($rows);';

return [
    Crossing::of(
        name: 'rows-arrays',
        title: 'Rows returned as arrays',
        about: 'Rows made in C become PHP arrays, for the caller to add up the prices.',
        setup: ['ffi' => "\$row = \$ffi->new('lyger_probe_row');\n\$at = FFI::addr(\$row);"],
        doors: [
            'php' => '$result = plain_rows($size);',
            'ffi' => <<<'PHP'
                $rows = $ffi->lyger_probe_rows_new($size);
                $result = [];
                for ($k = 0; $ffi->lyger_probe_rows_read($rows, $k, $at) === 1; $k++) {
                    $result[] = ['id' => $row->id, 'price' => $row->price, 'name' => FFI::string($row->name, $row->name_len)];
                }
                $ffi->lyger_probe_rows_free($rows);
                PHP,
            'native' => '$result = lyger_probe_rows($size);',
            'method' => '$result = $probe->rows($size);',
        ],
        parts: [
            'ffi' => [
                ...$twice,
                'in+work+clean-up' => '$rows = $ffi->lyger_probe_rows_new($size); $ffi->lyger_probe_rows_free($rows);',
                'out' => null,
            ],
            'native' => ['in' => 'lyger_probe_take($size);', 'work+out' => null],
            'method' => ['in' => '$probe->take($size);', 'work+out' => null],
        ],
        more: [...$more, 'note' => 'Of the parts, "out" is every call that reads a row, and the arrays.'],
    ),
    Crossing::of(
        name: 'rows-kept',
        title: 'Rows that stay in C',
        about: 'The same rows behind a handle: their number and the sum of their prices cross, and nothing else.',
        doors: [
            'php' => '$result = array_sum(array_column(plain_rows($size), \'price\'));',
            'ffi' => "$total \$ffi->lyger_probe_rows_free(\$rows);",
            'native' => '$result = (new Lyger\ProbeRows($size))->total();',
        ],
        parts: [
            'ffi' => [...$twice, 'in+work+out' => Crossing::keeping($total), 'clean-up' => null],
            'native' => [...Crossing::calls('method', 2), 'in+work+out+clean-up' => null],
        ],
        more: $more,
    ),
];
