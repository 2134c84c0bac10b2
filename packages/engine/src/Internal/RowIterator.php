<?php

declare(strict_types=1);

namespace Lyger\Internal;

/**
 * The rows of a result, and from the beginning again after rewind(), which a generator by itself cannot do.
 *
 * @internal
 * @implements \Iterator<int, array>
 */
final class RowIterator implements \Iterator
{
    private \Generator $rows;

    /** @param \Closure(): \Generator<int, array> $begin */
    public function __construct(private readonly \Closure $begin)
    {
        $this->rows = $begin();
    }

    public function current(): mixed
    {
        return $this->rows->current();
    }

    public function key(): mixed
    {
        return $this->rows->key();
    }

    public function next(): void
    {
        $this->rows->next();
    }

    public function rewind(): void
    {
        $this->rows = ($this->begin)();
    }

    public function valid(): bool
    {
        return $this->rows->valid();
    }

    private function __clone(): void
    {
    }
}
