<?php

declare(strict_types=1);

namespace Lyger\Internal;

/**
 * The options of a query, checked in the same words by every engine of this package.
 *
 * @internal
 */
final class QueryOptions
{
    /**
     * @param string $bigint number, string or auto
     * @param string $numeric number, string or auto
     * @param float $timeout seconds, 0 for none
     * @param bool $named rows as objects; false: as arrays without names
     */
    private function __construct(
        public readonly string $bigint,
        public readonly string $numeric,
        public readonly float $timeout,
        public readonly bool $named,
    ) {
    }

    public static function read(string $method, array $options): self
    {
        foreach ($options as $name => $value) {
            if (!\in_array($name, ['bigint', 'numeric', 'timeout', 'rows'], true)) {
                throw new \ValueError(
                    "Lyger\\Engine::$method(): Argument #4 (\$options) has the unknown option \"$name\"; known are bigint, numeric, "
                    . 'timeout, rows'
                );
            }
        }
        $choice = static fn(string $name, array $allowed): string
            => \array_key_exists($name, $options) ? self::word($method, 4, $name, $options[$name], $allowed) : $allowed[0];
        return new self(
            $choice('bigint', ['number', 'string', 'auto']),
            $choice('numeric', ['number', 'string', 'auto']),
            self::timeout($method, 4, $options),
            $choice('rows', ['object', 'array']) === 'object',
        );
    }

    /** @param list<string> $allowed */
    public static function word(string $method, int $argument, string $name, mixed $value, array $allowed): string
    {
        if (!\is_string($value)) {
            throw new \TypeError(
                "Lyger\\Engine::$method(): Argument #$argument (\$options) must have a string for option \"$name\", "
                . get_debug_type($value) . ' given'
            );
        }
        if (!\in_array($value, $allowed, true)) {
            throw new \ValueError(
                "Lyger\\Engine::$method(): Argument #$argument (\$options) has the unknown value \"$value\" for option \"$name\"; "
                . 'known are ' . implode(', ', $allowed)
            );
        }
        return $value;
    }

    public static function timeout(string $method, int $argument, array $options): float
    {
        $timeout = \array_key_exists('timeout', $options) ? $options['timeout'] : 0;
        if (!\is_int($timeout) && !\is_float($timeout)) {
            throw new \TypeError(
                "Lyger\\Engine::$method(): Argument #$argument (\$options) must have a number of seconds for option \"timeout\", "
                . get_debug_type($timeout) . ' given'
            );
        }
        if (!is_finite((float) $timeout) || $timeout < 0) {
            throw new \ValueError(
                "Lyger\\Engine::$method(): Argument #$argument (\$options) must have 0 or more seconds for option \"timeout\""
            );
        }
        return (float) $timeout;
    }
}
