<?php

declare(strict_types=1);

namespace Lyger\Octane;

use Laravel\Octane\Contracts\ServerProcessInspector as Contract;

/** The server, by its pid file. */
final class ServerProcessInspector implements Contract
{
    private const TERM = 15;
    private const HUP = 1;

    /** @param float $grace seconds that running requests have when the server stops; lyger's own is 30 */
    public function __construct(public readonly string $pidFile, private float $grace = 35.0)
    {
    }

    public function serverIsRunning(): bool
    {
        return $this->pid() !== null;
    }

    /** Boots the application anew, and loses no request. */
    public function reloadServer(): void
    {
        $pid = $this->pid();
        $pid === null || posix_kill($pid, self::HUP);
    }

    /** Ends the server after its running requests; false when it is still there when they should have ended. */
    public function stopServer(): bool
    {
        $pid = $this->pid();
        if ($pid === null) {
            return true;
        }
        posix_kill($pid, self::TERM);
        for ($end = microtime(true) + $this->grace; $this->pid() === $pid; usleep(20_000)) {
            if (microtime(true) > $end) {
                return false;
            }
        }
        return true;
    }

    /** Null without a server; a number that another process has since got is not one. */
    private function pid(): ?int
    {
        $pid = (int) trim((string) @file_get_contents($this->pidFile));
        if ($pid <= 0 || !posix_kill($pid, 0)) {
            return null;
        }
        $command = @file_get_contents("/proc/$pid/cmdline");
        return $command === false || str_contains($command, 'lyger') ? $pid : null;
    }
}
