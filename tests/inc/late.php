<?php
/*
 * A script that leaves streams to PHP, which closes them after the request, when lyger's own has ended: what they call is
 * lyger. For tests, which copy it to a directory with a database: code_that_runs_after_the_request*.phpt.
 */
final class Late
{
    public $context;
    function stream_open() { return true; }
    function stream_close() { late('stream_close'); }
}
final class LateFilter extends php_user_filter
{
    function onClose(): void { late('onClose'); }
    function filter($in, $out, &$consumed, bool $closing): int { return PSFS_PASS_ON; }
}
function late(string $where): void
{
    $engine = Lyger\Engine::getInstance();
    $GLOBALS['kept'] = $engine;
    $engine->cacheSet("late $where", ['name' => [str_repeat('v', 100), 'field' => 1]]);
    $read = lyger_cache_get("late $where") == ['name' => [str_repeat('v', 100), 'field' => 1]];
    $dsn = 'sqlite:' . __DIR__ . '/database';
    $handle = lyger_db_query($dsn, 'SELECT 1 AS one UNION SELECT 2');
    $json = lyger_jsonify_result(lyger_db_query($dsn, 'SELECT 3 AS three'));
    try {
        lyger_db_transaction($dsn, function () use ($dsn, $where) { lyger_db_execute($dsn, 'INSERT INTO journal VALUES (?)', [$where]); throw new Exception; });
    } catch (Exception $e) {
    }
    lyger_cache_remember('remembered', fn() => [$where => 'computed']);
    lyger_cache_lock("lock $where", 1);
    file_put_contents(__DIR__ . '/journal', "$where: " . json_encode([$read, $json, $handle > 0]) . "\n", FILE_APPEND);
}
if (($_GET['make'] ?? '') === 'late') {
    stream_wrapper_register('late', 'Late');
    stream_filter_register('late', 'LateFilter');
    $stream = fopen('late://', 'r');
    $filtered = fopen('php://memory', 'w+');
    stream_filter_append($filtered, 'late');
    $stream = $filtered = [$stream, $filtered, fopen('late://', 'r')];
    $GLOBALS['cycle'] = $stream;
    $GLOBALS['cycle'][] = &$GLOBALS['cycle'];
}
$engine = Lyger\Engine::getInstance();
for ($i = 0; $i < 50; $i++) {
    lyger_cache_set("key $i", ["name $i" => "value $i", 'field' => $i]);
}
$wrong = 0;
for ($i = 0; $i < 50; $i++) {
    $wrong += lyger_cache_get("key $i") !== ["name $i" => "value $i", 'field' => $i];
}
try {
    $stale = json_decode(lyger_jsonify_result(1));
} catch (Lyger\Exception $e) {
    $stale = 'refused';
}
echo json_encode(['same' => $engine === Lyger\Engine::getInstance(), 'class' => get_class($engine), 'wrong' => $wrong, 'handle 1' => $stale,
    'rows' => json_decode(lyger_db_query_json('sqlite:' . __DIR__ . '/database', 'SELECT count(*) AS n FROM journal'))]), "\n";
