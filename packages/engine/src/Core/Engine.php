<?php

declare(strict_types=1);

namespace Lyger\Core;

/*
 * Applications written for the FFI engine name Lyger\Core\Engine. With the extension loaded, lyger.core_alias decides
 * whether that name is taken; an application that switched it off brings a class of its own.
 */
if (!\extension_loaded('lyger')) {
    class_alias(\Lyger\Engine::class, 'Lyger\Core\Engine');
}

if (false) {
    /** Never declared: it shows the name to Composer's classmap, which an authoritative autoloader relies on. */
    final class Engine
    {
    }
}
