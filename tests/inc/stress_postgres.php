<?php

/**
 * Workers that query without end while scripts/stress-postgres crashes and restarts the server.
 *
 *     php stress_postgres.php URI SECONDS WORKERS
 *
 * A statement may fail with a QueryException, and with nothing else; what succeeds must be right to the last row. Prints
 * one line: statements, failures, and what was wrong.
 */

declare(strict_types=1);

[, $uri, $seconds, $workers] = $argv;

/** One statement of some kind and whether its answer is right. */
function one(string $uri, int $n): bool
{
    $rows = $n % 500 + 1;
    $sql = "SELECT n, 'row ' || n AS t FROM numbers WHERE n <= $rows ORDER BY n";
    switch ($n % 5) {
        case 0:
            return lyger_db_query_json($uri, $sql) === expected($rows);
        case 1:
            $result = lyger_db_query($uri, 'SELECT count(*) AS c FROM numbers WHERE n <= $1', [$rows]);
            $json = lyger_jsonify_result($result);
            lyger_free_result($result);
            return $json === "[{\"c\":$rows}]";
        case 2:
            $sent = [lyger_db_query_async($uri, $sql), lyger_db_query_async($uri, $sql)];
            $answers = [];
            try {
                foreach ($sent as $result) {
                    $answers[] = lyger_jsonify_result($result);
                }
            } finally {
                array_map(lyger_free_result(...), $sent);
            }
            return $answers === [expected($rows), expected($rows)];
        case 3:
            return lyger_db_transaction($uri, fn () => lyger_db_query_json($uri, $sql) === expected($rows)
                && lyger_db_query_json($uri, 'SELECT 1 AS a') === '[{"a":1}]');
        default:
            $sum = 0;
            foreach (Lyger\Engine::getInstance()->query($uri, $sql) as $row) {
                $sum += $row['n'];
            }
            return $sum === intdiv($rows * ($rows + 1), 2);
    }
}

function expected(int $rows): string
{
    static $texts = [];
    return $texts[$rows] ??= json_encode(array_map(static fn (int $n) => ['n' => $n, 't' => "row $n"], range(1, $rows)));
}

function work(string $uri, int $seed, float $end): string
{
    $done = $failed = $wrong = 0;
    $other = [];
    mt_srand($seed);
    while (microtime(true) < $end) {
        try {
            $wrong += !one($uri, mt_rand());
            $done++;
        } catch (Lyger\Exception\QueryException) {
            $failed++;
            usleep(2000);
        } catch (Throwable $e) {
            $other[$e::class . ': ' . $e->getMessage()] = true;
        }
    }
    return json_encode([$done, $failed, $wrong, array_keys($other)]);
}

$pipes = [];
for ($i = 0; $i < (int) $workers; $i++) {
    $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    if (pcntl_fork() === 0) {
        fwrite($pair[1], work($uri, $i, microtime(true) + (float) $seconds));
        exit;
    }
    fclose($pair[1]);
    $pipes[] = $pair[0];
}
$total = [0, 0, 0, []];
foreach ($pipes as $pipe) {
    $said = json_decode(stream_get_contents($pipe), true) ?? [0, 0, 1, ['a worker died']];
    $total = [$total[0] + $said[0], $total[1] + $said[1], $total[2] + $said[2], [...$total[3], ...$said[3]]];
}
while (pcntl_wait($status) > 0) {
    if (!pcntl_wifexited($status) || pcntl_wexitstatus($status) !== 0) {
        $total[3][] = 'a worker ended by itself';
    }
}
printf("%d statements, %d failed, %d wrong, other: %s\n", $total[0], $total[1], $total[2], implode('; ', array_unique($total[3])) ?: 'none');
exit($total[2] === 0 && $total[3] === [] && $total[0] > 0 ? 0 : 1);
