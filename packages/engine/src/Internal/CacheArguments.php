<?php

declare(strict_types=1);

namespace Lyger\Internal;

/**
 * The rules for keys, times and batches that every engine of this package checks in the same words as the extension.
 *
 * @internal
 */
final class CacheArguments
{
    public const KEY_MAX = 65535;       // bytes; the least is 1
    public const TTL_MAX = 4294967295;  // seconds; 0 means no expiry

    public static function key(string $method, string $key): void
    {
        $length = \strlen($key);
        if ($length < 1 || $length > self::KEY_MAX) {
            throw new \ValueError(
                "Lyger\\Engine::$method(): Argument #1 (\$key) must be 1 to " . self::KEY_MAX . " bytes long, $length given"
            );
        }
    }

    public static function ttl(string $method, int $argument, int $ttl): void
    {
        if ($ttl < 0 || $ttl > self::TTL_MAX) {
            throw new \ValueError(
                "Lyger\\Engine::$method(): Argument #$argument (\$ttl) must be between 0 and " . self::TTL_MAX
                . " seconds, $ttl given"
            );
        }
    }

    /** A resource, closure or recursive array cannot be stored; what an object can do, its serialisation says. */
    public static function value(string $method, int $argument, string $name, mixed $value): void
    {
        $reason = self::unstorable($value);
        if ($reason !== null) {
            throw new \TypeError(
                "Lyger\\Engine::$method(): Argument #$argument (\$$name) must not be or contain $reason"
            );
        }
    }

    /** Why a value cannot be stored; null when it can. */
    public static function unstorable(mixed $value, int $depth = 0): ?string
    {
        if (\is_scalar($value) || $value === null) {
            return null;
        }
        if ($value instanceof \Closure) {
            return 'a closure';
        }
        // gettype() also knows closed resources, which is_resource() does not.
        if (str_starts_with(\gettype($value), 'resource')) {
            return 'a resource';
        }
        if (!\is_array($value)) {
            return null;
        }
        if ($depth === 0 && self::isRecursive($value)) {
            return 'a recursive array';
        }
        foreach ($value as $element) {
            $reason = self::unstorable($element, $depth + 1);
            if ($reason !== null) {
                return $reason;
            }
        }
        return null;
    }

    /** Whether the array holds itself by reference; COUNT_RECURSIVE warns exactly then. */
    private static function isRecursive(array $value): bool
    {
        $recursive = false;
        set_error_handler(static function () use (&$recursive): bool {
            return $recursive = true;
        });
        try {
            \count($value, COUNT_RECURSIVE);
        } finally {
            restore_error_handler();
        }
        return $recursive;
    }

    /** A key of a batch: a string, or an integer taken as its decimal text. */
    public static function batchKey(string $method, string $name, mixed $key, int $position): string
    {
        if (!\is_string($key) && !\is_int($key)) {
            throw new \TypeError(
                "Lyger\\Engine::$method(): Argument #1 (\$$name) must hold keys of type string or int, "
                . get_debug_type($key) . " given at element $position"
            );
        }
        $key = (string) $key;
        $length = \strlen($key);
        if ($length < 1 || $length > self::KEY_MAX) {
            throw new \ValueError(
                "Lyger\\Engine::$method(): Argument #1 (\$$name) must hold keys of 1 to " . self::KEY_MAX
                . " bytes, $length given at element $position"
            );
        }
        return $key;
    }

    /** @return list<string> the keys of a batch, every one checked */
    public static function batchKeys(string $method, array $keys): array
    {
        $checked = [];
        foreach ($keys as $key) {
            $checked[] = self::batchKey($method, 'keys', $key, \count($checked));
        }
        return $checked;
    }

    /**
     * The elements of a cacheSetBatch(): a key => value map, or JSON text, of a map or of a list of pairs.
     *
     * @return list<array{string, mixed}> key and value, every element checked
     */
    public static function batch(string $method, array|string $items): array
    {
        $pairs = false;
        if (\is_string($items)) {
            $pairs = !str_starts_with(ltrim($items, " \t\n\r"), '{');
            $items = self::decode($method, $items);
        }
        $batch = [];
        foreach ($items as $key => $value) {
            $position = \count($batch);
            if ($pairs) {
                if (!\is_array($value) || !\array_key_exists('key', $value) || !\array_key_exists('value', $value)) {
                    throw new \ValueError(
                        "Lyger\\Engine::$method(): Argument #1 (\$items) must be the JSON text of a map or of a list of "
                        . "pairs with \"key\" and \"value\"; element $position is not one"
                    );
                }
                ['key' => $key, 'value' => $value] = $value;
            }
            $key = self::batchKey($method, 'items', $key, $position);
            $reason = self::unstorable($value);
            if ($reason !== null) {
                throw new \TypeError(
                    "Lyger\\Engine::$method(): Argument #1 (\$items) must not be or contain $reason, as element "
                    . "$position does"
                );
            }
            $batch[] = [$key, $value];
        }
        return $batch;
    }

    private static function decode(string $method, string $text): array
    {
        try {
            $items = json_decode($text, true, 512, JSON_THROW_ON_ERROR);
        } catch (\JsonException $problem) {
            throw new \ValueError(
                "Lyger\\Engine::$method(): Argument #1 (\$items) must be JSON: " . lcfirst($problem->getMessage())
            );
        }
        if (!\is_array($items)) {
            throw new \ValueError(
                "Lyger\\Engine::$method(): Argument #1 (\$items) must be the JSON text of an object or an array, "
                . get_debug_type($items) . ' given'
            );
        }
        return $items;
    }
}
