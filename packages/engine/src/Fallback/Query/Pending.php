<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Internal\Failure;

/**
 * A statement that was sent. Its result, or its error, is told when it is asked for, as often as it is.
 *
 * @internal
 */
final class Pending
{
    private Result|\Throwable|null $outcome = null;
    private readonly int $process;

    /** @param \Closure(): Result $receive */
    public function __construct(
        private readonly Connections $connections,
        public readonly Dsn $dsn,
        public readonly Connection $connection,
        private readonly \Closure $receive,
    ) {
        $this->process = getmypid();
    }

    public function result(): Result
    {
        $this->collect();
        return $this->outcome instanceof Result ? $this->outcome : throw $this->outcome;
    }

    /** Waits for the end of the statement and keeps what came of it. */
    public function collect(): void
    {
        if ($this->outcome !== null) {
            return;
        }
        if ($this->process !== getmypid()) {
            throw Failure::query('the statement belongs to the parent process: this process was forked meanwhile');
        }
        try {
            $this->outcome = ($this->receive)();
        } catch (\Throwable $failure) {
            $this->outcome = $failure;
        } finally {
            $this->connections->ended($this);
        }
    }

    public function cancel(): void
    {
        if ($this->outcome === null && $this->process === getmypid()) {
            $this->outcome = Failure::query('the statement was cancelled', '57014'); // query_canceled
            $this->connection->cancel();
            $this->connections->ended($this);
        }
    }
}
