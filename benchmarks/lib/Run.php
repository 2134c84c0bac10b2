<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use InvalidArgumentException;
use RuntimeException;

/** One run, from the options to the raw results. */
final class Run
{
    /**
     * What a report may take from its first block to the written page, in seconds: what has to be built comes before. Of it,
     * `seconds` are the scenarios', `languages` those of the other languages; the rest is for the parts, loading, memory, the servers, the
     * misses (about two minutes without --quick, ten seconds with it), and for drawing and printing.
     */
    public const BUDGET = ['full' => 900, 'quick' => 90];
    /** In all; a block at least; rounds of one session at most and at least; what an operation may take; sizes at most. */
    private const FULL = [
        'seconds' => 330,
        'languages' => 150,
        'block_ns' => 5_000_000,
        'sessions' => 5,
        'rounds' => 9,
        'least' => 1,
        'slowest_ns' => 800_000_000,
        'sizes' => 99,
    ];
    private const QUICK = [
        'seconds' => 34,
        'languages' => 16,
        'block_ns' => 1_000_000,
        'sessions' => 2,
        'rounds' => 5,
        'least' => 3,
        'slowest_ns' => 20_000_000,
        'sizes' => 5,
    ];

    /** @param array $options see benchmarks/run */
    public function __construct(private array $options, private readonly Progress $progress)
    {
        $this->options['directory'] = self::temporaryDirectory();
        $this->options['bounds'] = Libraries::bounds();
        Ways::writePreload($this->options);
    }

    /** Apart, because a file that is required sees and overwrites the variables around it. @return list<Scenario> */
    private static function scenariosOf(string $file): array
    {
        return require $file;
    }

    /** @return list<array{Scenario, string}> scenarios with their files */
    public static function scenarios(array $options): array
    {
        $found = [];
        foreach ($options['scenarios'] as $place) {
            foreach (is_dir($place) ? glob("$place/*.php") : [$place] as $file) {
                foreach (self::scenariosOf($file) as $scenario) {
                    isset($found[$scenario->name]) && throw new RuntimeException("two scenarios are named \"$scenario->name\"");
                    $found[$scenario->name] = [$scenario, realpath($file)];
                }
            }
        }
        $wanted = static fn(array $entry): bool => str_contains("{$entry[0]->group}: {$entry[0]->name}", $options['only']);
        $chosen = array_filter($found, $wanted) ?: throw new InvalidArgumentException(
            "--only {$options['only']}: there is " . implode(', ', array_keys($found))
        );
        $order = array_flip(array_keys(Chapters::ALL));
        uasort($chosen, static fn(array $a, array $b): int => ($order[$a[0]->group] ?? 99) <=> ($order[$b[0]->group] ?? 99));
        return array_values($chosen);
    }

    public function results(): array
    {
        $begun = microtime(true);
        $effort = $this->options['quick'] ? self::QUICK : self::FULL;
        $effort['seconds'] = $this->options['seconds'] ?? $effort['seconds'];
        $scenarios = $this->options['self_check'] ? [] : self::scenarios($this->options);
        $facts = $this->facts();
        $this->progress->at(0, 'self-check');
        $results = [
            'format' => 1,
            'machine' => Machine::facts($facts, $this->options),
            'effort' => $effort,
            'self_check' => SelfCheck::run($this->options, ['sessions' => 1] + $effort),
            'scenarios' => $this->measured($scenarios, $effort, $begun),
        ];
        if ($this->options['only'] === '' && !$this->options['self_check']) {
            $this->progress->at(0.95, 'loading and memory');
            $results['loading'] = (new Loading($this->options))->measured($this->options['quick'] ? 5 : 41);
            $this->rooms($results, $effort['languages']);
        }
        $results['self_check'][] = self::agreement($results['scenarios']);
        $results['machine']['load_after'] = Machine::load();
        $results['seconds'] = round(microtime(true) - $begun, 1);
        $this->progress->clear();
        return $results;
    }

    private function rooms(array &$results, int $languageSeconds): void
    {
        $tick = fn(float $share, string $name) => $this->progress->at(0.97 + 0.03 * $share, $name);
        ['scenarios' => $scenarios, 'tables' => $results['tables'], 'missing' => $missing] = (new Rooms($this->options, $languageSeconds))->measured($tick);
        $results['scenarios'] += $scenarios;
        foreach ($missing as $reason) {
            fwrite(STDERR, "not measured: $reason\n");
        }
    }

    public function close(): void
    {
        foreach (glob("{$this->options['directory']}/*") as $file) {
            unlink($file);
        }
        rmdir($this->options['directory']);
    }

    private function facts(): array
    {
        $found = [];
        foreach (['native' => 'opcache', 'php-jit' => 'jit'] as $way => $needed) {
            $worker = new Worker($way, $this->options);
            try {
                $found = $worker->ask(['do' => 'facts']);
            } finally {
                $worker->close();
            }
            if (!$found[$needed]) {
                throw new RuntimeException("$needed does not start: does an extension (a debugger, a profiler) switch it off?");
            }
        }
        return $found;
    }

    /** Time is shared out: what one scenario leaves, the others may use. */
    private function measured(array $scenarios, array $effort, float $begun): array
    {
        $results = [];
        foreach ($scenarios as $i => [$scenario, $file]) {
            $left = $effort['seconds'] - (microtime(true) - $begun);
            $tick = fn(float $share) => $this->progress->at(0.95 * ($i + $share) / count($scenarios), $scenario->title);
            $tick(0.0);
            $measurement = new Measurement($scenario, $file, $this->options, $effort);
            $results[$scenario->name] = $measurement->run(max(0.1, $left / (count($scenarios) - $i)), $tick);
        }
        if ($this->options['parts'] === 'instructions') {
            $tick = fn(float $share) => $this->progress->at(0.9 + 0.03 * $share, 'instructions of the parts');
            foreach (Instructions::counted($scenarios, $this->options, $tick) as $name => $sizes) {
                $results[$name]['instructions'] = $sizes;
            }
        }
        return $results;
    }

    private static function agreement(array $scenarios): array
    {
        $problems = array_merge(...array_values(array_column($scenarios, 'problems')));
        return [
            'name' => 'every door returned the same',
            'ok' => !$problems,
            'detail' => $problems ? implode('; ', $problems) : array_sum(array_column($scenarios, 'compared')) . ' results compared',
        ];
    }

    private static function temporaryDirectory(): string
    {
        $directory = sys_get_temp_dir() . '/lyger-bench-' . bin2hex(random_bytes(6));
        return mkdir($directory, 0700) ? $directory : throw new RuntimeException("$directory cannot be made");
    }
}
