<?php

/**
 * A load that checks every answer, while the server is reloaded every second and its workers are killed at random.
 *
 *     php stress_server.php PORT SUPERVISOR-PID SECONDS [KILLS-PER-SECOND]
 *
 * Every request must be answered: 200 and the right body, or 502 when its worker was killed with it in hand. Prints what
 * was seen, and exits with 1 when an answer was wrong or missing or there are more 502 than kills.
 */

declare(strict_types=1);

[, $port, $supervisor, $seconds] = array_map('intval', $argv);
$kills_per_second = (int) ($argv[4] ?? 7);

/** One connection with at most one request on it. */
final class Client
{
    /** @var resource|null */
    public $socket = null;
    public string $out = '';
    private string $in = '';
    private int $id = 0;
    private string $body = '';
    private bool $closes = false;
    private int $before = 0; // requests answered on this connection, and what the last one got
    private int $last = 0;

    public function __construct(private readonly int $port)
    {
    }

    public function ask(int $id): void
    {
        if (!$this->socket) {
            $this->socket = stream_socket_client("tcp://127.0.0.1:{$this->port}", $number, $message, 5)
                ?: throw new RuntimeException("cannot connect: $message");
            stream_set_blocking($this->socket, false);
            $this->before = $this->last = 0;
        }
        $this->id = $id;
        $this->in = '';
        $this->body = $id % 4 === 0 ? random_bytes($id % 11 === 0 ? 100_000 : $id % 700 + 1) : '';
        $this->closes = $id % 50 === 0;
        $head = ($this->body === '' ? 'GET' : 'POST') . " /echo?id=$id HTTP/1.1\r\nHost: localhost\r\n" . ($this->closes ? "Connection: close\r\n" : '');
        if ($this->body === '') {
            $this->out = "$head\r\n";
        } elseif ($id % 8 === 0) {
            $chunks = array_map(static fn (string $piece): string => dechex(strlen($piece)) . "\r\n$piece\r\n", str_split($this->body, 300));
            $this->out = "{$head}Transfer-Encoding: chunked\r\n\r\n" . implode('', $chunks) . "0\r\n\r\n";
        } else {
            $this->out = "{$head}Content-Length: " . strlen($this->body) . "\r\n\r\n{$this->body}";
        }
    }

    public function send(): void
    {
        $sent = @fwrite($this->socket, $this->out);
        $this->out = $sent === false ? '' : substr($this->out, $sent);
    }

    /** @return array{int, ?int}|null the status and the worker, when the answer is there */
    public function receive(): ?array
    {
        $bytes = @fread($this->socket, 65536);
        if ($bytes === '' || $bytes === false) {
            if (!feof($this->socket)) {
                return null;
            }
            $this->drop();
            throw new RuntimeException("request {$this->id} was not answered" . " after {$this->before} others, the last {$this->last}" . ($this->out === '' ? '' : ', still being sent')
                . ($this->in === '' ? '' : ': ' . substr($this->in, 0, 200)));
        }
        $this->in .= $bytes;
        $end = strpos($this->in, "\r\n\r\n");
        if ($end === false) {
            return null;
        }
        $head = substr($this->in, 0, $end);
        if (!preg_match('/^HTTP\/1\.1 (\d+) /', $head, $status) || !preg_match('/^Content-Length: (\d+)/mi', $head, $length)) {
            throw new RuntimeException("request {$this->id}: " . substr($this->in, 0, 200));
        }
        if (strlen($this->in) < $end + 4 + $length[1]) {
            return null;
        }
        $this->before++;
        $this->last = (int) $status[1];
        $body = substr($this->in, $end + 4, (int) $length[1]);
        if ($this->closes || preg_match('/^Connection: close/mi', $head)) {
            $this->drop();
        }
        return [(int) $status[1], (int) $status[1] === 200 ? $this->check($body) : null];
    }

    private function check(string $body): int
    {
        $answer = json_decode($body, true);
        if (($answer['id'] ?? null) !== $this->id || $answer['md5'] !== md5($this->body) || $answer['method'] !== ($this->body === '' ? 'GET' : 'POST')
            || strlen($answer['pad']) !== ($this->id % 3 === 0 ? $this->id % 20000 : 5)) {
            throw new RuntimeException("request {$this->id} got a wrong answer: " . substr($body, 0, 200));
        }
        return $answer['pid'];
    }

    private function drop(): void
    {
        fclose($this->socket);
        $this->socket = null;
    }
}

$clients = array_map(static fn (): Client => new Client($port), range(1, 32));
$busy = $pids = $statuses = $wrong = [];
$id = $kills = $reloads = 0;
$start = microtime(true);
$next_kill = $next_reload = $start + 0.5;
$end = $start + $seconds;
while (($now = microtime(true)) < $end || $busy) {
    if ($now > $end + 20) {
        $wrong[] = count($busy) . ' requests were never answered';
        break;
    }
    foreach ($clients as $number => $client) {
        if ($now < $end && !isset($busy[$number])) {
            try {
                $client->ask(++$id);
                $busy[$number] = $id;
            } catch (RuntimeException $error) {
                $wrong[] = $error->getMessage();
            }
        }
    }
    if ($kills_per_second && $now > $next_kill && $now < $end && $pids) {
        // Numbers of processes are used again: only what is still the server's is killed.
        $pid = array_rand($pids);
        if (str_contains((string) @file_get_contents("/proc/$pid/cmdline"), 'stress_server_app.php')) {
            $kills += (int) posix_kill($pid, SIGKILL);
        }
        $pids = [];
        $next_kill = $now + mt_rand(1, 2000) / 1000 / $kills_per_second;
    }
    if ($now > $next_reload && $now < $end) {
        $reloads += (int) posix_kill($supervisor, SIGHUP);
        $next_reload = $now + 1;
    }
    $read = $write = [];
    foreach ($busy as $number => $unused) {
        $read[$number] = $clients[$number]->socket;
        if ($clients[$number]->out !== '') {
            $write[$number] = $clients[$number]->socket;
        }
    }
    $except = null;
    if (!$read || !stream_select($read, $write, $except, 0, 50_000)) {
        continue;
    }
    foreach ($write as $number => $unused) {
        $clients[$number]->send();
    }
    foreach ($read as $number => $unused) {
        try {
            $answer = $clients[$number]->receive();
            if ($answer) {
                $statuses[$answer[0]] = ($statuses[$answer[0]] ?? 0) + 1;
                if ($answer[1]) {
                    $pids[$answer[1]] = true;
                }
                unset($busy[$number]);
            }
        } catch (RuntimeException $error) {
            $wrong[] = $error->getMessage();
            unset($busy[$number]);
        }
    }
    if (stream_isatty(STDERR)) {
        fprintf(STDERR, "\r  %d of %d s, %d requests, %d kills, %d reloads", $now - $start, $seconds, $id, $kills, $reloads);
    }
}
if (stream_isatty(STDERR)) {
    fwrite(STDERR, "\n");
}
ksort($statuses);
echo "$id requests, $kills kills, $reloads reloads: ", implode(', ', array_map(static fn (int $status, int $count): string => "$count x $status", array_keys($statuses), $statuses)), "\n";
$odd = array_diff_key($statuses, [200 => 1, 502 => 1]);
if ($odd) {
    $wrong[] = 'answers that are neither 200 nor 502';
}
if (($statuses[502] ?? 0) > $kills) {
    $wrong[] = 'more 502 than kills';
}
foreach (array_slice($wrong, 0, 10) as $what) {
    echo "# $what\n";
}
if (count($wrong) > 10) {
    echo '# and ', count($wrong) - 10, " more\n";
}
exit($wrong || !($statuses[200] ?? 0) ? 1 : 0);
