<?php

/** Crossings with memory in C that PHP holds. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Crossing;

require_once __DIR__ . '/../lib/plain.php';

$twice = Crossing::calls('ffi', 2);
$native = [...Crossing::calls('method', 2), 'in+work+out+clean-up' => null];
$used = '$owner = $ffi->lyger_probe_owner_new($value); $result = $ffi->lyger_probe_owner_use($owner);';
$handle = "\$ffi = \$c->ffi();\n\$out = \$ffi->new('int64_t');\n\$at = FFI::addr(\$out);";

return [
    Crossing::of(
        name: 'owner',
        title: 'An owner: create, use, free',
        about: 'Memory in C that PHP holds: a pointer through FFI, which nobody checks; a number that C checks on every use; an object natively, which says so when it was freed.',
        setup: ['' => '$value = 41;', 'FFI, checked handle' => $handle],
        doors: [
            'php' => '$owner = new PlainOwner($value); $result = $owner->use(); unset($owner);',
            'ffi' => "$used \$ffi->lyger_probe_owner_free(\$owner);",
            'native' => '$owner = new Lyger\ProbeOwner($value); $result = $owner->use(); unset($owner);',
        ],
        parts: [
            'ffi' => [...$twice, 'in+work+out' => Crossing::keeping($used), 'clean-up' => null],
            'native' => $native,
        ],
        peers: [
            'FFI, checked handle' => '$handle = $ffi->lyger_probe_handle_new($value); $ffi->lyger_probe_handle_use($handle, $at);'
                . ' $result = $out->cdata; $ffi->lyger_probe_handle_free($handle);',
        ],
        more: ['note' => 'Use after free: natively an Error; a checked handle answers -1; of a raw pointer FFI reads what the memory holds by'
            . ' then, without a word. Of the parts, "call" is two empty calls, FFI\'s "clean-up" the third; natively the object is'
            . ' what in, out and clean-up are.'],
    ),
    Crossing::of(
        name: 'owner-use',
        title: 'An owner, used',
        about: 'One more use of what exists already.',
        setup: [
            'php' => '$owner = new PlainOwner(0);',
            'ffi' => '$owner = $ffi->lyger_probe_owner_new(0);',
            'native' => '$owner = new Lyger\ProbeOwner(0);',
            'FFI, checked handle' => "$handle\n\$handle = \$ffi->lyger_probe_handle_new(0);",
        ],
        doors: [
            'php' => '$result = $owner->use() > 0;',
            'ffi' => '$result = $ffi->lyger_probe_owner_use($owner) > 0;',
            'native' => '$result = $owner->use() > 0;',
        ],
        parts: ['native' => [...Crossing::calls('method', 1), 'in+work+out' => null]],
        peers: ['FFI, checked handle' => '$result = $ffi->lyger_probe_handle_use($handle, $at) === 1;'],
    ),
    Crossing::of(
        name: 'view',
        title: 'A view into an owner',
        about: 'A file of a tar archive in C, by index; its digits are counted in place. Natively the view keeps the archive alive; through FFI it is a pointer that dangles when the archive goes.',
        setup: [
            'php' => '$archive = new PlainArchive($data);',
            'ffi' => "\$tar = \$ffi->lyger_probe_tar_open(\$data, strlen(\$data));\n\$file = \$ffi->new('lyger_probe_file');\n\$at = FFI::addr(\$file);",
            'native' => '$archive = new Lyger\ProbeArchive($data);',
            'native, copied' => '$archive = new Lyger\ProbeArchive($data);',
        ],
        doors: [
            'php' => '$result = plain_digits($archive->file(1));',
            'ffi' => '$ffi->lyger_probe_tar_file($tar, 1, $at); $result = $ffi->lyger_probe_digits($file->bytes, $file->len);',
            'native' => '$result = $archive->file(1)->digits();',
        ],
        parts: ['ffi' => [...$twice, 'in+work+out' => null], 'native' => $native],
        peers: ['native, copied' => '$result = lyger_probe_digits($archive->file(1)->contents());'],
        more: ['sizes' => [10, 1_000, 100_000], 'unit' => 'bytes',
            'prepare' => static fn(Context $c, int $size): string => plain_ustar(['a' => 'one', 'b' => plain_bytes($size)]),
            'note' => 'Of the parts, "call" is two empty calls: one finds the file, one counts.'],
    ),
];
