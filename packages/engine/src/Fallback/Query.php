<?php

declare(strict_types=1);

namespace Lyger\Fallback;

use Lyger\Fallback\Query\Connections;
use Lyger\Fallback\Query\Dsn;
use Lyger\Fallback\Query\Result;
use Lyger\Internal\Failure;
use Lyger\Internal\QueryOptions;

/**
 * Queries through PHP's own extensions. Results are kept under numbers that are never given out twice, so that a freed or made-up handle
 * is found out.
 *
 * @internal
 */
final class Query
{
    private readonly Connections $connections;

    /** @var array<int, Result> */
    private array $results = [];

    private int $lastHandle = 0;

    public function __construct()
    {
        $this->connections = new Connections();
    }

    public function run(string $method, string $dsn, string $query, array $params, array $options): Result
    {
        $options = QueryOptions::read($method, $options);
        QueryOptions::checkParams($method, $params);
        if (str_contains($query, "\0")) {
            throw new \ValueError("Lyger\\Engine::$method(): Argument #2 (\$query) must not contain any null bytes");
        }
        $source = Dsn::parse($method, $dsn);
        $connection = $this->connections->take($source);
        try {
            return $connection->run($method, $query, $params, $options);
        } finally {
            $this->connections->give($source, $connection);
        }
    }

    /** @return int the handle, 1 or more */
    public function open(string $method, string $dsn, string $query, array $params, array $options): int
    {
        $this->results[++$this->lastHandle] = $this->run($method, $dsn, $query, $params, $options);
        return $this->lastHandle;
    }

    public function result(int $handle): Result
    {
        return $this->results[$handle]
            ?? throw Failure::query("$handle is not a live result: it was freed, or never given out");
    }

    public function free(int $handle): void
    {
        $this->result($handle);
        unset($this->results[$handle]);
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
