<?php

declare(strict_types=1);

namespace Lyger\Cache\Exception;

use Lyger\Cache\Internal\Names;

/** A key, a tag or a value that cannot be used, as both PSR-6 and PSR-16 name it. */
class InvalidArgumentException extends \InvalidArgumentException implements
    \Psr\Cache\InvalidArgumentException,
    \Psr\SimpleCache\InvalidArgumentException
{
    /** What a store, or the class of the value, threw; an exception of this class stays itself. */
    public static function unstorable(string $key, \Throwable $problem): self
    {
        return $problem instanceof self ? $problem : new self(
            'The value of "' . Names::shown($key) . "\" cannot be stored: {$problem->getMessage()}",
            0,
            $problem,
        );
    }
}
