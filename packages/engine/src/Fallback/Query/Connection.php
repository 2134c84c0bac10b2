<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Internal\QueryOptions;
use Lyger\Internal\TransactionOptions;

/**
 * One connection to a database, used by one query at a time.
 *
 * @internal
 */
interface Connection
{
    /**
     * Runs one statement and reads all its rows, or sends it.
     *
     * @return Result|\Closure(): Result the closure waits for what was sent
     */
    public function send(string $method, string $query, array $params, QueryOptions $options): Result|\Closure;

    /** Gives up what was sent. */
    public function cancel(): void;

    /** Runs a statement of our own, such as BEGIN, for so many seconds at most (0: no limit); returns the command tag, '' where there is none. */
    public function command(string $sql, float $timeout = 0): string;

    /**
     * The statement that begins a transaction with these options, and the options with what it makes of those left to it.
     *
     * @return array{string, TransactionOptions}
     * @throws \ValueError for an option that the database does not have
     */
    public function begin(TransactionOptions $options): array;

    /** Whether a transaction that a statement leaves open is meant to be. */
    public function keepTransactions(bool $keep): void;

    public function inTransaction(): bool;

    /** Whether a statement changes the session, or asks what was done in it, as far as its text says. */
    public static function needsSession(string $query): bool;

    /**
     * After a statement: discards what the session was told, if asked to. False when the connection can only be thrown away.
     */
    public function clean(bool $discard): bool;

    /** Before the next statement: whether the connection, unused for so many seconds, is still the one it was. */
    public function isAlive(int $idle): bool;
}
