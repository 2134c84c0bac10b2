<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

/** A bar on stderr, on terminals only. */
final class Progress
{
    private readonly bool $shown;

    public function __construct()
    {
        $this->shown = stream_isatty(STDERR);
    }

    public function at(float $share, string $name): void
    {
        if ($this->shown) {
            $full = (int) (30 * min(1.0, $share));
            fprintf(STDERR, "\r\033[K[%s%s] %3d%% %s", str_repeat('#', $full), str_repeat('.', 30 - $full), 100 * $share, $name);
        }
    }

    public function clear(): void
    {
        if ($this->shown) {
            fwrite(STDERR, "\r\033[K");
        }
    }
}
