<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Binary;
use Lyger\Internal\QueryParams;

/**
 * A list as PostgreSQL's literal of an array (manual 8.15.6), as ext/query/pq/pq_param.c writes it.
 *
 * @internal
 */
final class ArrayLiteral
{
    private const RULE = 'the lists of an array are all of one length';

    private const DEPTH = 6; // PostgreSQL's MAXDIM

    /**
     * @param string $label what messages call the parameter
     * @param string $delimiter of the array's type
     * @param bool $bytes its elements are bytea
     * @throws \ValueError when it is no box
     */
    public static function of(string $method, string $label, array $list, string $delimiter, bool $bytes): string
    {
        $lengths = [];
        for ($first = $list; \is_array($first); $first = $first[0] ?? null) {
            $lengths[] = \count($first);
        }
        self::check("Lyger\\Engine::$method(): Argument #3 (\$params)", $label, $list, [], $lengths, $bytes);
        // An array without elements has no dimensions.
        return \in_array(0, $lengths, true) ? '{}' : self::write($list, $delimiter);
    }

    /**
     * @param list<int> $at
     * @param list<int> $lengths of the lists of each level
     */
    private static function check(string $argument, string $label, mixed $value, array $at, array $lengths, bool $bytes): void
    {
        $length = $lengths[\count($at)] ?? null;
        $what = match (true) {
            \is_array($value) && !array_is_list($value) => 'is an array with names, which this array cannot hold',
            $value instanceof Binary && !$bytes => 'is of bytes, which this array cannot hold',
            \is_array($value) && \count($at) === self::DEPTH => 'nests more than ' . self::DEPTH . ' lists',
            !\is_array($value) && $length === null => null,
            !\is_array($value) => 'is no list, but the first one beside it is: ' . self::RULE,
            $length === null => 'is a list, but the first one beside it is not: ' . self::RULE,
            \count($value) !== $length => 'is a list of ' . \count($value) . ", but the first one beside it is of $length: " . self::RULE,
            default => null,
        };
        if ($what !== null) {
            throw new \ValueError("$argument does not fit: " . QueryParams::place($label, $at) . " $what");
        }
        foreach (\is_array($value) ? $value : [] as $i => $element) {
            self::check($argument, $label, $element, [...$at, $i], $lengths, $bytes);
        }
    }

    /** Texts are always in quotes, which spares the rules of what may stand without them. */
    private static function write(mixed $value, string $delimiter): string
    {
        return match (true) {
            \is_array($value) => '{' . implode($delimiter, array_map(static fn(mixed $element): string => self::write($element, $delimiter), $value)) . '}',
            \is_string($value) => '"' . addcslashes($value, '"\\') . '"',
            $value instanceof Binary => '"\\\\x' . bin2hex($value->bytes) . '"',
            $value instanceof \DateTimeImmutable => '"' . Time::inItsZone($value) . '"',
            default => Postgres::text($value) ?? 'NULL',
        };
    }
}
