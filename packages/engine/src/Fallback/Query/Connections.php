<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

/**
 * Connections by DSN, kept until the process ends and never shared across a fork.
 *
 * @internal
 */
final class Connections
{
    private const MOST = 8; // per DSN, as lyger.db_max_connections

    /** @var array<string, list<array{Connection, int, int}>> by DSN: connection, process, hrtime of the last use */
    private array $kept = [];

    /** @var list<Connection> of a parent process: closing them here would close them there */
    private array $foreign = [];

    /** @var list<Pending> statements that were sent and not waited for, the oldest first */
    private array $pending = [];

    public readonly Transactions $transactions;

    public function __construct()
    {
        $this->transactions = new Transactions($this);
    }

    /** The connection of the DSN's transaction, one that was used before, or a new one. */
    public function take(Dsn $dsn): Connection
    {
        $connection = $this->transactions->connection($dsn);
        if ($connection !== null) {
            $this->collect(static fn(Pending $pending): bool => $pending->connection === $connection);
            return $this->transactions->connection($dsn);
        }
        $ofDsn = array_filter($this->pending, static fn(Pending $pending): bool => $pending->dsn->text === $dsn->text);
        if (\count($ofDsn) >= self::MOST) {
            reset($ofDsn)->collect();
        }
        $this->kept[$dsn->text] ??= [];
        while (($kept = array_pop($this->kept[$dsn->text])) !== null) {
            [$connection, $process, $used] = $kept;
            if ($process !== getmypid()) {
                $this->foreign[] = $connection;
            } elseif ($connection->isAlive(intdiv(hrtime(true) - $used, 1_000_000_000))) {
                return $connection;
            }
        }
        return $dsn->driver === 'pgsql' ? new Postgres($dsn) : new Sqlite($dsn);
    }

    public function give(Dsn $dsn, Connection $connection): void
    {
        if (!$this->transactions->keep($dsn, $connection) && $connection->clean()) {
            $this->kept[$dsn->text][] = [$connection, getmypid(), hrtime(true)];
        }
    }

    /** @param \Closure(): Result $receive what Connection::send() gave */
    public function await(Dsn $dsn, Connection $connection, \Closure $receive): Pending
    {
        return $this->pending[] = new Pending($this, $dsn, $connection, $receive);
    }

    /** A statement has ended: its connection is given back. */
    public function ended(Pending $pending): void
    {
        $this->pending = array_values(array_filter($this->pending, static fn(Pending $other): bool => $other !== $pending));
        $this->give($pending->dsn, $pending->connection);
    }

    /** @param \Closure(Pending): bool $which */
    private function collect(\Closure $which): void
    {
        foreach (array_filter($this->pending, $which) as $pending) {
            $pending->collect();
        }
    }
}
