<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

/** Where the libraries and their declarations are. Declarations are the headers as they stand. */
final class Libraries
{
    public const ROOT = __DIR__ . '/../..';

    /** lyger.h and, where they exist, the probes' declarations: plain C without preprocessor lines. */
    public static function declarations(): string
    {
        $probes = self::ROOT . '/ext/boundary/lyger_probe.h';
        return file_get_contents(self::ROOT . '/ext/abi/lyger.h') . "\n" . (is_file($probes)
            ? file_get_contents($probes)
            : 'void lyger_probe_nothing(void); long lyger_probe_double(long); char *lyger_probe_reverse(const char *);');
    }

    public static function core(string $modules): string
    {
        return "$modules/liblyger.so";
    }

    /** The Rust library exports the probes under the same names. */
    public static function rustDeclarations(): string
    {
        return (string) file_get_contents(self::ROOT . '/ext/boundary/lyger_probe.h');
    }

    /** The header that ffi.preload wants: scope, library, declarations. */
    public static function preloadHeader(string $modules): string
    {
        return "#define FFI_SCOPE \"lyger\"\n#define FFI_LIB \"" . self::core($modules) . "\"\n" . self::declarations();
    }

    public static function boundsDeclarations(): string
    {
        return (string) file_get_contents(self::ROOT . '/benchmarks/bounds/bounds.h');
    }

    /** Builds benchmarks/bounds when its sources are newer than the library; null when that fails. */
    public static function bounds(): ?string
    {
        $sources = glob(self::ROOT . '/benchmarks/bounds/*.[ch]');
        $library = self::ROOT . '/build/bench/libbounds.so';
        is_dir(dirname($library)) || mkdir(dirname($library), 0777, true);
        if (!is_file($library) || filemtime($library) < max(array_map(filemtime(...), $sources))) {
            $files = implode(' ', array_map(escapeshellarg(...), preg_grep('/\.c$/', $sources)));
            $to = escapeshellarg($library);
            $flags = '-std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC';
            exec("gcc $flags -o $to $files $(pkg-config --cflags --libs libpq sqlite3) -lm 2>&1", $said, $status);
            if ($status !== 0) {
                fwrite(STDERR, 'benchmarks/bounds: ' . implode("\n", $said) . "\n");
                return null;
            }
        }
        return realpath($library);
    }

    /** A libpq URI becomes PDO's own form; a SQLite DSN is one already. */
    public static function pdoDsn(string $dsn): string
    {
        $part = preg_match('~^postgres(ql)?://~', $dsn) ? parse_url($dsn) : false;
        if ($part === false) {
            return $dsn;
        }
        parse_str($part['query'] ?? '', $extra);
        $fields = array_filter($extra + [
            'host' => $part['host'] ?? null,
            'port' => $part['port'] ?? null,
            'user' => $part['user'] ?? null,
            'password' => $part['pass'] ?? null,
            'dbname' => ltrim($part['path'] ?? '', '/') ?: null,
        ], static fn($value): bool => $value !== null);
        $pairs = [];
        foreach ($fields as $name => $value) {
            $pairs[] = "$name=" . rawurldecode((string) $value);
        }
        return 'pgsql:' . implode(';', $pairs);
    }
}
