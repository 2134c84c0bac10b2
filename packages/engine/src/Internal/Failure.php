<?php

declare(strict_types=1);

namespace Lyger\Internal;

use Lyger\Exception\QueryException;

/**
 * Makes the exceptions whose fields are private. The class may be the extension's or this package's; both keep the same
 * fields, and neither lets a script pass them to the constructor.
 *
 * @internal
 */
final class Failure
{
    /** What lastError() tells: the message of the last failure of a query, or of a call that returned false. */
    public static string $last = '';

    public static function query(
        string $message,
        string $sqlState = '',
        int $position = 0,
        ?\Throwable $previous = null,
        int $code = 0,
    ): QueryException {
        self::$last = $message;
        $failure = new QueryException($message, $code, $previous);
        (new \ReflectionProperty(QueryException::class, 'sqlState'))->setValue($failure, $sqlState);
        (new \ReflectionProperty(QueryException::class, 'position'))->setValue($failure, $position);
        return $failure;
    }

    public static function openTransaction(): QueryException
    {
        return self::query(
            'the statement left a transaction open, which has been rolled back: dbTransaction() keeps one for its function '
            . '(its options: isolation, read_only, deferrable; mode is BEGIN IMMEDIATE and the like of SQLite)',
            '25000', // invalid_transaction_state
        );
    }
}
