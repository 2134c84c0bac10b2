--TEST--
An application with the calls of the Lyger framework: its loop over nextRequest(), its driver, its health, its chunks
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
$directory = sys_get_temp_dir() . '/lyger-framework-' . getmypid();
mkdir($directory);
file_put_contents("$directory/app.php", <<<'PHP'
    <?php
    namespace Shop;

    use Lyger\Core\Engine;

    final class Reply
    {
        private function __construct(private string $content, private int $status, private array $headers) {}
        public static function json(mixed $data, int $status = 200): self
        {
            return new self(json_encode($data), $status, ['Content-Type' => 'application/json']);
        }
        public function getStatusCode(): int { return $this->status; }
        public function getHeaders(): array { return $this->headers; }
        public function getContent(): string { return $this->content; }
    }

    final class Items
    {
        public function __construct(private string $dsn, private ?Engine $engine = null)
        {
            $this->engine ??= Engine::getInstance();
            $this->engine->dbQueryJsonV2($dsn, 'CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY, name TEXT)');
        }
        public function add(string $name): array
        {
            $made = $this->engine->dbQueryJsonV2($this->dsn, 'INSERT INTO items (name) VALUES (?)', [$name]);
            return ['id' => $made['last_insert_id'], 'rows' => $made['affected_rows']];
        }
        public function replace(array $names): array
        {
            $statements = [['sql' => 'DELETE FROM items']];
            foreach ($names as $name) {
                $statements[] = ['sql' => 'INSERT INTO items (name) VALUES (?)', 'bindings' => [$name]];
            }
            return $this->engine->dbTransaction($this->dsn, $statements);
        }
        public function all(): array
        {
            $handle = $this->engine->dbQuery($this->dsn, 'SELECT name FROM items ORDER BY id');
            try {
                return array_column(iterator_to_array($this->engine->streamResult($handle, 2), false), 'name');
            } finally {
                $this->engine->freeResult($handle);
            }
        }
    }

    $engine = Engine::getInstance();
    $dsn = 'sqlite:' . __DIR__ . '/items.sqlite';
    $items = new Items($dsn);
    $router = function (string $uri, string $method, array $input) use ($engine, $items, $dsn): string|array|Reply {
        return match ("$method $uri") {
            'GET /api/health' => json_encode(['status' => $engine->dbHealthWithRetry($dsn, 2, 1) ? 'ok' : 'down']),
            'GET /api/info' => ['mode' => json_decode($engine->systemInfo(), true)['mode'], 'memory' => isset($engine->memoryMetrics()['used_bytes'], $engine->memoryMetrics()['budget_bytes'])],
            'GET /items' => $items->all(),
            'POST /items' => Reply::json($items->add($input['name']), 201),
            'PUT /items' => $items->replace($input['names'])['affected_rows'] > 0 ? $items->all() : [],
            'GET /broken' => throw new \RuntimeException('broken'),
            'POST /stop' => ['stopped' => true],
            default => Reply::json(['error' => 'Not Found', 'uri' => $uri], 404),
        };
    };
    if (!$engine->startQueueServer(0)) {
        exit($engine->lastError());
    }
    echo json_decode($engine->systemInfo())->port, "\n";
    $count = 0;
    for ($running = true; $running;) {
        $payload = $engine->nextRequest(100);
        if ($payload === null) {
            continue;
        }
        try {
            $input = json_decode($payload['body'], true) ?? [];
            $response = $router(strtok($payload['uri'], '?'), $payload['method'], $input);
            $response = $response instanceof Reply ? $response : (is_string($response) ? ['body' => $response] : Reply::json($response));
        } catch (\Throwable $error) {
            $response = Reply::json(['error' => $error->getMessage()], 500);
        }
        $running = $payload['uri'] !== '/stop';
        $count += (int) $engine->sendResponse((int) $payload['request_id'], $response);
    }
    Engine::stopServer();
    echo "$count answers\n";
    PHP);
$command = [PHP_BINARY, '-n', '-d', 'extension_dir=' . ini_get('extension_dir'), '-d', 'extension=lyger', ...with_neighbours(), "$directory/app.php"];
$application = proc_open($command, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes, $directory);
$port = (int) fgets($pipes[1]);
$ask = function (string $method, string $uri, mixed $input = null) use ($port): string {
    $socket = stream_socket_client("tcp://127.0.0.1:$port", $code, $message, 10);
    stream_set_timeout($socket, 60);
    $body = $input === null ? '' : json_encode($input);
    fwrite($socket, "$method $uri HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: " . strlen($body) . "\r\n\r\n$body");
    $answer = stream_get_contents($socket);
    return substr($answer, 9, 3) . ' ' . explode("\r\n\r\n", $answer, 2)[1];
};
foreach ([['GET', '/api/health'], ['GET', '/api/info?x=1'], ['POST', '/items', ['name' => 'grüße']], ['POST', '/items', ['name' => "it's"]], ['GET', '/items'],
    ['PUT', '/items', ['names' => ['a', 'b', 'c']]], ['GET', '/broken'], ['GET', '/missing']] as $request) {
    echo "$request[0] $request[1] ", $ask(...$request), "\n";
}
// Eight clients at once, each with its own answer.
$sockets = [];
foreach (range(1, 8) as $i) {
    $sockets[$i] = stream_socket_client("tcp://127.0.0.1:$port", $code, $message, 10);
    stream_set_timeout($sockets[$i], 60);
    fwrite($sockets[$i], "GET /client-$i HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
}
foreach ($sockets as $i => $socket) {
    echo (int) str_contains(stream_get_contents($socket), "client-$i\"");
}
echo "\nPOST /stop ", $ask('POST', '/stop'), "\n", stream_get_contents($pipes[1]);
echo proc_close($application), "\n";
array_map(unlink(...), glob("$directory/*"));
rmdir($directory);
?>
--EXPECT--
GET /api/health 200 {"status":"ok"}
GET /api/info?x=1 200 {"mode":"Always-Alive","memory":true}
POST /items 201 {"id":1,"rows":1}
POST /items 201 {"id":2,"rows":1}
GET /items 200 ["gr\u00fc\u00dfe","it's"]
PUT /items 200 ["a","b","c"]
GET /broken 500 {"error":"broken"}
GET /missing 404 {"error":"Not Found","uri":"\/missing"}
11111111
POST /stop 200 {"stopped":true}
17 answers
0
