<?php

/** The same mistakes through FFI with handles: a number that C looks up, and whose generation it compares, on every use. */

declare(strict_types=1);

require __DIR__ . '/library.php';

$ffi = probes();
$value = $ffi->new('int64_t');

$handle = $ffi->lyger_probe_handle_new(41);
$ffi->lyger_probe_handle_free($handle);
echo 'use after free: ', $ffi->lyger_probe_handle_use($handle, FFI::addr($value)), "\n";
echo 'freed twice: ', $ffi->lyger_probe_handle_free($handle), "\n";
$other = $ffi->lyger_probe_handle_new(7); // takes the same place
echo 'use of another\'s place: ', $ffi->lyger_probe_handle_use($handle, FFI::addr($value)), "\n";
$ffi->lyger_probe_handle_free($other);
