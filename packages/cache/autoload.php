<?php

declare(strict_types=1);

/*
 * Loads the classes of this package, and those of packages/engine beside it, without Composer. The interfaces of PSR-6
 * and PSR-16 have to come from elsewhere; the stores do without them.
 */
require_once __DIR__ . '/../engine/autoload.php';
spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Lyger\\Cache\\')) {
        $file = __DIR__ . '/src/' . strtr(substr($class, 12), '\\', '/') . '.php';
        if (is_file($file)) {
            require_once $file;
        }
    }
});
