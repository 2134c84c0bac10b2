<?php

declare(strict_types=1);

namespace Lyger\Laravel;

use Illuminate\Cache\Lock;
use Illuminate\Contracts\Cache\LockTimeoutException;

/**
 * A lock of Laravel's cache on lyger_cache_lock().
 *
 * It belongs to its owner, in whatever process, and is there until it is released or its time is over. What lyger knows as the token
 * is the owner and 16 bytes that differ each time: a lock is not given twice to the same owner, which is how Laravel's other stores
 * have it, and nobody can release or refresh one that was released and taken anew in between.
 */
class LygerLock extends Lock
{
    private const RANDOM = 16;

    /** Bytes; with the random ones the longest token that lyger takes. */
    private const LONGEST_OWNER = 48;

    /** @return bool */
    public function acquire()
    {
        return $this->acquireWithin(0.0);
    }

    /**
     * Waits up to that many seconds. Whoever waits is woken when the lock is released, so that betweenBlockedAttemptsSleepFor() has
     * nothing to change.
     *
     * @param int $seconds
     * @param callable|null $callback
     * @return mixed
     */
    public function block($seconds, $callback = null)
    {
        $end = hrtime(true) / 1e9 + $seconds;
        while (!$this->acquireWithin(max(0.0, min(1.0, $end - hrtime(true) / 1e9)))) { // short enough for the handlers of signals
            if (hrtime(true) / 1e9 >= $end) {
                throw new LockTimeoutException();
            }
        }
        if (!\is_callable($callback)) {
            return true;
        }
        try {
            return $callback();
        } finally {
            $this->release();
        }
    }

    /** @return bool */
    public function release()
    {
        $token = $this->ownToken();
        return $token !== null && \lyger_cache_unlock($this->name, $token);
    }

    /**
     * Lets the time of the lock begin anew.
     *
     * @param int|null $seconds
     * @return bool false when the owner does not have it any more
     */
    public function refresh($seconds = null)
    {
        $token = $this->ownToken();
        return $token !== null && \lyger_cache_lock_extend($this->name, $token, self::seconds($seconds ?? $this->seconds));
    }

    /** @return void */
    public function forceRelease()
    {
        \lyger_cache_unlock($this->name, null);
    }

    /**
     * @param string|null $owner
     * @return bool
     */
    public function isOwnedBy($owner)
    {
        return $this->getCurrentOwner() === ($owner === null ? null : self::short($owner));
    }

    /** @return string|null null when nobody has it; of an owner longer than 48 bytes a hash */
    protected function getCurrentOwner()
    {
        $token = \lyger_cache_lock_owner($this->name);
        return $token === null ? null : substr($token, 0, -self::RANDOM);
    }

    private function acquireWithin(float $wait): bool
    {
        $token = self::short($this->owner) . random_bytes(self::RANDOM);
        return \lyger_cache_lock($this->name, self::seconds($this->seconds), $wait, $token) !== null;
    }

    /** The token that the lock is held with now, if it is this owner's. */
    private function ownToken(): ?string
    {
        $token = \lyger_cache_lock_owner($this->name);
        return $token !== null && substr($token, 0, -self::RANDOM) === self::short($this->owner) ? $token : null;
    }

    private static function short(string $owner): string
    {
        return \strlen($owner) > self::LONGEST_OWNER ? hash('sha256', $owner, true) : $owner;
    }

    private static function seconds(int|float $seconds): int
    {
        return (int) min(max(0, ceil($seconds)), 4294967295);
    }
}
