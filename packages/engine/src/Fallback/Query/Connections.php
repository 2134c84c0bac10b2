<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Internal\Failure;

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

    /** @var array<string, Connection> by DSN: see take() */
    private array $home = [];

    /** @var array<string, bool> by DSN: a statement needed the home's session */
    private array $changed = [];

    /** @var list<Connection> of a parent process: closing them here would close them there */
    private array $foreign = [];

    /** @var list<Pending> statements that were sent and not waited for, the oldest first */
    private array $pending = [];

    public readonly Transactions $transactions;

    public function __construct()
    {
        $this->transactions = new Transactions($this);
    }

    /**
     * The connection to run $query on: that of the DSN's transaction, or the DSN's home, which its statements share so that
     * each sees what the ones before it left in the session. While the home runs what was sent, others get connections of
     * their own, and the home moves there with a statement that is run; but when a statement needs the session, there is
     * only one that is right, and it is waited for.
     *
     * @param bool $beside it is sent, and waited for later
     */
    public function take(Dsn $dsn, string $query = '', bool $beside = false): Connection
    {
        $text = $dsn->text;
        $needs = ($dsn->driver === 'pgsql' ? Postgres::class : Sqlite::class)::needsSession($query);
        $connection = $this->transactions->connection($dsn);
        if ($connection !== null) {
            $this->collect(static fn(Pending $pending): bool => $pending->connection === $connection);
            $this->changed[$text] = ($this->changed[$text] ?? false) || $needs;
            return $this->transactions->connection($dsn);
        }
        $home = $this->home[$text] ?? null;
        $runs = static fn(Pending $pending): bool => $home !== null && $pending->connection === $home;
        if ($needs || ($this->changed[$text] ?? false)) {
            $this->collect($runs);
        }
        $ofDsn = array_filter($this->pending, static fn(Pending $pending): bool => $pending->dsn->text === $text);
        if (\count($ofDsn) >= self::MOST) {
            reset($ofDsn)->collect();
        }
        $sent = array_filter($this->pending, $runs) !== [];
        $taken = $this->takeKept($dsn) ?? ($dsn->driver === 'pgsql' ? new Postgres($dsn) : new Sqlite($dsn));
        if (!$sent || !$beside) {
            $this->home[$text] = $taken;
        }
        $this->changed[$text] = ($this->changed[$text] ?? false) || $needs;
        return $taken;
    }

    /** The home if it is idle, another one that was used before, or null. */
    private function takeKept(Dsn $dsn): ?Connection
    {
        $text = $dsn->text;
        $home = $this->home[$text] ?? null;
        $this->kept[$text] ??= [];
        usort($this->kept[$text], static fn(array $a, array $b): int => ($a[0] === $home) <=> ($b[0] === $home));
        while (($kept = array_pop($this->kept[$text])) !== null) {
            [$connection, $process, $used] = $kept;
            if ($process !== getmypid()) {
                $this->foreign[] = $connection;
            } elseif ($connection->isAlive(intdiv(hrtime(true) - $used, 1_000_000_000))) {
                return $connection;
            } elseif ($connection === $home && ($this->changed[$text] ?? false)) {
                unset($this->home[$text], $this->changed[$text]);
                throw Failure::query(
                    'the connection is lost, and with it what this request had changed in its session (SET and the like); '
                    . 'the next statement gets a new one',
                    '08006', // connection_failure
                );
            }
        }
        return null;
    }

    public function give(Dsn $dsn, Connection $connection): void
    {
        $isHome = ($this->home[$dsn->text] ?? null) === $connection;
        if ($this->transactions->keep($dsn, $connection)) {
            return;
        }
        if ($connection->clean(!$isHome)) {
            $this->kept[$dsn->text][] = [$connection, getmypid(), hrtime(true)];
        } elseif ($isHome) {
            unset($this->home[$dsn->text], $this->changed[$dsn->text]);
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
