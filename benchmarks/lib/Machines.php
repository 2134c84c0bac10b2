<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use InvalidArgumentException;

/**
 * The machines whose results are committed: report.json, and those of other machines in the folder "machines" beside it, a file
 * each. Only results of the same PHP (8.2, 8.4, …) are compared or become a range.
 */
final class Machines
{
    /** Two ratios with intervals that do not touch are far apart when the nearest ends of these are so many times each other. */
    public const FAR = 1.5;
    /** What it takes to be put beside the others: a run as long as those. */
    private const LEAST_SESSIONS = 3;

    /** Every machine's results with the PHP of $results, that one first. @return array<string, array> by label */
    public static function with(array $results, string $directory): array
    {
        $found = [$results];
        foreach (["$directory/report.json", ...self::files($directory)] as $file) {
            $other = is_file($file) ? Options::json($file) : null;
            if ($other && self::php($other) === self::php($results) && !self::same($other, $results)) {
                $found[] = $other;
            }
        }
        $names = array_map(self::name(...), $found);
        $counts = array_count_values($names);
        foreach ($names as $i => $name) {
            $names[$i] = $counts[$name] > 1 ? "$name, " . strtr(substr($found[$i]['machine']['date'], 0, 16), 'T', ' ') : $name;
        }
        return array_combine($names, $found);
    }

    /** What PHP the results are of: "8.2". */
    public static function php(array $results): string
    {
        return preg_match('/^\d+\.\d+/', $results['machine']['php'], $found) ? $found[0] : $results['machine']['php'];
    }

    /** "Intel Xeon" of "Intel(R) Xeon(R) Processor @ 2.80GHz" */
    public static function name(array $results): string
    {
        $name = preg_replace('/\((?:R|TM|tm)\)|\s@.*|\b(?:CPU|Processor|\d+-Core)\b/', ' ', $results['machine']['cpu']);
        return trim(preg_replace('/\s+/', ' ', $name)) ?: 'a machine';
    }

    /** "AMD EPYC, 2 cores, Debian 12, PHP 8.2; …" */
    public static function described(array $machines): string
    {
        $described = [];
        foreach ($machines as $label => $results) {
            $system = preg_match('~^(\w+)(?: GNU/Linux)? (\d[\d.]*)~', $results['machine']['os'], $found) ? "$found[1] $found[2]" : $results['machine']['os'];
            $described[] = "$label, " . Text::count($results['machine']['cores'], 'cores') . ", $system, PHP " . self::php($results);
        }
        return implode('; ', $described);
    }

    /** Puts a report.json beside the others. @return string what was done */
    public static function added(string $file, string $directory, ?string $name): string
    {
        $results = Options::json($file);
        self::refused($results, $file);
        $slug = $name ?? self::slug($results);
        preg_match('/^[a-z0-9][a-z0-9.-]*$/D', $slug) || throw new InvalidArgumentException("$slug: a machine's name is made of a-z, 0-9, . and -");
        foreach (['report.json' => "$directory/report.json"] + array_combine(self::files($directory), self::files($directory)) as $other) {
            if (is_file($other) && self::same(Options::json($other), $results)) {
                throw new InvalidArgumentException("$file: that run is there already, as $other");
            }
        }
        $place = "$directory/machines/$slug.json";
        $before = is_file($place) ? " in place of the run of " . Options::json($place)['machine']['date'] : '';
        is_dir(dirname($place)) || mkdir(dirname($place), 0777, true);
        if (!copy($file, "$place.part") || !rename("$place.part", $place)) {
            throw new \RuntimeException("$place cannot be written");
        }
        return self::described([self::name($results) => $results]) . ": $place$before";
    }

    /**
     * Whether what two or more machines say of one ratio is not the same: "direction" when one's interval lies below 1 and
     * another's above it, "far" when two intervals lie far apart, or null.
     *
     * @param list<array{low: float, high: float}> $ratios
     */
    public static function disagreement(array $ratios): ?string
    {
        $above = array_filter($ratios, static fn(array $ratio): bool => $ratio['low'] > 1);
        $below = array_filter($ratios, static fn(array $ratio): bool => $ratio['high'] < 1);
        if ($above && $below) {
            return 'direction';
        }
        $gap = $ratios ? max(array_column($ratios, 'low')) / max(1e-9, min(array_column($ratios, 'high'))) : 0;
        return $gap > self::FAR ? 'far' : null;
    }

    /** @return list<string> */
    private static function files(string $directory): array
    {
        return glob("$directory/machines/*.json") ?: [];
    }

    private static function same(array $a, array $b): bool
    {
        return [$a['machine']['date'], $a['machine']['cpu']] === [$b['machine']['date'], $b['machine']['cpu']];
    }

    private static function slug(array $results): string
    {
        $slug = trim(preg_replace('/[^a-z0-9]+/', '-', strtolower(self::name($results))), '-');
        return "$slug-{$results['machine']['cores']}-php-" . self::php($results);
    }

    /** Throws for what would make a range wrong. */
    private static function refused(array $results, string $file): void
    {
        $why = match (true) {
            ($results['format'] ?? null) !== 1 || !isset($results['machine']['cpu'], $results['machine']['date'], $results['scenarios']) => 'no report.json of benchmarks/run',
            ($results['effort']['sessions'] ?? 0) < self::LEAST_SESSIONS => 'a quick run; a machine is judged by a whole one (scripts/report, without --quick)',
            !isset($results['loading']) => 'only a part of the report (--only)',
            default => null,
        };
        $why === null || throw new InvalidArgumentException("$file: $why");
        foreach ($results['self_check'] as $check) {
            $check['ok'] || throw new InvalidArgumentException("$file: its self-check failed: {$check['name']} ({$check['detail']})");
        }
    }
}
