<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

/**
 * The ways that are compared: a door, and the mode in which PHP runs. Each is a process of its own, so that their runs
 * can take turns and none profits from what another has compiled or allocated.
 */
final class Ways
{
    /** way => door, label, mode; in the order of every table and plot. Servers run with opcache and without JIT. */
    public const ALL = [
        'php' => ['door' => 'php', 'label' => 'PHP', 'mode' => 'interpreter'],
        'php-opcache' => ['door' => 'php', 'label' => 'PHP, opcache', 'mode' => 'opcache'],
        'php-jit' => ['door' => 'php', 'label' => 'PHP, JIT', 'mode' => 'jit'],
        'ffi' => ['door' => 'ffi', 'label' => 'FFI', 'mode' => 'opcache'],
        'ffi-preload' => ['door' => 'ffi', 'label' => 'FFI, preloaded', 'mode' => 'preload'],
        'rust' => ['door' => 'rust', 'label' => 'FFI to Rust', 'mode' => 'opcache'],
        'native' => ['door' => 'native', 'label' => 'native function', 'mode' => 'opcache'],
        'method' => ['door' => 'method', 'label' => 'native method', 'mode' => 'opcache'],
        'frameless' => ['door' => 'frameless', 'label' => 'frameless function', 'mode' => 'opcache'],
    ];

    private const MODES = [
        'interpreter' => ['opcache.enable_cli=0'],
        'opcache' => ['opcache.enable_cli=1', 'opcache.jit=disable', 'opcache.jit_buffer_size=0'],
        'jit' => ['opcache.enable_cli=1', 'opcache.jit=tracing', 'opcache.jit_buffer_size=64M'],
    ];

    public static function label(string $way): string
    {
        return self::ALL[$way]['label'] ?? $way;
    }

    /**
     * The ways of one scenario: its doors in the order of the table above, then its peers.
     *
     * @return array<string, string> way => door
     */
    public static function of(Scenario $scenario): array
    {
        $ways = [];
        foreach (self::ALL as $way => ['door' => $door]) {
            if (isset($scenario->doors[$door])) {
                $ways[$way] = $door;
            }
        }
        foreach (array_diff(array_keys($scenario->doors), Scenario::DOORS) as $peer) {
            $ways[$peer] = $peer;
        }
        return $ways;
    }

    /** Why a way cannot run in this PHP at all, or null. */
    public static function missing(string $way): ?string
    {
        return $way === 'frameless' && PHP_VERSION_ID < 80400
            ? 'PHP ' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . ' has no frameless functions, 8.4 has'
            : null;
    }

    /** @return list<string> settings for php -d */
    public static function settings(string $way, array $options): array
    {
        $mode = self::ALL[$way]['mode'] ?? 'opcache';
        $settings = [
            "extension={$options['modules']}/lyger.so",
            'memory_limit=1G',
            'display_errors=stderr',
            'xdebug.mode=off',
            'opcache.file_update_protection=0', // scenario files may be a moment old
            'apc.enable_cli=1',
            ...($options['php_settings'] ?? []),
        ];
        if ($mode === 'preload') {
            $header = "{$options['directory']}/preload.h";
            return [...$settings, 'ffi.enable=preload', "ffi.preload=$header", ...self::MODES['opcache']];
        }
        return [...$settings, 'ffi.enable=1', ...self::MODES[$mode]];
    }

    /**
     * What ffi.preload parses, once for all requests of the server. (FFI::load() in an opcache.preload script gives the
     * same scope, but PHP refuses it together with opcache.preload_user, which root needs.)
     */
    public static function writePreload(array $options): void
    {
        file_put_contents("{$options['directory']}/preload.h", Libraries::preloadHeader($options['modules']));
    }
}
