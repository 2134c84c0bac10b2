<?php

/**
 * HTTP servers side by side; benchmarks/server calls it.
 *
 * Environment: LYGER_BENCH_DIR (an empty directory), LYGER_BENCH_SO (lyger.so). Options: --quick, --json (every round, in
 * nanoseconds per request), --workers=N (1), --connections=N (32), --seconds=N (5 a round), --rounds=N (7),
 * --scripts=MS: lyger's script form, nginx with PHP-FPM and php -S, each running index.php, whose work takes so many
 * milliseconds of CPU on this machine (0: no more than the answer).
 */

declare(strict_types=1);

$options = getopt('', ['quick', 'json', 'workers:', 'connections:', 'seconds:', 'rounds:', 'scripts:']);
define('WORKERS', max(1, (int) ($options['workers'] ?? 1)));
define('CONNECTIONS', max(1, (int) ($options['connections'] ?? 32)));
define('SECONDS', max(1, (int) ($options['seconds'] ?? (isset($options['quick']) ? 1 : 5))));
$rounds = max(1, (int) ($options['rounds'] ?? (isset($options['quick']) ? 3 : 7)));
$directory = getenv('LYGER_BENCH_DIR') ?: exit("LYGER_BENCH_DIR is not set: run benchmarks/server\n");

function free_port(): int
{
    $socket = stream_socket_server('tcp://127.0.0.1:0');
    return (int) substr(strrchr(stream_socket_get_name($socket, false), ':'), 1);
}

/** A server's processes, from start to stop. */
final class Server
{
    /** @var resource[] */
    private array $processes = [];

    public function __construct(public readonly string $name, public readonly int $port, string ...$commands)
    {
        global $directory;
        foreach ($commands as $number => $command) {
            $log = ['file', "$directory/" . preg_replace('/\W+/', '-', $name) . "-$number.log", 'a'];
            $this->processes[] = proc_open("exec $command", [['file', '/dev/null', 'r'], $log, $log], $pipes, $directory);
        }
        for ($end = microtime(true) + 10; microtime(true) < $end; usleep(20000)) {
            $answer = @file_get_contents("http://127.0.0.1:$port/hello?name=up&n=1", false, stream_context_create(['http' => ['timeout' => 2, 'ignore_errors' => true]]));
            if ($answer !== false && str_contains($answer, 'hello')) {
                return;
            }
        }
        $this->stop();
        throw new RuntimeException("$name does not answer: " . ($answer ?: 'nothing'));
    }

    /** Seconds of CPU that its processes and their children have used. */
    public function cpu(): float
    {
        $children = [];
        $ticks = [];
        foreach (glob('/proc/[0-9]*/stat') as $file) {
            $text = @file_get_contents($file);
            if ($text !== false && preg_match('/^(\d+) \(.*\) \S (\d+) (?:\S+ ){9}(\d+) (\d+) (\d+) (\d+)/s', $text, $found)) {
                $children[$found[2]][] = $found[1];
                $ticks[$found[1]] = $found[3] + $found[4] + $found[5] + $found[6];
            }
        }
        $sum = 0;
        $left = array_map(static fn($process): string => (string) proc_get_status($process)['pid'], $this->processes);
        while ($left) {
            $pid = array_pop($left);
            $sum += $ticks[$pid] ?? 0;
            array_push($left, ...($children[$pid] ?? []));
        }
        return $sum / 100;
    }

    public function stop(): void
    {
        foreach ($this->processes as $process) {
            proc_terminate($process, SIGTERM);
        }
        foreach ($this->processes as $process) {
            proc_close($process);
        }
        $this->processes = [];
    }
}

file_put_contents("$directory/vary.lua", <<<'LUA'
    local n = 0
    request = function()
        n = n + 1
        return wrk.format("GET", "/hello?name=user" .. (n % 1000) .. "&n=" .. n)
    end
    LUA);

$handler = <<<'PHP'
    <?php
    $answer = static fn(array $query): array => ['hello' => $query['name'] ?? 'nobody', 'n' => (int) ($query['n'] ?? 0), 'ok' => true];
    PHP;
file_put_contents("$directory/lyger.php", $handler . "\nLyger\\Engine::startServer(static fn(string \$uri, string \$method, array \$data): array => \$answer(\$data['query']),"
    . " (int) \$argv[1], ['host' => '127.0.0.1', 'workers' => (int) \$argv[2]]);\n");
/** How many turns of the work take so many milliseconds: the quickest of some runs. */
function turns(float $milliseconds): int
{
    $best = INF;
    for ($run = 0; $run < 20; $run++) {
        $begin = hrtime(true);
        work(2000);
        $best = min($best, (hrtime(true) - $begin) / 2000);
    }
    return (int) round($milliseconds * 1e6 / $best);
}

/** What a page does: strings, arrays, a hash. */
function work(int $turns): int
{
    $sum = 0;
    for ($i = 0; $i < $turns; $i++) {
        $row = ['id' => $i, 'name' => "user$i"];
        $sum += strlen(htmlspecialchars($row['name'])) + crc32($row['name']);
    }
    return $sum;
}

define('SCRIPTS', isset($options['scripts']));
$work = '';
if (SCRIPTS && (float) $options['scripts'] > 0) {
    $function = new ReflectionFunction('work');
    $lines = array_slice(file(__FILE__), $function->getStartLine() - 1, $function->getEndLine() - $function->getStartLine() + 1);
    $work = implode('', $lines) . 'work(' . turns((float) $options['scripts']) . ");\n";
}
file_put_contents("$directory/index.php", "$handler\n{$work}header('Content-Type: application/json');\necho json_encode(\$answer(\$_GET));\n");
file_put_contents("$directory/workerman.php", $handler . <<<'PHP'

    require __DIR__ . '/vendor/autoload.php';
    $worker = new Workerman\Worker('http://127.0.0.1:' . getenv('PORT'));
    $worker->count = (int) getenv('WORKERS');
    $worker->reusePort = true;
    $worker->onMessage = static function ($connection, $request) use ($answer): void {
        $connection->send(new Workerman\Protocols\Http\Response(200, ['Content-Type' => 'application/json'], json_encode($answer($request->get()))));
    };
    Workerman\Worker::$logFile = '/dev/null';
    Workerman\Worker::runAll();
    PHP);

function nginx(string $directory, string $name, int $port, string $location): string
{
    $workers = WORKERS;
    file_put_contents("$directory/$name.conf", <<<CONF
        daemon off; worker_processes $workers; pid $directory/$name.pid; error_log $directory/$name.error;
        events { worker_connections 4096; }
        http {
            access_log off; keepalive_requests 1000000000;
            client_body_temp_path $directory; fastcgi_temp_path $directory; proxy_temp_path $directory;
            uwsgi_temp_path $directory; scgi_temp_path $directory;
            server { listen 127.0.0.1:$port backlog=4096; $location }
        }
        CONF);
    return 'nginx -p ' . escapeshellarg($directory) . " -c $name.conf";
}

$php = escapeshellarg(PHP_BINARY);
$jit = '-d opcache.enable_cli=1 -d opcache.jit=tracing -d opcache.jit_buffer_size=64M';
$servers = [
    'lyger' => static fn(int $port): array => ["$php $jit -d extension=" . escapeshellarg((string) getenv('LYGER_BENCH_SO')) . " lyger.php $port " . WORKERS],
    'nginx constant' => static fn(int $port): array => [nginx($directory, 'constant', $port,
        'location / { default_type application/json; return 200 \'{"hello":"user123","n":12345,"ok":true}\'; }')],
    'nginx + FPM' => static function (int $port) use ($directory): array {
        $fpm = (string) (glob('/usr/sbin/php-fpm*')[0] ?? throw new RuntimeException('php-fpm is not installed'));
        file_put_contents("$directory/fpm.conf", "[global]\nerror_log = $directory/fpm.log\ndaemonize = no\n[www]\nlisten = $directory/fpm.sock\n"
            . "user = www-data\ngroup = www-data\nlisten.mode = 0666\npm = static\npm.max_children = " . WORKERS . "\n");
        @chmod($directory, 0755);
        $include = 'fastcgi_param SCRIPT_FILENAME ' . $directory . '/index.php; fastcgi_param QUERY_STRING $query_string; '
            . 'fastcgi_param REQUEST_METHOD $request_method; fastcgi_param CONTENT_TYPE $content_type; fastcgi_param CONTENT_LENGTH $content_length; '
            . 'fastcgi_param REQUEST_URI $request_uri; fastcgi_param SERVER_PROTOCOL $server_protocol; fastcgi_param REMOTE_ADDR $remote_addr;';
        return ["$fpm -y $directory/fpm.conf" . (posix_getuid() === 0 ? ' -R' : ''),
            nginx($directory, 'before-fpm', $port, "location / { fastcgi_pass unix:$directory/fpm.sock; $include }")];
    },
    'php -S' => static fn(int $port): array => ['env ' . (WORKERS > 1 ? 'PHP_CLI_SERVER_WORKERS=' . WORKERS : '') . " $php -S 127.0.0.1:$port index.php"],
    'Workerman' => static function (int $port) use ($directory, $php, $jit): array {
        exec('cd ' . escapeshellarg($directory) . ' && COMPOSER_ALLOW_SUPERUSER=1 timeout 60 composer require -q workerman/workerman 2>&1', $output, $status);
        if ($status !== 0) {
            throw new RuntimeException('Composer cannot fetch it');
        }
        return ["env PORT=$port WORKERS=" . WORKERS . " $php $jit workerman.php start"];
    },
];

if (SCRIPTS) {
    mkdir("$directory/root");
    rename("$directory/index.php", "$directory/root/index.php");
    symlink("$directory/root/index.php", "$directory/index.php"); // for the others
    $opcache = '-d opcache.enable_cli=1'; // and no JIT, as PHP-FPM has it by default
    $servers = [
        'lyger' => static fn(int $port): array => ["$php $opcache -d extension=" . escapeshellarg((string) getenv('LYGER_BENCH_SO')) . ' '
            . escapeshellarg(dirname(__DIR__) . '/bin/lyger') . " serve --root=$directory/root --port=$port --workers=" . WORKERS],
    ] + array_intersect_key($servers, ['nginx + FPM' => 0, 'php -S' => 0]);
}

/** @return array{float, float} requests a second, microseconds of the server's CPU per request */
function round_of(Server $server, int $seconds): array
{
    global $directory;
    $before = $server->cpu();
    $text = (string) shell_exec('wrk -t1 -c' . CONNECTIONS . " -d{$seconds}s -s $directory/vary.lua http://127.0.0.1:{$server->port}/ 2>&1");
    if (!preg_match('/(\d+) requests in/', $text, $requests) || !preg_match('/Requests\/sec:\s+([\d.]+)/', $text, $rate)) {
        throw new RuntimeException("wrk said: $text");
    }
    if (preg_match('/Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)/', $text, $bad)) {
        fwrite(STDERR, "\n{$server->name}: {$bad[0]}\n");
    }
    return [(float) $rate[1], ($server->cpu() - $before) / max(1, (int) $requests[1]) * 1e6];
}

function median(array $numbers): float
{
    sort($numbers);
    return $numbers[intdiv(count($numbers), 2)];
}

$running = [];
foreach ($servers as $name => $commands) {
    try {
        $port = free_port();
        $running[$name] = new Server($name, $port, ...$commands($port));
    } catch (RuntimeException $reason) {
        fwrite(STDERR, "not measured: $name ({$reason->getMessage()})\n");
    }
}
if (!isset($running['lyger'])) {
    exit(1);
}
$rates = $cpus = [];
foreach (array_keys($running) as $name) {
    round_of($running[$name], 1); // warm
}
for ($round = 0; $round < $rounds; $round++) {
    foreach ($round % 2 ? array_reverse($running) : $running as $name => $server) {
        if (stream_isatty(STDERR)) {
            fprintf(STDERR, "\rround %d of %d, %-20s", $round + 1, $rounds, $name);
        }
        [$rates[$name][], $cpus[$name][]] = round_of($server, SECONDS);
    }
}
if (stream_isatty(STDERR)) {
    fwrite(STDERR, "\r" . str_repeat(' ', 50) . "\r");
}
foreach ($running as $server) {
    $server->stop();
}
$result = [];
foreach ($running as $name => $unused) {
    $result[$name] = ['requests_per_second' => median($rates[$name]), 'cpu_us_per_request' => median($cpus[$name]),
        'lyger_is_times' => median(array_map(static fn(float $ours, float $theirs): float => $ours / $theirs, $rates['lyger'], $rates[$name]))];
}
if (isset($options['json'])) {
    $nanoseconds = static fn(array $rates): array => array_map(static fn(float $rate): float => round(1e9 / $rate, 1), $rates);
    $cpu = static fn(array $us): array => array_map(static fn(float $one): float => round($one * 1000, 1), $us);
    echo json_encode(['workers' => WORKERS, 'connections' => CONNECTIONS, 'seconds' => SECONDS,
        'samples' => array_map($nanoseconds, $rates), 'cpu' => array_map($cpu, $cpus)]), "\n";
    exit;
}
printf("%d worker(s), %d connections, PHP %s, medians of %d alternating rounds of %d s\n", WORKERS, CONNECTIONS, PHP_VERSION, $rounds, SECONDS);
printf("%-16s %12s %14s %16s\n", '', 'requests/s', 'lyger is', 'CPU us/request');
foreach ($result as $name => $row) {
    printf("%-16s %12s %12.2f x %16.1f\n", $name, number_format($row['requests_per_second']), $row['lyger_is_times'], $row['cpu_us_per_request']);
}
