<?php

declare(strict_types=1);

namespace Lyger\Exception;

/** A failure that belongs to no room. */
class RuntimeException extends \RuntimeException implements \Lyger\Exception
{
}
