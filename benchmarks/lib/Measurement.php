<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use RuntimeException;

/**
 * Measures one scenario: every way in a process of its own, in turns, in several sessions of fresh processes.
 *
 * The result is raw: nanoseconds per operation of every round, the empty loop subtracted. Analysis makes figures of it.
 */
final class Measurement
{
    /** What is kept of every round, nanoseconds per operation: its time, the empty loop's, the processor's. */
    private const KINDS = ['samples', 'loops', 'cpu'];

    /** @var array<string, Worker> by way */
    private array $workers = [];
    /** @var array<string, string> reasons by way, for the report; a way may be skipped at one size and measured at another */
    private array $skipped = [];
    /** @var array<string, true> what failed, by key: never tried again */
    private array $dropped = [];
    /** @var list<string> */
    private array $problems = [];
    /** @var array<string, array<int, array{n: int, ns: int}>> blocks by key and size, chosen in the first session */
    private array $blocks = [];
    /** @var array<string, array<int, array>> what was measured at 'sizes' or 'parts', by size */
    private array $points = ['sizes' => [], 'parts' => []];
    private int $compared = 0;
    /** @var array<string, array<int, int>> bytes of PHP's heap at its highest during one operation, by key and size */
    private array $heap = [];

    /** @param array{block_ns: int, sessions: int, rounds: int, least: int, slowest_ns: int, sizes: int} $effort */
    public function __construct(
        private readonly Scenario $scenario,
        private readonly string $file,
        private readonly array $options,
        private readonly array $effort,
    ) {
    }

    /**
     * @param float $seconds what this scenario may take, roughly
     * @param \Closure(float): void $tick told the share that is done
     */
    public function run(float $seconds, \Closure $tick): array
    {
        $end = microtime(true) + $seconds;
        $plan = $this->plan();
        $total = $this->effort['sessions'] * count($plan);
        $done = 0;
        for ($session = 0; $session < $this->effort['sessions']; $session++) {
            try {
                $this->startWorkers();
                foreach ($plan as [$kind, $size]) {
                    $share = ($end - microtime(true)) / ($total - $done);
                    $this->measure($kind, $size, $share);
                    $tick(++$done / $total);
                }
            } finally {
                array_map(static fn(Worker $worker) => $worker->close(), $this->workers);
                $this->workers = [];
            }
        }
        return $this->result();
    }

    /** @return list<array{string, int}> */
    private function plan(): array
    {
        $sizes = self::thinned($this->scenario->sizes, $this->effort['sizes']);
        $plan = array_map(static fn(int $size): array => ['sizes', $size], $sizes);
        if ($this->scenario->parts && $this->options['parts'] === 'time') {
            $ends = array_unique([min($this->scenario->sizes), max($this->scenario->sizes)]);
            $plan = [...$plan, ...array_map(static fn(int $size): array => ['parts', $size], $ends)];
        }
        return $plan;
    }

    /** At most $count sizes, the first and the last among them. */
    private static function thinned(array $sizes, int $count): array
    {
        if (count($sizes) <= $count) {
            return $sizes;
        }
        $step = (count($sizes) - 1) / ($count - 1);
        return array_map(static fn(int $i): int => $sizes[(int) round($i * $step)], range(0, $count - 1));
    }

    private function startWorkers(): void
    {
        foreach (Ways::of($this->scenario) as $way => $door) {
            $missing = Ways::missing($way);
            if ($missing !== null) {
                $this->skipped[$way] = $missing;
            }
            if (!isset($this->skipped[$way])) {
                $settings = [...$this->options['php_settings'], ...$this->scenario->settings[$door] ?? []];
                $this->workers[$way] = new Worker($way, ['php_settings' => $settings] + $this->options);
            }
        }
    }

    private function measure(string $kind, int $size, float $seconds): void
    {
        $start = microtime(true);
        $keys = $this->opened($kind, $size);
        $round = 0;
        foreach ($keys as $key => $way) {
            $this->blocks[$key][$size] ??= $this->workers[$way]->ask(
                ['do' => 'calibrate', 'key' => $key, 'block' => $this->effort['block_ns']]
            );
            $round += 1.25 * $this->blocks[$key][$size]['ns']; // with the quarter that warms
        }
        if (!$keys) {
            return;
        }
        $left = max(0.0, $seconds - (microtime(true) - $start)) * 1e9;
        $rounds = (int) max($this->effort['least'], min($this->effort['rounds'], $left / $round - 1));
        $samples = $this->rounds($keys, $size, $rounds);
        $point = $this->points[$kind][$size] ?? ['shape' => []] + array_fill_keys(self::KINDS, []);
        $point['shape'][] = $rounds;
        foreach ($samples as $key => $list) {
            foreach (self::KINDS as $i => $of) {
                $point[$of][$key] = [...$point[$of][$key] ?? [], ...array_column($list, $i)];
            }
        }
        $this->points[$kind][$size] = $point;
    }

    /** Blocks in turns; who is first changes, and whether the loop or the empty loop is. Round -1 warms up. */
    private function rounds(array $keys, int $size, int $rounds): array
    {
        $samples = [];
        $order = array_keys($keys);
        for ($round = -1; $round < $rounds; $round++) {
            foreach ($round % 2 ? array_reverse($order) : $order as $key) {
                $n = $this->blocks[$key][$size]['n'];
                $answer = $this->workers[$keys[$key]]->ask(['do' => 'sample', 'key' => $key, 'n' => $n, 'flip' => $round % 4 > 1]);
                if ($round >= 0) {
                    $samples[$key][] = [($answer['loop'] - $answer['empty']) / $n, $answer['empty'] / $n, $answer['cpu'] / $n];
                }
            }
            $order[] = array_shift($order);
        }
        return array_replace(array_fill_keys(array_keys($keys), []), $samples); // in the order of the ways, not of the last round
    }

    /** Opens the loops in their processes and compares what they return. @return array<string, string> key => way */
    private function opened(string $kind, int $size): array
    {
        $keys = $values = [];
        foreach ($this->workers as $way => $worker) {
            $entries = $this->entries($kind, $way, $size);
            if (!$entries) {
                continue;
            }
            $command = ['do' => 'open', 'file' => $this->file, 'scenario' => $this->scenario->name, 'size' => $size];
            foreach ($worker->ask($command + ['entries' => $entries])['opened'] as $key => $answer) {
                if (isset($answer['value'])) {
                    $keys[$key] = $way;
                    $values[$key] = unserialize(base64_decode($answer['value']));
                    $this->heap[$key][$size] = $answer['heap'];
                } elseif (isset($answer['skipped'])) {
                    $this->skipped[$key] = $answer['skipped'];
                } else {
                    $this->drop($kind, $key, $answer['error']);
                }
            }
        }
        return $kind === 'sizes' ? $this->agreeing($keys, $values, $size) : $keys;
    }

    /** @return array<string, array{door: string, part: ?string}> by key; a key is a way, or a way and a part */
    private function entries(string $kind, string $way, int $size): array
    {
        $door = Ways::of($this->scenario)[$way];
        $entries = [];
        if ($kind === 'sizes' && !$this->tooSlow($way, $size)) {
            $entries[$way] = ['door' => $door, 'part' => null];
        }
        if ($kind === 'parts' && $way !== 'php' && $way !== 'php-opcache') { // their parts under JIT are what PHP can do
            foreach ($this->scenario->timed($door) as $label => $step) {
                $entries["$way/$label"] = ['door' => $door, 'part' => $step];
            }
        }
        return array_diff_key($entries, $this->dropped);
    }

    /** What took long at a smaller size is left out at a size where it would take too long. */
    private function tooSlow(string $way, int $size): bool
    {
        $known = array_map(static fn(array $block): float => $block['ns'] / $block['n'], $this->blocks[$way] ?? []);
        if (!$known || isset($known[$size])) {
            return false;
        }
        [$at, $before] = [array_key_last($known), array_keys($known)[count($known) - 2] ?? null];
        // Of a single size nobody knows how much of its time belongs to the work: a twentieth, say.
        $each = $before === null ? $known[$at] / $at / 20 : ($known[$at] - $known[$before]) / ($at - $before);
        return $each * $size > $this->effort['slowest_ns'];
    }

    private function agreeing(array $keys, array $values, int $size): array
    {
        $compared = array_diff_key($values, array_flip($this->scenario->uncompared));
        $against = isset($compared[$this->scenario->against]) ? $this->scenario->against : array_key_first($compared);
        foreach ($compared as $way => $value) {
            if ($this->scenario->same($compared[$against], $value, $size)) {
                $this->compared++;
                continue;
            }
            $reason = "at size $size: " . self::excerpt($value) . ", $against: " . self::excerpt($compared[$against]);
            $this->drop('sizes', $way, $reason);
            unset($keys[$way]);
        }
        return $keys;
    }

    private function drop(string $kind, string $key, string $reason): void
    {
        $this->problems[] = "{$this->scenario->name}, $key: $reason";
        $this->skipped[$key] = $reason;
        $this->dropped[$key] = true;
        foreach ($this->points[$kind] as &$point) {
            unset($point['samples'][$key], $point['loops'][$key], $point['cpu'][$key]);
        }
    }

    private static function excerpt(mixed $value): string
    {
        $text = (string) json_encode($value, JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
        return strlen($text) > 200 ? substr($text, 0, 200) . '…' : $text;
    }

    private function result(): array
    {
        $scenario = $this->scenario;
        return [
            'title' => $scenario->title,
            'group' => $scenario->group,
            'about' => $scenario->about,
            'note' => $scenario->note,
            'unit' => $scenario->unit,
            'batching' => $scenario->batching,
            'against' => $scenario->against,
            'ways' => array_keys(Ways::of($scenario)),
            'points' => array_map(self::rounded(...), $this->points['sizes']),
            'parts' => array_map(self::rounded(...), $this->points['parts']),
            'operations_per_block' => array_map(self::lengths(...), $this->blocks),
            'heap' => $this->heap,
            'skipped' => $this->skipped,
            'problems' => $this->problems,
            'compared' => $this->compared,
        ];
    }

    /** @return array<int, int> */
    private static function lengths(array $blocks): array
    {
        return array_map(static fn(array $block): int => $block['n'], $blocks);
    }

    /** Whole rounds only, to a thousandth of a nanosecond: a way that was dropped in a later session is gone. */
    private static function rounded(array $point): array
    {
        $count = array_sum($point['shape']);
        foreach (self::KINDS as $kind) {
            $whole = array_filter($point[$kind], static fn(array $list): bool => count($list) === $count);
            $point[$kind] = array_map(static fn(array $list): array => array_map(static fn($ns) => round($ns, 3), $list), $whole);
        }
        return $point;
    }
}
