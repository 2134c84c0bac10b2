<?php

declare(strict_types=1);

namespace Lyger\Cache;

use Lyger\Cache\Exception\CacheException;
use Lyger\Cache\Exception\InvalidArgumentException;
use Lyger\Cache\Internal\Names;
use Lyger\Cache\Internal\Pairs;
use Lyger\Cache\Internal\Seconds;
use Psr\SimpleCache\CacheInterface;

/**
 * PSR-16 over a store, each method one of its calls.
 *
 *     $cache = new Lyger\Cache\SimpleCache(namespace: 'shop');
 *     $cache->set('user.42', ['name' => 'Ada'], 60);
 *
 * A namespace is a cache of its own: clear() empties no other, and a Pool of the same name is another as well. A value that
 * cannot be serialised is an InvalidArgumentException, and setMultiple() with one among its values stores none.
 */
final class SimpleCache implements CacheInterface
{
    private readonly Store $store;
    private readonly string $prefix;
    private readonly ?int $defaultTtl;

    /**
     * @param ?Store $store null: the best there is, see StoreFactory
     * @param null|int|\DateInterval $defaultTtl for values that are set without a time to live; null: none
     */
    public function __construct(?Store $store = null, string $namespace = '', null|int|\DateInterval $defaultTtl = null)
    {
        $this->store = $store ?? StoreFactory::create();
        $this->prefix = Names::prefix('psr16', $namespace);
        $this->defaultTtl = $defaultTtl === null ? null : Seconds::of($defaultTtl);
    }

    public function get(string $key, mixed $default = null): mixed
    {
        $slot = Names::slot($this->prefix, $key);
        try {
            return $this->store->get($slot, $default);
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        }
    }

    public function set(string $key, mixed $value, null|int|\DateInterval $ttl = null): bool
    {
        $slot = Names::slot($this->prefix, $key);
        $seconds = $ttl === null ? $this->defaultTtl : Seconds::of($ttl);
        try {
            if ($seconds !== null && $seconds <= 0) {
                $this->store->delete($slot);
                return true;
            }
            return $this->store->set($slot, $value, $seconds ?? 0);
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        } catch (\Exception | \TypeError $problem) {
            throw InvalidArgumentException::unstorable($key, $problem);
        }
    }

    public function delete(string $key): bool
    {
        $slot = Names::slot($this->prefix, $key);
        try {
            $this->store->delete($slot);
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        }
        return true;
    }

    public function clear(): bool
    {
        try {
            $this->store->clear($this->prefix);
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        }
        return true;
    }

    /** @return Pairs each key once, the strings that they were */
    public function getMultiple(iterable $keys, mixed $default = null): iterable
    {
        $slots = Names::slots($this->prefix, $keys);
        try {
            $found = $this->store->getBatch(array_keys($slots), $default);
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        }
        return new Pairs(array_values($slots), array_values($found));
    }

    /** @param iterable<mixed> $values of a key that comes twice the last */
    public function setMultiple(iterable $values, null|int|\DateInterval $ttl = null): bool
    {
        $items = [];
        foreach ($values as $key => $value) {
            if (!\is_string($key) && !\is_int($key)) {
                throw new InvalidArgumentException('A key must be of type string, ' . get_debug_type($key) . ' given');
            }
            $items[Names::slot($this->prefix, (string) $key)] = $value;
        }
        $seconds = $ttl === null ? $this->defaultTtl : Seconds::of($ttl);
        try {
            if ($seconds !== null && $seconds <= 0) {
                $this->store->deleteBatch(array_keys($items));
                return true;
            }
            return $this->store->setBatch($items, $seconds ?? 0) === \count($items);
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        } catch (\Exception | \TypeError $problem) {
            throw new InvalidArgumentException("The values cannot be stored: {$problem->getMessage()}", 0, $problem);
        }
    }

    public function deleteMultiple(iterable $keys): bool
    {
        $slots = Names::slots($this->prefix, $keys);
        try {
            $this->store->deleteBatch(array_keys($slots));
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        }
        return true;
    }

    public function has(string $key): bool
    {
        $slot = Names::slot($this->prefix, $key);
        try {
            return $this->store->has($slot);
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        }
    }
}
