<?php

declare(strict_types=1);

namespace Lyger\Cache\Store;

use Lyger\Cache\Store;
use Lyger\Cache\StoreFactory;
use Lyger\Exception\CacheException;
use Lyger\Internal\CacheArguments;
use Lyger\Internal\HoldArguments;

/**
 * The memory of the extension apcu, below a prefix of this package's own, so that clear() leaves what others keep there.
 *
 * APCu has no locks, compares integers only and cannot change a time to live. So a lock is an entry with a token: one that
 * its killed holder never gives back is free when its time is over, and without one never; and APCu drops locks, too,
 * when its memory is full. What reads and then writes does both in one apcu_entry(), where every other process waits. A
 * time to live is at most 68 years, which is what APCu has room for. An entry whose class is gone is an incomplete object,
 * as APCu has it, and no miss.
 */
final class ApcuStore implements Store
{
    private const ENTRY = 'lyger:e:';
    private const LOCK = 'lyger:l:';
    private const GATE = 'lyger:g:';

    private const TTL_MAX = 2147483647; // APCu keeps 32 bits of it, with a sign
    private const SLICE = 2_000; // microseconds between two looks at a lock
    private const ATTEMPTS = 100_000; // so many times another process was faster, or there is no room

    public function name(): string
    {
        return StoreFactory::APCU;
    }

    public function get(string $key, mixed $default = null): mixed
    {
        $value = apcu_fetch(self::slot($key), $found);
        return $found ? $value : $default;
    }

    public function getBatch(array $keys, mixed $default = null): array
    {
        $slots = self::slots($keys);
        $found = apcu_fetch($slots);
        $values = [];
        foreach ($slots as $slot) {
            $values[substr($slot, \strlen(self::ENTRY))] = \array_key_exists($slot, $found) ? $found[$slot] : $default;
        }
        return $values;
    }

    public function set(string $key, mixed $value, int $ttl = 0): bool
    {
        $slot = self::slot($key);
        self::check($value);
        $ttl = self::time($ttl);
        return apcu_store($slot, $value, $ttl);
    }

    public function setBatch(array $items, int $ttl = 0): int
    {
        $ttl = self::time($ttl);
        $entries = [];
        foreach ($items as $key => $value) {
            self::check($value);
            // APCu stores one after the other: what cannot be serialised shows now.
            self::holdsObject($value) && serialize($value);
            $entries[self::slot((string) $key)] = $value;
        }
        return $entries === [] ? 0 : \count($entries) - \count(apcu_store($entries, null, $ttl));
    }

    public function add(string $key, mixed $value, int $ttl = 0): bool
    {
        $slot = self::slot($key);
        self::check($value);
        $ttl = self::time($ttl);
        return apcu_add($slot, $value, $ttl);
    }

    public function has(string $key): bool
    {
        return apcu_exists(self::slot($key));
    }

    public function delete(string $key): bool
    {
        return apcu_delete(self::slot($key));
    }

    public function deleteBatch(array $keys): int
    {
        $slots = array_values(array_unique(self::slots($keys)));
        return \count($slots) - \count(apcu_delete($slots));
    }

    public function take(string $key, mixed $default = null): mixed
    {
        $slot = self::slot($key);
        return self::alone(static function () use ($slot, $default): mixed {
            $value = apcu_fetch($slot, $found);
            return $found && apcu_delete($slot) ? $value : $default;
        });
    }

    public function touch(string $key, int $ttl): bool
    {
        $slot = self::slot($key);
        $ttl = self::time($ttl);
        return self::alone(static function () use ($slot, $ttl): bool {
            $value = apcu_fetch($slot, $found);
            return $found && apcu_store($slot, $value, $ttl);
        });
    }

    public function increment(string $key, int $by = 1, int $ttl = 0): int
    {
        $slot = self::slot($key);
        $ttl = self::time($ttl);
        for ($attempt = 0; $attempt < self::ATTEMPTS; $attempt++) {
            $value = apcu_fetch($slot, $found);
            if ($found && !\is_int($value)) {
                throw new CacheException('the value is not an integer');
            }
            $sum = ($found ? $value : 0) + $by;
            if (!\is_int($sum)) {
                throw new CacheException("$value changed by $by is out of an integer's range");
            }
            if ($found ? apcu_cas($slot, $value, $sum) : apcu_add($slot, $sum, $ttl)) {
                return $sum;
            }
        }
        throw new CacheException('the counter cannot be stored');
    }

    public function compareAndSet(string $key, mixed $expected, mixed $value, int $ttl = 0): bool
    {
        $slot = self::slot($key);
        self::check($value);
        $ttl = self::time($ttl);
        return self::alone(
            static fn(): bool => apcu_fetch($slot, $found) === $expected && $found && apcu_store($slot, $value, $ttl)
        );
    }

    public function compareAndDelete(string $key, mixed $expected): bool
    {
        $slot = self::slot($key);
        return self::alone(static fn(): bool => apcu_fetch($slot, $found) === $expected && $found && apcu_delete($slot));
    }

    public function clear(string $prefix = ''): void
    {
        apcu_delete(new \APCUIterator('/^' . preg_quote(self::ENTRY . $prefix, '/') . '/', APC_ITER_KEY));
    }

    public function lock(string $key, int $ttl, float $wait = 0.0, ?string $token = null): ?string
    {
        $slot = self::slot($key, self::LOCK);
        $ttl = self::time($ttl);
        if ($wait < 0 || $wait > HoldArguments::WAIT_MAX || is_nan($wait)) {
            throw new \ValueError(
                'The time to wait must be between 0 and ' . HoldArguments::WAIT_MAX . " seconds, $wait given"
            );
        }
        if ($token !== null && (\strlen($token) < 1 || \strlen($token) > HoldArguments::TOKEN_MAX)) {
            throw new \ValueError(
                'A token must be 1 to ' . HoldArguments::TOKEN_MAX . ' bytes long, ' . \strlen($token) . ' given'
            );
        }
        $own = $token ?? bin2hex(random_bytes(8));
        $end = hrtime(true) + (int) ($wait * 1e9);
        while (!apcu_add($slot, $own, $ttl)) {
            if ($token !== null && $this->extend($key, $token, $ttl)) {
                return $token;
            }
            if (hrtime(true) >= $end) {
                return null;
            }
            usleep(self::SLICE);
        }
        return $own;
    }

    public function unlock(string $key, ?string $token): bool
    {
        $slot = self::slot($key, self::LOCK);
        return $token === null
            ? apcu_delete($slot)
            : self::alone(static fn(): bool => apcu_fetch($slot) === $token && apcu_delete($slot));
    }

    public function extend(string $key, string $token, int $ttl): bool
    {
        $slot = self::slot($key, self::LOCK);
        $ttl = self::time($ttl);
        return self::alone(static fn(): bool => apcu_fetch($slot) === $token && apcu_store($slot, $token, $ttl));
    }

    public function owner(string $key): ?string
    {
        $token = apcu_fetch(self::slot($key, self::LOCK), $found);
        return $found ? $token : null;
    }

    /**
     * Runs $work while no other process is in APCu. apcu_entry() holds its lock while it makes a value that is missing, so
     * the key is one that nobody has.
     */
    private static function alone(\Closure $work): mixed
    {
        $gate = self::GATE . bin2hex(random_bytes(8));
        $done = false;
        $result = null;
        apcu_entry($gate, static function () use ($work, &$done, &$result): bool {
            $result = $work();
            return $done = true;
        }, 1);
        apcu_delete($gate);
        return $done ? $result : throw new CacheException('APCu did not give its lock');
    }

    private static function slot(string $key, string $kind = self::ENTRY): string
    {
        $length = \strlen($key);
        if ($length < 1 || $length > CacheArguments::KEY_MAX) {
            throw new \ValueError('A key must be 1 to ' . CacheArguments::KEY_MAX . " bytes long, $length given");
        }
        return $kind . $key;
    }

    /** @return list<string> */
    private static function slots(array $keys): array
    {
        $slots = [];
        foreach ($keys as $position => $key) {
            if (!\is_string($key) && !\is_int($key)) {
                throw new \TypeError(
                    'Keys must be of type string or int, ' . get_debug_type($key) . " given at element $position"
                );
            }
            $slots[] = self::slot((string) $key);
        }
        return $slots;
    }

    /** The time to live that APCu is given. */
    private static function time(int $ttl): int
    {
        if ($ttl < 0 || $ttl > CacheArguments::TTL_MAX) {
            throw new \ValueError(
                'The time to live must be between 0 and ' . CacheArguments::TTL_MAX . " seconds, $ttl given"
            );
        }
        return min($ttl, self::TTL_MAX);
    }

    private static function check(mixed $value): void
    {
        $reason = CacheArguments::unstorable($value);
        if ($reason !== null) {
            throw new \TypeError("A value must not be or contain $reason");
        }
    }

    private static function holdsObject(mixed $value): bool
    {
        if (!\is_array($value)) {
            return \is_object($value);
        }
        foreach ($value as $element) {
            if (self::holdsObject($element)) {
                return true;
            }
        }
        return false;
    }
}
