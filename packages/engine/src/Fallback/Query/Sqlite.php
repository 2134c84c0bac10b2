<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Binary;
use Lyger\Internal\Failure;
use Lyger\Internal\QueryOptions;
use Lyger\Internal\TransactionOptions;
use PDO;
use PDOException;
use PDOStatement;

/**
 * SQLite through PDO. Not through SQLite3Stmt, whose execute() steps once, resets and lets the fetch step again, which
 * runs an INSERT … RETURNING twice.
 *
 * @internal
 */
final class Sqlite implements Connection
{
    private const BUSY = 60; // seconds to wait for another process's lock where there is no timeout

    private const MEMORY = ':memory:';

    private readonly PDO $pdo;
    private readonly string $path;
    private readonly ?string $identity;
    private bool $keepsTransactions = false;
    private bool $readsOnly = false; // its transaction
    private float $waits = 0; // seconds for a lock, 0: BUSY

    public function __construct(Dsn $dsn)
    {
        if (!\extension_loaded('pdo_sqlite')) {
            throw Failure::query('The fallback engine needs the extension pdo_sqlite for sqlite: (Debian: php-sqlite3)');
        }
        $flags = match ($dsn->mode) {
            'ro' => self::option('OPEN_READONLY'),
            'rw' => self::option('OPEN_READWRITE'),
            'rwc', 'memory' => self::option('OPEN_READWRITE') | self::option('OPEN_CREATE'),
        };
        $memory = $dsn->mode === 'memory';
        // A relative path that begins with "file:" would be read as a URI.
        $this->path = $path = str_starts_with($dsn->target, 'file:') ? "./$dsn->target" : $dsn->target;
        try {
            $this->pdo = new PDO("sqlite:$path", options: [
                PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
                PDO::ATTR_TIMEOUT => self::BUSY,
                self::option('ATTR_OPEN_FLAGS') => $flags,
            ]);
        } catch (PDOException $problem) {
            $missing = !$memory && !file_exists($path) && $dsn->mode !== 'rwc';
            throw Failure::query(
                "SQLite cannot open \"$dsn->target\": "
                . ($missing ? 'there is no such file (without ?mode= it is made)' : self::reason($problem)),
                '08001',
                0,
                $problem,
            );
        }
        $this->identity = self::identify($path);
    }

    /** A constant of PDO's driver, which has a class of its own since PHP 8.4; PHP 8.5 warns of the old place. */
    private static function option(string $name): int
    {
        return \constant((\PHP_VERSION_ID < 80400 ? 'PDO::SQLITE_' : 'Pdo\Sqlite::') . $name);
    }

    private static function reason(PDOException $problem): string
    {
        return $problem->errorInfo[2] ?? preg_replace('/^SQLSTATE\[\w+\](?: \[\d+\])? /', '', $problem->getMessage());
    }

    /** There is nobody to send to: the statement runs at once. */
    public function send(string $method, string $query, array $params, QueryOptions $options): Result
    {
        [$sql, $bind] = SqlText::forSqlite($method, $query, $params);
        if (SqlText::isBlank($query)) {
            throw Failure::query('the statement is empty', 'HY000');
        }
        if (SqlText::hasSecond($query)) {
            throw Failure::query('only one statement can be run at a time', 'HY000');
        }
        try {
            $this->waitForLocks($options->timeout);
            $before = $this->number('SELECT total_changes()');
            $statement = $this->pdo->prepare($sql);
            if ($this->readsOnly && !$statement->getAttribute(self::option('ATTR_READONLY_STATEMENT'))) {
                throw Failure::query('the statement may write, but its transaction is read-only', '25006');
            }
            foreach ($bind as $slot => $value) {
                $statement->bindValue($slot, $value instanceof Binary ? $value->bytes : $value, match (true) {
                    $value instanceof Binary => PDO::PARAM_LOB,
                    $value === null => PDO::PARAM_NULL,
                    \is_string($value) => PDO::PARAM_STR,
                    default => PDO::PARAM_INT,
                });
            }
            $statement->execute();
            $columns = $this->columns($statement);
            [$rows, $values] = $this->rows($statement, \count($columns), $options);
            $statement->closeCursor();
            $changed = $this->number('SELECT total_changes()') !== $before;
            $affected = $changed ? $this->number('SELECT changes()') : 0;
            $inserted = (int) $this->pdo->lastInsertId();
        } catch (PDOException $problem) {
            $this->tidy();
            throw $this->failure($problem, $this->keepsTransactions);
        }
        if ($this->tidy()) {
            throw Failure::openTransaction();
        }
        return new Result(
            Json::rows(array_column($columns, 'name'), $rows, $options->named),
            \count($rows),
            $columns,
            $affected,
            self::tag($query, \count($rows), $affected),
            static function () use ($values): \Generator {
                yield from $values;
            },
            $options->named,
            $affected > 0 && str_starts_with(self::tag($query, 0, 0), 'INSERT') ? $inserted : null,
        );
    }

    private function waitForLocks(float $timeout): void
    {
        if ($timeout > 0 || $this->waits > 0) {
            $this->waits = $timeout;
            $milliseconds = $timeout > 0 ? (int) min(2147483647, ceil($timeout * 1000)) : self::BUSY * 1000;
            $this->pdo->exec("PRAGMA busy_timeout = $milliseconds");
        }
    }

    /** SQLite has no SQLSTATE; see ext/query/sqlite/sqlite_statement.c. */
    private function failure(PDOException $problem, bool $inTransaction): \Throwable
    {
        $code = (int) ($problem->errorInfo[1] ?? 0) & 0xff;
        $state = match ($code) {
            5 => $inTransaction ? '40001' : '55P03', // SQLITE_BUSY: only doing all of it again helps, or the lock was not free
            6 => '55P03', // SQLITE_LOCKED
            8 => '25006', // SQLITE_READONLY
            10 => '58030', // SQLITE_IOERR
            11, 26 => 'XX001', // SQLITE_CORRUPT, SQLITE_NOTADB
            13 => '53100', // SQLITE_FULL
            default => (string) ($problem->errorInfo[0] ?? 'HY000'),
        };
        return Failure::query(self::reason($problem), $state, 0, $problem, $code);
    }

    private function number(string $query): int
    {
        return (int) $this->pdo->query($query)->fetchColumn();
    }

    /** @return list<array{name: string, type: string}> */
    private function columns(PDOStatement $statement): array
    {
        $columns = [];
        for ($i = 0, $count = $statement->columnCount(); $i < $count; $i++) {
            $meta = $statement->getColumnMeta($i);
            $columns[] = ['name' => $meta['name'], 'type' => $meta['sqlite:decl_type'] ?? ''];
        }
        return $columns;
    }

    /** @return array{list<list<string>>, list<list<mixed>>} the rows as JSON texts, and as they are */
    private function rows(PDOStatement $statement, int $width, QueryOptions $options): array
    {
        $rows = $values = [];
        $deadline = $options->timeout > 0 ? hrtime(true) + (int) min(1e18, $options->timeout * 1e9) : PHP_INT_MAX;
        while ($width > 0 && ($row = $statement->fetch(PDO::FETCH_NUM)) !== false) {
            $values[] = $row;
            foreach ($row as $i => $value) {
                $row[$i] = match (true) {
                    \is_int($value) => Json::exactNumber((string) $value, $options->bigint),
                    \is_string($value) => $this->isBlob($statement, $i)
                        ? '"' . base64_encode($value) . '"'
                        : Json::text($value),
                    $value === null => 'null',
                    default => Json::double($value),
                };
            }
            $rows[] = $row;
            if (hrtime(true) > $deadline) {
                throw Failure::query("the statement took longer than $options->timeout s", 'HY000');
            }
        }
        return [$rows, $values];
    }

    /** PDO gives text and blobs alike as strings; the storage class of the row's value is in the column's flags. */
    private function isBlob(PDOStatement $statement, int $column): bool
    {
        return \in_array('blob', $statement->getColumnMeta($column)['flags'], true);
    }

    /** A command tag in PostgreSQL's form from the statement's first word. */
    private static function tag(string $query, int $rows, int $affected): string
    {
        $word = preg_match('~^(?:\s|--[^\n]*\n|/\*.*?\*/)*+([a-z]+)~is', $query, $found) ? strtoupper($found[1]) : '';
        return match ($word) {
            'SELECT', 'VALUES' => "SELECT $rows",
            'WITH' => $affected === 0 ? "SELECT $rows" : 'WITH',
            'INSERT', 'REPLACE' => "INSERT 0 $affected",
            'UPDATE', 'DELETE' => "$word $affected",
            default => $word,
        };
    }

    /** Ends what the statement left open and was not told to; whether it did. PDO knows its own transactions only. */
    private function tidy(): bool
    {
        return !$this->keepsTransactions && $this->succeeds('ROLLBACK');
    }

    private function succeeds(string $sql): bool
    {
        try {
            $this->pdo->exec($sql);
            return true;
        } catch (PDOException) {
            return false;
        }
    }

    public function cancel(): void
    {
    }

    /** See sqlite_begin() in ext/query/sqlite/sqlite.c. */
    public function begin(TransactionOptions $options): array
    {
        if ($options->readOnly === true && \in_array($options->mode, ['immediate', 'exclusive'], true)) {
            throw new \ValueError('the option "mode" takes a lock for writing, which "read_only" excludes');
        }
        $options = $options->withMode($options->mode ?: ($options->readOnly === true ? 'deferred' : 'immediate'));
        $this->readsOnly = $options->readOnly === true;
        return ['BEGIN ' . strtoupper($options->mode), $options];
    }

    public function command(string $sql, float $timeout = 0): string
    {
        try {
            $this->waitForLocks($timeout);
            $this->pdo->exec($sql);
        } catch (PDOException $problem) {
            throw $this->failure($problem, false);
        }
        return '';
    }

    public function keepTransactions(bool $keep): void
    {
        $this->readsOnly = $this->readsOnly && $keep;
        $this->keepsTransactions = $keep;
    }

    /** There is no other way to ask: a second BEGIN is an error. It locks nothing. */
    public function inTransaction(): bool
    {
        if (!$this->succeeds('BEGIN')) {
            return true;
        }
        $this->succeeds('ROLLBACK');
        return false;
    }

    public static function needsSession(string $query): bool
    {
        return false;
    }

    public function clean(bool $discard): bool
    {
        return true;
    }

    /** A file that was deleted or replaced meanwhile is another database. */
    public function isAlive(int $idle): bool
    {
        return $this->identity === self::identify($this->path);
    }

    /** Device and inode of the file; null for an in-memory database. */
    private static function identify(string $path): ?string
    {
        if ($path === self::MEMORY) {
            return null;
        }
        clearstatcache(true, $path);
        $facts = @stat($path);
        return $facts === false ? '' : "$facts[dev]:$facts[ino]";
    }
}
