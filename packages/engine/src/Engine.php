<?php

declare(strict_types=1);

namespace Lyger;

/*
 * Lyger\Engine where the extension is not loaded: the FFI engine or the fallback, as EngineFactory chooses. An autoloader
 * comes here when the class is first named.
 */
class_alias(EngineFactory::className(), 'Lyger\Engine');

if (false) {
    /** Never declared: it shows the name to Composer's classmap, which an authoritative autoloader relies on. */
    final class Engine
    {
    }
}
