<?php

declare(strict_types=1);

namespace Lyger\Cache\Internal;

/**
 * What is fetched for several keys. No array, because there the key "12" would become 12.
 *
 * @internal
 * @implements \IteratorAggregate<string, mixed>
 */
final class Pairs implements \IteratorAggregate, \Countable
{
    /**
     * @param list<string> $keys
     * @param list<mixed> $values
     */
    public function __construct(private readonly array $keys, private readonly array $values)
    {
    }

    public function getIterator(): \Generator
    {
        foreach ($this->keys as $i => $key) {
            yield $key => $this->values[$i];
        }
    }

    public function count(): int
    {
        return \count($this->keys);
    }
}
