<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Internal\Rows;

/**
 * What a statement gave.
 *
 * @internal
 */
final class Result implements Rows
{
    /**
     * @param list<array{name: string, type: string}> $columns
     * @param \Closure(): \Generator<int, list<mixed>> $values begins a walk over the rows
     * @param bool $named as the option rows says
     */
    public function __construct(
        private readonly string $json,
        private readonly int $rows,
        private readonly array $columns,
        public readonly int $affected,
        private readonly string $tag,
        private readonly \Closure $values,
        public readonly bool $named,
    ) {
    }

    public function json(): string
    {
        return $this->json;
    }

    /** As Lyger\Engine::resultInfo() gives it. */
    public function info(): array
    {
        return [
            'rows' => $this->rows,
            'columns' => $this->columns,
            'affected' => $this->affected,
            'tag' => $this->tag,
        ];
    }

    public function values(): \Generator
    {
        return ($this->values)();
    }
}
