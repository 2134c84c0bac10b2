<?php

declare(strict_types=1);

namespace Lyger\Cache\Exception;

/** The cache cannot do what was asked, as both PSR-6 and PSR-16 name it. */
class CacheException extends \Lyger\Exception\CacheException implements
    \Psr\Cache\CacheException,
    \Psr\SimpleCache\CacheException
{
    /** What a store threw. */
    public static function from(\Lyger\Exception $problem): self
    {
        return new self($problem->getMessage(), (int) $problem->getCode(), $problem);
    }
}
