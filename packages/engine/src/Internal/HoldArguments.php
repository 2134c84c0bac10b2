<?php

declare(strict_types=1);

namespace Lyger\Internal;

use Lyger\Exception\CacheException;

/**
 * The rules for remembering and locking that every engine of this package checks in the same words as the extension.
 *
 * @internal
 */
final class HoldArguments
{
    public const STALE_MAX = 1000000; // seconds
    public const WAIT_MAX = 86400;    // seconds
    public const TOKEN_MAX = 64;      // bytes; the least is 1

    private const KEY_SHOWN = 64; // bytes of a key in a message

    public static function stale(string $method, int $stale, int $ttl): void
    {
        if ($stale < 0 || $stale > self::STALE_MAX) {
            throw new \ValueError(
                "Lyger\\Engine::$method(): Argument #4 (\$stale) must be between 0 and " . self::STALE_MAX
                . " seconds, $stale given"
            );
        }
        if ($stale > 0 && $ttl === 0) {
            throw new \ValueError(
                "Lyger\\Engine::$method(): Argument #4 (\$stale) must be 0 when argument #3 (\$ttl) is: such a value is "
                . 'never stale'
            );
        }
    }

    public static function wait(string $method, int $argument, float $wait): void
    {
        if (!($wait >= 0 && $wait <= self::WAIT_MAX)) { // neither is true of NAN, which PHP 8.5 turns into a text with a warning only
            $given = is_nan($wait) ? 'NAN' : $wait;
            throw new \ValueError(
                "Lyger\\Engine::$method(): Argument #$argument (\$wait) must be between 0 and " . self::WAIT_MAX
                . " seconds, $given given"
            );
        }
    }

    /** What $compute returned must be a value that can be stored. */
    public static function computed(string $method, mixed $value): void
    {
        $reason = CacheArguments::unstorable($value);
        if ($reason !== null) {
            throw new \TypeError(
                "Lyger\\Engine::$method(): Argument #2 (\$compute) must not return what is or contains $reason"
            );
        }
    }

    public static function token(string $method, int $argument, ?string $token): void
    {
        $length = \strlen($token ?? '-');
        if ($length < 1 || $length > self::TOKEN_MAX) {
            throw new \ValueError(
                "Lyger\\Engine::$method(): Argument #$argument (\$token) must be 1 to " . self::TOKEN_MAX
                . " bytes long, $length given"
            );
        }
    }

    public static function waitedEnough(string $key, float $wait): CacheException
    {
        $shown = addcslashes(substr($key, 0, self::KEY_SHOWN), "\0..\37\177..\377")
            . (\strlen($key) > self::KEY_SHOWN ? '…' : '');
        return new CacheException(sprintf(
            'the value of "%s" is being computed by another process, and was not there in %s seconds',
            $shown,
            $wait,
        ));
    }
}
