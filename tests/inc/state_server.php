<?php

/**
 * Whether what PHP's functions set in one request is there in the next (state_app.php): a worker of lyger is asked after each
 * call, or group of calls, and where its answers are others than before, PHP-FPM is asked the same. What stays there too is
 * PHP's own; what stays in lyger only is a finding, unless docs/server.md names the function among what stays.
 *
 *     php state_server.php LYGER.SO [--all] [--base] [--no-fpm] [--brief] [--only=REGEX] [INI…]
 *
 * --all: every function, not only those whose names look as if they set something. --base: no extension but PHP's own.
 */

declare(strict_types=1);

require __DIR__ . '/state_fpm.inc';

$arguments = array_slice($argv, 1);
$library = array_shift($arguments);
$all = in_array('--all', $arguments, true);
$brief = in_array('--brief', $arguments, true);
$only = '/' . (preg_filter('/^--only=/', '', $arguments) ? current(preg_filter('/^--only=/', '', $arguments)) : '.') . '/i';
$settings = array_values(array_filter($arguments, static fn($argument) => $argument[0] !== '-'));
const GROUP = 160;

$directory = sys_get_temp_dir() . '/lyger-state-' . getmypid();
mkdir($directory);
chmod($directory, 0777);
file_put_contents("$directory/state", "state\n");
putenv("STATE_DIRECTORY=$directory");
register_shutdown_function(static fn() => exec('rm -rf ' . escapeshellarg($directory)));

/** What Debian's packages have for this PHP, in the order of loading. */
function extensions(): array
{
    $found = [];
    foreach (glob('/etc/php/' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . '/mods-available/*.ini') as $file) {
        $text = file_get_contents($file);
        if (preg_match('/^extension=([a-z0-9_]+)(\.so)?$/m', $text, $name) && is_file(ini_get('extension_dir') . "/$name[1].so")) {
            $found[$name[1]] = preg_match('/^; priority=(\d+)/m', $text, $priority) ? (int) $priority[1] : 20;
        }
    }
    asort($found);
    return array_keys($found);
}

$ini = [];
foreach (in_array('--base', $arguments, true) ? [] : extensions() as $extension) {
    array_push($ini, '-d', "extension=$extension");
}
foreach ([...$settings, 'display_errors=0', 'log_errors=0', "session.save_path=$directory", 'date.timezone=UTC', 'memory_limit=128M'] as $setting) {
    array_push($ini, '-d', $setting);
}

/** A server with one worker, and a connection to it. */
final class Lyger
{
    private $process;
    private $socket = null;
    private int $port;

    public function __construct(string $library, array $ini, string $directory)
    {
        file_put_contents("$directory/app.php", '<?php require ' . var_export(__DIR__ . '/state_app.php', true) . ';
            lyger_start_server(function ($uri, $method, $data) {
                if (isset($data["query"]["die"])) { str_repeat("x", 1 << 30); }
                $answer = state_answer($data["query"]);
                while (ob_get_level()) { ob_end_clean(); }
                return $answer;
            }, 0);');
        $log = ['file', "$directory/log", 'a'];
        $this->process = proc_open([PHP_BINARY, '-n', ...$ini, '-d', "extension=$library", "$directory/app.php"], [['file', '/dev/null', 'r'], $log, $log],
            $pipes, $directory, ['LYGER_OPTIONS' => json_encode(['host' => '127.0.0.1', 'workers' => 1, 'port' => 0, 'request_timeout' => 60])] + getenv());
        $end = hrtime(true) + 60_000_000_000;
        while (!preg_match('~^listening on http://\S+:(\d+), ~m', (string) @file_get_contents("$directory/log"), $found)) {
            hrtime(true) < $end && proc_get_status($this->process)['running'] || exit("the server did not start\n" . file_get_contents("$directory/log"));
            usleep(5000);
        }
        $this->port = (int) $found[1];
    }

    public function ask(string $query): ?string
    {
        $socket = stream_socket_client("tcp://127.0.0.1:$this->port", $code, $message, 30);
        stream_set_timeout($socket, 120);
        fwrite($socket, "GET /?$query HTTP/1.0\r\nHost: test\r\n\r\n");
        $parts = explode("\r\n\r\n", (string) stream_get_contents($socket), 2);
        return str_contains(strtok($parts[0], "\n"), ' 200 ') ? $parts[1] : null;
    }

    /** Another worker, as booted. */
    public function renew(): void
    {
        $this->ask('die=1');
    }

    public function stop(): void
    {
        proc_terminate($this->process);
        proc_close($this->process);
    }
}

$lyger = new Lyger($library, $ini, $directory);
$fpm = in_array('--no-fpm', $arguments, true) ? null : new Fpm($ini, $directory);
$mode = $all ? '&all=1' : '';
$documented = [];
preg_match('/<!-- what stays -->(.*?)<!-- end -->/s', file_get_contents((getenv('LYGER_SOURCE') ?: __DIR__ . '/../..') . '/docs/server.md'), $section);
preg_match_all('/`([A-Za-z0-9_:*]+)(?:\(\))?`/', $section[1] ?? '', $names);
foreach ($names[1] as $name) {
    $documented[] = str_replace('\*', '.*', preg_quote($name, '/'));
}
$documented = '/^(' . implode('|', $documented ?: ['x^']) . ')$/i';

/** Answers that are the same in every request of two workers, and the others: time, memory, numbers of processes, and what the
 * asking itself sets. */
function steady(object $server): array
{
    $runs = [];
    for ($i = 0; $i < 4; $i++) {
        if ($i === 2) {
            $server->renew();
            sleep(1); // what tells the time says another one
        }
        $runs[] = json_decode((string) $server->ask('get=1'), true) ?? exit('the answers cannot be read: ' . $server->ask('get=1') . "\n");
    }
    $steady = array_intersect_assoc(...$runs);
    return [$steady, array_diff_key($runs[3], $steady)];
}

/** What has changed after these calls; null when the worker did not survive them. */
function changes(object $server, array $numbers, string $mode, array $steady, array $unsteady): ?array
{
    $changed = [];
    if ($server->ask('set=' . implode(',', $numbers) . $mode) === null || ($after = json_decode((string) $server->ask('get=1'), true)) === null) {
        return null;
    }
    foreach ($steady as $name => $text) {
        if ($text !== ($after[$name] ?? null)) {
            $changed[$name] = "$text became " . ($after[$name] ?? 'nothing');
        }
    }
    return $changed;
}

/** An unsteady answer that is the same twice has been made predictable. */
function predictable(object $server, array $numbers, string $mode, array $unsteady): array
{
    $twice = [];
    for ($i = 0; $i < 2; $i++) {
        $server->ask('set=' . implode(',', $numbers) . $mode);
        $twice[] = json_decode((string) $server->ask('get=1'), true) ?? [];
    }
    return array_filter(array_intersect_assoc(array_intersect_key($twice[0], $unsteady), $twice[1]),
        static fn($name) => preg_match('/rand|lcg|uniqid|shuffle/i', $name), ARRAY_FILTER_USE_KEY);
}

[$steady, $unsteady] = steady($lyger);
echo count($steady), ' answers are steady, ', count($unsteady), ' are not', $brief ? '' : ': ' . implode(' ', array_keys($unsteady)), "\n";
[$steady_fpm, $unsteady_fpm] = $fpm ? steady($fpm) : [[], []];
$calls = json_decode((string) $lyger->ask("calls=1$mode"), true);
$calls_fpm = $fpm ? array_flip(array_map('json_encode', json_decode((string) $fpm->ask("calls=1$mode"), true))) : [];
$numbers = array_keys(array_filter($calls, static fn($call) => (bool) preg_match($only, $call[0])));
$found = $known = $died = $php = 0;
$told = [];

$look = static function (array $numbers) use (&$look, $lyger, $fpm, $mode, &$steady, $unsteady, $steady_fpm, $unsteady_fpm, $calls, $calls_fpm, $documented, $brief, &$found, &$known, &$died, &$php, &$told): void {
    $changed = changes($lyger, $numbers, $mode, $steady, $unsteady);
    if ($changed !== null && count($numbers) === 1 && preg_match('/rand|seed/i', $calls[$numbers[0]][0])) {
        $changed += predictable($lyger, $numbers, $mode, $unsteady);
    }
    if ($changed === []) {
        return;
    }
    $lyger->renew();
    if (count($numbers) > 1) {
        foreach (array_chunk($numbers, max(1, intdiv(count($numbers) + 3, 4))) as $part) {
            $look($part);
        }
        return;
    }
    $call = $calls[$numbers[0]];
    if ($changed === null) {
        $died++;
        echo "# the worker did not survive $call[0]() with values $call[1] for $call[2] arguments\n";
        return;
    }
    $number = $calls_fpm[json_encode($call)] ?? null;
    if ($fpm && $number !== null) {
        $there = changes($fpm, [$number], $mode, $steady_fpm, $unsteady_fpm) ?? [];
        if ($there && !array_diff_key($changed, $there)) {
            $php++;
            $fpm->renew();
            return;
        }
        $fpm->renew();
    }
    foreach ($changed as $name => $text) {
        if (isset($told["$call[0] $name"])) {
            continue;
        }
        $told["$call[0] $name"] = true;
        if (preg_match($documented, $call[0]) || preg_match($documented, $name)) {
            $known++;
            echo $brief ? '' : "# documented: $call[0]() changes what $name() says\n";
        } else {
            $found++;
            echo "not ok $call[0]() changes what $name() says: $text\n";
        }
    }
};
foreach (array_chunk($numbers, GROUP) as $group) {
    $look($group);
}
foreach ($brief ? [] : json_decode((string) $lyger->ask('left=1'), true) as $why => $names) {
    echo '# left out: ', count($names), ' functions: ', $why, ': ', implode(' ', array_slice($names, 0, 12)), count($names) > 12 ? ' …' : '', "\n";
}
$lyger->stop();
$fpm?->stop();
echo count($numbers), " calls; $known findings are documented, $php stay in PHP-FPM too, $died ended the worker\n";
echo 'state: ', count($numbers) - $found, " passed, $found failed, 0 skipped\n";
exit($found ? 1 : 0);
