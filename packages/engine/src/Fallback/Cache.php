<?php

declare(strict_types=1);

namespace Lyger\Fallback;

use Lyger\Exception\CacheException;

/**
 * A cache in an array of this process: the same rules as the shared one, seen by this process only and kept until it
 * ends. It has no size limit of its own; memory_limit is the limit.
 *
 * Arguments are checked by the caller. An entry is [value, expiry, packed]: scalars as they are, everything else in
 * PHP's serialisation, so that what is fetched is a copy; expiry in nanoseconds of hrtime(), 0 for none.
 *
 * @internal
 */
final class Cache
{
    /** @var array<string, array{mixed, int, bool}> keys carry a leading byte, or PHP would turn "12" into 12 */
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

    private function put(string $key, mixed $value, int $expiry, bool $packed): void
    {
        $slot = "\0$key";
        if (isset($this->entries[$slot])) {
            $this->drop($slot);
        }
        $this->entries[$slot] = [$value, $expiry, $packed];
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
        $packed = !\is_scalar($value) && $value !== null;
        $this->put($key, $packed ? serialize($value) : $value, self::expiry($ttl), $packed);
        $this->counters['sets']++;
    }

    public function get(string $key, mixed $default): mixed
    {
        $entry = $this->find($key);
        if ($entry === null) {
            $this->counters['misses']++;
            return $default;
        }
        $this->counters['hits']++;
        return $entry[2] ? unserialize($entry[0]) : $entry[0];
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
        $entry = $this->find($key) ?? [0, self::expiry($ttl), false];
        if (!\is_int($entry[0])) {
            throw new CacheException('the value is not an integer');
        }
        $sum = $entry[0] + $by;
        if (!\is_int($sum)) {
            throw new CacheException("$entry[0] changed by $by is out of an integer's range");
        }
        $this->put($key, $sum, $entry[1], false);
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
            'bytes_free' => max(0, $total - memory_get_usage()),
            'hits' => $this->counters['hits'],
            'misses' => $this->counters['misses'],
            'sets' => $this->counters['sets'],
            'deletes' => $this->counters['deletes'],
            'evictions' => 0,
            'expirations' => $this->counters['expirations'],
            'lock_recoveries' => 0,
        ];
    }
}
