<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Internal\Failure;

/**
 * A data source name: libpq's URI and keyword forms (PostgreSQL manual, "Connection Strings"), which libpq itself takes
 * apart; sqlite:PATH with an optional ?mode=, a path by itself, sqlite:file:…; sqlite::memory:. See ext/query/sqlite/sqlite.c.
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
     * @param string $mode ro, rw, rwc or memory, for sqlite
     */
    private function __construct(
        public readonly string $text,
        public readonly string $driver,
        public readonly string $target,
        public readonly string $mode = 'rwc',
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
            return self::sqlite($dsn, substr($dsn, 7));
        }
        self::checkSecrets($dsn);
        $patience = str_contains($dsn, 'connect_timeout') ? '' : 'connect_timeout=' . self::CONNECT_TIMEOUT;
        if (preg_match('~^postgres(?:ql)?://~', $dsn)) {
            return new self($dsn, 'pgsql', $dsn . ($patience === '' ? '' : (str_contains($dsn, '?') ? '&' : '?') . $patience));
        }
        if (preg_match('/^\s*[A-Za-z_]+\s*=/', $dsn)) {
            return new self($dsn, 'pgsql', "$dsn $patience");
        }
        if (preg_match('~^(?:/|\.\.?/|:memory:(?:\?|$)|[^?:=]+\.(?:sqlite3?|db3?)(?:\?|$))~D', $dsn)) {
            return self::sqlite($dsn, $dsn);
        }
        $scheme = preg_match('/^([A-Za-z][A-Za-z0-9+.-]*):/', $dsn, $found) ? "\"$found[1]:\" is none of them" : 'has none';
        $converted = self::ofPdo($dsn);
        throw Failure::query(
            "The DSN must begin with a scheme that is known here and $scheme" . ($converted === null ? '' : " (it is how PDO writes a DSN, "
            . "which would be \"$converted\")") . ': postgres://, postgresql:// (or a libpq keyword string: host=… dbname=…), sqlite:'
        );
    }

    /**
     * What may be read in two ways could show a part of the password as host, port or database; see check_dsn() in
     * ext/query/pq/pq.c.
     */
    private static function checkSecrets(#[\SensitiveParameter] string $dsn): void
    {
        if (preg_match('~^postgres(?:ql)?://([^?]*)~', $dsn, $found)) {
            $last = strrpos($found[1], '@');
            $rest = $last === false ? $found[1] : substr($found[1], $last + 1);
            $ambiguous = ($last !== false && strcspn($found[1], '@/') < $last)
                || preg_match('~^(?:[^\[\]:/]*|\[[^\]]*\])(?::\d*)?(?:,(?:[^\[\]:/]*|\[[^\]]*\])(?::\d*)?)*(?:/[^@;]*)?$~D', $rest) !== 1
                || preg_match('~\?.*@~s', $dsn) === 1 && $last === false && !str_contains(strstr($dsn, '?'), '=');
        } else {
            $ambiguous = preg_match('/^\s*\w+\s*=/', $dsn) === 1
                && (preg_match('/(?:^|\s)(?:host|hostaddr)\s*=\s*(?:\'(?:[^\'\\\\]|\\\\.)*[=;]|[^\s\']\S*[=;@])/', $dsn) === 1
                || preg_match('/(?:^|\s)port\s*=\s*\'?[^\s\']*[^\d,\s\']/', $dsn) === 1
                || preg_match('/(?:^|\s)(?:user|dbname)\s*=\s*(?:\'(?:[^\'\\\\]|\\\\.)*|\S*)(?:;|password=)/', $dsn) === 1);
        }
        if ($ambiguous) {
            throw Failure::query(
                'the DSN can be read in two ways, and is not shown, as it may hold a password: in a URI, \'@\', \'/\' and \':\' of a '
                . 'user name or password are written %40, %2F and %3A, and a port is a number; in a keyword string spaces '
                . 'separate, and values with others are in single quotes'
            );
        }
    }

    /**
     * PDO's form of a DSN as it would be here; null for any other. A password may hold what looks like a pair when its
     * ';' is doubled or in quotes: then no value is shown.
     */
    private static function ofPdo(#[\SensitiveParameter] string $dsn): ?string
    {
        if (!preg_match('~^(pgsql|mysql):(?!//)(.*)$~sD', $dsn, $found)) {
            return null;
        }
        $plain = preg_match("/'|;;/", $found[2]) ? '~^$~D' : '~^[\w./-]*$~D';
        $value = static fn(string $keyword): string
            => preg_match("/.*(?:^|;) *$keyword=([^;]*)/is", $found[2], $given) ? (preg_match($plain, $given[1]) ? $given[1] : '...') : '';
        [$host, $port, $name] = [$value('host') ?: 'localhost', $value('port'), $value('dbname')];
        return $found[1] === 'mysql'
            ? "mysql://USER:PASSWORD@$host" . ($port === '' ? '' : ":$port") . "/$name"
            : "host=$host" . ($port === '' ? '' : " port=$port") . " dbname=$name user=USER password=PASSWORD";
    }

    private static function sqlite(#[\SensitiveParameter] string $dsn, #[\SensitiveParameter] string $path): self
    {
        $mode = 'rwc';
        $options = null;
        if (preg_match('/^([^?]*)\?(.*)$/sD', $path, $found)) {
            [, $path, $options] = $found;
        }
        foreach ($options === null ? [] : explode('&', $options) as $option) {
            if (preg_match('/^mode=(ro|rw|rwc|memory)$/D', $option, $given)) {
                $mode = $mode === 'memory' ? $mode : $given[1];
            } elseif (!\in_array($option, ['cache=shared', 'cache=private'], true)) {
                $shown = preg_replace('/^(mode=[^=&;]*|[^=]*).*$/sD', '$1', $option); // what another option is set to may be a key
                throw Failure::query("The DSN's \"?$shown\" is unknown: ?mode=ro, ?mode=rw, ?mode=rwc or ?mode=memory, cache=shared");
            }
        }
        $uri = str_starts_with($path, 'file:');
        $path = $uri ? self::ofUri(substr($path, 5)) : $path;
        if ($mode === 'memory' || ($path === ':memory:' && ($uri || $options === null))) {
            return new self($dsn, 'sqlite', ':memory:', 'memory');
        }
        if ($path === '') {
            throw Failure::query('The DSN names no file: sqlite:/path or sqlite::memory:');
        }
        if ($path[0] === ':') {
            throw Failure::query(
                "A SQLite path that begins with ':' is written ./:…, and an in-memory database sqlite::memory: without options"
            );
        }
        return new self($dsn, 'sqlite', $path, $mode);
    }

    /** The path of a file: URI (sqlite.org/uri.html). */
    private static function ofUri(string $path): string
    {
        $path = preg_replace('~^//(?:localhost(?=/))?~', '', $path);
        return preg_replace_callback('/%(?!00)([0-9A-Fa-f]{2})/', static fn(array $coded): string => hex2bin($coded[1]), $path);
    }
}
