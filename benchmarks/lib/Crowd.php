<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use Closure;

/** Processes that do the same at once: children of a worker, forked before the measurement and told to begin by a byte. */
final class Crowd
{
    /** @var list<resource> */
    private array $sockets = [];

    /** @param Closure(int $n, int $at): void $work $n operations, beginning at a place of this process's own */
    public function __construct(int $processes, Closure $work)
    {
        for ($p = 0; $p < $processes; $p++) {
            $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
            if (pcntl_fork() === 0) {
                array_map(fclose(...), [...$this->sockets, $pair[0]]); // so that every end is seen
                $at = 2503 * $p;
                while (strlen((string) $order = fread($pair[1], 8)) === 8) {
                    $work(unpack('P', $order)[1], $at);
                    fwrite($pair[1], '.');
                }
                posix_kill(posix_getpid(), SIGKILL); // what the parent has to flush or to free is not this child's
            }
            fclose($pair[1]);
            $this->sockets[] = $pair[0];
        }
    }

    /** All do $n operations; returns when the last is done. */
    public function run(int $n): void
    {
        foreach ($this->sockets as $socket) {
            fwrite($socket, pack('P', $n));
        }
        foreach ($this->sockets as $socket) {
            fread($socket, 1);
        }
    }

    public function __destruct()
    {
        foreach ($this->sockets as $socket) {
            fclose($socket);
            pcntl_wait($status);
        }
    }
}
