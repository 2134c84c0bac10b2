<?php

declare(strict_types=1);

/** The probes of liblyger.so, a build of scripts/build: LYGER_LIBRARY, or that of build/dev. */
function probes(): FFI
{
    $header = (string) file_get_contents(__DIR__ . '/../../ext/boundary/lyger_probe.h');
    return FFI::cdef($header, getenv('LYGER_LIBRARY') ?: __DIR__ . '/../../build/dev/modules/liblyger.so');
}
