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
     * @param ?int $insertId the rowid of the last row that the statement inserted, where the database tells it
     */
    public function __construct(
        private readonly string $json,
        private readonly int $rows,
        private readonly array $columns,
        public readonly int $affected,
        private readonly string $tag,
        private readonly \Closure $values,
        public readonly bool $named,
        private readonly ?int $insertId = null,
    ) {
    }

    /** @var ?list<array> */
    private ?array $decoded = null;

    /** @return list<array> the rows as PHP reads them from their JSON */
    private function decoded(): array
    {
        return $this->decoded ??= json_decode($this->json, true, 512, JSON_THROW_ON_ERROR);
    }

    /** As Lyger\Engine::dbQueryJsonV2() gives it. */
    public function report(): array
    {
        return [
            'rows' => $this->decoded(),
            'columns' => array_column($this->columns, 'name'),
            'affected_rows' => $this->affected,
            'last_insert_id' => $this->insertId,
        ];
    }

    /** As Lyger\Engine::resultChunk() gives it. */
    public function chunk(int $offset, int $limit): array
    {
        return [
            'rows' => \array_slice($this->decoded(), $offset, $limit),
            'offset' => $offset,
            'total' => $this->rows,
            'has_more' => $this->rows - $limit > $offset,
        ];
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
