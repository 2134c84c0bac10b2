<?php

/**
 * 10,000 rows of 10 columns as JSON, beside PDO with json_encode() and beside the bare C client library, in one
 * alternating run; benchmarks/query builds and calls it.
 *
 * Environment: LYGER_BENCH_PG (a libpq URI; without it only SQLite is measured), LYGER_BENCH_BOUND (the compiled
 * query_bound.c). Options: --quick, --json.
 */

declare(strict_types=1);

const ROWS = 10_000;

foreach (['lyger', 'pdo_sqlite'] as $extension) {
    if (!extension_loaded($extension)) {
        fwrite(STDERR, "benchmarks/query.php needs the extension $extension\n");
        exit(2);
    }
}
$bound = getenv('LYGER_BENCH_BOUND') ?: exit("LYGER_BENCH_BOUND is not set: run benchmarks/query\n");
$rounds = in_array('--quick', $argv, true) ? 7 : 41;

/** A process of query_bound.c; each call is one run. */
final class Bound
{
    private $process;
    private array $pipes = [];

    public function __construct(string $program, string $kind, string $where, string $sql)
    {
        $this->process = proc_open([$program, $kind, $where, $sql], [['pipe', 'r'], ['pipe', 'w']], $this->pipes);
    }

    /** @return array{float, float} milliseconds of time and of this process's CPU */
    public function run(): array
    {
        fwrite($this->pipes[0], "\n");
        $line = fgets($this->pipes[1]) ?: exit("query_bound ended\n");
        return array_map('floatval', explode(' ', $line));
    }
}

function cpu(): float
{
    $used = getrusage();
    return ($used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec']) * 1e3 + ($used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec']) / 1e3;
}

function timed(callable $run): array
{
    $cpu = cpu();
    $start = hrtime(true);
    $run();
    return [(hrtime(true) - $start) / 1e6, cpu() - $cpu];
}

function median(array $numbers): float
{
    sort($numbers);
    return $numbers[intdiv(count($numbers), 2)];
}

/** What PHP's heap grew beyond the JSON itself at its highest. */
function heap_beyond_json(callable $run): int
{
    gc_collect_cycles();
    memory_reset_peak_usage();
    $before = memory_get_usage();
    $json = $run();
    return memory_get_peak_usage() - $before - strlen($json);
}

function measure(array $ways, int $rounds): array
{
    $wall = $cpu = [];
    for ($round = -2; $round < $rounds; $round++) {
        foreach ($round % 2 ? $ways : array_reverse($ways) as $name => $way) {
            [$took, $used] = $way();
            if ($round >= 0) {
                $wall[$name][] = $took;
                $cpu[$name][] = $used;
            }
        }
    }
    $report = [];
    foreach ($ways as $name => $way) {
        $report[$name] = ['ms' => round(median($wall[$name]), 2), 'cpu' => round(array_sum($cpu[$name]) / $rounds, 2)];
    }
    return $report;
}

function compare(string $kind, string $dsn, string $where, PDO $pdo, string $sql, string $bound, int $rounds): array
{
    $c = new Bound($bound, $kind, $where, $sql);
    $json = lyger_db_query_json($dsn, $sql);
    if (count(json_decode($json, true, 512, JSON_THROW_ON_ERROR)) !== ROWS) {
        exit("not " . ROWS . " rows\n");
    }
    $report = measure([
        'bare C' => fn () => $c->run(),
        'dbQueryJson' => fn () => timed(fn () => lyger_db_query_json($dsn, $sql)),
        'dbQuery + jsonifyResult' => fn () => timed(function () use ($dsn, $sql): void {
            $result = lyger_db_query($dsn, $sql);
            lyger_jsonify_result($result);
            lyger_free_result($result);
        }),
        'PDO + json_encode' => fn () => timed(fn () => json_encode($pdo->query($sql)->fetchAll(PDO::FETCH_ASSOC))),
    ], $rounds);
    $report['dbQueryJson']['heap beyond the JSON, KiB'] = intdiv(heap_beyond_json(fn () => lyger_db_query_json($dsn, $sql)), 1024);
    return $report;
}

$columns = <<<'SQL'
    i AS id, 'user ' || i AS name, i * 3.5 AS score, i % 2 AS active, i * 1000000007 AS big, i / 7.0 AS amount,
    '2026-11-21 09:30:00' AS at, 'a hash of some sort ' || i * 7919 AS hash, i % 100 AS small,
    'some text of medium length that is repeated' AS note
    SQL;
$report = [];
$file = tempnam(sys_get_temp_dir(), 'lyger-bench-');
$pdo = new PDO("sqlite:$file");
$pdo->exec("CREATE TABLE bench AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " . ROWS . ") SELECT $columns FROM n");
$report['SQLite'] = compare('sqlite', "sqlite:$file", $file, $pdo, 'SELECT * FROM bench', $bound, $rounds);
unlink($file);

$uri = getenv('LYGER_BENCH_PG');
if ($uri) {
    if (!extension_loaded('pdo_pgsql')) {
        exit("benchmarks/query.php needs the extension pdo_pgsql\n");
    }
    $at = parse_url($uri);
    $pdo = new PDO(sprintf('pgsql:host=%s;port=%d;dbname=%s', $at['host'], $at['port'] ?? 5432, ltrim($at['path'], '/')), $at['user'] ?? null, $at['pass'] ?? null);
    $pdo->exec('DROP TABLE IF EXISTS lyger_bench');
    $pdo->exec('CREATE TABLE lyger_bench AS SELECT ' . strtr($columns, [
        'i * 1000000007' => 'i::bigint * 1000000007', "'2026-11-21 09:30:00'" => "timestamptz '2026-11-21 09:30:00+01'",
        'i % 2 AS' => '(i % 2 = 0) AS', 'i * 3.5' => '(i * 3.5)::float8', 'i / 7.0' => '(i / 7.0)::numeric(12, 4)',
    ]) . ' FROM generate_series(1, ' . ROWS . ') i');
    $pdo->exec('ANALYZE lyger_bench');
    $report['PostgreSQL'] = compare('postgres', $uri, $uri, $pdo, 'SELECT * FROM lyger_bench', $bound, $rounds);
    $pdo->exec('DROP TABLE lyger_bench');
}

if (in_array('--json', $argv, true)) {
    echo json_encode($report, JSON_PRETTY_PRINT), "\n";
    exit;
}
foreach ($report as $database => $ways) {
    printf("%-26s%10s%12s%14s%12s\n", "$database, 10,000 x 10", 'ms', 'to bare C', 'to PDO', 'CPU ms');
    foreach ($ways as $name => $row) {
        printf("%-26s%10.2f%12.2f%14.2f%12.2f\n", $name, $row['ms'], $row['ms'] / $ways['bare C']['ms'], $row['ms'] / $ways['PDO + json_encode']['ms'], $row['cpu']);
    }
    printf("PHP's heap beyond the JSON, dbQueryJson: %d KiB\n\n", $ways['dbQueryJson']['heap beyond the JSON, KiB']);
}
