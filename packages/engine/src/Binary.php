<?php

declare(strict_types=1);

namespace Lyger;

/** Bytes as a parameter of a statement: bytea of PostgreSQL, a blob of SQLite. */
final class Binary
{
    public function __construct(public readonly string $bytes)
    {
    }
}
