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
        $refuse = static fn(string $what): \ValueError
            => new \ValueError("Lyger\\Engine::$method(): Argument #4 (\$options) $what");
        $choice = static function (string $name, array $allowed) use ($method, $options, $refuse): string {
            $value = \array_key_exists($name, $options) ? $options[$name] : $allowed[0];
            if (!\is_string($value)) {
                throw new \TypeError(
                    "Lyger\\Engine::$method(): Argument #4 (\$options) must have a string for option \"$name\", "
                    . get_debug_type($value) . ' given'
                );
            }
            if (!\in_array($value, $allowed, true)) {
                throw $refuse("has the unknown value \"$value\" for option \"$name\"; known are " . implode(', ', $allowed));
            }
            return $value;
        };
        foreach ($options as $name => $value) {
            if (!\in_array($name, ['bigint', 'numeric', 'timeout', 'rows'], true)) {
                throw $refuse("has the unknown option \"$name\"; known are bigint, numeric, timeout, rows");
            }
        }
        $timeout = \array_key_exists('timeout', $options) ? $options['timeout'] : 0;
        if (!\is_int($timeout) && !\is_float($timeout)) {
            throw new \TypeError(
                "Lyger\\Engine::$method(): Argument #4 (\$options) must have a number of seconds for option \"timeout\", "
                . get_debug_type($timeout) . ' given'
            );
        }
        if (!is_finite((float) $timeout) || $timeout < 0) {
            throw $refuse('must have 0 or more seconds for option "timeout"');
        }
        return new self(
            $choice('bigint', ['number', 'string', 'auto']),
            $choice('numeric', ['number', 'string', 'auto']),
            (float) $timeout,
            $choice('rows', ['object', 'array']) === 'object',
        );
    }
}
