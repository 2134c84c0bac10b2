<?php

declare(strict_types=1);

namespace Lyger\Fallback;

use Lyger\Exception\CacheException;
use Lyger\Internal\Serialized;

/**
 * A cache in an array of this process: the same rules as the shared one, seen by this process only and kept until it
 * ends. It has no size limit of its own; memory_limit is the limit.
 *
 * Arguments are checked by the caller. An entry is [value, expiry, packed, stored]: scalars as they are, everything else in
 * PHP's serialisation, so that what is fetched is a copy; expiry and when it was stored in nanoseconds of hrtime(), 0 for
 * no expiry.
 *
 * @internal
 */
final class Cache
{
    /** @var array<string, array{mixed, int, bool, int}> keys carry a leading byte, or PHP would turn "12" into 12 */
    private array $entries = [];

    private int $bytes = 0;
    private int $writes = 0;

    /** @var array<string, int> */
    private array $counters = ['hits' => 0, 'misses' => 0, 'sets' => 0, 'deletes' => 0, 'expirations' => 0];

    /** After that many writes, entries whose time is over are looked for. */
    private const SWEEP_EVERY = 4096;

    private static function now(): int
    {
        return hrtime(true);
    }

    private static function expiry(int $ttl): int
    {
        return $ttl === 0 ? 0 : self::now() + $ttl * 1_000_000_000;
    }

    /** Memory an entry takes, roughly: its bytes and PHP's own. */
    private static function weight(string $slot, mixed $value): int
    {
        return \strlen($slot) + (\is_string($value) ? \strlen($value) : 8) + 100;
    }

    /** The live entry, or null; an expired one is removed. */
    private function find(string $key): ?array
    {
        $entry = $this->entries["\0$key"] ?? null;
        if ($entry !== null && $entry[1] !== 0 && $entry[1] <= self::now()) {
            $this->drop("\0$key");
            $this->counters['expirations']++;
            return null;
        }
        return $entry;
    }

    private function drop(string $slot): void
    {
        $this->bytes -= self::weight($slot, $this->entries[$slot][0]);
        unset($this->entries[$slot]);
    }

    private function put(string $key, mixed $value, int $expiry, bool $packed, ?int $stored = null): void
    {
        $slot = "\0$key";
        if (isset($this->entries[$slot])) {
            $this->drop($slot);
        }
        $this->entries[$slot] = [$value, $expiry, $packed, $stored ?? self::now()];
        $this->bytes += self::weight($slot, $value);
        if (++$this->writes % self::SWEEP_EVERY === 0) {
            $this->sweep();
        }
    }

    private function sweep(): void
    {
        $now = self::now();
        foreach ($this->entries as $slot => $entry) {
            if ($entry[1] !== 0 && $entry[1] <= $now) {
                $this->drop($slot);
                $this->counters['expirations']++;
            }
        }
    }

    public function set(string $key, mixed $value, int $ttl): void
    {
        $this->setAll([[$key, $value]], $ttl);
    }

    /**
     * @param list<array{string, mixed}> $items keys and values
     * @return int how many were stored
     */
    public function setAll(array $items, int $ttl): int
    {
        // What an object throws while it is serialised comes before anything is stored.
        foreach ($items as $i => [$key, $value]) {
            $packed = !\is_scalar($value) && $value !== null;
            $items[$i] = [$key, $packed ? serialize($value) : $value, $packed];
        }
        foreach ($items as [$key, $value, $packed]) {
            $this->put($key, $value, self::expiry($ttl), $packed);
            $this->counters['sets']++;
        }
        return \count($items);
    }

    public function get(string $method, string $key, mixed $default): mixed
    {
        $entry = $this->find($key);
        if ($entry === null) {
            $this->counters['misses']++;
            return $default;
        }
        $this->counters['hits']++;
        return self::read($method, $key, $entry, $value) ? $value : $default;
    }

    /** @return bool whether $value is the entry's now */
    private static function read(string $method, string $key, array $entry, mixed &$value): bool
    {
        if ($entry[2]) {
            return Serialized::read($method, $key, $entry[0], $value);
        }
        $value = $entry[0];
        return true;
    }

    public function take(string $method, string $key, mixed $default): mixed
    {
        $entry = $this->find($key);
        if ($entry === null) {
            $this->counters['misses']++;
            return $default;
        }
        $this->counters['hits']++;
        $this->delete($key); // before code of an object runs
        return self::read($method, $key, $entry, $value) ? $value : $default;
    }

    /** Whether the value is identical to $expected; code of the application may run. */
    public function isExpected(string $method, string $key, mixed $expected): bool
    {
        do {
            $entry = $this->find($key);
            $same = $entry !== null && self::read($method, $key, $entry, $value) && $value === $expected;
        } while ($same && $entry !== $this->find($key)); // an object's code has replaced it
        return $same;
    }

    public function exchange(string $method, string $key, mixed $expected, mixed $value, int $ttl): bool
    {
        $packed = !\is_scalar($value) && $value !== null;
        $stored = $packed ? serialize($value) : $value;
        if (!$this->isExpected($method, $key, $expected)) {
            return false;
        }
        $this->put($key, $stored, self::expiry($ttl), $packed);
        $this->counters['sets']++;
        return true;
    }

    /** @return ?array{type: string, bytes: int, ttl: int, age: int, hits: null} */
    public function describe(string $key): ?array
    {
        $entry = $this->find($key);
        if ($entry === null) {
            return null;
        }
        $type = get_debug_type($entry[0]);
        return [
            'type' => !$entry[2] ? $type : ($entry[0][0] === 'a' ? 'array' : 'object'),
            'bytes' => self::weight("\0$key", $entry[0]),
            'ttl' => $entry[1] === 0 ? 0 : intdiv($entry[1] - self::now() + 999_999_999, 1_000_000_000),
            'age' => intdiv(self::now() - $entry[3], 1_000_000_000),
            'hits' => null,
        ];
    }

    public function has(string $key): bool
    {
        return $this->find($key) !== null;
    }

    public function delete(string $key): bool
    {
        if ($this->find($key) === null) {
            return false;
        }
        $this->drop("\0$key");
        $this->counters['deletes']++;
        return true;
    }

    public function clear(string $prefix): void
    {
        if ($prefix === '') {
            $this->counters['deletes'] += \count($this->entries);
            $this->entries = [];
            $this->bytes = 0;
            return;
        }
        foreach ($this->entries as $slot => $entry) {
            if (str_starts_with($slot, "\0$prefix")) {
                $this->drop($slot);
                $this->counters['deletes']++;
            }
        }
    }

    public function size(): int
    {
        $this->sweep();
        return \count($this->entries);
    }

    public function add(string $key, mixed $value, int $ttl): bool
    {
        if ($this->find($key) !== null) {
            return false;
        }
        $this->set($key, $value, $ttl);
        return true;
    }

    public function touch(string $key, int $ttl): bool
    {
        if ($this->find($key) === null) {
            return false;
        }
        $this->entries["\0$key"][1] = self::expiry($ttl);
        return true;
    }

    /** Adds $by, which may be negative; an existing entry keeps its time to live. */
    public function count(string $key, int $by, int $ttl): int
    {
        $entry = $this->find($key) ?? [0, self::expiry($ttl), false, self::now()];
        if (!\is_int($entry[0])) {
            throw new CacheException('the value is not an integer');
        }
        $sum = $entry[0] + $by;
        if (!\is_int($sum)) {
            throw new CacheException("$entry[0] changed by $by is out of an integer's range");
        }
        $this->put($key, $sum, $entry[1], false, $entry[3]);
        return $sum;
    }

    /** @return array<string, bool|int|string> the same figures as the shared cache gives */
    public function info(): array
    {
        $this->sweep();
        $limit = ini_parse_quantity((string) ini_get('memory_limit'));
        $total = $limit > 0 ? $limit : 0;
        return [
            'enabled' => true,
            'path' => '',
            'shards' => 1,
            'entries' => \count($this->entries),
            'bytes_total' => $total,
            'bytes_capacity' => $total,
            'bytes_used' => $this->bytes,
            'bytes_held' => 0,
            'bytes_free' => max(0, $total - memory_get_usage()),
            'regions' => 1,
            'regions_unused' => 0,
            'hits' => $this->counters['hits'],
            'misses' => $this->counters['misses'],
            'sets' => $this->counters['sets'],
            'deletes' => $this->counters['deletes'],
            'evictions' => 0,
            'expirations' => $this->counters['expirations'],
            'lock_recoveries' => 0,
            'sessions' => 0,
            'session_evictions' => 0,
        ];
    }

    /** @return array{shard_list: list<array<string, int>>, size_classes: list<array<string, int>>} */
    public function details(): array
    {
        $classes = [];
        foreach ($this->entries as $slot => $entry) {
            $weight = self::weight($slot, $entry[0]);
            $least = 1 << max(5, (int) floor(log($weight, 2)));
            $classes[$least] ??= ['least' => $least, 'most' => 2 * $least - 1, 'entries' => 0, 'bytes_used' => 0,
                'free_blocks' => 0, 'bytes_free' => 0];
            $classes[$least]['entries']++;
            $classes[$least]['bytes_used'] += $weight;
        }
        ksort($classes);
        $info = $this->info();
        return [
            'shard_list' => [[
                'entries' => $info['entries'],
                'bytes_capacity' => $info['bytes_capacity'],
                'bytes_used' => $info['bytes_used'],
                'bytes_held' => 0,
                'bytes_small' => 0,
                'bytes_main' => $info['bytes_used'],
                'buckets' => 1,
                'regions' => 1,
            ]],
            'size_classes' => array_values($classes),
        ];
    }

    /** @return \Generator<int, string> the keys there are now, without those that go meanwhile */
    public function keys(string $prefix): \Generator
    {
        $number = 0;
        foreach ($this->entries as $slot => $entry) {
            $key = substr($slot, 1);
            if (str_starts_with($key, $prefix) && $this->find($key) !== null) {
                yield $number++ => $key;
            }
        }
    }
}
