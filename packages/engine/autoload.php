<?php

declare(strict_types=1);

/*
 * Loads the classes of this package without Composer. Under Composer this file is not needed: its PSR-4 entry finds the
 * same files. Nothing is read until a class is first used, and with the extension loaded Lyger\Engine never is.
 */
spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Lyger\\')) {
        $file = __DIR__ . '/src/' . strtr(substr($class, 6), '\\', '/') . '.php';
        if (is_file($file)) {
            require_once $file;
        }
    }
});
