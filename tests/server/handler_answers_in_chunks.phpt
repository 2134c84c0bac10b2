--TEST--
A generator's chunks are sent as they come, in bounded memory; a client that leaves ends it, an exception cuts it off
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    return answer($data['path']);
    PHP, ['workers' => 2], ['display_errors' => 0], <<<'PHP'
    function wait_for(string $name): void {
        for ($i = 0; $i < 60000 && !file_exists(__DIR__ . "/$name"); $i++) { usleep(1000); clearstatcache(); }
    }
    function answer(string $path): mixed {
        switch ($path) {
            case '/iterator': return new ArrayIterator(['a', 'b']);
            case '/aggregate': return new class implements IteratorAggregate { function getIterator(): Iterator { yield 'from '; yield 'an aggregate'; } };
            case '/empty': return new EmptyIterator;
            case '/echoed': echo 'echoed '; return chunks($path);
        }
        return chunks($path);
    }
    function chunks(string $path): Generator {
        switch ($path) {
            case '/head': http_response_code(201); header('X-Set: before the first'); yield 'body'; return 'nobody sees this';
            case '/kinds': yield 'string '; yield null; yield ''; yield new class { function __toString(): string { return 'stringable '; } }; yield from ['nested ', 'too']; return;
            case '/wrong': yield 'first'; yield ['array']; return;
            case '/wrong%20first': yield 12; return;
            case '/throws': throw new Exception('before the first'); yield '';
            case '/breaks': yield 'first'; throw new Exception('after the first');
            case '/as%20they%20come': yield 'one '; wait_for('one is there'); yield 'two '; wait_for('two is there'); yield 'three'; return;
            case '/nothing%20yet': header('X-Early: yes'); yield null; wait_for('head is there'); yield 'body'; return;
            case '/buffered': ob_start(fn($text) => strtoupper($text)); yield 'one '; wait_for('one is there'); yield 'two'; return;
            case '/large':
                for ($i = 0; $i < 256; $i++) { yield str_repeat(chr(97 + $i % 26), 65536); }
                yield memory_get_peak_usage() < 4 << 20 ? ' little memory' : ' much memory: ' . memory_get_peak_usage();
                return;
            case '/for%20ever': case '/ignoring':
                ignore_user_abort($path === '/ignoring');
                try {
                    for ($i = 0;; $i++) {
                        yield "$i ";
                        usleep(1000);
                        if (connection_aborted() && $i % 100 === 0) { note("$path goes on"); if (file_exists(__DIR__ . '/enough')) { return; } }
                    }
                } finally { note("$path has ended"); }
            case '/finished': yield 'answer'; lyger_finish_request(); yield 'nobody gets this'; note('/finished went on to its end'); return;
            default: yield 'hello';
        }
    }
    function note(string $what): void { file_put_contents(__DIR__ . '/' . strtr($what, '/', ' '), '1'); }
    PHP);
function come(string $what): string { // a note of the handler
    global $server;
    $end = hrtime(true) + 60_000_000_000;
    while (!file_exists($server->directory . '/' . strtr($what, '/', ' '))) {
        if (hrtime(true) > $end) { return "not: $what"; }
        usleep(1000);
        clearstatcache();
    }
    return "$what\n";
}
function read_until($socket, string $end): string {
    $read = '';
    while (!str_contains($read, $end) && ($more = fread($socket, 8192)) !== false && $more !== '') { $read .= $more; }
    return $read;
}
function ask(string $path) {
    global $server;
    $socket = $server->connect();
    fwrite($socket, "GET $path HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    return $socket;
}
foreach (['/', '/iterator', '/aggregate', '/empty', '/echoed', '/kinds', '/head', '/wrong', '/wrong%20first', '/throws', '/breaks'] as $path) {
    $response = $server->get($path);
    echo "$path $response->status $response->body\n";
}
echo $server->get('/head')->field('x-set'), "\n";
$head = $server->request('HEAD', '/head');
echo "HEAD $head->status ", $head->field('x-set'), " '$head->body'\n";
echo 'HEAD of an endless one: ', $server->request('HEAD', '/for%20ever')->status, "\n";

foreach (['/as%20they%20come' => ['one ', 'two '], '/buffered' => ['ONE ']] as $path => $parts) {
    $socket = ask($path);
    foreach ($parts as $part) {
        echo "$path: ", str_contains(read_until($socket, $part), $part) ? $part : 'nothing', "\n";
        touch($server->directory . '/' . strtolower(trim($part)) . ' is there');
    }
    echo "$path: ", str_ends_with(stream_get_contents($socket), "0\r\n\r\n") ? 'whole' : 'cut off', "\n";
    unlink("$server->directory/one is there");
}
$socket = ask('/nothing%20yet');
echo str_contains(read_until($socket, "\r\n\r\n"), 'X-Early: yes') ? "the head comes before there is a body\n" : "no head\n";
touch("$server->directory/head is there");
fclose($socket);

$large = $server->get('/large')->body;
echo strlen($large) - 256 * 65536, substr($large, -14), "\n";

foreach (['/for%20ever' => '/for%20ever has ended', '/ignoring' => '/ignoring goes on'] as $path => $note) {
    @unlink("$server->directory/" . strtr($note, '/', ' ')); // of the HEAD request
    $socket = ask($path);
    read_until($socket, '5 ');
    fclose($socket);
    echo come($note);
}
touch("$server->directory/enough");
echo come('/ignoring has ended');
echo $server->get('/finished')->body, "\n", come('/finished went on to its end');
echo $server->get('/')->body, "\n";
$server->stop();
?>
--EXPECT--
/ 200 hello
/iterator 200 ab
/aggregate 200 from an aggregate
/empty 200 
/echoed 200 echoed hello
/kinds 200 string stringable nested too
/head 201 body
/wrong 200 first [cut off]
/wrong%20first 500 
/throws 500 
/breaks 200 first [cut off]
before the first
HEAD 201 before the first ''
HEAD of an endless one: 200
/as%20they%20come: one 
/as%20they%20come: two 
/as%20they%20come: whole
/buffered: ONE 
/buffered: whole
the head comes before there is a body
14 little memory
/for%20ever has ended
/ignoring goes on
/ignoring has ended
answer
/finished went on to its end
hello
