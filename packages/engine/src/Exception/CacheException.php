<?php

declare(strict_types=1);

namespace Lyger\Exception;

/** The cache cannot do what was asked. */
class CacheException extends \RuntimeException implements \Lyger\Exception
{
}
