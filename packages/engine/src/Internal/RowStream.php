<?php

declare(strict_types=1);

namespace Lyger\Internal;

/**
 * What streamResult() returns, as the extension's Lyger\RowStream: rows that are fetched chunk by chunk while they are used, and from
 * the beginning again after rewind().
 *
 * @internal
 * @implements \Iterator<int, array<string, mixed>>
 */
final class RowStream implements \Iterator
{
    /** @var ?array{rows: list<array<string, mixed>>, offset: int, has_more: bool} null before the first */
    private ?array $chunk = null;

    private int $at = 0;

    /** @param \Closure(int): array $fetch the chunk that begins at that row */
    public function __construct(private readonly \Closure $fetch)
    {
    }

    private function chunk(): array
    {
        return $this->chunk ??= ($this->fetch)(0);
    }

    public function current(): ?array
    {
        return $this->chunk()['rows'][$this->at] ?? null;
    }

    public function key(): ?int
    {
        return $this->valid() ? $this->chunk['offset'] + $this->at : null;
    }

    public function next(): void
    {
        if ($this->valid() && ++$this->at === \count($this->chunk['rows']) && $this->chunk['has_more']) {
            $this->chunk = ($this->fetch)($this->chunk['offset'] + $this->at);
            $this->at = 0;
        }
    }

    public function rewind(): void
    {
        if ($this->chunk !== null && $this->chunk['offset'] > 0) {
            $this->chunk = null;
        }
        $this->at = 0;
    }

    public function valid(): bool
    {
        return isset($this->chunk()['rows'][$this->at]);
    }

    private function __clone(): void
    {
    }

    public function __serialize(): array
    {
        throw new \Exception("Serialization of 'Lyger\\RowStream' is not allowed");
    }
}
