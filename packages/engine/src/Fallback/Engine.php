<?php

declare(strict_types=1);

namespace Lyger\Fallback;

use Lyger\EngineFactory;
use Lyger\Exception\QueryException;
use Lyger\Exception\ServerException;
use Lyger\Internal\CacheArguments;
use Lyger\Internal\HoldArguments;
use Lyger\Internal\Failure;
use Lyger\Internal\Keys;
use Lyger\Internal\QueueAnswer;
use Lyger\Internal\QueueOptions;
use Lyger\Internal\Result;
use Lyger\Internal\RowStream;
use Lyger\Internal\Singular;
use Lyger\Internal\Statements;

/**
 * Lyger\Engine in plain PHP: the same methods, results and exceptions where neither library is installed, and the
 * yardstick that the libraries are compared with. See stubs/lyger.stub.php for what each method does.
 *
 * What differs, because plain PHP cannot do it: the cache belongs to one process; a statement of SQLite is only
 * interrupted between two rows; times in a PostgreSQL range or inside hstore follow the session's DateStyle (ISO); an
 * anonymous record cannot be converted and is an error that says so.
 */
final class Engine
{
    use Singular;

    private readonly Cache $cache;
    private readonly Holds $holds;
    private readonly Query $query;
    private ?QueueServer $server = null;

    private function __construct()
    {
        $this->cache = new Cache();
        $this->holds = new Holds();
        $this->query = new Query();
    }

    public function helloWorld(): string
    {
        return 'Hello from lyger ' . EngineFactory::VERSION;
    }

    public function heavyComputation(int $iterations = 1000000): float
    {
        if ($iterations < 0) {
            throw new \ValueError(
                'Lyger\Engine::heavyComputation(): Argument #1 ($iterations) must be greater than or equal to 0'
            );
        }
        return Compute::heavy($iterations);
    }

    public function systemInfo(): string
    {
        $cache = $this->cache->info();
        return json_encode([
            'name' => 'lyger',
            'version' => EngineFactory::VERSION,
            'door' => 'php',
            'php' => PHP_VERSION,
            'libraries' => $this->query->libraries(),
            'simd' => null,
            'cache' => [
                'entries' => $cache['entries'],
                'bytes_total' => $cache['bytes_total'],
                'bytes_used' => $cache['bytes_used'],
                'shards' => $cache['shards'],
                'named' => false,
            ],
            'server' => $this->server === null ? 'off' : 'listening',
            'framework' => 'lyger ' . EngineFactory::VERSION,
            'mode' => $this->server === null ? 'Script' : 'Always-Alive',
            'status' => 'running',
            'tokio_runtime' => 'none',
            'async_enabled' => \extension_loaded('pgsql'),
            'total_memory' => 0,
            'port' => $this->server?->port ?? 0,
            'php_version' => PHP_VERSION,
        ], JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
    }

    /** @throws ServerException always: a server needs the extension, or the library for what it answers itself */
    public static function startServer(callable $handler, int $port = 8000, array $options = []): void
    {
        throw new ServerException(
            'The fallback engine has no HTTP server: it needs the extension lyger, or liblyger.so for / and /health'
        );
    }

    public static function stopServer(): void
    {
        self::getInstance()->server = null;
    }

    public function startQueueServer(int $port = 8000, array $options = []): bool
    {
        $given = QueueOptions::read($port, $options);
        if ($this->server !== null) {
            Failure::$last = "a server is running in this process already, on port {$this->server->port}";
            return false;
        }
        try {
            $this->server = new QueueServer($port, $given);
            return true;
        } catch (ServerException $failure) {
            Failure::$last = $failure->getMessage();
            return false;
        }
    }

    public function nextRequest(int $timeoutMs = 100): ?array
    {
        QueueOptions::time($timeoutMs);
        if ($this->server === null) {
            throw new ServerException('There is no queue server: startQueueServer() starts it');
        }
        return $this->server->next($timeoutMs);
    }

    public function sendResponse(int $requestId, object|array|string $response): bool
    {
        $answer = QueueAnswer::of($response);
        if ($this->server?->answer($requestId, $answer) ?? false) {
            return true;
        }
        Failure::$last = "no request $requestId waits for an answer";
        return false;
    }

    public function lastError(): string
    {
        return Failure::$last;
    }

    /** Results are in PHP's memory, and so is the cache. */
    public function memoryMetrics(): array
    {
        $limit = ini_parse_quantity((string) ini_get('memory_limit'));
        $cache = $this->cache->info();
        return [
            'used_bytes' => memory_get_usage(),
            'budget_bytes' => max(0, $limit),
            'total_bytes' => 0,
            'active_results' => $this->query->countLive(),
            'active_handles' => $this->query->countLive(),
            'connections' => 0,
            'cache_used_bytes' => $cache['bytes_used'],
            'cache_total_bytes' => $cache['bytes_total'],
        ];
    }

    public static function handleRequest(callable $callback): bool
    {
        throw new ServerException('The fallback engine has no HTTP server: it needs the extension lyger');
    }

    public static function finishRequest(): bool
    {
        return false;
    }

    public function jsonEncode(mixed $value, int $flags = 0, int $depth = 512): string|false
    {
        return json_encode($value, $flags, $depth);
    }

    public function cacheSet(string $key, mixed $value, int $ttl = 0): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 3, $ttl);
        CacheArguments::value(__FUNCTION__, 2, 'value', $value);
        $this->cache->set($key, $value, $ttl);
        return true;
    }

    public function cacheGet(string $key, mixed $default = ''): mixed
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->cache->get(__FUNCTION__, $key, $default);
    }

    public function cacheDelete(string $key): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->cache->delete($key);
    }

    public function cacheClear(string $prefix = ''): void
    {
        $this->cache->clear($prefix);
    }

    public function cacheSize(): int
    {
        return $this->cache->size();
    }

    public function cacheHas(string $key): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->cache->has($key);
    }

    public function cacheAdd(string $key, mixed $value, int $ttl = 0): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 3, $ttl);
        CacheArguments::value(__FUNCTION__, 2, 'value', $value);
        return $this->cache->add($key, $value, $ttl);
    }

    public function cacheTouch(string $key, int $ttl): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 2, $ttl);
        return $this->cache->touch($key, $ttl);
    }

    public function cacheIncrement(string $key, int $by = 1, int $ttl = 0): int
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 3, $ttl);
        return $this->cache->count($key, $by, $ttl);
    }

    public function cacheDecrement(string $key, int $by = 1, int $ttl = 0): int
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 3, $ttl);
        if ($by === PHP_INT_MIN) {
            throw new \ValueError(
                'Lyger\Engine::cacheDecrement(): Argument #2 ($by) must be greater than ' . PHP_INT_MIN
            );
        }
        return $this->cache->count($key, -$by, $ttl);
    }

    public function cacheGetBatch(array $keys, mixed $default = null): array
    {
        $values = [];
        $position = 0;
        foreach ($keys as $key) {
            $key = CacheArguments::batchKey(__FUNCTION__, 'keys', $key, $position++);
            $values[$key] = $this->cache->get(__FUNCTION__, $key, $default);
        }
        return $values;
    }

    public function cacheSetBatch(array|string $items, int $ttl = 0): int
    {
        CacheArguments::ttl(__FUNCTION__, 2, $ttl);
        return $this->cache->setAll(CacheArguments::batch(__FUNCTION__, $items), $ttl);
    }

    public function cacheDeleteBatch(array $keys): int
    {
        return \count(array_filter(CacheArguments::batchKeys(__FUNCTION__, $keys), $this->cache->delete(...)));
    }

    public function cacheTake(string $key, mixed $default = null): mixed
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->cache->take(__FUNCTION__, $key, $default);
    }

    public function cacheCompareAndSet(string $key, mixed $expected, mixed $value, int $ttl = 0): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 4, $ttl);
        CacheArguments::value(__FUNCTION__, 3, 'value', $value);
        return $this->cache->exchange(__FUNCTION__, $key, $expected, $value, $ttl);
    }

    public function cacheCompareAndDelete(string $key, mixed $expected): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->cache->isExpected(__FUNCTION__, $key, $expected) && $this->cache->delete($key);
    }

    public function cacheEntry(string $key): ?array
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->cache->describe($key);
    }

    /** There is no other process to wait for, or to be served a stale value. */
    public function cacheRemember(
        string $key,
        callable $compute,
        int $ttl = 0,
        int $stale = 0,
        float $wait = 30.0,
    ): mixed {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 3, $ttl);
        HoldArguments::stale(__FUNCTION__, $stale, $ttl);
        HoldArguments::wait(__FUNCTION__, 5, $wait);
        $missing = new \stdClass(); // no value that is fetched can be this object
        $value = $this->cache->get(__FUNCTION__, $key, $missing);
        if ($value !== $missing) {
            return $value;
        }
        $this->holds->lease($key);
        try {
            $value = $compute();
            HoldArguments::computed(__FUNCTION__, $value);
            $this->cache->set($key, $value, $ttl);
            return $value;
        } finally {
            $this->holds->giveBack($key);
        }
    }

    public function cacheLock(string $key, int $ttl, float $wait = 0.0, ?string $token = null): ?string
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 2, $ttl);
        HoldArguments::wait(__FUNCTION__, 3, $wait);
        HoldArguments::token(__FUNCTION__, 4, $token);
        return $this->holds->lock($key, $ttl, $wait, $token);
    }

    public function cacheUnlock(string $key, ?string $token): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->holds->unlock($key, $token);
    }

    public function cacheLockExtend(string $key, string $token, int $ttl): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 3, $ttl);
        return $this->holds->extend($key, $token, $ttl);
    }

    public function cacheLockOwner(string $key): ?string
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->holds->owner($key);
    }

    public function cacheKeys(string $prefix = ''): \Iterator
    {
        return new Keys(fn(): \Generator => $this->cache->keys($prefix));
    }

    public function cacheInfo(bool $detailed = false): array
    {
        return $this->cache->info() + ($detailed ? $this->cache->details() : []);
    }

    public function dbQuery(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): int
    {
        return $this->query->open(__FUNCTION__, $dsn, $query, $params, $options);
    }

    public function dbQueryJsonV2(#[\SensitiveParameter] string $dsn, string $query, array $bindings = [], array $options = []): array
    {
        return $this->query->run(__FUNCTION__, $dsn, $query, $bindings, $options + ['numeric' => 'auto'])->report();
    }

    public function dbHealth(#[\SensitiveParameter] string $dsn): bool
    {
        try {
            $table = preg_match('~^(?:postgres|\s*\w+\s*=)~', $dsn) ? '' : ' FROM sqlite_master';
            $this->query->run(__FUNCTION__, $dsn, "SELECT count(*)$table", [], ['timeout' => 5]);
            return true;
        } catch (QueryException) {
            return false;
        }
    }

    public function dbHealthWithRetry(#[\SensitiveParameter] string $dsn, int $attempts = 3, int $backoffMs = 100): bool
    {
        Statements::retry($attempts, $backoffMs);
        while (!$this->dbHealth($dsn)) {
            if (--$attempts === 0) {
                return false;
            }
            usleep($backoffMs * 1000);
            $backoffMs = min(30000, $backoffMs * 2);
        }
        return true;
    }

    public function resultChunk(int $result, int $offset = 0, int $limit = 1000): array
    {
        Statements::chunk($offset, $limit);
        return $this->query->result($result)->chunk($offset, $limit);
    }

    public function streamResult(int $result, int $chunkSize = 1000): \Iterator
    {
        Statements::chunkSize($chunkSize);
        $this->query->result($result);
        return new RowStream(fn(int $offset): array => $this->resultChunk($result, $offset, $chunkSize));
    }

    public function jsonifyResult(int $result): string
    {
        if ($result === 0) {
            return '[]';
        }
        return $this->query->result($result)->json();
    }

    public function freeResult(int $result): void
    {
        if ($result === 0) {
            return;
        }
        $this->query->free($result);
    }

    public function resultInfo(int $result): array
    {
        return $this->query->result($result)->info();
    }

    public function dbQueryJson(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): string
    {
        return $this->query->run(__FUNCTION__, $dsn, $query, $params, $options)->json();
    }

    public function dbExecute(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): int
    {
        return $this->query->run(__FUNCTION__, $dsn, $query, $params, $options)->affected;
    }

    public function dbQueryAsync(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): int
    {
        return $this->query->send(__FUNCTION__, $dsn, $query, $params, $options);
    }

    public function query(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): Result
    {
        $rows = $this->query->run(__FUNCTION__, $dsn, $query, $params, $options);
        return Result::of($rows, $rows->named);
    }

    public function dbTransaction(#[\SensitiveParameter] string $dsn, callable|array $fn, array $options = []): mixed
    {
        if (!\is_callable($fn)) {
            return Statements::run($this, $dsn, $fn, $options);
        }
        return $this->query->transaction(__FUNCTION__, $dsn, $fn, $options);
    }
}
