<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

/**
 * One connection a DSN, kept until the process ends and never shared across a fork.
 *
 * @internal
 */
final class Connections
{
    /** @var array<string, array{Connection, int, int}> by DSN: connection, process, hrtime of the last use */
    private array $kept = [];

    /** @var list<Connection> of a parent process: closing them here would close them there */
    private array $foreign = [];

    public function take(Dsn $dsn): Connection
    {
        [$connection, $process, $used] = $this->kept[$dsn->text] ?? [null, 0, 0];
        unset($this->kept[$dsn->text]);
        if ($connection !== null && $process !== getmypid()) {
            $this->foreign[] = $connection;
            $connection = null;
        }
        if ($connection !== null && !$connection->isAlive(intdiv(hrtime(true) - $used, 1_000_000_000))) {
            $connection = null;
        }
        return $connection ?? ($dsn->driver === 'pgsql' ? new Postgres($dsn) : new Sqlite($dsn));
    }

    public function give(Dsn $dsn, Connection $connection): void
    {
        if ($connection->clean()) {
            $this->kept[$dsn->text] = [$connection, getmypid(), hrtime(true)];
        }
    }
}
