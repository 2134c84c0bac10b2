<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Binary;
use Lyger\Internal\QueryParams;

/**
 * An array as JSON for a parameter that is json or jsonb, as ext/query/pq/pq_param.c writes it.
 *
 * @internal
 */
final class JsonParam
{
    /** @throws \ValueError naming the element that JSON has no form for */
    public static function of(string $method, string $label, array $value): string
    {
        return self::write("Lyger\\Engine::$method(): Argument #3 (\$params)", $label, [], $value);
    }

    /** @param list<int|string> $at */
    private static function write(string $argument, string $label, array $at, mixed $value): string
    {
        if (\is_array($value)) {
            $list = array_is_list($value);
            $parts = [];
            foreach ($value as $key => $element) {
                $parts[] = ($list ? '' : self::text($argument, $label, [...$at, $key], (string) $key) . ':')
                    . self::write($argument, $label, [...$at, $key], $element);
            }
            return $list ? '[' . implode(',', $parts) . ']' : '{' . implode(',', $parts) . '}';
        }
        return match (true) {
            $value === null => 'null',
            \is_bool($value) => $value ? 'true' : 'false',
            \is_float($value) && !is_finite($value) => throw self::refuse($argument, $label, $at, 'is a number that JSON does not have'),
            \is_string($value) => self::text($argument, $label, $at, $value),
            $value instanceof \DateTimeImmutable => '"' . Time::inItsZone($value, 'T') . '"',
            $value instanceof Binary => throw self::refuse(
                $argument,
                $label,
                $at,
                'is of bytes, which JSON has no form for (base64_encode() makes text of them)',
            ),
            default => Postgres::text($value),
        };
    }

    /** @param list<int|string> $at */
    private static function text(string $argument, string $label, array $at, string $text): string
    {
        $json = json_encode($text, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
        return $json === false ? throw self::refuse($argument, $label, $at, 'is not UTF-8') : $json;
    }

    /** @param list<int|string> $at */
    private static function refuse(string $argument, string $label, array $at, string $what): \ValueError
    {
        return new \ValueError("$argument does not fit: " . QueryParams::place($label, $at) . " $what");
    }
}
