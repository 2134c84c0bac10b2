<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

/** The chapters of the report, in their order. */
final class Chapters
{
    /** group => title, what it is about */
    public const ALL = [
        'crossings' => ['Crossings', 'What it costs to step over the boundary and back, with as little work behind it as can be.'],
        'languages' => ['The same call from elsewhere', 'liblyger.so called from other languages, beside both doors of PHP: processor time, the language\'s own loop taken off.'],
        'compute' => ['Compute', 'A sum of √i·sin(i), the same kernel behind every native door.'],
        'json' => ['JSON', 'lyger_json_encode() beside json_encode(); both texts are compared, byte for byte.'],
        'cache' => ['Cache', 'The shared cache beside APCu, whose Debian package is a peer where it is installed.'],
        'query' => ['Query', 'Rows that become JSON beside PDO with json_encode().'],
        'server' => ['Server', 'HTTP servers beside each other, and what a request waits for.'],
        'own' => ['Your own', 'Scenarios from outside of this repository.'],
    ];

    /** What is kept by group, in the order of the chapters. */
    public static function sorted(array $groups): array
    {
        return array_replace(array_intersect_key(self::ALL, $groups), $groups);
    }

    /** @return array{string, string} */
    public static function of(string $group): array
    {
        return self::ALL[$group] ?? [ucfirst($group), ''];
    }
}
