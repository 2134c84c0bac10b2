<?php

declare(strict_types=1);

namespace Lyger\Exception;

/** The server cannot start or serve. */
class ServerException extends \RuntimeException implements \Lyger\Exception
{
}
