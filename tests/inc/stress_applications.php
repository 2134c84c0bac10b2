<?php

/**
 * Two users of an application of scripts/stress-applications, side by side, each with cookies of its own.
 *
 *     php stress_applications.php PORT REQUESTS CONNECTIONS locked|unlocked
 *
 * The last says whether the application's sessions are locked while a request has one. Where they are not, requests of one
 * user that run side by side may undo each other's visits; whose session it is must be right all the same.
 * Prints what was answered otherwise than it should be, and ends with status 1 then.
 */

declare(strict_types=1);

[, $port, $requests, $connections] = array_map('intval', $argv);
$locked = $argv[4] === 'locked';

/** A user: a cookie jar, and what its session should say. */
final class User
{
    /** @var array<string, string> */
    public array $cookies = [];
    public int $visits = 0;
    public bool $visiting = false;

    public function __construct(public readonly string $name)
    {
    }
}

$body = str_repeat('body of a request ', 500);
$file = str_repeat('file of a request ', 3_000);
$boundary = 'boundary-of-a-test';
$multipart = "--$boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.txt\"\r\nContent-Type: text/plain\r\n\r\n$file\r\n--$boundary--\r\n";
$form = ['Content-Type: application/x-www-form-urlencoded'];
/** path => [method, fields, body, status, what the answer's body must match (null: the user's name and visits)] */
$kinds = [
    '/visit?user=%s' => ['GET', [], '', 200, null],
    '/json?a=1' => ['GET', [], '', 200, '/^\{"query":\{"a":"1"\}/'],
    '/post' => ['POST', $form, 'field=value', 200, '/^' . md5('field=value') . ' value$/'],
    '/post?' => ['POST', ['Content-Type: text/plain'], $body, 200, '/^' . md5($body) . ' $/'],
    '/upload' => ['POST', ["Content-Type: multipart/form-data; boundary=$boundary"], $multipart, 200, '/^' . md5($file) . '$/'],
    '/stream' => ['GET', [], '', 200, '/^part 1\npart 2\npart 3\npart 4\npart 5\n$/'],
    '/redirect' => ['GET', [], '', 302, '/json/'],
    '/refuse' => ['GET', [], '', 418, '/./'],
    '/large' => ['GET', [], '', 200, 'md5 ' . md5(str_repeat('0123456789abcdef', 20_000))],
    '/no such page' => ['GET', [], '', 404, '/./'],
    '/sapi' => ['GET', [], '', 200, '/^lyger lyger$/'],
];

$users = [new User('alice'), new User('bob')];
$multi = curl_multi_init();
$running = new SplObjectStorage;
$free = [];
$sent = $wrong = 0;

$next = function () use (&$sent, $users, $kinds, $port, $multi, $running, &$free): void {
    $user = $users[random_int(0, 1)];
    $path = array_rand($kinds);
    if (str_starts_with($path, '/visit') && $user->visiting) { // a session's requests one after the other: its count is checked
        $path = '/json?a=1';
    }
    $user->visiting = $user->visiting || str_starts_with($path, '/visit');
    [$method, $fields, $body] = $kinds[$path];
    $handle = array_pop($free) ?? curl_init();
    curl_reset($handle);
    curl_setopt_array($handle, [CURLOPT_URL => "http://127.0.0.1:$port" . strtr(sprintf($path, $user->name), [' ' => '%20']), CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_HTTPHEADER => $fields, CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 120,
        CURLOPT_COOKIE => implode('; ', array_map(fn(string $name) => "$name={$user->cookies[$name]}", array_keys($user->cookies))),
        CURLOPT_HEADERFUNCTION => function ($handle, string $line) use ($user): int {
            if (preg_match('/^set-cookie: ([^=]+)=([^;\r]*)/i', $line, $found) && !str_contains($found[1], 'XSRF')) {
                $user->cookies[$found[1]] = $found[2];
            }
            return strlen($line);
        }] + ($body === '' ? [] : [CURLOPT_POSTFIELDS => $body]));
    curl_multi_add_handle($multi, $handle);
    $running[$handle] = [$user, $path];
    $sent++;
};

/** What is wrong with an answer, or null. */
$judge = function (CurlHandle $handle, int $result, User $user, string $path) use ($kinds, $locked): ?string {
    $status = curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
    $text = (string) curl_multi_getcontent($handle);
    [, , , $expected, $pattern] = $kinds[$path];
    if (str_starts_with($path, '/visit')) {
        $user->visiting = false;
        $user->visits++;
        $pattern = "/^$user->name " . ($locked ? $user->visits : '\d+') . '$/';
    }
    if ($result !== CURLE_OK) {
        return curl_strerror($result);
    }
    $fits = str_starts_with($pattern, 'md5 ') ? $pattern === 'md5 ' . md5($text) : preg_match($pattern, $text);
    return $status !== $expected || !$fits ? "status $status, " . substr($text, 0, 300) : null;
};

// Until both have a cookie, one request at a time: a session's first answer must have come before its next request.
while ($sent < $requests || count($running) > 0) {
    $strangers = array_filter($users, fn(User $user) => !$user->cookies);
    while ($sent < $requests && count($running) < ($strangers ? 1 : $connections)) {
        $next();
    }
    curl_multi_exec($multi, $active);
    curl_multi_select($multi, 0.1);
    while ($done = curl_multi_info_read($multi)) {
        $handle = $done['handle'];
        [$user, $path] = $running[$handle];
        $reason = $judge($handle, $done['result'], $user, $path);
        if ($reason !== null && $wrong++ < 10) {
            echo "# $user->name $path: ", preg_replace('/\s+/', ' ', $reason), "\n";
        }
        unset($running[$handle]);
        curl_multi_remove_handle($multi, $handle);
        $free[] = $handle;
    }
}
echo "# $sent requests, $wrong wrong, visits of {$users[0]->name} {$users[0]->visits}, of {$users[1]->name} {$users[1]->visits}\n";
exit($wrong > 0 || $users[0]->visits < 1 || $users[1]->visits < 1 ? 1 : 0);
