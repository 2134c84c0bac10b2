<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Internal\QueryParams;

/**
 * A list as PostgreSQL's literal of an array (manual 8.15.6), as ext/query/pq_param.c writes it.
 *
 * @internal
 */
final class ArrayLiteral
{
    private const RULE = 'the lists of an array are all of one length';

    /**
     * @param string $label what messages call the parameter
     * @throws \ValueError when it is no box
     */
    public static function of(string $method, string $label, array $list): string
    {
        $lengths = [];
        for ($first = $list; \is_array($first); $first = $first[0] ?? null) {
            $lengths[] = \count($first);
        }
        self::check("Lyger\\Engine::$method(): Argument #3 (\$params)", $label, $list, [], $lengths);
        // An array without elements has no dimensions.
        return \in_array(0, $lengths, true) ? '{}' : self::write($list);
    }

    /**
     * @param list<int> $at
     * @param list<int> $lengths of the lists of each level
     */
    private static function check(string $argument, string $label, mixed $value, array $at, array $lengths): void
    {
        $length = $lengths[\count($at)] ?? null;
        if (!\is_array($value) && $length === null) {
            return;
        }
        $what = match (true) {
            !\is_array($value) => 'is no list, but the first one beside it is',
            $length === null => 'is a list, but the first one beside it is not',
            \count($value) !== $length => 'is a list of ' . \count($value) . ", but the first one beside it is of $length",
            default => null,
        };
        if ($what !== null) {
            throw new \ValueError("$argument does not fit: " . QueryParams::place($label, $at) . " $what: " . self::RULE);
        }
        foreach ($value as $i => $element) {
            self::check($argument, $label, $element, [...$at, $i], $lengths);
        }
    }

    /** Texts are always in quotes, which spares the rules of what may stand without them. */
    private static function write(mixed $value): string
    {
        return match (true) {
            \is_array($value) => '{' . implode(',', array_map(self::write(...), $value)) . '}',
            \is_string($value) => '"' . addcslashes($value, '"\\') . '"',
            default => Postgres::text($value) ?? 'NULL',
        };
    }
}
