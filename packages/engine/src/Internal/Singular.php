<?php

declare(strict_types=1);

namespace Lyger\Internal;

/**
 * What the extension's class is by declaration: neither copied, nor serialised, nor given properties.
 *
 * @internal
 */
trait Singular
{
    private static ?self $instance = null;

    public static function getInstance(): self
    {
        return self::$instance ??= new self();
    }

    private function __clone(): void
    {
    }

    public function __serialize(): array
    {
        throw new \Exception("Serialization of 'Lyger\\Engine' is not allowed");
    }

    public function __unserialize(array $data): void
    {
        throw new \Exception("Unserialization of 'Lyger\\Engine' is not allowed");
    }

    /** Nothing: a data source name may hold a password. */
    public function __debugInfo(): array
    {
        return [];
    }

    public function __set(string $name, mixed $value): void
    {
        throw new \Error("Cannot create dynamic property Lyger\\Engine::\$$name");
    }
}
