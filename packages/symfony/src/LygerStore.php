<?php

declare(strict_types=1);

namespace Lyger\Symfony;

use Symfony\Component\Lock\BlockingStoreInterface;
use Symfony\Component\Lock\Exception\InvalidArgumentException;
use Symfony\Component\Lock\Exception\InvalidTtlException;
use Symfony\Component\Lock\Exception\LockConflictedException;
use Symfony\Component\Lock\Key;
use Symfony\Component\Lock\Store\ExpiringStoreTrait;

/**
 * A store of Symfony's locks on lyger_cache_lock(), for the processes that share one cache:
 *
 *     $factory = new LockFactory(new Lyger\Symfony\LygerStore());
 *
 * A lock belongs to its key, which can be serialised and used in another process. It is there until it is released or its time is
 * over, also when the process that took it is killed; times are whole seconds, rounded up.
 */
class LygerStore implements BlockingStoreInterface
{
    use ExpiringStoreTrait;

    /** Seconds; the longest that lyger takes. */
    private const LONGEST = 4294967295.0;

    /**
     * @param float $initialTtl seconds after which a lock is free that nobody released or refreshed
     * @param string $namespace what the names of the locks begin with, apart from those of others that share the cache
     */
    public function __construct(private float $initialTtl = 300.0, private string $namespace = 'symfony.lock:')
    {
        if (!\function_exists('lyger_cache_lock')) {
            throw new InvalidArgumentException('The lock store needs the extension lyger, which is not loaded.');
        }
        if (!($initialTtl > 0)) {
            throw new InvalidTtlException(sprintf('"%s()" expects a strictly positive TTL. Got %s.', __METHOD__, $initialTtl));
        }
    }

    public function save(Key $key): void
    {
        $key->reduceLifetime($this->initialTtl);
        if (!$this->acquired($key, 0.0)) {
            throw new LockConflictedException();
        }
        $this->checkNotExpired($key);
    }

    public function waitAndSave(Key $key): void
    {
        while (!$this->acquired($key, 1.0)) { // short enough for the handlers of signals
        }
        $this->putOffExpiration($key, $this->initialTtl); // the key's time begins now, and so the lock's does
    }

    public function delete(Key $key): void
    {
        \lyger_cache_unlock($this->name($key), $this->token($key));
    }

    public function exists(Key $key): bool
    {
        return \lyger_cache_lock_owner($this->name($key)) === $this->token($key);
    }

    public function putOffExpiration(Key $key, float $ttl): void
    {
        if (!($ttl > 0)) {
            throw new InvalidTtlException(sprintf('"%s()" expects a TTL greater than zero. Got %s.', __METHOD__, $ttl));
        }
        $key->reduceLifetime($ttl);
        if (!\lyger_cache_lock_extend($this->name($key), $this->token($key), self::seconds($ttl))) {
            throw new LockConflictedException();
        }
        $this->checkNotExpired($key);
    }

    /** Releases the lock of that resource, whoever has it; true when somebody had. */
    public function forceDelete(string $resource): bool
    {
        return \lyger_cache_unlock($this->name(new Key($resource)), null);
    }

    private function acquired(Key $key, float $wait): bool
    {
        return \lyger_cache_lock($this->name($key), self::seconds($this->initialTtl), $wait, $this->token($key)) !== null;
    }

    private static function seconds(float $ttl): int
    {
        return (int) min(ceil($ttl), self::LONGEST);
    }

    private function name(Key $key): string
    {
        $name = $this->namespace . $key;
        return $name === '' || \strlen($name) > 65535 ? "\0" . hash('sha256', $name, true) : $name;
    }

    private function token(Key $key): string
    {
        if (!$key->hasState(self::class)) {
            $key->setState(self::class, base64_encode(random_bytes(24)));
        }
        return $key->getState(self::class);
    }
}
