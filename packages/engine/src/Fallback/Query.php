<?php

declare(strict_types=1);

namespace Lyger\Fallback;

use Lyger\Fallback\Query\Connections;
use Lyger\Fallback\Query\Dsn;
use Lyger\Fallback\Query\Pending;
use Lyger\Fallback\Query\Result;
use Lyger\Internal\Failure;
use Lyger\Internal\QueryOptions;
use Lyger\Internal\QueryParams;
use Lyger\Internal\Transaction;
use Lyger\Internal\TransactionOptions;

/**
 * Queries through PHP's own extensions. Results are kept under numbers that are never given out twice, so that a freed or made-up handle
 * is found out.
 *
 * @internal
 */
final class Query
{
    private readonly Connections $connections;

    /** @var array<int, Result|Pending|\Throwable> an error is that of a statement that was sent */
    private array $results = [];

    private int $lastHandle = 0;

    public function __construct()
    {
        $this->connections = new Connections();
    }

    public function run(string $method, #[\SensitiveParameter] string $dsn, string $query, array $params, array $options): Result
    {
        $options = QueryOptions::read($method, $options);
        $params = QueryParams::read($method, $params);
        self::check($method, $query);
        $source = Dsn::parse($method, $dsn);
        $connection = $this->connections->take($source, $query);
        try {
            $sent = $connection->send($method, $query, $params, $options);
            return $sent instanceof Result ? $sent : $sent();
        } finally {
            $this->connections->give($source, $connection);
        }
    }

    private static function check(string $method, string $query): void
    {
        if (str_contains($query, "\0")) {
            throw new \ValueError("Lyger\\Engine::$method(): Argument #2 (\$query) must not contain any null bytes");
        }
    }

    /** @return int the handle, 1 or more */
    public function open(string $method, #[\SensitiveParameter] string $dsn, string $query, array $params, array $options): int
    {
        return $this->put($this->run($method, $dsn, $query, $params, $options));
    }

    /** The same without waiting for the end of the statement, whose errors are kept too. */
    public function send(string $method, #[\SensitiveParameter] string $dsn, string $query, array $params, array $options): int
    {
        $options = QueryOptions::read($method, $options);
        $params = QueryParams::read($method, $params);
        self::check($method, $query);
        $source = Dsn::parse($method, $dsn);
        $connection = $this->connections->take($source, $query, true);
        try {
            $sent = $connection->send($method, $query, $params, $options);
        } catch (\Throwable $failure) {
            $sent = $failure;
        }
        if ($sent instanceof \Closure) {
            return $this->put($this->connections->await($source, $connection, $sent));
        }
        $this->connections->give($source, $connection);
        return $this->put($sent);
    }

    private function put(Result|Pending|\Throwable $result): int
    {
        $this->results[++$this->lastHandle] = $result;
        return $this->lastHandle;
    }

    private function live(int $handle): Result|Pending|\Throwable
    {
        return $this->results[$handle]
            ?? throw Failure::query("$handle is not a live result: it was freed, or never given out");
    }

    public function result(int $handle): Result
    {
        $result = $this->live($handle);
        return match (true) {
            $result instanceof Pending => $result->result(),
            $result instanceof \Throwable => throw $result,
            default => $result,
        };
    }

    public function countLive(): int
    {
        return \count($this->results);
    }

    public function free(int $handle): void
    {
        $result = $this->live($handle);
        unset($this->results[$handle]);
        if ($result instanceof Pending) {
            $result->cancel();
        }
    }

    public function transaction(string $method, #[\SensitiveParameter] string $dsn, callable $fn, array $options): mixed
    {
        $options = TransactionOptions::read($method, $options);
        $source = Dsn::parse($method, $dsn);
        $transactions = $this->connections->transactions;
        return Transaction::run(
            static fn() => $transactions->begin($source, $options),
            static fn(bool $keep) => $transactions->end($source, $keep),
            $fn,
        );
    }

    /** @return array{libpq: ?string, sqlite: ?string} versions of the libraries, null where PHP has no extension for them */
    public function libraries(): array
    {
        return [
            'libpq' => \defined('PGSQL_LIBPQ_VERSION') ? PGSQL_LIBPQ_VERSION : null,
            'sqlite' => \extension_loaded('pdo_sqlite')
                ? (new \PDO('sqlite::memory:'))->getAttribute(\PDO::ATTR_CLIENT_VERSION)
                : null,
        ];
    }
}
