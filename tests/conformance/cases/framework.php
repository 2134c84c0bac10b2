<?php

declare(strict_types=1);

use Lyger\Exception\QueryException;
use Lyger\Exception\ServerException;

/* What the Engine of the Lyger framework has beside the rest: the same calls, in the same shapes. */

/** A request sent to the engine's own server; the answer is read with answer_of() when it was given. */
function ask(object $engine, string $request): mixed
{
    $port = json_decode($engine->systemInfo(), true)['port'];
    $socket = stream_socket_client("tcp://127.0.0.1:$port", $code, $message, 10);
    stream_set_timeout($socket, 30);
    fwrite($socket, $request);
    return $socket;
}

/** @return array{string, string, string} status line, headers in lower case, body */
function answer_of(mixed $socket): array
{
    [$head, $body] = explode("\r\n\r\n", (string) stream_get_contents($socket), 2) + [1 => ''];
    [$status, $fields] = explode("\r\n", $head, 2) + [1 => ''];
    return [$status, strtolower($fields), $body];
}

/** The next request, for which a busy machine has time. */
function taken(object $engine): ?array
{
    for ($i = 0; $i < 300; $i++) {
        $request = $engine->nextRequest(100);
        if ($request !== null) {
            return $request;
        }
    }
    return null;
}

final class ConformanceResponse
{
    public function __construct(private readonly string $content, private readonly int $status = 200, private readonly array $headers = [])
    {
    }

    public function getStatusCode(): int
    {
        return $this->status;
    }

    public function getHeaders(): array
    {
        return $this->headers;
    }

    public function getContent(): string
    {
        return $this->content;
    }
}

return [
    'a statement tells its rows and what it changed' => static function (object $engine, Check $check): void {
        $dsn = "sqlite:$check->file";
        $engine->dbExecute($dsn, 'CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, score REAL)');
        $check->same(
            ['rows' => [], 'columns' => [], 'affected_rows' => 2, 'last_insert_id' => 2],
            $engine->dbQueryJsonV2($dsn, 'INSERT INTO items (name, score) VALUES (?, ?), (?, ?)', ['one', 1.5, 'grüße', null]),
        );
        $check->same(
            ['rows' => [['id' => 2, 'name' => 'grüße', 'score' => null]], 'columns' => ['id', 'name', 'score'], 'affected_rows' => 0, 'last_insert_id' => null],
            $engine->dbQueryJsonV2($dsn, 'SELECT * FROM items WHERE name = :name', ['name' => 'grüße']),
        );
        $check->same(1, $engine->dbQueryJsonV2($dsn, "UPDATE items SET score = 2 WHERE name = 'one'")['affected_rows']);
        $check->same(null, $engine->dbQueryJsonV2($dsn, "UPDATE items SET score = 3 WHERE name = 'one'")['last_insert_id']);
        $check->same(7, $engine->dbQueryJsonV2($dsn, "INSERT INTO items (id) VALUES (7) RETURNING id, name")['last_insert_id']);
        $check->same(['rows' => []], array_intersect_key($engine->dbQueryJsonV2($dsn, 'SELECT * FROM items WHERE 0'), ['rows' => 1]));
        $check->same([[1, 1]], $engine->dbQueryJsonV2($dsn, 'SELECT 1 AS a, 1 AS b', [], ['rows' => 'array'])['rows']);
        $check->throws(QueryException::class, static fn() => $engine->dbQueryJsonV2($dsn, 'SELECT nothing'), 'nothing');
        $check->throws(ValueError::class, static fn() => $engine->dbQueryJsonV2($dsn, 'SELECT 1', [1]));
        $check->throws(ValueError::class, static fn() => $engine->dbQueryJsonV2($dsn, 'SELECT 1', [], ['x' => 1]), '"x"');
    },
    'a list of statements is one transaction' => static function (object $engine, Check $check): void {
        $dsn = "sqlite:$check->file";
        $engine->dbExecute($dsn, 'CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)');
        $last = $engine->dbTransaction($dsn, [
            ['sql' => 'INSERT INTO items (name) VALUES (?)', 'bindings' => ['a']],
            ['sql' => "INSERT INTO items (name) VALUES ('b'), ('c')"],
        ]);
        $check->same([2, 3], [$last['affected_rows'], $last['last_insert_id']]);
        $check->same(3, $engine->dbTransaction($dsn, [['sql' => 'SELECT count(*) AS n FROM items', 'bindings' => null]])['rows'][0]['n']);
        $thrown = $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, [
            ['sql' => 'DELETE FROM items'],
            ['sql' => 'INSERT INTO items (id, name) VALUES (:id, :name)', 'params' => ['id' => 1, 'name' => 'd']],
            ['sql' => 'INSERT INTO items (id, name) VALUES (1, :name)', 'bindings' => ['name' => 'e']],
        ]), 'statement 3', 'UNIQUE');
        $check->same('23000', $thrown?->getSqlState());
        $check->same('[{"n":3}]', $engine->dbQueryJson($dsn, 'SELECT count(*) AS n FROM items'));
        // In a transaction it is a part of that.
        $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $check): void {
            $engine->dbTransaction($dsn, [['sql' => 'DELETE FROM items WHERE id = 1']]);
            $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, [['sql' => 'DELETE FROM items'], ['sql' => 'nonsense']]));
        });
        $check->same('[{"n":2}]', $engine->dbQueryJson($dsn, 'SELECT count(*) AS n FROM items'));
        $check->same('a method', $engine->dbTransaction($dsn, [new class () {
            public function work(): string
            {
                return 'a method';
            }
        }, 'work']));
        $check->throws(ValueError::class, static fn() => $engine->dbTransaction($dsn, []), '$fn', 'at least one');
        foreach ([['SELECT 1'], [[]], [['sql' => 1]], [['bindings' => []]], ['nobody', 'nothing']] as $wrong) {
            $check->throws(TypeError::class, static fn() => $engine->dbTransaction($dsn, $wrong), '$fn', 'number 1');
        }
        $check->throws(TypeError::class, static fn() => $engine->dbTransaction($dsn, [['sql' => 'SELECT ?', 'bindings' => 1]]), 'bindings', 'statement 1');
        $check->throws(ValueError::class, static fn() => $engine->dbTransaction($dsn, [['sql' => 'SELECT 1']], ['x' => 1]), '"x"');
    },
    'rows come in chunks' => static function (object $engine, Check $check): void {
        $handle = $engine->dbQuery(
            'sqlite::memory:',
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT i, 'row ' || i AS t FROM n"
        );
        $row = static fn(int $i): array => ['i' => $i, 't' => "row $i"];
        $check->same(
            ['rows' => [$row(1), $row(2)], 'offset' => 0, 'total' => 2500, 'has_more' => true],
            $engine->resultChunk($handle, 0, 2),
        );
        $check->same(['rows' => [$row(2500)], 'offset' => 2499, 'total' => 2500, 'has_more' => false], $engine->resultChunk($handle, 2499, 2));
        $check->same([$row(3), $row(4)], $engine->resultChunk($handle, 2, 2)['rows']);
        $check->same([[], false], [$engine->resultChunk($handle, 2500, 2)['rows'], $engine->resultChunk($handle, PHP_INT_MAX, 2)['has_more']]);
        $check->same([1000, true], [count($engine->resultChunk($handle)['rows']), $engine->resultChunk($handle)['has_more']]);
        foreach ([1, 999, 1250, 2500, 10000] as $size) {
            $stream = $engine->streamResult($handle, $size);
            $check->same(array_map($row, range(1, 2500)), iterator_to_array($stream));
            $check->same([false, null, null], [$stream->valid(), $stream->key(), $stream->current()]);
            $stream->next();
            $stream->rewind();
            $check->same([true, 0, $row(1)], [$stream->valid(), $stream->key(), $stream->current()]);
        }
        $empty = $engine->dbQuery('sqlite::memory:', 'SELECT 1 WHERE 0');
        $check->same([], iterator_to_array($engine->streamResult($empty)));
        $check->throws(ValueError::class, static fn() => $engine->resultChunk($handle, -1), '$offset');
        $check->throws(ValueError::class, static fn() => $engine->resultChunk($handle, 0, 0), '$limit', '10000');
        $check->throws(ValueError::class, static fn() => $engine->resultChunk($handle, 0, 10001), '$limit');
        $check->throws(ValueError::class, static fn() => $engine->streamResult($handle, 0), '$chunkSize');
        $stream = $engine->streamResult($handle, 1);
        $stream->rewind();
        $engine->freeResult($handle);
        $check->throws(QueryException::class, static fn() => $stream->next());
        $check->throws(QueryException::class, static fn() => $engine->streamResult($handle));
        $check->throws(QueryException::class, static fn() => $engine->resultChunk(0));
    },
    'no handle has no rows, and nothing to free' => static function (object $engine, Check $check): void {
        $check->same('[]', $engine->jsonifyResult(0));
        $engine->freeResult(0);
        $check->throws(QueryException::class, static fn() => $engine->jsonifyResult(1));
        $check->throws(QueryException::class, static fn() => $engine->freeResult(-1));
    },
    'health is asked of the database itself' => static function (object $engine, Check $check): void {
        $check->same(true, $engine->dbHealth("sqlite:$check->file"));
        $check->same(true, $engine->dbHealthWithRetry('sqlite:file=health?mode=memory&cache=shared', 3, 1));
        $check->same(false, $engine->dbHealth("sqlite:$check->file/no/such.db"));
        $check->that(str_contains($engine->lastError(), 'no/such.db'), $engine->lastError());
        file_put_contents("$check->file.text", str_repeat('this is no database ', 1000));
        $check->same(false, $engine->dbHealth("sqlite:$check->file.text"));
        $check->that(str_contains($engine->lastError(), 'not a database'), $engine->lastError());
        $check->same(false, $engine->dbHealthWithRetry('postgres://127.0.0.1:1/nothing', 2, 1));
        $check->same(false, $engine->dbHealth('mysql://127.0.0.1/nothing'));
        $check->that(str_contains($engine->lastError(), 'mysql'), $engine->lastError());
        $check->throws(ValueError::class, static fn() => $engine->dbHealth("sqlite:a\0b"));
        $check->throws(ValueError::class, static fn() => $engine->dbHealthWithRetry('sqlite::memory:', 0), '$attempts');
        $check->throws(ValueError::class, static fn() => $engine->dbHealthWithRetry('sqlite::memory:', 1, -1), '$backoffMs');
    },
    'memory and system are told in numbers' => static function (object $engine, Check $check): void {
        $before = $engine->memoryMetrics();
        foreach (['used_bytes', 'budget_bytes', 'active_handles', 'active_results', 'cache_used_bytes', 'cache_total_bytes'] as $name) {
            $check->that(is_int($before[$name] ?? null) && $before[$name] >= 0, "$name is " . var_export($before[$name] ?? null, true));
        }
        $handle = $engine->dbQuery('sqlite::memory:', 'SELECT hex(zeroblob(500000)) AS a');
        $during = $engine->memoryMetrics();
        $check->that($during['used_bytes'] >= $before['used_bytes'] + 1000000, "$before[used_bytes] became $during[used_bytes]");
        $check->same($before['active_handles'] + 1, $during['active_handles']);
        $engine->freeResult($handle);
        $check->same($before['active_handles'], $engine->memoryMetrics()['active_handles']);
        $check->that($engine->memoryMetrics()['used_bytes'] < $during['used_bytes'], 'nothing was given back');
        $info = json_decode($engine->systemInfo(), true);
        $check->same(
            ['running', 'Script', PHP_VERSION, 0, 'off'],
            [$info['status'], $info['mode'], $info['php_version'], $info['port'], $info['server']],
        );
        $check->that(str_starts_with($info['framework'], 'lyger ') && is_bool($info['async_enabled']) && is_int($info['total_memory']), 'keys are missing');
        $check->same('none', $info['tokio_runtime']);
    },
    'requests wait until they are asked for' => static function (object $engine, Check $check): void {
        $check->throws(ServerException::class, static fn() => $engine->nextRequest(0), 'startQueueServer');
        $check->same(true, $engine->startQueueServer(0));
        try {
            $check->same(null, $engine->nextRequest(0));
            $info = json_decode($engine->systemInfo(), true);
            $check->same(['listening', 'Always-Alive'], [$info['server'], $info['mode']]);
            $check->same(false, $engine->startQueueServer(0));
            $check->that(str_contains($engine->lastError(), "port $info[port]"), $engine->lastError());
            $first = ask($engine, "GET /one?a=1 HTTP/1.1\r\nHost: test\r\nX-Two: a\r\nx-two: b\r\nCookie: c=1\r\nCookie: d=2\r\nConnection: close\r\n\r\n");
            $one = taken($engine);
            $check->same(['GET', '/one?a=1', ''], [$one['method'], $one['uri'], $one['body']]);
            $check->same(['test', 'a, b', 'c=1; d=2'], [$one['headers']['host'], $one['headers']['x-two'], $one['headers']['cookie']]);
            $check->same(['127.0.0.1', true], [$one['client_ip'], $one['client_port'] > 0]);
            $body = "\0\xff binary \r\n";
            $second = ask($engine, "POST /two HTTP/1.1\r\nHost: test\r\nContent-Length: " . strlen($body) . "\r\nConnection: close\r\n\r\n$body");
            $two = taken($engine);
            $check->same(['POST', $body, true], [$two['method'], $two['body'], $two['request_id'] > $one['request_id']]);
            // In any order, each to its own client.
            $check->same(true, $engine->sendResponse($two['request_id'], new ConformanceResponse("two \0\xff", 201, ['Content-Type' => 'text/plain', 'X-A' => ['1', '2'], 'Content-Length' => '99'])));
            $check->same(true, $engine->sendResponse($one['request_id'], ['status' => 404, 'body' => 'one']));
            [$status, $fields, $text] = answer_of($second);
            $check->same(["two \0\xff", true, true, 2], [$text, str_starts_with($status, 'HTTP/1.1 201'), str_contains($fields, 'content-type: text/plain'), substr_count($fields, 'x-a: ')]);
            $check->same([false, true], [str_contains($fields, '99'), str_contains($fields, 'content-length: 6')]);
            [$status, $fields, $text] = answer_of($first);
            $check->same(['one', 'HTTP/1.1 404 Not Found', true], [$text, $status, str_contains($fields, 'content-type: text/html')]);
            $check->same(false, $engine->sendResponse($one['request_id'], 'again'));
            $check->that(str_contains($engine->lastError(), "request $one[request_id] "), $engine->lastError());
            $check->same(false, $engine->sendResponse(999999, 'nobody'));
        } finally {
            $engine->stopServer();
        }
        $check->same(['off', 0], [json_decode($engine->systemInfo(), true)['server'], json_decode($engine->systemInfo(), true)['port']]);
        $check->throws(ServerException::class, static fn() => $engine->nextRequest(0));
        $check->same(true, $engine->startQueueServer(0), 'a server can be started again');
        $engine->stopServer();
    },
    'what cannot be an answer or a setting is an error that says so' => static function (object $engine, Check $check): void {
        foreach ([-1, 65536] as $port) {
            $check->throws(ValueError::class, static fn() => $engine->startQueueServer($port), '$port');
        }
        foreach ([['x' => 1], ['queue_limit' => 0], ['request_timeout' => -1], ['max_body_size' => -1]] as $options) {
            $check->throws(ValueError::class, static fn() => $engine->startQueueServer(0, $options), '$options', array_key_first($options));
        }
        $check->throws(TypeError::class, static fn() => $engine->startQueueServer(0, ['host' => 1]), 'host');
        $check->throws(TypeError::class, static fn() => $engine->startQueueServer(0, ['queue_limit' => 'x']), 'queue_limit');
        $busy = stream_socket_server('tcp://127.0.0.1:0');
        $port = (int) substr(strrchr(stream_socket_get_name($busy, false), ':'), 1);
        $check->same(false, $engine->startQueueServer($port));
        $check->that(str_contains($engine->lastError(), (string) $port), $engine->lastError());
        $check->same(true, $engine->startQueueServer(0, ['host' => '127.0.0.1', 'max_body_size' => 3, 'request_timeout' => 0.2]));
        try {
            $check->throws(ValueError::class, static fn() => $engine->nextRequest(-1), '$timeoutMs');
            $long = ask($engine, "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\nConnection: close\r\n\r\n1234");
            $check->same(null, $engine->nextRequest(300));
            $check->that(str_starts_with(answer_of($long)[0], 'HTTP/1.1 413'), 'a long body was let in');
            $late = ask($engine, "GET /late HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
            $request = null; // on a busy machine it may be too late before it was asked for
            do {
                $request = $engine->nextRequest(50) ?? $request;
                [$readable, $none] = [[$late], null];
            } while (stream_select($readable, $none, $none, 0, 10000) === 0 && ($tries = ($tries ?? 0) + 1) < 1000);
            $check->that(str_starts_with(answer_of($late)[0], 'HTTP/1.1 504'), 'the client waits for ever');
            $check->that($request === null || !$engine->sendResponse($request['request_id'], 'too late'), 'it was answered twice');
        } finally {
            $engine->stopServer();
        }
        $check->same(true, $engine->startQueueServer(0));
        try {
            $asked = ask($engine, "GET /bad HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
            $id = taken($engine)['request_id'];
            $send = static fn(mixed $response): Closure => static fn() => $engine->sendResponse($id, $response);
            $check->throws(TypeError::class, $send(new stdClass()), '$response', 'getStatusCode()', 'stdClass');
            $check->throws(TypeError::class, $send(1.5), '$response');
            $check->throws(ValueError::class, $send(['code' => 200]), 'code');
            $check->throws(ValueError::class, $send(['status' => 99]), '99');
            $check->throws(TypeError::class, $send(['status' => '200']), 'status');
            $check->throws(TypeError::class, $send(['headers' => 'a']), 'headers');
            $check->throws(ValueError::class, $send(['headers' => ['a']]), '0');
            $check->throws(ValueError::class, $send(['headers' => ['X-A' => "b\r\nSet-Cookie: c"]]), 'X-A');
            $check->throws(ValueError::class, $send(['headers' => ['X A' => 'b']]), 'X A');
            $check->throws(TypeError::class, $send(['headers' => ['X-A' => [[]]]]), 'X-A');
        } finally {
            $engine->stopServer();
        }
    },
];
