<?php

declare(strict_types=1);

namespace Lyger\Cache\Internal;

use Lyger\Cache\Exception\InvalidArgumentException;

/**
 * Keys, tags and namespaces as PSR-6 and PSR-16 allow them, and where they are in a store: behind a prefix that ends with
 * a colon, which none of them can contain, so that no namespace begins with another.
 *
 * @internal
 */
final class Names
{
    private const RESERVED = '{}()/\\@:';
    private const LONGEST = 65535; // bytes of a key in a store

    private function __construct()
    {
    }

    public static function prefix(string $kind, string $namespace): string
    {
        if (strpbrk($namespace, self::RESERVED) !== false) {
            throw new InvalidArgumentException("The namespace \"$namespace\" contains one of " . self::RESERVED);
        }
        return "$kind:$namespace:";
    }

    /** The key of a store for a key or tag, after a look at it. */
    public static function slot(string $prefix, string $name, string $what = 'key'): string
    {
        if ($name === '') {
            throw new InvalidArgumentException("The $what is empty");
        }
        if (strpbrk($name, self::RESERVED) !== false) {
            throw new InvalidArgumentException(
                "The $what \"" . self::shown($name) . '" contains one of the reserved characters ' . self::RESERVED
            );
        }
        $slot = $prefix . $name;
        if (\strlen($slot) > self::LONGEST) {
            $room = self::LONGEST - \strlen($prefix);
            throw new InvalidArgumentException("The $what has " . \strlen($name) . " bytes, there is room for $room");
        }
        return $slot;
    }

    /**
     * The same for several, each once.
     *
     * @return array<string, string> slot => key
     */
    public static function slots(string $prefix, iterable $names, string $what = 'key'): array
    {
        $slots = [];
        foreach ($names as $name) {
            if (!\is_string($name)) {
                throw new InvalidArgumentException("A $what must be of type string, " . get_debug_type($name) . ' given');
            }
            $slots[self::slot($prefix, $name, $what)] = $name;
        }
        return $slots;
    }

    /** For a message: of a long key the beginning, of bytes that are no text their numbers. */
    public static function shown(string $name): string
    {
        return addcslashes(substr($name, 0, 64), "\0..\37\177..\377") . (\strlen($name) > 64 ? '…' : '');
    }
}
