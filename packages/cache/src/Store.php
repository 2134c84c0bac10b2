<?php

declare(strict_types=1);

namespace Lyger\Cache;

/**
 * What caches and locks are built from: calls that are atomic for all who share the store.
 *
 * Keys are 1 to 65,535 bytes, any bytes. Values are what PHP can serialise; one that it cannot is a TypeError, or what
 * its class throws, and then nothing is stored. What is fetched is a copy. A time to live is in seconds, from 0, which
 * means none, to 4,294,967,295. A store whose memory fails throws a Lyger\Exception.
 *
 * Where a store can do less than another, its class says so.
 */
interface Store
{
    /** Which it is: StoreFactory::NATIVE, FFI, APCU or IN_ARRAY. */
    public function name(): string;

    public function get(string $key, mixed $default = null): mixed;

    /**
     * @param list<string> $keys
     * @return array<mixed> key => value in their order, $default for what is not there; as always in PHP, the key "12" of an
     *     array is 12
     */
    public function getBatch(array $keys, mixed $default = null): array;

    /** @return bool false when there is no room for it at all, or the cache is switched off */
    public function set(string $key, mixed $value, int $ttl = 0): bool;

    /**
     * @param array<mixed> $items key => value
     * @return int how many were stored
     */
    public function setBatch(array $items, int $ttl = 0): int;

    /** Stores only where nothing is. */
    public function add(string $key, mixed $value, int $ttl = 0): bool;

    public function has(string $key): bool;

    /** @return bool whether it was there */
    public function delete(string $key): bool;

    /**
     * @param list<string> $keys
     * @return int how many were there
     */
    public function deleteBatch(array $keys): int;

    /** Fetches and deletes: of several that do, one has the value. */
    public function take(string $key, mixed $default = null): mixed;

    /** Gives an entry another time to live; false when it is not there. */
    public function touch(string $key, int $ttl): bool;

    /**
     * Adds to an integer; a missing one counts from 0 and gets the time to live, one that is there keeps its own.
     *
     * @throws \Lyger\Exception when the value is no integer, or would be none
     */
    public function increment(string $key, int $by = 1, int $ttl = 0): int;

    /** Stores where $expected, as === compares, is; a missing entry is equal to nothing. */
    public function compareAndSet(string $key, mixed $expected, mixed $value, int $ttl = 0): bool;

    /** Deletes where $expected, as === compares, is. */
    public function compareAndDelete(string $key, mixed $expected): bool;

    /** Deletes what begins with the prefix; what another stores meanwhile may stay. Locks stay. */
    public function clear(string $prefix = ''): void;

    /**
     * Takes a lock, which has nothing to do with the entry of the same key.
     *
     * Without a token of the caller's own it belongs to the process as well, and is free when that dies. With one it belongs
     * to whoever has the token: a lock that is held with it already is had again, and its time begins anew.
     *
     * @param int $ttl seconds until it is free by itself; 0: never
     * @param float $wait seconds to wait for another who has it, 0 to 86,400
     * @param ?string $token 1 to 64 bytes that nobody else has; null: one is made
     * @return ?string the token; null when another has it
     */
    public function lock(string $key, int $ttl, float $wait = 0.0, ?string $token = null): ?string;

    /** Gives a lock back, whoever has it for null; false when nobody, or another, has it. */
    public function unlock(string $key, ?string $token): bool;

    /** Gives a lock that is held with the token another time to live. */
    public function extend(string $key, string $token, int $ttl): bool;

    /** The token that a lock is held with; null when it is free. */
    public function owner(string $key): ?string;
}
