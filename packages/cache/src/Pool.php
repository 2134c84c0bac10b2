<?php

declare(strict_types=1);

namespace Lyger\Cache;

use Lyger\Cache\Exception\CacheException;
use Lyger\Cache\Exception\InvalidArgumentException;
use Lyger\Cache\Internal\Deferred;
use Lyger\Cache\Internal\Names;
use Lyger\Cache\Internal\Pairs;
use Lyger\Cache\Internal\Seconds;
use Lyger\Cache\Internal\Tags;
use Psr\Cache\CacheItemInterface;
use Psr\Cache\CacheItemPoolInterface;

/**
 * PSR-6 over a store, with tags.
 *
 *     $pool = new Lyger\Cache\Pool(namespace: 'shop');
 *     $pool->save($pool->getItem('user.42')->set($user)->expiresAfter(60)->tag(['users', 'user.42']));
 *     $pool->invalidateTags(['user.42']);
 *
 * A namespace is a cache of its own: clear() empties no other, and a SimpleCache of the same name is another as well. An
 * item carries the version of each of its tags as it was when the item was saved; invalidateTags() takes the versions away, in a
 * call whose length is the number of tags, however many items have them. So an item whose tag's version was evicted is a
 * miss, too.
 *
 * Deferred items are found by this pool at once, as they were when they were deferred, and by others after commit(), at the
 * latest when the pool is destroyed. A value that cannot be serialised is an InvalidArgumentException from save() or
 * saveDeferred(), and what was stored or deferred before stays.
 */
final class Pool implements CacheItemPoolInterface
{
    private readonly Store $store;
    private readonly Tags $tags;
    private readonly string $prefix;
    private readonly ?int $defaultTtl;

    /** What a store gives for what it has not; no value can be this object. */
    private readonly \stdClass $missing;

    /** @var array<string, Deferred> by slot */
    private array $deferred = [];

    /** The process that deferred them: one that is forked meanwhile does not save them again when it ends. */
    private int $process = 0;

    /**
     * @param ?Store $store null: the best there is, see StoreFactory
     * @param null|int|\DateInterval $defaultTtl for items that say nothing; null: none
     */
    public function __construct(?Store $store = null, string $namespace = '', null|int|\DateInterval $defaultTtl = null)
    {
        $this->store = $store ?? StoreFactory::create();
        $this->prefix = Names::prefix('psr6', $namespace);
        $this->tags = new Tags($this->store, $namespace);
        $this->defaultTtl = $defaultTtl === null ? null : Seconds::of($defaultTtl);
        $this->missing = new \stdClass();
    }

    public function getItem(string $key): Item
    {
        $slot = Names::slot($this->prefix, $key);
        return $this->find([$slot => $key])[0];
    }

    /** @return Pairs each key once, the strings that they were */
    public function getItems(array $keys = []): iterable
    {
        $slots = Names::slots($this->prefix, $keys);
        return new Pairs(array_values($slots), $slots === [] ? [] : $this->find($slots));
    }

    public function hasItem(string $key): bool
    {
        return $this->getItem($key)->isHit();
    }

    public function clear(): bool
    {
        $this->deferred = [];
        try {
            $this->store->clear($this->prefix);
            $this->tags->clear();
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        }
        return true;
    }

    public function deleteItem(string $key): bool
    {
        return $this->deleteItems([$key]);
    }

    public function deleteItems(array $keys): bool
    {
        $slots = Names::slots($this->prefix, $keys);
        $this->deferred = array_diff_key($this->deferred, $slots);
        try {
            $this->store->deleteBatch(array_keys($slots));
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        }
        return true;
    }

    public function save(CacheItemInterface $item): bool
    {
        $item = self::own($item);
        $slot = Names::slot($this->prefix, $item->getKey());
        $seconds = $this->seconds($item->expiry());
        if ($seconds !== null && $seconds <= 0) {
            return $this->deleteItem($item->getKey());
        }
        try {
            $versions = $this->tags->versions($item->tags());
            $saved = $versions !== null && $this->store->set($slot, Tags::seal($item->get(), $versions), $seconds ?? 0);
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        } catch (\Exception | \TypeError $problem) {
            throw InvalidArgumentException::unstorable($item->getKey(), $problem);
        }
        unset($this->deferred[$slot]);
        return $saved;
    }

    public function saveDeferred(CacheItemInterface $item): bool
    {
        $item = self::own($item);
        $slot = Names::slot($this->prefix, $item->getKey());
        try {
            $versions = $this->tags->versions($item->tags());
            if ($versions === null) {
                return false;
            }
            $this->deferred[$slot] = new Deferred($item->get(), $versions, $item->expiry());
            $this->process = (int) getmypid();
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        } catch (\Exception | \TypeError $problem) {
            throw InvalidArgumentException::unstorable($item->getKey(), $problem);
        }
        return true;
    }

    public function commit(): bool
    {
        $batches = [];
        $over = [];
        foreach ($this->deferred as $slot => $one) {
            $seconds = $this->seconds($one->expiry);
            if ($seconds !== null && $seconds <= 0) {
                $over[$slot] = true;
            } else {
                $batches[$seconds ?? 0][$slot] = $one;
            }
        }
        $saved = true;
        try {
            // What the store does not take because it fails stays deferred.
            $over === [] || $this->store->deleteBatch(array_keys($over));
            $this->deferred = array_diff_key($this->deferred, $over);
            foreach ($batches as $seconds => $batch) {
                $saved = $this->saveBatch($batch, $seconds) && $saved;
                $this->deferred = array_diff_key($this->deferred, $batch);
            }
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        }
        return $saved;
    }

    /** @throws InvalidArgumentException for a tag that is empty or has one of {}()/\@: */
    public function invalidateTag(string $tag): bool
    {
        return $this->invalidateTags([$tag]);
    }

    /**
     * Makes every item that has one of the tags a miss, deferred ones as well.
     *
     * @param array<string> $tags
     * @throws InvalidArgumentException for a tag that is empty, no string, or has one of {}()/\@:; then none is invalidated
     */
    public function invalidateTags(array $tags): bool
    {
        try {
            $this->tags->invalidate($tags);
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        }
        return true;
    }

    /** Deferred items are saved by one pool only. */
    public function __clone()
    {
        $this->deferred = [];
    }

    public function __serialize(): array
    {
        throw new \LogicException('A pool cannot be serialised; its items can');
    }

    public function __unserialize(array $data): void
    {
        throw new \LogicException('A pool cannot be unserialised');
    }

    public function __destruct()
    {
        if ($this->deferred === [] || $this->process !== getmypid()) {
            return;
        }
        try {
            $this->commit();
        } catch (\Throwable $problem) {
            trigger_error(\count($this->deferred) . " deferred items are lost: {$problem->getMessage()}", E_USER_WARNING);
        }
    }

    /**
     * @param array<string, string> $slots slot => key
     * @return list<Item>
     */
    private function find(array $slots): array
    {
        try {
            $entries = $this->read($slots);
            $current = $this->tags->current(array_column($entries, 1));
        } catch (\Lyger\Exception $problem) {
            throw CacheException::from($problem);
        }
        $items = [];
        foreach ($slots as $slot => $key) {
            $items[] = isset($entries[$slot]) && array_intersect_key($current, $entries[$slot][1]) == $entries[$slot][1]
                ? new Item($key, $entries[$slot][0], true, Tags::names($entries[$slot][1]))
                : new Item($key);
        }
        return $items;
    }

    /**
     * @param array<string, string> $slots slot => key
     * @return array<string, array{mixed, array<int>}> slot => value and versions of its tags, of those that are there
     */
    private function read(array $slots): array
    {
        $entries = [];
        foreach (array_intersect_key($this->deferred, $slots) as $slot => $one) {
            $seconds = $this->seconds($one->expiry);
            if (($seconds === null || $seconds > 0) && $one->read($slots[$slot], $value)) {
                $entries[$slot] = [$value, $one->versions];
            }
        }
        $others = array_keys(array_diff_key($slots, $this->deferred));
        $found = \count($others) === 1
            ? [$others[0] => $this->store->get($others[0], $this->missing)]
            : ($others === [] ? [] : $this->store->getBatch($others, $this->missing));
        foreach ($found as $slot => $sealed) {
            if ($sealed !== $this->missing) {
                $entries[$slot] = Tags::open($sealed);
            }
        }
        return $entries;
    }

    /** @param array<string, Deferred> $batch by slot */
    private function saveBatch(array $batch, int $seconds): bool
    {
        $items = [];
        foreach ($batch as $slot => $one) {
            if ($one->read(substr($slot, \strlen($this->prefix)), $value)) {
                $items[$slot] = Tags::seal($value, $one->versions);
            }
        }
        try {
            return $this->store->setBatch($items, $seconds) === \count($batch);
        } catch (\Lyger\Exception $problem) {
            throw $problem;
        } catch (\Exception | \TypeError) {
            // Its class has let one be serialised once and does not again: the others have nothing to do with that.
            $saved = 0;
            foreach ($items as $slot => $sealed) {
                try {
                    $saved += (int) $this->store->set($slot, $sealed, $seconds);
                } catch (\Lyger\Exception $problem) {
                    throw $problem;
                } catch (\Exception | \TypeError) {
                    continue;
                }
            }
            return $saved === \count($batch);
        }
    }

    /** Seconds to live from now; 0 or less: over; null: without end. */
    private function seconds(?float $expiry): ?int
    {
        return $expiry === null ? $this->defaultTtl : Seconds::until($expiry);
    }

    private static function own(CacheItemInterface $item): Item
    {
        return $item instanceof Item ? $item : throw new InvalidArgumentException(
            'The item "' . Names::shown($item->getKey()) . '" is a ' . get_debug_type($item) . ', not of this kind of pool'
        );
    }
}
