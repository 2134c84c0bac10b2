<?php

declare(strict_types=1);

namespace Lyger\Fallback;

use Lyger\Exception\CacheException;

/**
 * Locks and leases of this process. A lock is only ever waited for while its time runs out, or while a signal handler
 * gives it back.
 *
 * @internal
 */
final class Holds
{
    private const SLICE = 0.02; // seconds between two looks

    /** With that many locks, those whose time is over are looked for. */
    private const SWEEP_EVERY = 1024;

    /**
     * @var array<string, array{string, int}> token and expiry, in nanoseconds of hrtime(), PHP_INT_MAX for none; keys
     *     with a leading byte
     */
    private array $locks = [];

    /** @var array<string, true> */
    private array $leases = [];

    /** @return ?string the token; null when it is still held after $wait seconds */
    public function lock(string $key, int $ttl, float $wait, ?string $own): ?string
    {
        $end = hrtime(true) + (int) ($wait * 1e9);
        while ($this->isLocked($key) && ($own === null || !$this->has($key, $own))) {
            if (hrtime(true) >= $end) {
                return null;
            }
            usleep((int) (1e6 * self::SLICE));
        }
        if (\count($this->locks) % self::SWEEP_EVERY === self::SWEEP_EVERY - 1) {
            $this->locks = array_filter($this->locks, static fn(array $lock): bool => $lock[1] > hrtime(true));
        }
        $token = $own ?? bin2hex(random_bytes(8));
        $this->locks["\0$key"] = [$token, self::end($ttl)];
        return $token;
    }

    /** @param ?string $token null: whatever it is */
    public function unlock(string $key, ?string $token): bool
    {
        if (!$this->isLocked($key) || ($token !== null && !$this->has($key, $token))) {
            return false;
        }
        unset($this->locks["\0$key"]);
        return true;
    }

    public function extend(string $key, string $token, int $ttl): bool
    {
        if (!$this->isLocked($key) || !$this->has($key, $token)) {
            return false;
        }
        $this->locks["\0$key"][1] = self::end($ttl);
        return true;
    }

    public function owner(string $key): ?string
    {
        return $this->isLocked($key) ? $this->locks["\0$key"][0] : null;
    }

    private static function end(int $ttl): int
    {
        return $ttl === 0 ? PHP_INT_MAX : hrtime(true) + $ttl * 1_000_000_000;
    }

    private function has(string $key, string $token): bool
    {
        return hash_equals($this->locks["\0$key"][0], $token);
    }

    private function isLocked(string $key): bool
    {
        return ($this->locks["\0$key"][1] ?? 0) > hrtime(true);
    }

    public function lease(string $key): void
    {
        if (isset($this->leases["\0$key"])) {
            throw new CacheException('this process is computing the value of this key already');
        }
        $this->leases["\0$key"] = true;
    }

    public function giveBack(string $key): void
    {
        unset($this->leases["\0$key"]);
    }
}
