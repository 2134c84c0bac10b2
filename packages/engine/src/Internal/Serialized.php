<?php

declare(strict_types=1);

namespace Lyger\Internal;

/**
 * Reads values that were stored in PHP's serialisation. One that can no longer be read (its class or enum case is gone,
 * it is nested too deeply, its class refuses it) is a miss with a warning, as in the extension.
 *
 * @internal
 */
final class Serialized
{
    /** @return bool whether $value is it now; if not, PHP has been warned, unless $warns is false */
    public static function read(string $method, string $key, string $bytes, mixed &$value, bool $warns = true): bool
    {
        $why = null;
        $callback = (string) ini_get('unserialize_callback_func');
        self::$callback = $callback === self::class . '::missing' ? self::$callback : $callback;
        ini_set('unserialize_callback_func', self::class . '::missing');
        $previous = set_error_handler(static function (int $level, string $message, ...$where) use (&$why, &$previous): bool {
            if (str_starts_with($message, 'unserialize(): ')) {
                $why ??= substr($message, \strlen('unserialize(): '));
                return true;
            }
            return $previous !== null && $previous($level, $message, ...$where) !== false;
        });
        try {
            $read = unserialize($bytes);
        } catch (\Throwable $thrown) {
            $why = $thrown::class . ": {$thrown->getMessage()}";
        } finally {
            restore_error_handler();
            ini_set('unserialize_callback_func', $callback);
        }
        if ($why === null) {
            $value = $read;
            return true;
        }
        if ($warns) {
            $shown = addcslashes(substr($key, 0, 64), "\0..\37\177..\377") . (\strlen($key) > 64 ? '…' : '');
            trigger_error(
                "Lyger\\Engine::$method(): The entry \"$shown\" cannot be read and counts as a miss: $why",
                E_USER_WARNING,
            );
        }
        return false;
    }

    private static string $callback = '';

    /** For unserialize(), which would make an object without a class. */
    public static function missing(string $class): void
    {
        if (self::$callback !== '' && \is_callable(self::$callback)) {
            (self::$callback)($class);
        }
        if (!class_exists($class, false)) {
            throw new \UnexpectedValueException("the class $class does not exist any more");
        }
    }
}
