<?php
/*
 * One request of tests/zts/threads.c: $thread, $round, $threads, $rounds. Silence means that all is well.
 */
declare(strict_types=1);

function expect(mixed $is, mixed $wanted, string $what): void
{
    if ($is !== $wanted) {
        throw new Exception("$what: " . var_export($is, true) . ' instead of ' . var_export($wanted, true));
    }
}

const STEPS = 200;

if ($round === -1) {
    expect(lyger_cache_size(), 0, 'the cache at first');
    lyger_cache_set('of all', ['from' => 'the first thread']);
    return;
}
expect(lyger_cache_get('of all'), ['from' => 'the first thread'], 'the cache is shared');
if ($thread === -1) {
    expect(lyger_cache_get('count'), 2 * $threads * $rounds * STEPS, 'increments of all threads');
    for ($i = 0; $i < $rounds; $i++) {
        expect(lyger_cache_get("times $i"), 1, 'how often threads made what they share');
    }
    return;
}

// Settings are a thread's.
expect(ini_get('lyger.db_statement_timeout'), '0', 'a setting of another request');
ini_set('lyger.db_statement_timeout', (string) (100 + $thread));

// The cache: entries of its own, one that all write, one that one thread makes for all.
for ($i = 0; $i < STEPS; $i++) {
    lyger_cache_increment('count');
    $value = ['thread' => $thread, 'i' => $i, 'text' => str_repeat(chr(97 + $thread % 26), $i * 7), 'list' => range(0, $i % 13)];
    lyger_cache_set("own $thread $i", $value);
    expect(lyger_cache_get("own $thread $i"), $value, 'a value of this thread');
    lyger_cache_set('everybody', $value);
    $seen = lyger_cache_get('everybody');
    expect($seen['text'], str_repeat(chr(97 + $seen['thread'] % 26), $seen['i'] * 7), 'a value that all threads write');
}
$made = lyger_cache_remember("made in $round", function () use ($round) {
    usleep(2000);
    lyger_cache_increment("times $round");
    return [$round, 'made'];
}, 60);
expect($made, [$round, 'made'], 'what one thread made');
$token = lyger_cache_lock('a lock', 10, 10.0);
expect(is_string($token), true, 'a lock that threads take turns with');
expect(lyger_cache_add('inside', $thread), true, 'alone inside of the lock');
lyger_cache_delete('inside');
lyger_cache_unlock('a lock', $token);

// Queries: connections and handles are a thread's.
$dsns = ['sqlite::memory:'];
if (getenv('LYGER_TEST_PG')) {
    $dsns[] = getenv('LYGER_TEST_PG');
}
foreach ($dsns as $dsn) {
    $rows = $dsn === 'sqlite::memory:' ? 'WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 50) SELECT n, ? AS t FROM s'
        : 'SELECT n, $1::int AS t FROM generate_series(1, 50) AS s(n)';
    $expected = json_encode(array_map(fn($n) => ['n' => $n, 't' => $thread], range(1, 50)));
    $handles = [];
    for ($i = 0; $i < 5; $i++) {
        $handles[] = lyger_db_query($dsn, $rows, [$thread]);
        expect(lyger_db_query_json($dsn, $rows, [$thread]), $expected, 'rows as JSON');
    }
    expect(lyger_result_info($handles[0])['rows'], 50, 'rows of a result');
    expect(lyger_jsonify_result($handles[4]), $expected, 'JSON of a result');
    lyger_free_result($handles[0]);
    try {
        lyger_free_result($handles[0]);
        echo "a result is freed twice\n";
    } catch (Lyger\Exception $error) {
    }
    try {
        lyger_db_query($dsn, 'SELECT 1 FROM nowhere');
        echo "a query that cannot be runs\n";
    } catch (Lyger\Exception\QueryException $error) {
        expect(preg_match('/nowhere/', $error->getMessage()) ? 'nowhere' : $error->getMessage(), 'nowhere', 'the error of a query');
    }
    $result = Lyger\Engine::getInstance()->query($dsn, $rows, [$thread]);
    expect(count($result), 50, 'rows of a Lyger\Result');
    expect(lyger_db_transaction($dsn, fn() => lyger_db_query_json($dsn, 'SELECT 1 AS one')), '[{"one":1}]', 'a transaction');
}
$left_open = lyger_db_query_async($dsns[count($dsns) - 1], 'SELECT 1'); // the end of the request has to close it

// JSON and numbers.
$value = ['thread' => $thread, 'real' => 0.1 * $round, 'text' => "\u{1F40E}", 'nested' => [[], new ArrayObject([1])]];
expect(lyger_json_encode($value), json_encode($value), 'JSON');
expect(lyger_json_encode("\xff"), false, 'JSON of what is no text');
expect(json_last_error(), JSON_ERROR_UTF8, 'the error of JSON');
expect(lyger_heavy_computation(1000), lyger_heavy_computation(1000), 'the same number twice');

// The server needs processes.
try {
    lyger_start_server(fn() => '', 0);
    echo "a server starts in a thread\n";
} catch (Lyger\Exception\ServerException $error) {
    expect(str_contains($error->getMessage(), 'thread safety'), true, 'why there is no server');
}

// An object that outlives the script, and a request that ends by exit().
$GLOBALS['kept'] = [$result, lyger_cache_keys(), Lyger\Engine::getInstance()];
if ($round % 3 === 2) {
    exit(0);
}
