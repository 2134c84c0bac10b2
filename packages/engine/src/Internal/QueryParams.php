<?php

declare(strict_types=1);

namespace Lyger\Internal;

use Lyger\Binary;

/**
 * The parameters of a query, checked in the same words by every engine of this package, and by the extension
 * (ext/query/php_query.c, ext/query/params.c).
 *
 * @internal
 */
final class QueryParams
{
    private const DEPTH = 64; // arrays in arrays, the outermost counted

    /**
     * The parameters, a list or all named, as null, scalars, Lyger\Binary, DateTimeImmutable and arrays of them.
     *
     * @throws \TypeError
     * @throws \ValueError
     */
    public static function read(string $method, array $params): array
    {
        $list = array_is_list($params);
        $read = [];
        foreach ($params as $name => $value) {
            if (\is_int($name) && !$list) {
                throw self::refuse($method, "must be a list, or have a name for every value; $name is no name");
            }
            if (\is_string($name) && str_starts_with($name, ':') && \array_key_exists(substr($name, 1), $params)) {
                throw self::refuse($method, 'has ' . self::label($name) . ' twice, with a colon and without');
            }
            $read[$name] = self::value($method, self::label($name), [], $value);
        }
        return $read;
    }

    /** What messages call a parameter. */
    public static function label(int|string $name): string
    {
        return 'parameter ' . (\is_int($name) ? $name + 1 : '":' . preg_replace('/^:/', '', $name) . '"');
    }

    /** @param list<int|string> $at */
    private static function value(string $method, string $label, array $at, mixed $value): mixed
    {
        $value = match (true) {
            \is_array($value) => self::values($method, $label, $at, $value),
            $value instanceof \DateTimeInterface => \DateTimeImmutable::createFromInterface($value),
            $value instanceof \BackedEnum => $value->value,
            $value instanceof \Stringable => (string) $value,
            default => $value,
        };
        if (\is_string($value) && str_contains($value, "\0")) {
            throw self::refuse(
                $method,
                'must not hold a string with a NUL byte, which no text in a database can; ' . self::place($label, $at) . ' does',
            );
        }
        if ($value === null || \is_scalar($value) || \is_array($value) || $value instanceof \DateTimeImmutable || $value instanceof Binary) {
            return $value;
        }
        throw new \TypeError(
            "Lyger\\Engine::$method(): Argument #3 (\$params) must hold null, bool, int, float, string, DateTimeInterface, backed "
            . 'enums, Lyger\Binary, Stringable or arrays of them; ' . get_debug_type($value) . ' given for ' . self::place($label, $at)
        );
    }

    /** @param list<int|string> $at */
    private static function values(string $method, string $label, array $at, array $values): array
    {
        if (\count($at) === self::DEPTH) { // an array that contains itself ends here, too
            throw self::refuse($method, 'must nest at most ' . self::DEPTH . " arrays; $label nests more");
        }
        $read = [];
        foreach ($values as $i => $value) {
            $read[$i] = self::value($method, $label, [...$at, $i], $value);
        }
        return $read;
    }

    /** The same for an element in it. @param list<int|string> $at where in the list of each level; []: the parameter itself */
    public static function place(string $label, array $at): string
    {
        return $label . ($at === [] ? '' : ', element [' . implode('][', $at) . ']');
    }

    private static function refuse(string $method, string $what): \ValueError
    {
        return new \ValueError("Lyger\\Engine::$method(): Argument #3 (\$params) $what");
    }
}
