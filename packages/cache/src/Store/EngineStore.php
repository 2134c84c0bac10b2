<?php

declare(strict_types=1);

namespace Lyger\Cache\Store;

use Lyger\Cache\Store;

/**
 * The cache of an engine of packages/engine. Of the FFI engine: shared as docs/cache.md says. Of the fallback: an array
 * of this process, seen by nobody else and gone with it, whose locks exclude nobody else.
 */
final class EngineStore implements Store
{
    /** @param \Lyger\Engine $engine an object with its methods */
    public function __construct(private readonly object $engine, private readonly string $name)
    {
    }

    public function name(): string
    {
        return $this->name;
    }

    public function get(string $key, mixed $default = null): mixed
    {
        return $this->engine->cacheGet($key, $default);
    }

    public function getBatch(array $keys, mixed $default = null): array
    {
        return $this->engine->cacheGetBatch($keys, $default);
    }

    public function set(string $key, mixed $value, int $ttl = 0): bool
    {
        return $this->engine->cacheSet($key, $value, $ttl);
    }

    public function setBatch(array $items, int $ttl = 0): int
    {
        return $this->engine->cacheSetBatch($items, $ttl);
    }

    public function add(string $key, mixed $value, int $ttl = 0): bool
    {
        return $this->engine->cacheAdd($key, $value, $ttl);
    }

    public function has(string $key): bool
    {
        return $this->engine->cacheHas($key);
    }

    public function delete(string $key): bool
    {
        return $this->engine->cacheDelete($key);
    }

    public function deleteBatch(array $keys): int
    {
        return $this->engine->cacheDeleteBatch($keys);
    }

    public function take(string $key, mixed $default = null): mixed
    {
        return $this->engine->cacheTake($key, $default);
    }

    public function touch(string $key, int $ttl): bool
    {
        return $this->engine->cacheTouch($key, $ttl);
    }

    public function increment(string $key, int $by = 1, int $ttl = 0): int
    {
        return $this->engine->cacheIncrement($key, $by, $ttl);
    }

    public function compareAndSet(string $key, mixed $expected, mixed $value, int $ttl = 0): bool
    {
        return $this->engine->cacheCompareAndSet($key, $expected, $value, $ttl);
    }

    public function compareAndDelete(string $key, mixed $expected): bool
    {
        return $this->engine->cacheCompareAndDelete($key, $expected);
    }

    public function clear(string $prefix = ''): void
    {
        $this->engine->cacheClear($prefix);
    }

    public function lock(string $key, int $ttl, float $wait = 0.0, ?string $token = null): ?string
    {
        return $this->engine->cacheLock($key, $ttl, $wait, $token);
    }

    public function unlock(string $key, ?string $token): bool
    {
        return $this->engine->cacheUnlock($key, $token);
    }

    public function extend(string $key, string $token, int $ttl): bool
    {
        return $this->engine->cacheLockExtend($key, $token, $ttl);
    }

    public function owner(string $key): ?string
    {
        return $this->engine->cacheLockOwner($key);
    }
}
