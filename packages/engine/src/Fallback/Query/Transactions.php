<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Internal\Failure;
use Lyger\Internal\TransactionOptions;

/**
 * The transactions that were begun, one per DSN, with its savepoints: every statement of the DSN gets its connection.
 *
 * @internal
 */
final class Transactions
{
    /** @var array<string, ?Connection> by DSN; null when a statement ended the transaction, or the connection was lost */
    private array $connections = [];

    /** @var array<string, int> by DSN: 1, and one more for each savepoint */
    private array $depth = [];

    /** @var array<string, TransactionOptions> by DSN */
    private array $options = [];

    public function __construct(private readonly Connections $all)
    {
    }

    /** Null when the DSN has no transaction. */
    public function connection(Dsn $dsn): ?Connection
    {
        if (!isset($this->depth[$dsn->text])) {
            return null;
        }
        return $this->connections[$dsn->text] ?? throw Failure::query(
            'the transaction is over: a statement ended it, or its connection was lost',
            '25000', // invalid_transaction_state
        );
    }

    /** After a statement: whether the connection is a transaction's. */
    public function keep(Dsn $dsn, Connection $connection): bool
    {
        if (($this->connections[$dsn->text] ?? null) !== $connection) {
            return false;
        }
        if ($connection->inTransaction()) {
            return true;
        }
        $this->connections[$dsn->text] = null;
        $connection->keepTransactions(false);
        return false;
    }

    public function begin(Dsn $dsn, TransactionOptions $options): void
    {
        $text = $dsn->text;
        if (isset($this->depth[$text])) {
            $different = $this->options[$text]->differs($options);
            if ($different !== null) {
                throw Failure::query(
                    "a transaction inside of another one is a savepoint in it: the option \"$different\" can only be that of the "
                    . 'outermost one',
                    '25001', // active_sql_transaction
                );
            }
            $this->command($dsn, 'SAVEPOINT lyger_' . $this->depth[$text] + 1);
            $this->depth[$text]++;
            return;
        }
        $connection = $this->all->take($dsn);
        $begun = false;
        try {
            [$sql, $options] = $connection->begin($options);
            $connection->keepTransactions(true);
            $connection->command($sql, $options->timeout);
            $begun = true;
        } finally {
            if (!$begun) {
                $connection->keepTransactions(false);
                $this->all->give($dsn, $connection);
            }
        }
        $this->depth[$text] = 1;
        $this->connections[$text] = $connection;
        $this->options[$text] = $options;
    }

    /** Commits or rolls back what the innermost begin() began; a commit that fails is rolled back. */
    public function end(Dsn $dsn, bool $keep): void
    {
        if (!$keep) {
            $this->undo($dsn);
            return;
        }
        try {
            $this->commit($dsn);
        } catch (\Throwable $failure) {
            try {
                $this->undo($dsn);
            } catch (\Throwable) { // it is undone with its connection
            }
            throw $failure;
        }
    }

    private function commit(Dsn $dsn): void
    {
        if ($this->depth[$dsn->text] > 1) {
            $this->command($dsn, 'RELEASE SAVEPOINT lyger_' . $this->depth[$dsn->text]);
            $this->depth[$dsn->text]--;
            return;
        }
        if ($this->command($dsn, 'COMMIT') === 'ROLLBACK') { // PostgreSQL manual, COMMIT
            throw Failure::query(
                'the transaction was rolled back instead of committed: a statement in it had failed',
                '25P02', // in_failed_sql_transaction
            );
        }
        $this->over($dsn);
    }

    /** When a savepoint cannot be rolled back, the connection is lost: it must not be committed with the rest. */
    private function undo(Dsn $dsn): void
    {
        $depth = $this->depth[$dsn->text];
        $done = false;
        try {
            if ($depth > 1) {
                $this->command($dsn, "ROLLBACK TO SAVEPOINT lyger_$depth");
                $this->command($dsn, "RELEASE SAVEPOINT lyger_$depth");
            } elseif (isset($this->connections[$dsn->text])) {
                $this->command($dsn, 'ROLLBACK');
            }
            $done = true;
        } finally {
            if (!$done) {
                $this->connections[$dsn->text] = null;
            }
            $this->depth[$dsn->text]--;
            if ($depth === 1) {
                $this->over($dsn);
            }
        }
    }

    private function over(Dsn $dsn): void
    {
        unset($this->depth[$dsn->text], $this->connections[$dsn->text], $this->options[$dsn->text]);
    }

    private function command(Dsn $dsn, string $sql): string
    {
        $connection = $this->all->take($dsn);
        try {
            return $connection->command($sql);
        } finally {
            $this->all->give($dsn, $connection);
        }
    }
}
