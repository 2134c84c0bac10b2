<?php

declare(strict_types=1);

namespace Lyger;

/** What every exception of lyger implements. The extension brings its own when it is loaded. */
interface Exception extends \Throwable
{
}
