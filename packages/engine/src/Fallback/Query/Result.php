<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

/**
 * What a statement gave.
 *
 * @internal
 */
final class Result
{
    /** @param list<array{name: string, type: string}> $columns */
    public function __construct(
        public readonly string $json,
        public readonly int $rows,
        public readonly array $columns,
        public readonly int $affected,
        public readonly string $tag,
    ) {
    }

    /** @return array<string, mixed> as Lyger\Engine::resultInfo() gives it */
    public function info(): array
    {
        return [
            'rows' => $this->rows,
            'columns' => $this->columns,
            'affected' => $this->affected,
            'tag' => $this->tag,
        ];
    }
}
