<?php
/*
 * Asks the server on the port for what tests/inc/libraries_app.php has, and looks at the answers. Prints a line for each; the exit
 * status says whether all were right.
 */
[, $port] = $argv;
$failed = false;

/** @return array{string, string} head and body */
function ask(string $target, string $method = 'GET', array $fields = [], string $body = ''): array
{
    global $port;
    $context = stream_context_create(['http' => ['method' => $method, 'header' => [...$fields, 'Connection: close'], 'content' => $body, 'ignore_errors' => true, 'timeout' => 60, 'protocol_version' => 1.1]]);
    $answer = (string) @file_get_contents("http://127.0.0.1:$port$target", false, $context);
    return [implode("\n", $http_response_header ?? []), $answer];
}

/** @param list<string> $head what the head must contain @param list<string> $body and the body; with "!" in front: must not */
function expect(string $what, array $answer, array $head, array $body): void
{
    global $failed;
    $wrong = [];
    foreach ([[$answer[0], $head], [$answer[1], $body]] as [$text, $wanted]) {
        foreach ($wanted as $one) {
            $not = str_starts_with($one, '!') && $one !== '!';
            if (str_contains($text, $not ? substr($one, 1) : $one) === $not) {
                $wrong[] = $one;
            }
        }
    }
    echo $wrong ? 'not ok ' : 'ok ', $what, $wrong ? ': ' . json_encode($wrong, JSON_UNESCAPED_SLASHES) . " in\n# " . strtr(substr("$answer[0]\n\n$answer[1]", 0, 1500), ["\n" => "\n# "]) : '', "\n";
    $failed = $failed || $wrong;
}

foreach (['nyholm', 'guzzle', 'laminas', 'pump', 'callback'] as $which) {
    $answer = ask("/psr7/$which");
    expect("a response of $which", $answer, [' 201 Made', "X-A: 1\nX-A: 2", "Set-Cookie: a=1\nSet-Cookie: b=2"], [str_repeat('0123456789', 20000)]);
    expect("a response of $which is as long as it was", [(string) strlen($answer[1]), ''], ['200000'], []);
}
expect('Slim behind Lyger\Psr15\Handler', ask('/slim/Ada?q=1', fields: ['X-Asked: yes']), [' 203 Own Reason', "X-Two: one\nX-Two: two"], ['hello Ada 1 yes']);
expect('Slim: a form', ask('/slim/body', 'POST', ['Content-Type: application/x-www-form-urlencoded'], 'a=1&b[]=2'), [' 200 '], ['[{"a":"1","b":["2"]},"a=1&b[]=2"]']);
expect('Slim: an upload is moved', ask('/slim/body', 'POST', ['Content-Type: multipart/form-data; boundary=x'],
    "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.txt\"\r\n\r\nuploaded\r\n--x--\r\n"), [' 200 '], ['"uploaded"']);
for ($i = 1; $i <= 4; $i++) {
    expect("a kernel behind Lyger\\Symfony\\KernelHandler, $i", ask('/kernel/json'), [' 200 ', 'application/json'], ["\"count\":$i,", '"dotenv":"as Dotenv sets it"']);
    expect("the kernel has terminated after the answer, $i", ask('/kernel/terminated'), [' 200 '], ['/kernel/json, after the answer']);
}
expect('the kernel streams', ask('/kernel/stream'), ['!Content-Length'], ['ab']);
expect('the kernel sends a part of a file', ask('/kernel/file', fields: ['Range: bytes=0-4']), [' 206 ', 'Content-Range: bytes 0-4/'], ['<?php']);
$page = ['<!DOCTYPE html', '!Symfony\Component\ErrorHandler\ErrorRenderer\CliErrorRenderer'];
expect('ErrorHandler: a page for an exception', ask('/symfony/error'), [' 500 ', 'text/html'], [...$page, 'An Error Occurred']);
expect('ErrorHandler: a page when memory is exhausted', ask('/symfony/memory'), [' 500 '], [...$page, 'An Error Occurred']);
expect('VarDumper: HTML', ask('/symfony/dump'), ['text/html'], ['sf-dump', "!\e["]);
expect('StreamedResponse: events', ask('/symfony/events'), ['text/event-stream', '!Content-Length'], ["data: one\n\ndata: two\n\n"]);
expect('EventStreamResponse', ask('/symfony/events-itself'), ['text/event-stream', '!Content-Length'], ["data: one\n\n", "data: two\n\n"]);
expect('Whoops: a page', ask('/whoops'), [' 500 ', 'text/html'], ['<!DOCTYPE html>', 'LogicException']);
expect('Tracy: a page', ask('/tracy'), [' 500 ', 'text/html'], ['<!DOCTYPE html>', 'LogicException']);
expect('Tracy: no console', ask('/tracy/console'), [' 200 '], ['false']);
expect('Monolog: BrowserConsoleHandler writes a script', ask('/monolog/console'), ['text/html'], ['<script>', 'in the console']);
expect('Monolog: WebProcessor', ask('/monolog/web?a=1'), [' 200 '], ['"url":"\/monolog\/web?a=1"', '"http_method":"GET"']);
expect('Monolog: php://stderr', ask('/monolog/stderr'), [' 200 '], ['logged']);
expect('Twig: dump() is escaped', ask('/twig'), [' 200 '], ['&lt;b&gt;']);
exit($failed ? 1 : 0);
