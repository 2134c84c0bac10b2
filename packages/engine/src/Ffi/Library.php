<?php

declare(strict_types=1);

namespace Lyger\Ffi;

use Lyger\Exception\RuntimeException;

/**
 * Finds and opens liblyger.so.
 *
 * The library is what LYGER_LIBRARY names, else liblyger.so in PHP's extension directory, where `make install` puts it.
 * The header is what LYGER_HEADER names, else lyger.h beside the library, among PHP's installed headers, or in the
 * source tree that this package is part of.
 *
 * @internal
 */
final class Library
{
    public static function path(): ?string
    {
        $named = getenv('LYGER_LIBRARY');
        if (\is_string($named) && $named !== '') {
            return $named;
        }
        $installed = ini_get('extension_dir') . '/liblyger.so';
        return is_file($installed) ? $installed : null;
    }

    public static function header(string $library): ?string
    {
        $named = getenv('LYGER_HEADER');
        if (\is_string($named) && $named !== '') {
            return $named;
        }
        $places = [
            \dirname($library) . '/lyger.h',
            // php-config --include-dir: …/include/php/20220829, named as the extension directory is.
            \dirname(PHP_EXTENSION_DIR, 3) . '/include/php/' . basename(PHP_EXTENSION_DIR) . '/ext/lyger/ext/abi/lyger.h',
            \dirname(__DIR__, 4) . '/ext/abi/lyger.h',
        ];
        foreach ($places as $place) {
            if (is_file($place)) {
                return $place;
            }
        }
        return null;
    }

    /** Why liblyger.so cannot be used in this process; null when it can. */
    public static function missing(): ?string
    {
        if (!\extension_loaded('ffi')) {
            return 'the extension ffi is not loaded';
        }
        $enabled = strtolower((string) ini_get('ffi.enable'));
        if (!\in_array($enabled, ['1', 'on', 'yes', 'true'], true)
            && ($enabled !== 'preload' || !\in_array(PHP_SAPI, ['cli', 'phpdbg'], true))) {
            return "ffi.enable=$enabled does not allow it";
        }
        $path = self::path();
        if ($path === null) {
            return 'liblyger.so is not in ' . ini_get('extension_dir') . ' and LYGER_LIBRARY does not say where it is';
        }
        return self::header($path) === null ? 'lyger.h was not found and LYGER_HEADER does not say where it is' : null;
    }

    /** @throws RuntimeException with the reason when it cannot be opened */
    public static function open(?string $library, ?string $header): \FFI
    {
        $library ??= self::path();
        $header ??= $library === null ? null : self::header($library);
        if ($library === null || $header === null) {
            throw new RuntimeException((string) self::missing());
        }
        $declarations = is_file($header) ? file_get_contents($header) : false;
        if ($declarations === false) {
            throw new RuntimeException("cannot read the header $header");
        }
        try {
            return \FFI::cdef($declarations, $library);
        } catch (\FFI\Exception $problem) {
            throw new RuntimeException("cannot open $library: {$problem->getMessage()}", 0, $problem);
        }
    }
}
