<?php

declare(strict_types=1);

namespace Lyger;

/*
 * Lyger\Result where the extension is not loaded: what the engines of this package return becomes it when it is loaded.
 */
class_exists(Internal\Result::class);

if (false) {
    /** Never declared: it shows the name to Composer's classmap, which an authoritative autoloader relies on. */
    final class Result
    {
    }
}
