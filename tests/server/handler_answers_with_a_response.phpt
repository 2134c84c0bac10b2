--TEST--
A PSR-7 response that the handler returns is sent: status, reason, fields of several values, body; so is HttpFoundation's, which sends itself
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
// The interfaces are known by their names; real implementations are tried by scripts/stress-applications.
$boot = <<<'PHP'
    eval('namespace Psr\Http\Message; interface ResponseInterface { }');
    eval('namespace Symfony\Component\HttpFoundation; class Response { public function __toString(): string { return "HTTP/1.0 200 OK and all of the head"; }
        public function getStatusCode(): int { return 202; } public function send() { http_response_code(202); header("X-Own: yes"); echo "sent by itself"; return $this; } }');
    final class Body
    {
        public int $at = 0;
        public bool $read = false;
        public function __construct(public string $text, public bool $seekable = true, public bool $readable = true, public ?int $size = null) { }
        public function isReadable(): bool { return $this->readable; }
        public function isSeekable(): bool { return $this->seekable; }
        public function rewind(): void { if (!$this->seekable) { throw new RuntimeException('not seekable'); } $this->at = 0; }
        public function getSize(): ?int { return $this->size; }
        public function eof(): bool { return $this->text !== 'breaks' && $this->at >= strlen($this->text); }
        public function read(int $length): string { $this->read = true; $piece = substr($this->text, $this->at, $length); $this->at += $length;
            if ($this->text === 'breaks') { if ($this->at > 100000) { throw new Exception('in the middle'); } return str_repeat('x', $length); }
            return $piece; }
        public function __toString(): string { return "as a string: $this->text"; }
    }
    final class Answer implements Psr\Http\Message\ResponseInterface
    {
        public function __construct(public int $status, public array $fields, public mixed $body, public string $reason = '') { }
        public function getStatusCode(): int { return $this->status; }
        public function getReasonPhrase(): string { return $this->reason; }
        public function getHeaders(): array { return $this->fields; }
        public function getBody(): mixed { return $this->body; }
    }
    final class Headless implements Psr\Http\Message\ResponseInterface { }
    PHP;
$server = new Server(<<<'PHP'
    static $kept;
    header('X-Replaced: by header()');
    header('Set-Cookie: a=1');
    switch ($data['path']) {
        case '/all': return new Answer(418, ['Content-Type' => ['text/plain'], 'x-replaced' => ['one', 'two'], 'Set-Cookie' => ['b=2', 'c=3'], 'X-Empty' => [], 123 => ['number'], 'X-Text' => 'no list'], new Body('short and stout'), 'Short And Stout');
        case '/plain': return new Answer(200, [], new Body('plain'));
        case '/again': $kept ??= new Answer(200, [], new Body('from its beginning')); return $kept;
        case '/large': return new Answer(200, [], new Body(str_repeat('0123456789', 100000), size: 1000000));
        case '/unknown%20size': return new Answer(200, [], new Body(str_repeat('0123456789', 100000)));
        case '/pipe': return new Answer(200, [], new Body('a pipe', seekable: false));
        case '/callback': return new Answer(200, [], new Body('callback', readable: false));
        case '/nothing': return new Answer(204, [], new Body(''));
        case '/echoed': echo 'echoed '; return new Answer(200, [], new Body('and returned'));
        case '/injected': return new Answer(200, ['X-Bad' => ["a\r\nX-Injected: yes"], 'X-Good' => ['yes']], new Body('body'), "OK\r\nX-Injected: yes");
        case '/status': return new Answer(103, [], new Body('x'));
        case '/sent': echo 'sent'; flush(); return new Answer(404, [], new Body('too late'));
        case '/no%20method': return new Headless;
        case '/no%20body': return new Answer(200, [], null);
        case '/breaks': return new Answer(200, [], new Body('breaks'));
        case '/symfony': return new Symfony\Component\HttpFoundation\Response;
        case '/head': $GLOBALS['body'] = new Body('head', size: 4); return new Answer(200, ['X-A' => ['b']], $GLOBALS['body']);
        case '/read': return $GLOBALS['body']->read ? 'read' : 'not read';
    }
    PHP, ini: ['display_errors' => 0], boot: $boot);
foreach (['/plain', '/again', '/again', '/large', '/unknown%20size', '/pipe', '/callback', '/nothing', '/echoed', '/status', '/sent', '/no%20method', '/no%20body', '/breaks', '/symfony'] as $path) {
    $response = $server->get($path);
    echo "$path $response->status ", $response->field('content-length') ?? 'chunked', ' ',
        strlen($response->body) > 40 ? strlen($response->body) . (str_ends_with($response->body, '[cut off]') ? ' [cut off]' : '') : $response->body, "\n";
}
$response = $server->get('/symfony');
echo $response->field('x-own'), "\n";
$response = $server->get('/all');
echo strtok($server->raw("GET /all HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), "\r"), ' ', json_encode(array_intersect_key($response->fields,
    ['content-type' => 1, 'x-replaced' => 1, 'set-cookie' => 1, '123' => 1, 'x-text' => 1, 'x-empty' => 1])), " $response->body\n";
$response = $server->get('/injected');
echo $response->status, ' ', $response->field('x-injected') ?? 'not injected', ' ', $response->field('x-good'), "\n";
$head = $server->request('HEAD', '/head');
echo 'HEAD ', $head->field('content-length'), ' ', $head->field('x-a'), " '$head->body' ", $server->get('/read')->body, "\n";
$server->stop();
?>
--EXPECT--
/plain 200 5 plain
/again 200 18 from its beginning
/again 200 18 from its beginning
/large 200 1000000 1000000
/unknown%20size 200 chunked 1000000
/pipe 200 chunked a pipe
/callback 200 21 as a string: callback
/nothing 204 chunked 
/echoed 500 7 echoed 
/status 500 0 
/sent 200 chunked sent [cut off]
/no%20method 500 0 
/no%20body 500 0 
/breaks 200 chunked 98314 [cut off]
/symfony 202 14 sent by itself
yes
HTTP/1.1 418 Short And Stout {"set-cookie":["a=1","b=2","c=3"],"content-type":["text\/plain;charset=UTF-8"],"x-replaced":["one","two"],"123":["number"],"x-text":["no list"]} short and stout
200 not injected yes
HEAD 4 b '' not read
