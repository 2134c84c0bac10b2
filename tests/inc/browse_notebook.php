<?php

/**
 * Two people with a browser each use one of the notebooks of examples/, side by side.
 *
 *     LYGER_MODULE=…/lyger.so php browse_notebook.php APPLICATION FORM SHOTS
 *
 * APPLICATION is its directory (scripts/example-applications makes it), FORM "fpm", "script" or the file that `lyger serve` runs.
 * SHOTS is where pictures of the pages go. Prints "ok" or "not ok" for each thing seen; ends with status 1 when one was not ok.
 */

declare(strict_types=1);

require __DIR__ . '/webserver.inc';
require __DIR__ . '/browser.inc';

[, $application, $form, $shots] = $argv;
$label = basename($application) . ', ' . $form;
$shots .= '/' . basename($application) . '-' . strtr($form, '/.', '--');
is_dir($shots) || mkdir($shots, 0777, true);
$failed = 0;
$see = function (string $what, mixed $is, mixed $expected = true) use (&$failed, $label): void {
    $fine = $is === $expected;
    $failed += $fine ? 0 : 1;
    echo $fine ? 'ok' : 'not ok', " $label: $what", $fine ? '' : ', but ' . substr(var_export($is, true), 0, 400) . ' for ' . var_export($expected, true), "\n";
};

/** A PNG of that many random grey pixels in a square, which no compression makes small. */
function picture(int $side): string
{
    $chunk = static fn(string $type, string $data): string => pack('N', strlen($data)) . $type . $data . pack('N', crc32($type . $data));
    $rows = '';
    for ($row = 0; $row < $side; $row++) {
        $rows .= "\0" . random_bytes($side);
    }
    return "\x89PNG\r\n\x1a\n" . $chunk('IHDR', pack('NNC5', $side, $side, 8, 0, 0, 0, 0)) . $chunk('IDAT', gzcompress($rows)) . $chunk('IEND', '');
}

$server = new Webserver($form, $application, 'public', 'index.php', ['upload_max_filesize' => '2M'],
    ['APP_ENV' => 'prod', 'APP_DEBUG' => '0', 'MAIL_SECONDS' => '2']);
$driver = new WebDriver();
$alice = new Browser($driver, $server->url());
$bob = new Browser($driver, $server->url());
$logIn = function (Browser $browser, string $name, string $password): void {
    $browser->js('document.querySelector("input[name=name]").value = ""');
    $browser->type('input[name=name]', $name);
    $browser->type('input[name=password]', $password);
    $browser->follow('#login button');
};

$alice->go('/');
$see('a stranger is sent to the login', $alice->path(), '/login');
$see('its style sheet came', $alice->js('return getComputedStyle(document.querySelector("header")).display'), 'flex');
$alice->shot("$shots/login.png");
$logIn($alice, 'alice', 'builder');
$see("another's password is refused", [$alice->path(), $alice->text('#refused') !== null], ['/login', true]);
$alice->js('document.querySelector("input[name=_token]").value = "forged"');
$logIn($alice, 'alice', 'wonderland');
$see('a login whose token is forged is refused', $alice->text('#person'), null);
$alice->shot("$shots/forged.png");
$alice->go('/login');
$bob->go('/login');
$logIn($alice, 'alice', 'wonderland');
$logIn($bob, 'bob', 'builder');
$see('both are logged in', [$alice->path(), $alice->text('#person'), $bob->path(), $bob->text('#person')], ['/', 'alice', '/', 'bob']);
$see('the SAPI has its name', $alice->text('#sapi'), $form === 'fpm' ? 'fpm-fcgi' : 'lyger');

$image = "$driver->directory/" . ($mark = bin2hex(random_bytes(4))) . '.png';
file_put_contents($image, $bytes = picture(300));
$alice->type('input[name=text]', "grüße <b>from</b> alice $mark");
$alice->type('input[name=picture]', $image);
$bob->type('input[name=text]', "bob's own $mark");
$alice->follow('#note button');
$bob->follow('#note button');
$see('each sees the own note', [$alice->text('#notes .text'), $bob->text('#notes .text')], ["grüße <b>from</b> alice $mark", "bob's own $mark"]);
$see("and not the other's", [str_contains((string) $alice->text('body'), "bob's own"), str_contains((string) $bob->text('body'), 'from alice')], [false, false]);
$see('a message that the session carried', [$alice->text('#said'), $bob->text('#said')], ['Written down.', 'Written down.']);
$see('the picture is shown', $alice->until('const image = document.querySelector("#notes img"); return image?.complete && image.naturalWidth'), 300);
$alice->until('return document.getElementById("events").dataset.state');
$see('events came in their order', $alice->texts('#events li'), ['tick alice 1', 'tick alice 2', 'tick alice 3', 'end alice']);
$see('and the stream ended well', $alice->js('return document.getElementById("events").dataset.state'), 'ended');
$alice->shot("$shots/notebook.png");
for ($try = 0; ($events = $alice->fetch('/events'))['chunks'] < 2 && $try < 5; $try++) { // a busy machine may read several at once
}
$see('they came one by one', [$events['status'], strtok((string) $events['type'], ';'), $events['chunks'] >= 2], [200, 'text/event-stream', true]);

$alice->go('/');
$bob->go('/');
$visits = [(int) $alice->text('#visits'), (int) $bob->text('#visits')];
$alice->go('/');
$see('visits are counted for each', [(int) $alice->text('#visits'), $visits[1]], [$visits[0] + 1, 3]);

$token = $alice->js('return document.querySelector("#note input[name=_token]").value');
$forged = $alice->fetch('/notes', ['method' => 'POST', 'form' => ['text' => "forged $mark", '_token' => 'forged']]);
$foreign = $bob->fetch('/notes', ['method' => 'POST', 'form' => ['text' => "forged $mark", '_token' => $token]]);
$see("a forged token is refused, and so is the other's", [$forged['status'], $foreign['status']], [419, 419]);
$large = $alice->fetch('/notes', ['method' => 'POST', 'form' => ['text' => str_repeat('x', 9_000_000), '_token' => $token]]);
$see('a form above post_max_size is refused', in_array($large['status'], [413, 419, 422], true));
$wrote = $alice->fetch('/notes', ['method' => 'POST', 'form' => ['text' => "second $mark", '_token' => $token]]);
$see('a note of a script', $wrote['kind'], 'opaqueredirect');
$mail = null;
for ($end = hrtime(true) + 30_000_000_000; $mail === null && hrtime(true) < $end; usleep(50_000)) {
    foreach (json_decode(base64_decode($alice->fetch('/api/mails')['body']), true) as $one) {
        $mail = $one['text'] === "you wrote: second $mark" ? $one : $mail;
    }
}
$see('its mail left after the answer', $mail !== null && $mail['sent_at'] > $wrote['at']);

[$json, $native] = [$alice->fetch('/api/notes'), $alice->fetch('/api/notes/lyger')];
$notes = json_decode(base64_decode($json['body']), true);
$see('JSON has the notes', array_column($notes, 'text')[0] ?? null, "second $mark");
$see("and lyger's is the same", [$native['status'], $native['type'], $native['body']], [200, $json['type'], $json['body']]);
$id = array_column(array_filter($notes, fn(array $note): bool => $note['picture'] !== null), 'id')[0];
$part = $alice->fetch("/download/$id", ['headers' => ['Range' => 'bytes=100-199']]);
$see('a part of a download', [$part['status'], $part['range'], base64_decode($part['body']) === substr($bytes, 100, 100)],
    [206, 'bytes 100-199/' . strlen($bytes), true]);
$see("the other's picture is not found", [$bob->fetch("/pictures/$id")['status'], $bob->fetch("/download/$id")['status']], [404, 404]);
$alice->go('/');
$alice->click('#notes a');
for ($end = hrtime(true) + 60_000_000_000; !file_exists($file = "$alice->downloads/note-$id.png") && hrtime(true) < $end;) {
    usleep(20_000);
}
$see('the download is the picture', @file_get_contents($file) === $bytes);

foreach (['/broken' => 500, '/missing' => 404, '/teapot' => 418] as $path => $status) {
    $alice->go($path);
    $see("$path is an error page", [$alice->status(), $alice->text('h1, h2, .code') !== null, str_contains($alice->js('return document.body.innerHTML'), '.php')],
        [$status, true, false]);
    $alice->shot("$shots/" . trim($path, '/') . '.png');
}
$see('static files have their types', [strtok((string) $bob->fetch('/notebook.css')['type'], ';'), strtok((string) $bob->fetch('/notebook.js')['type'], ';')],
    ['text/css', $form === 'fpm' ? 'application/javascript' : 'text/javascript']);

$alice->go('/');
$alice->follow('#logout');
$see('logged out', [$alice->path(), $alice->text('#person')], ['/login', null]);
$alice->go('/');
$see('and a stranger again', $alice->path(), '/login');
$bob->go('/');
$see('who is not logged out goes on', $bob->text('#person'), 'bob');

unset($alice, $bob, $driver);
$see('the server ended well', $server->stop());
$see('nothing died', preg_match('/died of|PHP Fatal|Fatal error|segfault|signal 11/', $server->log(), $found) ? $found[0] : null, null);
if ($failed > 0) {
    echo '# ', str_replace("\n", "\n# ", substr($server->log(), -3000)), "\n";
}
exit($failed > 0 ? 1 : 0);
