<?php

declare(strict_types=1);

namespace Lyger\Ffi;

use FFI;
use FFI\CData;

/**
 * Locks and leases of the library, for Lyger\Ffi\Engine. Waiting is done in short calls, so that signals and time
 * limits of PHP come to pass in between.
 *
 * @internal
 */
final class Holds
{
    // Kinds of ext/abi/lyger.h.
    public const LOCK = 0;
    public const LEASE = 1;

    private const SLICE = 100; // ms of waiting in one call

    private bool $endIsWatched = false;

    /** @param \Closure(int): bool $yes reads an answer of the library, or throws its error */
    public function __construct(private readonly FFI $library, private readonly \Closure $yes)
    {
    }

    /** One attempt: the token, which is made when the caller has none, or null when somebody else holds it. */
    public function lock(string $key, int $ttl, ?string $token): ?string
    {
        if ($token !== null) {
            $got = $this->library->lyger_ffi_cache_lock_as($key, \strlen($key), $ttl, $token, \strlen($token));
            return ($this->yes)($got) ? $token : null;
        }
        $made = $this->attempt(
            fn(CData $token): int => $this->library->lyger_ffi_cache_lock($key, \strlen($key), $ttl, $token)
        );
        return $made === null ? null : bin2hex(pack('J', $made));
    }

    public function unlock(string $key, ?string $token): bool
    {
        return ($this->yes)(
            $this->library->lyger_ffi_cache_unlock($key, \strlen($key), $token, \strlen((string) $token))
        );
    }

    public function extend(string $key, string $token, int $ttl): bool
    {
        return ($this->yes)(
            $this->library->lyger_ffi_cache_lock_extend($key, \strlen($key), $token, \strlen($token), $ttl)
        );
    }

    public function owner(string $key): ?string
    {
        $bytes = $this->library->new('char *');
        $length = $this->library->new('size_t');
        if (!($this->yes)(
            $this->library->lyger_ffi_cache_lock_owner($key, \strlen($key), FFI::addr($bytes), FFI::addr($length))
        )) {
            return null;
        }
        $token = FFI::string($bytes, $length->cdata);
        $this->library->lyger_free_string($bytes);
        return $token;
    }

    /** One attempt at a lease: a token, or null when somebody else holds it. */
    public function lease(string $key): ?int
    {
        return $this->attempt(
            fn(CData $token): int => $this->library->lyger_ffi_cache_lease($key, \strlen($key), $token)
        );
    }

    /** @param \Closure(CData): int $call */
    private function attempt(\Closure $call): ?int
    {
        $this->watchEnd();
        // Made anew: a signal handler may come here too before the token has been read.
        $token = $this->library->new('unsigned long long');
        return ($this->yes)($call(FFI::addr($token))) ? $token->cdata : null;
    }

    public function giveBack(string $key, int $kind, int $token): bool
    {
        return ($this->yes)($this->library->lyger_ffi_cache_give_back($key, \strlen($key), $kind, $token));
    }

    /** Waits a while for the holder; false when the time is over, which $end of hrtime() is. */
    public function waitAWhile(string $key, int $kind, int $end): bool
    {
        $left = intdiv($end - hrtime(true), 1_000_000);
        if ($left <= 0) {
            return false;
        }
        // PHP 8.4 runs asynchronous signal handlers while the call of an FFI function is half gone, and crashes when
        // one of them makes an exception. So they run after it.
        $asynchronous = \function_exists('pcntl_async_signals') && pcntl_async_signals(false);
        try {
            ($this->yes)($this->library->lyger_ffi_cache_wait($key, \strlen($key), $kind, min($left, self::SLICE)));
        } finally {
            if ($asynchronous) {
                pcntl_async_signals(true);
            }
        }
        if ($asynchronous) {
            pcntl_signal_dispatch();
        }
        return true;
    }

    /** When a wait that begins now is over, in nanoseconds of hrtime(). */
    public static function endOfWait(float $seconds): int
    {
        return hrtime(true) + (int) ($seconds * 1e9);
    }

    /** The library does not see a request end; what exit() or a fatal error leaves behind is let go then. */
    private function watchEnd(): void
    {
        if (!$this->endIsWatched) {
            $this->endIsWatched = true;
            register_shutdown_function(function (): void {
                $this->library->lyger_ffi_cache_end_request();
            });
        }
    }
}
