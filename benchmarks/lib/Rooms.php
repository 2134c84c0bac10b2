<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

/**
 * What is no loop in a process: programs that measure a room as a whole. Their samples become scenarios of the same form,
 * so that medians, intervals and ratios are those of the rest; what is not nanoseconds becomes a table.
 */
final class Rooms
{
    private const SERVERS = 'A PHP handler that answers with JSON from two query parameters, different in every request: one worker,'
        . ' 32 connections that stay open, wrk on the same machine, in turns. nginx gives a constant answer.';
    private const LATENCY = 'One connection beside others whose requests sleep: lyger with four workers.';
    private const LANGUAGES = 'The same function of liblyger.so, called in a loop of that language by the program in benchmarks/languages, in turns.';
    private const POLICY = 'How many % of the gets miss, in a cache of so many % of what all objects need; the same bytes for every policy. lyger'
        . ' is the production code, the others are written in their plainest form (docs/cache-eviction.md).';

    /** @var list<string> */
    private array $missing = [];

    /** @param int $languageSeconds what the other languages may take */
    public function __construct(private readonly array $options, private readonly int $languageSeconds)
    {
    }

    /** @return array{scenarios: array<string, array>, tables: array<string, array>, missing: list<string>} */
    public function measured(\Closure $tick): array
    {
        $quick = $this->options['quick'];
        $tick(0.0, 'servers');
        $servers = $quick ? null : $this->told(['benchmarks/server', '--json', '--seconds=2', '--rounds=7'], ['wrk', 'nginx']);
        $tick(0.3, 'latency of the server');
        $latency = $quick ? null : $this->told(['benchmarks/server-latency', '--json'], ['wrk', 'curl']);
        $tick(0.4, 'other languages');
        $seconds = "--seconds={$this->languageSeconds}";
        $languages = $this->told(['benchmarks/languages/run', '--json', $seconds, ...($quick ? ['--quick'] : [])], []);
        $tick(0.9, 'misses of the cache');
        $policy = $quick ? null : $this->misses();
        $scenarios = $servers ? ['server' => self::scenario('Requests of one worker', self::SERVERS, 'lyger', $servers['samples'], $servers['cpu'])] : [];
        foreach ($latency ? ['p50' => 'half of all requests', 'p99' => '99 of 100 requests'] : [] as $kind => $of) {
            $title = "Latency while workers sleep: $of took less";
            $scenarios["server-$kind"] = self::scenario($title, self::LATENCY, 'no other request', $latency[$kind]);
        }
        foreach ($languages['samples'] ?? [] as $crossing => $samples) {
            $scenarios["language-$crossing"] = self::scenario($languages['titles'][$crossing], self::LANGUAGES, 'C, linked', $samples, [], $languages['loops'][$crossing], 'languages');
        }
        array_push($this->missing, ...$languages['left_out'] ?? []);
        $tables = $policy ? ['cache-policy' => ['group' => 'cache', 'title' => 'Misses', 'about' => self::POLICY, 'unit' => '%', 'rows' => $policy]] : [];
        if ($languages) {
            $tables['languages'] = ['group' => 'languages', 'title' => 'All of them', 'about' => self::LANGUAGES . ' Medians of processor time, in nanoseconds;'
                . ' with their intervals they stand above.', 'unit' => 'ns', 'rows' => self::languages($languages)];
        }
        if ($latency) {
            $rows = [number_format($latency['idle']['connections']) => ['all processes' => $latency['idle']['bytes']]];
            $about = 'Memory of all processes of the server (four workers, pages that several share counted once) while so many connections are open and idle.';
            $tables['server-idle'] = ['group' => 'server', 'title' => 'Idle connections', 'about' => $about, 'unit' => 'bytes', 'rows' => $rows];
        }
        return ['scenarios' => $scenarios, 'tables' => $tables, 'missing' => $this->missing];
    }

    /** @return array<string, array<string, float>> by language, the quickest empty call first, and by crossing */
    private static function languages(array $languages): array
    {
        $rows = [];
        foreach ($languages['samples'] as $crossing => $samples) {
            foreach ($samples as $language => $of) {
                $without = array_map(static fn(float $one, float $loop): float => $one - $loop, $of, $languages['loops'][$crossing][$language]);
                $rows[$language][$languages['titles'][$crossing]] = round(Statistics::median($without), 1);
            }
        }
        uasort($rows, static fn(array $a, array $b): int => reset($a) <=> reset($b));
        return $rows;
    }

    /** @param array<string, list<float>> $samples nanoseconds by way @param array<string, list<float>> $cpu @param array<string, list<float>> $loops of a call's share of the loop */
    private static function scenario(string $title, string $about, string $against, array $samples, array $cpu = [], array $loops = [], string $group = 'server'): array
    {
        $rounds = count(reset($samples));
        $zeros = array_map(static fn(): array => array_fill(0, $rounds, 0), $samples);
        $point = ['shape' => [$rounds], 'samples' => $samples, 'loops' => $loops ?: $zeros, 'cpu' => $cpu ?: $zeros];
        return [
            'title' => $title, 'group' => $group, 'about' => $about, 'note' => '', 'unit' => 'calls', 'batching' => false,
            'against' => $against, 'ways' => array_keys($samples), 'points' => [1 => $point], 'parts' => [], 'operations_per_block' => [],
            'heap' => [], 'skipped' => [], 'problems' => [], 'compared' => 0,
        ];
    }

    /** @return ?array what a program of ours says in JSON; null when it cannot run here */
    private function told(array $command, array $tools): ?array
    {
        foreach ($tools as $tool) {
            if (trim((string) shell_exec("PATH=\$PATH:/usr/sbin command -v $tool")) === '') {
                $this->missing[] = "{$command[0]}: $tool is missing (Debian: apt-get install $tool)";
                return null;
            }
        }
        $environment = ['BUILD' => dirname($this->options['modules'])] + getenv();
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes, Libraries::ROOT, $environment);
        $said = $process ? json_decode((string) stream_get_contents($pipes[1]), true) : null;
        if (!$process || proc_close($process) !== 0 || !is_array($said)) {
            $this->missing[] = "{$command[0]} failed";
            return null;
        }
        return $said;
    }

    /** @return ?array<string, array<string, float>> by trace and share of its footprint */
    private function misses(): ?array
    {
        $out = "{$this->options['directory']}/policy";
        exec('OUT=' . escapeshellarg($out) . ' ' . escapeshellarg(Libraries::ROOT . '/benchmarks/cache-policy') . ' 2>&1', $said, $status);
        $lines = @file("$out/misses.data", FILE_IGNORE_NEW_LINES);
        exec('rm -rf ' . escapeshellarg($out) . ' ' . escapeshellarg("$out.svg"));
        if ($status !== 0 || !$lines) {
            $this->missing[] = 'benchmarks/cache-policy failed: ' . end($said);
            return null;
        }
        $columns = explode(' ', array_shift($lines));
        $rows = [];
        foreach ($lines as $line) {
            $cells = array_combine($columns, str_getcsv($line, ' ', '"', ''));
            $row = array_map(floatval(...), array_diff_key($cells, ['trace' => 0, 'share' => 0, 'least' => 0]));
            ['filled' => $filled, 'usable' => $usable] = $row;
            unset($row['filled'], $row['usable']);
            $best = min($row['LRU'], $row['SIEVE'], $row['S3-FIFO']);
            $row += ['best' => $best, '− best' => $row['lyger'] - $best, '− S3-FIFO' => $row['lyger'] - $row['S3-FIFO'], '− LRU' => $row['lyger'] - $row['LRU']];
            $row += ['filled' => $filled, 'usable' => $usable];
            $rows[sprintf('%s, %.1f %%', $cells['trace'], $cells['share'])] = array_map(static fn(float $one): float => round($one, 2), $row);
        }
        return $rows;
    }
}
