<?php

declare(strict_types=1);

namespace Lyger\Cache\Store;

use Lyger\Cache\Store;
use Lyger\Cache\StoreFactory;

/** The cache of the extension lyger: who shares it, and what a lock outlives, is in docs/cache.md. */
final class NativeStore implements Store
{
    public function name(): string
    {
        return StoreFactory::NATIVE;
    }

    public function get(string $key, mixed $default = null): mixed
    {
        return \lyger_cache_get($key, $default);
    }

    public function getBatch(array $keys, mixed $default = null): array
    {
        return \lyger_cache_get_batch($keys, $default);
    }

    public function set(string $key, mixed $value, int $ttl = 0): bool
    {
        return \lyger_cache_set($key, $value, $ttl);
    }

    public function setBatch(array $items, int $ttl = 0): int
    {
        return \lyger_cache_set_batch($items, $ttl);
    }

    public function add(string $key, mixed $value, int $ttl = 0): bool
    {
        return \lyger_cache_add($key, $value, $ttl);
    }

    public function has(string $key): bool
    {
        return \lyger_cache_has($key);
    }

    public function delete(string $key): bool
    {
        return \lyger_cache_delete($key);
    }

    public function deleteBatch(array $keys): int
    {
        return \lyger_cache_delete_batch($keys);
    }

    public function take(string $key, mixed $default = null): mixed
    {
        return \lyger_cache_take($key, $default);
    }

    public function touch(string $key, int $ttl): bool
    {
        return \lyger_cache_touch($key, $ttl);
    }

    public function increment(string $key, int $by = 1, int $ttl = 0): int
    {
        return \lyger_cache_increment($key, $by, $ttl);
    }

    public function compareAndSet(string $key, mixed $expected, mixed $value, int $ttl = 0): bool
    {
        return \lyger_cache_compare_and_set($key, $expected, $value, $ttl);
    }

    public function compareAndDelete(string $key, mixed $expected): bool
    {
        return \lyger_cache_compare_and_delete($key, $expected);
    }

    public function clear(string $prefix = ''): void
    {
        \lyger_cache_clear($prefix);
    }

    public function lock(string $key, int $ttl, float $wait = 0.0, ?string $token = null): ?string
    {
        return \lyger_cache_lock($key, $ttl, $wait, $token);
    }

    public function unlock(string $key, ?string $token): bool
    {
        return \lyger_cache_unlock($key, $token);
    }

    public function extend(string $key, string $token, int $ttl): bool
    {
        return \lyger_cache_lock_extend($key, $token, $ttl);
    }

    public function owner(string $key): ?string
    {
        return \lyger_cache_lock_owner($key);
    }
}
