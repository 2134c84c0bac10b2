<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use FFI;
use PDO;
use RuntimeException;

/** A way that cannot be measured here; the report names the reason. */
final class Skipped extends RuntimeException
{
}

/** What a scenario's factories reach for: the libraries through the door of this process, files, databases. */
final class Context
{
    private ?FFI $ffi = null;
    private ?FFI $rust = null;
    /** @var array<string, PDO> */
    private array $databases = [];

    /** @param array{way: string, modules: string, rust: ?string, directory: string, pgsql: ?string} $settings */
    public function __construct(private readonly array $settings)
    {
    }

    /** The key of the way this process measures, see Ways. */
    public function way(): string
    {
        return $this->settings['way'];
    }

    /** The C core through FFI: preloaded where this process measures that, else FFI::cdef(), once per process. */
    public function ffi(): FFI
    {
        return $this->ffi ??= $this->way() === 'ffi-preload'
            ? FFI::scope('lyger')
            : FFI::cdef(Libraries::declarations(), Libraries::core($this->settings['modules']));
    }

    /** The same functions from benchmarks/rust. */
    public function rust(): FFI
    {
        $library = $this->settings['rust'] ?? $this->skip('the Rust library is not built (benchmarks/rust)');
        return $this->rust ??= FFI::cdef(Libraries::rustDeclarations(), $library);
    }

    /** A directory of the run's own, shared by its processes, removed at the end. */
    public function directory(): string
    {
        return $this->settings['directory'];
    }

    /** A libpq URI, from LYGER_BENCH_PG. */
    public function pgsql(): string
    {
        return $this->settings['pgsql'] ?? $this->skip('no PostgreSQL: LYGER_BENCH_PG is not set');
    }

    /** An open connection: "sqlite:…" or a libpq URI. */
    public function pdo(string $dsn): PDO
    {
        return $this->databases[$dsn] ??= new PDO(Libraries::pdoDsn($dsn), null, null, [
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        ]);
    }

    /** Skips this way unless the extension is loaded. */
    public function needsExtension(string $name): void
    {
        extension_loaded($name) || $this->skip("the extension $name is not loaded");
    }

    public function needsFunction(string $name): void
    {
        function_exists($name) || $this->skip("$name() is not in this build");
    }

    public function skip(string $reason): never
    {
        throw new Skipped($reason);
    }
}
