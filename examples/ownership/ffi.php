<?php

/**
 * The same mistakes through FFI with pointers. What happens is undefined: a wrong number, a crash, or, mostly, nothing that anybody
 * notices. Nothing says that it is a mistake.
 */

declare(strict_types=1);

require __DIR__ . '/library.php';

$ffi = probes();
$owner = $ffi->lyger_probe_owner_new(41);
$ffi->lyger_probe_owner_free($owner);
echo 'use after free: ', $ffi->lyger_probe_owner_use($owner), ", no error\n";
