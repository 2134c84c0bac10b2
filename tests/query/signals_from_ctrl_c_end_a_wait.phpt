--TEST--
SIGINT while a statement is waited for: a handler's exception or exit() ends it and the server's work, without a handler the process
--EXTENSIONS--
lyger
pcntl
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_postgres.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/query.inc';
$application = 'ctrl_c_' . getmypid();
$dsn = postgres() . "?application_name=$application";
$active = fn(): bool => lyger_db_query_json(
    postgres(),
    "SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'",
    [$application],
) !== '[]';
function until(callable $true): void
{
    for ($end = hrtime(true) + 10_000_000_000; !$true(); usleep(2_000)) {
        hrtime(true) < $end || exit("waited in vain\n");
    }
}
$waits = [
    'json' => "lyger_db_query_json('$dsn', 'SELECT pg_sleep(60)');",
    'rows' => "lyger_db_query('$dsn', 'SELECT pg_sleep(60)');",
    'sent' => "lyger_jsonify_result(lyger_db_query_async('$dsn', 'SELECT pg_sleep(60)'));",
    'transaction' => "lyger_db_transaction('$dsn', fn() => lyger_db_execute('$dsn', 'SELECT pg_sleep(60)'));",
];
$handlers = [
    'exception' => "pcntl_async_signals(true); pcntl_signal(SIGINT, function () { throw new Exception('Ctrl-C'); });",
    'exit' => 'pcntl_async_signals(true); pcntl_signal(SIGINT, function () { exit(3); });',
    'default' => '',
];
$modules = ['-d', 'extension_dir=' . ini_get('extension_dir'), '-d', 'extension=lyger'];
if (!in_array('pcntl', explode("\n", shell_exec(escapeshellarg(PHP_BINARY) . ' -n -m')), true)) {
    array_push($modules, '-d', 'extension=pcntl');
}
foreach ($waits as $how => $wait) {
    foreach ($handlers as $name => $handler) {
        $code = "$handler try { $wait } catch (Exception \$e) { echo get_class(\$e), ' ', \$e->getMessage(); }";
        $process = proc_open([PHP_BINARY, '-n', ...$modules, '-r', $code], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
        until($active);
        $start = hrtime(true);
        proc_terminate($process, SIGINT);
        $said = stream_get_contents($pipes[1]); // until it has ended
        $took = (hrtime(true) - $start) / 1e9;
        until(function () use ($process, &$status): bool {
            $status = proc_get_status($process);
            return !$status['running'];
        });
        echo "$how, $name: ", trim($said), ' ', $status['signaled'] ? "signal $status[termsig]" : $status['exitcode'],
            $took < 5 ? '' : " after $took s", "\n";
        if ($name === 'default') { // nobody told the server, which looks only when it writes
            lyger_db_execute(postgres(), 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [$application]);
        }
        until(fn() => !$active());
    }
}
?>
--EXPECT--
json, exception: Exception Ctrl-C 0
json, exit:  3
json, default:  signal 2
rows, exception: Exception Ctrl-C 0
rows, exit:  3
rows, default:  signal 2
sent, exception: Exception Ctrl-C 0
sent, exit:  3
sent, default:  signal 2
transaction, exception: Exception Ctrl-C 0
transaction, exit:  3
transaction, default:  signal 2
