<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Internal\Failure;

/**
 * A data source name: libpq's URI and keyword forms (PostgreSQL manual, "Connection Strings"), which libpq itself takes
 * apart; sqlite:/path with an optional ?mode=; sqlite::memory:.
 *
 * @internal
 */
final class Dsn
{
    private const CONNECT_TIMEOUT = 5; // seconds, as lyger.db_connect_timeout

    /**
     * @param string $text the whole, under which a connection is kept
     * @param string $driver pgsql or sqlite
     * @param string $target what the driver opens: a libpq connection string, a path, :memory:
     * @param string $mode ro, rw or rwc, for sqlite
     */
    private function __construct(
        public readonly string $text,
        public readonly string $driver,
        public readonly string $target,
        public readonly string $mode = 'rw',
    ) {
    }

    /** Without what may hold a password: it stands among the arguments of stack traces. */
    public function __debugInfo(): array
    {
        return ['driver' => $this->driver];
    }

    public static function parse(string $method, #[\SensitiveParameter] string $dsn): self
    {
        if (str_contains($dsn, "\0")) {
            throw new \ValueError("Lyger\\Engine::$method(): Argument #1 (\$dsn) must not contain any null bytes");
        }
        if (str_starts_with($dsn, 'sqlite:')) {
            return self::sqlite($dsn);
        }
        $patience = str_contains($dsn, 'connect_timeout') ? '' : 'connect_timeout=' . self::CONNECT_TIMEOUT;
        if (preg_match('~^postgres(?:ql)?://~', $dsn)) {
            return new self($dsn, 'pgsql', $dsn . ($patience === '' ? '' : (str_contains($dsn, '?') ? '&' : '?') . $patience));
        }
        if (preg_match('/^\s*[A-Za-z_]+\s*=/', $dsn)) {
            return new self($dsn, 'pgsql', "$dsn $patience");
        }
        $scheme = preg_match('/^([A-Za-z][A-Za-z0-9+.-]*):/', $dsn, $found) ? "\"$found[1]:\" is none of them" : 'has none';
        throw Failure::query(
            "The DSN must begin with a scheme that is known here and $scheme: postgres://, postgresql:// (or a libpq "
            . 'keyword string: host=… dbname=…), sqlite:'
        );
    }

    private static function sqlite(#[\SensitiveParameter] string $dsn): self
    {
        $path = substr($dsn, 7);
        $mode = 'rw';
        if (preg_match('/^([^?]*)\?(.*)$/sD', $path, $found)) {
            $path = $found[1];
            if (!preg_match('/^mode=(ro|rw|rwc)$/D', $found[2], $given)) {
                throw Failure::query("The DSN's \"?$found[2]\" is unknown: ?mode=ro, ?mode=rw or ?mode=rwc");
            }
            $mode = $given[1];
        }
        if ($path === '') {
            throw Failure::query('The DSN names no file: sqlite:/path or sqlite::memory:');
        }
        if ($path[0] === ':' && $dsn !== 'sqlite::memory:') {
            throw Failure::query(
                "A SQLite path that begins with ':' is written ./:…, and an in-memory database sqlite::memory: without options"
            );
        }
        return new self($dsn, 'sqlite', $path, $mode);
    }
}
