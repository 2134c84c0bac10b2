<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use RuntimeException;

/** From raw results to report.json, report.md, report.html, report.pdf and what is printed. */
final class Report
{
    private const JSON = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR;

    /** @return int the exit status of benchmarks/run */
    public static function written(array $results, array $options): int
    {
        $raw = json_encode($results, self::JSON) . "\n";
        $results['beside'] = $options['beside'];
        $results['scenarios'] = array_map(Analysis::of(...), $results['scenarios']);
        self::leftOut($results['scenarios']);
        $results['machines'] = self::machines($results, $options['machines']);
        $summary = new Report\Summary($results);
        if ($options['json'] === '-') {
            echo $raw;
        } else {
            $options['json'] === null || self::put($options['json'], $raw);
            echo $summary->text();
        }
        if (!$options['self_check']) {
            $out = $options['out'];
            is_dir($out) || mkdir($out, 0777, true);
            $options['from'] === null && self::put("$out/report.json", $raw);
            self::put("$out/report.md", $summary->markdown());
            if (!Report\Plot::available()) {
                fwrite(STDERR, "written: $out/report.md, report.json; report.html needs gnuplot (Debian: gnuplot-nox)\n");
                return self::failures($results['self_check']);
            }
            self::put("$out/report.html", (new Report\Page($results))->html());
            foreach (Report\Page::files($results) as $name => $svg) {
                self::put("$out/$name.svg", $svg);
            }
            $whole = $options['only'] === '';
            $missing = $whole ? Report\Printed::page("$out/report.html", "$out/report.pdf") : null;
            fwrite(STDERR, $missing === null ? '' : "not made: $out/report.pdf: $missing\n");
            fwrite(STDERR, "written: $out/report.html, report.md, report.json" . ($whole && $missing === null ? ", report.pdf\n" : "\n"));
        }
        return self::failures($results['self_check']);
    }

    /** This run and the committed ones of other machines, with their figures. @return array<string, array> by label */
    private static function machines(array $results, string $directory): array
    {
        $machines = Machines::with($results, $directory);
        foreach (array_slice($machines, 1) as $label => $other) {
            $other['scenarios'] = array_intersect_key($other['scenarios'], $results['scenarios']);
            $machines[$label]['scenarios'] = array_map(Analysis::of(...), $other['scenarios']);
        }
        return $machines;
    }

    /** What was left out, by scenario and reason: a report that lacks something says so where it is made, too. */
    private static function leftOut(array $scenarios): void
    {
        $reasons = [];
        foreach ($scenarios as $name => $scenario) {
            foreach ($scenario['skipped'] as $way => $reason) {
                $reasons[$reason][] = $scenario['points'] ? "$name (" . Ways::label((string) $way) . ')' : $name;
            }
        }
        foreach ($reasons as $reason => $places) {
            fwrite(STDERR, "not measured: $reason: " . implode(', ', array_unique($places)) . "\n");
        }
    }

    private static function failures(array $checks): int
    {
        $failed = array_filter($checks, static fn(array $check): bool => !$check['ok']);
        foreach ($failed as $check) {
            fwrite(STDERR, "self-check failed: {$check['name']} ({$check['detail']})\n");
        }
        return $failed ? 1 : 0;
    }

    private static function put(string $file, string $text): void
    {
        if (@file_put_contents($file, $text) === false) {
            throw new RuntimeException("$file cannot be written");
        }
    }
}
