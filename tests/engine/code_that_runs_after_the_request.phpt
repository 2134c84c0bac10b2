--TEST--
Streams that PHP closes after the request use the cache, the engine and queries; nothing of it reaches the next request
--EXTENSIONS--
lyger
--SKIPIF--
<?php
if (!function_exists('proc_open')) {
    exit('skip without proc_open');
}
?>
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
$directory = sys_get_temp_dir() . '/lyger-late-' . getmypid();
mkdir($directory);
file_put_contents("$directory/router.php", <<<'PHP'
    <?php
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
    PHP);
lyger_db_execute("sqlite:$directory/database?mode=rwc", 'CREATE TABLE journal (line TEXT)');
$socket = stream_socket_server('tcp://127.0.0.1:0');
$address = stream_socket_get_name($socket, false);
fclose($socket);
$command = [PHP_BINARY, '-n', '-d', 'extension_dir=' . ini_get('extension_dir'), '-d', 'extension=lyger', '-d', 'display_errors=1', '-d', 'html_errors=0',
    ...with_neighbours(), '-S', $address, "$directory/router.php"];
$process = proc_open($command, [1 => ['file', "$directory/log", 'a'], 2 => ['file', "$directory/log", 'a']], $pipes, $directory, ['PHP_CLI_SERVER_WORKERS' => ''] + getenv());
$end = hrtime(true) + 60_000_000_000;
while (!($try = @stream_socket_client("tcp://$address")) && hrtime(true) < $end) {
    usleep(2_000);
}
foreach ([0, 1, 0, 0, 1, 1, 0] as $late) {
    echo $late ? 'late: ' : 'plain: ', @file_get_contents("http://$address/" . ($late ? '?make=late' : '')) ?: "no answer\n";
}
$running = proc_get_status($process)['running'];
proc_terminate($process);
proc_close($process);
$journal = array_count_values(file("$directory/journal", FILE_IGNORE_NEW_LINES));
ksort($journal);
print_r($journal);
echo $running ? '' : file_get_contents("$directory/log");
exec('rm -rf ' . escapeshellarg($directory));
?>
--EXPECT--
plain: {"same":true,"class":"Lyger\\Engine","wrong":0,"handle 1":"refused","rows":[{"n":0}]}
late: {"same":true,"class":"Lyger\\Engine","wrong":0,"handle 1":"refused","rows":[{"n":0}]}
plain: {"same":true,"class":"Lyger\\Engine","wrong":0,"handle 1":"refused","rows":[{"n":0}]}
plain: {"same":true,"class":"Lyger\\Engine","wrong":0,"handle 1":"refused","rows":[{"n":0}]}
late: {"same":true,"class":"Lyger\\Engine","wrong":0,"handle 1":"refused","rows":[{"n":0}]}
late: {"same":true,"class":"Lyger\\Engine","wrong":0,"handle 1":"refused","rows":[{"n":0}]}
plain: {"same":true,"class":"Lyger\\Engine","wrong":0,"handle 1":"refused","rows":[{"n":0}]}
Array
(
    [onClose: [true,"[{\"three\":3}]",true]] => 6
    [stream_close: [true,"[{\"three\":3}]",true]] => 6
)
