<?php

declare(strict_types=1);

namespace Lyger\Internal;

/**
 * What cacheKeys() returns, as the extension's Lyger\CacheKeys: numbered keys that are read while they are used, and
 * from the beginning again after rewind(), which a generator by itself cannot do.
 *
 * @internal
 * @implements \Iterator<int, string>
 */
final class Keys implements \Iterator
{
    private \Generator $keys;

    /** @param \Closure(): \Generator<int, string> $walk begins a walk over the keys */
    public function __construct(private readonly \Closure $walk)
    {
        $this->keys = $walk();
    }

    public function current(): ?string
    {
        return $this->keys->current();
    }

    public function key(): ?int
    {
        return $this->keys->key();
    }

    public function next(): void
    {
        $this->keys->next();
    }

    public function rewind(): void
    {
        $this->keys = ($this->walk)();
    }

    public function valid(): bool
    {
        return $this->keys->valid();
    }

    private function __clone(): void
    {
    }

    public function __serialize(): array
    {
        throw new \Exception("Serialization of 'Lyger\\CacheKeys' is not allowed");
    }
}
