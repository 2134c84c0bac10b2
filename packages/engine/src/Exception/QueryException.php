<?php

declare(strict_types=1);

namespace Lyger\Exception;

/** The database, the DSN, a result handle. */
class QueryException extends \RuntimeException implements \Lyger\Exception
{
    /** Five characters (PostgreSQL's, or HY000 and the like for SQLite), '' when the error has none. */
    private string $sqlState = "";

    /** Where in the statement, in characters from 1; 0 when unknown. */
    private int $position = 0;

    public function getSqlState(): string
    {
        return $this->sqlState;
    }

    public function getPosition(): int
    {
        return $this->position;
    }
}
