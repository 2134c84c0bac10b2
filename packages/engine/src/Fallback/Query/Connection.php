<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Internal\QueryOptions;

/**
 * One connection to a database, used by one query at a time.
 *
 * @internal
 */
interface Connection
{
    /** Runs one statement and reads all its rows. */
    public function run(string $method, string $query, array $params, QueryOptions $options): Result;

    /**
     * After a statement: discards what the session was told. False when the connection can only be thrown away.
     */
    public function clean(): bool;

    /** Before the next statement: whether the connection, unused for so many seconds, is still the one it was. */
    public function isAlive(int $idle): bool;
}
