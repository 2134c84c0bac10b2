<?php

declare(strict_types=1);

namespace Lyger\Symfony;

use Psr\Log\LoggerInterface;
use Symfony\Component\Cache\Adapter\AdapterInterface;
use Symfony\Contracts\Cache\CacheInterface;
use Symfony\Contracts\Cache\ItemInterface;

/**
 * What get() of a pool does when a value has to be computed: one process computes it, the others wait and get its value.
 *
 * It takes the place of Symfony's LockRegistry. There is a lock for each item instead of for two dozen buckets of them, waiting
 * ends the moment the value is there, and the lock of a process that was killed is free at once. A value that is computed early,
 * before it expires (beta), is computed by one process while the others get the one that is still there.
 *
 * @internal
 */
final class ComputesOnce
{
    /** Seconds that others wait before they compute too, as long as Symfony's wait; the time of a lock that a fatal error left. */
    private const SECONDS = 30;

    /** How many locks this process computes under. */
    private static int $computing = 0;

    private bool $counted = false;
    private ?string $token = null;

    private function __construct(
        private CacheInterface $pool,
        private ItemInterface $item,
        private bool $forced,
        private string $name,
    ) {
    }

    /** What setCallbackWrapper() of a pool takes. */
    public static function wrapper(string $namespace): \Closure
    {
        return static function (
            callable $callback,
            ItemInterface $item,
            bool &$save,
            CacheInterface $pool,
            ?\Closure $setMetadata = null,
            ?LoggerInterface $logger = null,
            ?float $beta = null,
        ) use ($namespace): mixed {
            $name = "symfony.cache\0$namespace\0" . $item->getKey();
            // Whoever computes already never waits: two that need each other's values would wait for each other.
            if (self::$computing > 0 || \strlen($name) > 65535) {
                return $callback($item, $save);
            }
            return (new self($pool, $item, $beta === \INF, $name))->compute($callback, $save, $setMetadata, $logger);
        };
    }

    private function compute(callable $callback, bool &$save, ?\Closure $setMetadata, ?LoggerInterface $logger): mixed
    {
        $waited = !$this->lock(0.0);
        if ($waited) {
            $logger?->info('Item "{key}" is being computed by another process', ['key' => $this->item->getKey()]);
            if ($this->forced || !$this->item->isHit()) { // of one that is still there the present value will do
                $this->lock((float) self::SECONDS);
            }
        }
        self::$computing++;
        $this->counted = true;
        try {
            if (($waited || !$this->item->isHit()) && $this->computedMeanwhile($present)) {
                $save = false;
                return $present;
            }
            $value = $callback($this->item, $save);
            if ($save) { // before the lock is given back
                $setMetadata && $setMetadata($this->item);
                $this->pool->save($this->item->set($value));
                $save = false;
            }
            return $value;
        } finally {
            $this->release();
        }
    }

    /** A function that ends the request by exit() comes here, and not to what stands under "finally". */
    public function __destruct()
    {
        $this->release();
    }

    private function release(): void
    {
        if ($this->counted) {
            self::$computing--;
            $this->counted = false;
        }
        if ($this->token !== null) {
            \lyger_cache_unlock($this->name, $this->token);
            $this->token = null;
        }
    }

    private function computedMeanwhile(mixed &$present): bool
    {
        if ($this->forced || !$this->pool instanceof AdapterInterface) {
            return false;
        }
        $item = $this->pool->getItem($this->item->getKey());
        $present = $item->get();
        return $item->isHit();
    }

    /** False when another process has it, and where there is no room for more locks. */
    private function lock(float $wait): bool
    {
        try {
            $this->token = \lyger_cache_lock($this->name, self::SECONDS, $wait);
        } catch (\Lyger\Exception\CacheException) {
        }
        return $this->token !== null;
    }
}
