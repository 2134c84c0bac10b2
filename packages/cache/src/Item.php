<?php

declare(strict_types=1);

namespace Lyger\Cache;

use Lyger\Cache\Internal\Names;
use Lyger\Cache\Internal\Seconds;
use Psr\Cache\CacheItemInterface;

/**
 * An item of a Pool, with tags. It knows nothing of its pool: a copy is an item of its own, and it can be serialised when
 * its value can. get() has what set() gave, isHit() stays what was found.
 */
final class Item implements CacheItemInterface
{
    /** Seconds since 1970 when it is over; null: as the pool says. */
    private ?float $expiry = null;

    /** @var array<string> by themselves; "12" is 12 as a key only */
    private array $tags = [];

    /**
     * Items are made by a pool.
     *
     * @internal
     * @param array<string> $previousTags by themselves
     */
    public function __construct(
        private readonly string $key,
        private mixed $value = null,
        private readonly bool $hit = false,
        private readonly array $previousTags = [],
    ) {
    }

    public function getKey(): string
    {
        return $this->key;
    }

    public function get(): mixed
    {
        return $this->value;
    }

    public function isHit(): bool
    {
        return $this->hit;
    }

    public function set(mixed $value): static
    {
        $this->value = $value;
        return $this;
    }

    public function expiresAt(?\DateTimeInterface $expiration): static
    {
        $this->expiry = $expiration === null ? null : (float) $expiration->format('U.u');
        return $this;
    }

    public function expiresAfter(null|int|\DateInterval $time): static
    {
        $this->expiry = $time === null ? null : microtime(true) + Seconds::of($time);
        return $this;
    }

    /**
     * Tags that the item has from its next save on, beside those it was given before.
     *
     * @param string|iterable<string> $tags
     * @throws Exception\InvalidArgumentException for one that is empty, no string, or has one of {}()/\@:
     */
    public function tag(string|iterable $tags): static
    {
        // All are looked at before one is taken.
        $this->tags = self::checked(\is_string($tags) ? [$tags] : $tags) + $this->tags;
        return $this;
    }

    /**
     * The tags that the item has from its next save on, and no others. Saved without any it has none.
     *
     * @param array<string> $tags
     * @throws Exception\InvalidArgumentException as tag() does
     */
    public function setTags(array $tags): static
    {
        $this->tags = self::checked($tags);
        return $this;
    }

    /**
     * The tags that the item was found with.
     *
     * @return array<string> by themselves
     */
    public function getPreviousTags(): array
    {
        return $this->previousTags;
    }

    /**
     * For the pool: the tags to save it with.
     *
     * @internal
     * @return array<string>
     */
    public function tags(): array
    {
        return $this->tags;
    }

    /**
     * For the pool: when it is over, in seconds since 1970; null when nothing was said.
     *
     * @internal
     */
    public function expiry(): ?float
    {
        return $this->expiry;
    }

    /** @return array<string> by themselves */
    private static function checked(iterable $tags): array
    {
        $tags = Names::slots('', $tags, 'tag');
        return array_combine($tags, $tags);
    }
}
