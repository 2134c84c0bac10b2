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

    private ?FFI $bounds = null;

    /** @param array{way: string, modules: string, rust: ?string, bounds: ?string, directory: string, pgsql: ?string} $settings */
    public function __construct(private readonly array $settings)
    {
    }

    /** What a process of $way is told of the run's options. */
    public static function settings(string $way, array $options): array
    {
        $told = array_flip(['modules', 'rust', 'bounds', 'directory', 'pgsql']);
        return ['way' => $way] + array_intersect_key($options, $told);
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

    /** benchmarks/bounds: the least that some work can cost, in C. */
    public function bounds(): FFI
    {
        $library = $this->settings['bounds'] ?? $this->skip('benchmarks/bounds could not be built (gcc, pkg-config, libpq, SQLite)');
        return $this->bounds ??= FFI::cdef(Libraries::boundsDeclarations(), $library);
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

    /** A SQLite file of the run's own with the table "bench", made when first asked for. */
    public function sqlite(int $rows): string
    {
        $file = $this->directory() . "/bench-$rows.sqlite";
        if (!is_file($file)) {
            $made = tempnam($this->directory(), 'bench');
            $this->pdo("sqlite:$made")->exec(Table::sqlite($rows));
            rename($made, $file); // whole, or not there: other processes may ask at the same time
        }
        return $file;
    }

    /** The name of a table with the same rows in the PostgreSQL, made when first asked for and left there. */
    public function postgresTable(int $rows): string
    {
        $pdo = $this->pdo($this->pgsql());
        $name = "lyger_bench_$rows";
        $pdo->exec('SELECT pg_advisory_lock(20261121)');
        if ($pdo->query("SELECT to_regclass('$name')")->fetchColumn() === null) {
            $pdo->exec(Table::postgres($name, $rows));
        }
        $pdo->exec('SELECT pg_advisory_unlock(20261121)');
        return $name;
    }

    /** An open connection: "sqlite:…" or a libpq URI. */
    public function pdo(string $dsn): PDO
    {
        str_starts_with($dsn, 'sqlite:') ? $this->needsExtension('pdo_sqlite', 'php-sqlite3') : $this->needsExtension('pdo_pgsql', 'php-pgsql');
        return $this->databases[$dsn] ??= new PDO(Libraries::pdoDsn($dsn), null, null, [
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        ]);
    }

    /** Skips this way unless the extension is loaded, and says which Debian package has it. */
    public function needsExtension(string $name, string $package): void
    {
        extension_loaded($name) || $this->skip("PHP lacks $name (Debian: apt-get install $package)");
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
