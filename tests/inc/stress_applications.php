<?php

/**
 * Two users of one of the notebooks of examples/, side by side, each with cookies of its own, while the server is reloaded.
 *
 *     LYGER_MODULE=…/lyger.so php stress_applications.php APPLICATION FORM REQUESTS RELOADS MOST locked|unlocked [NAME=VALUE…]
 *
 * APPLICATION is its directory (scripts/example-applications makes it), FORM "fpm", "script" or the file that `lyger serve` runs,
 * MOST how many requests a worker answers. The last word says whether the application's sessions are locked while a request has
 * one. Where they are not, requests of one user that run side by side may undo each other's visits; whose session it is must be
 * right all the same. NAME=VALUE are settings of PHP.
 * Prints what was answered otherwise than it should be, or memory that grew, and ends with status 1 then.
 */

declare(strict_types=1);

require __DIR__ . '/webserver.inc';

const CONNECTIONS = 8;
const HAS = 0;      // the answer's body has that text
const ALL_OWN = 1;  // it is JSON, and each text in it is the user's
const IS = 2;       // it is that, byte for byte

/** A user: a cookie jar, and what the application should know of it. */
final class User
{
    /** @var array<string, string> */
    public array $cookies = [];
    public int $visits = 0;
    public bool $visiting = false;
    public string $token = '';
    public ?int $picture = null;
    public int $notes = 0;

    public function __construct(public readonly string $name, public readonly string $password, public readonly string $image)
    {
    }

    public function keepCookie(string $line): int
    {
        if (preg_match('/^set-cookie: ([^=]+)=([^;\r]*)/i', $line, $found) && !str_contains($found[1], 'XSRF')) {
            $this->cookies[$found[1]] = $found[2];
        }
        return strlen($line);
    }
}

/** Kilobytes of memory of a process and all below it, each page counted once (proc_pid_smaps(5): Pss). */
function memory_of(int $pid): int
{
    $sum = preg_match('/^Pss:\s+(\d+)/m', (string) @file_get_contents("/proc/$pid/smaps_rollup"), $found) ? (int) $found[1] : 0;
    foreach (explode(' ', trim((string) @file_get_contents("/proc/$pid/task/$pid/children"))) as $child) {
        $sum += $child === '' ? 0 : memory_of((int) $child);
    }
    return $sum;
}

final class Stress
{
    private int $sent = 0;
    private int $wrong = 0;
    /** @var list<int> */
    private array $memory = [];
    private CurlMultiHandle $multi;
    /** @var SplObjectStorage<CurlHandle, array{User, string, int, int, string}> */
    private SplObjectStorage $running;

    /** @param list<User> $users */
    public function __construct(private Webserver $server, private array $users, private bool $locked)
    {
        $this->multi = curl_multi_init();
        $this->running = new SplObjectStorage;
    }

    private function prepare(User $user, string $path, mixed $post): CurlHandle
    {
        $handle = curl_init($this->server->url() . $path);
        curl_setopt_array($handle, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 120, CURLOPT_HTTPHEADER => ['Expect:'],
            CURLOPT_COOKIE => implode('; ', array_map(fn(string $name) => "$name={$user->cookies[$name]}", array_keys($user->cookies))),
            CURLOPT_HEADERFUNCTION => fn($handle, string $line): int => $user->keepCookie($line)] + ($post === null ? [] : [CURLOPT_POSTFIELDS => $post]));
        return $handle;
    }

    public function logIn(User $user): void
    {
        $token = fn(string $path): string => preg_match('/name="_token" value="([^"]+)"(?!.*name="_token")/s', curl_exec($this->prepare($user, $path, null)), $found)
            ? $found[1] : throw new RuntimeException("no token in $path");
        $handle = $this->prepare($user, '/login', ['name' => $user->name, 'password' => $user->password, '_token' => $token('/login')]);
        curl_exec($handle);
        if (curl_getinfo($handle, CURLINFO_RESPONSE_CODE) !== 302) {
            throw new RuntimeException("$user->name was not logged in");
        }
        $user->token = $token('/');
        $user->visits = 1;
    }

    /** @return array{string, mixed, int, int, string} path, form, status, kind of check, what it looks for */
    private function choose(User $user): array
    {
        $kind = random_int(0, 39);
        return match (true) {
            $kind < 10 && !$user->visiting => ['/', null, 200, HAS, "<span id=\"person\">$user->name</span>"],
            $kind < 14 => ['/notes', ['text' => "$user->name " . ++$user->notes, '_token' => $user->token, 'picture' => new CURLStringFile($user->image, 'p.png', 'image/png')],
                303, HAS, ''],
            $kind < 16 => ['/notes', ['text' => "$user->name", '_token' => 'forged'], 419, HAS, ''],
            $kind < 22 => ['/api/notes', null, 200, ALL_OWN, ''],
            $kind < 28 => ['/api/notes/lyger', null, 200, ALL_OWN, ''],
            $kind < 30 && $user->picture !== null => ["/pictures/$user->picture", null, 200, IS, $user->image],
            $kind < 32 => ['/notebook.css', null, 200, HAS, 'font:'],
            $kind < 33 => ['/events', null, 200, HAS, "data: $user->name 3"],
            $kind < 34 => ['/broken', null, 500, HAS, 'rror'],
            $kind < 36 => ['/teapot', null, 418, HAS, ''],
            $kind < 38 => ['/no such page', null, 404, HAS, ''],
            default => ['/api/mails', null, 200, ALL_OWN, ''],
        };
    }

    private function next(): void
    {
        $user = $this->users[random_int(0, 1)];
        $choice = $this->choose($user);
        $user->visiting = $user->visiting || $choice[0] === '/';
        $handle = $this->prepare($user, strtr($choice[0], [' ' => '%20']), $choice[1]);
        curl_multi_add_handle($this->multi, $handle);
        $this->running[$handle] = [$user, $choice[0], $choice[2], $choice[3], $choice[4]];
        $this->sent++;
    }

    /** What is wrong with an answer, or null. */
    private function judge(CurlHandle $handle, int $result): ?string
    {
        [$user, $path, $status, $kind, $expected] = $this->running[$handle];
        $is = curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
        $body = (string) curl_multi_getcontent($handle);
        if ($path === '/') {
            $user->visiting = false;
            $user->visits++;
        }
        if ($result !== CURLE_OK) {
            return curl_strerror($result);
        }
        $other = $this->users[$user === $this->users[0] ? 1 : 0]->name;
        // As a word: three letters in a row may be in the random name of an uploaded file.
        if ($is !== $status || preg_match("/\\b$other\\b/", $body) && $kind !== IS) {
            return "status $is, " . substr($body, 0, 300);
        }
        if ($path === '/' && $this->locked && !str_contains($body, ">$user->visits</span>")) {
            return "not visit $user->visits: " . strip_tags($body);
        }
        if ($kind === ALL_OWN) {
            $rows = json_decode($body, true) ?? [['text' => '', 'picture' => null]];
            foreach ($rows as $row) {
                $user->picture = isset($row['picture']) ? $row['id'] : $user->picture;
                if (!str_contains($row['text'], "$user->name ")) {
                    return $body;
                }
            }
            return null;
        }
        return ($kind === IS ? $body === $expected : str_contains($body, $expected)) ? null : "what should be there is not: " . substr($body, 0, 300);
    }

    private function collect(): void
    {
        curl_multi_exec($this->multi, $active);
        curl_multi_select($this->multi, 0.1);
        while ($done = curl_multi_info_read($this->multi)) {
            $handle = $done['handle'];
            $reason = $this->judge($handle, $done['result']);
            if ($reason !== null && $this->wrong++ < 10) {
                [$user, $path] = $this->running[$handle];
                echo "# $user->name $path: ", preg_replace('/\s+/', ' ', $reason), "\n";
            }
            unset($this->running[$handle]);
            curl_multi_remove_handle($this->multi, $handle);
        }
    }

    /** @return bool whether everything was answered as it should be */
    public function run(int $requests, int $reloads): bool
    {
        array_map($this->logIn(...), $this->users);
        $step = intdiv($requests, 20);
        while ($this->sent < $requests || count($this->running) > 0) {
            while ($this->sent < $requests && count($this->running) < CONNECTIONS) {
                $this->next();
                if ($this->sent % $step === 0) {
                    $this->memory[] = memory_of($this->server->pid());
                }
                if ($reloads > 0 && $this->sent % intdiv($requests, $reloads + 1) === 0) {
                    posix_kill($this->server->pid(), $this->server->form === 'fpm' ? 12 : 1); // PHP-FPM reloads on USR2
                }
            }
            $this->collect();
        }
        echo "# {$this->server->form}: $this->sent requests, $this->wrong wrong, $reloads reloads, ";
        echo implode(', ', array_map(fn(User $user) => "$user->name $user->visits visits, $user->notes notes", $this->users)), ', memory in MB ';
        echo implode(' ', array_map(fn(int $kilobytes) => intdiv($kilobytes, 1024), $this->memory)), "\n";
        return $this->wrong === 0 && min(array_map(fn(User $user) => $user->visits, $this->users)) > 1;
    }

    /**
     * Whether the last quarter of the run took no more memory than the second: by then every worker has met every page, and the
     * first reload has left a front process that no longer shares memory with the supervisor that made it.
     */
    public function isFlat(): bool
    {
        $quarters = array_chunk($this->memory, 5);
        sort($quarters[1]);
        sort($quarters[3]);
        return $quarters[3][2] < $quarters[1][2] * 1.15 + 4096;
    }
}

[, $application, $form, $requests, $reloads, $most, $sessions] = $argv;
$ini = [];
foreach (array_slice($argv, 7) as $setting) {
    [$name, $ini[$name]] = explode('=', $setting, 2);
}
$environment = ['APP_ENV' => 'prod', 'APP_DEBUG' => '0', 'MAIL_SECONDS' => '0.001'];
$server = new Webserver($form, $application, 'public', 'index.php', $ini, $environment, ["--max-requests=$most"]);
$image = fn(string $name): string => base64_decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==') . str_repeat(md5("of $name"), 600);
$stress = new Stress($server, [new User('alice', 'wonderland', $image('alice')), new User('bob', 'builder', $image('bob'))], $sessions === 'locked');
$fine = $stress->run((int) $requests, (int) $reloads);
if (!$stress->isFlat()) {
    echo "# memory grew\n";
    $fine = false;
}
if (!$server->stop()) {
    echo "# the server did not end well\n";
    $fine = false;
}
if (preg_match('/^.*(?:died of|did not come up|PHP Fatal|PHP Warning|Fatal error).*/m', $server->log(), $found)) {
    echo "# $found[0]\n";
    $fine = false;
}
exit($fine ? 0 : 1);
