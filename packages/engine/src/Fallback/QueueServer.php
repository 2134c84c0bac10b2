<?php

declare(strict_types=1);

namespace Lyger\Fallback;

use Lyger\Exception\ServerException;
use Lyger\Internal\QueueAnswer;
use Lyger\Internal\QueueOptions;

/**
 * The server of startQueueServer() in plain PHP: it reads and writes while nextRequest() waits, and closes a connection after
 * its answer. Bodies are those with a Content-Length.
 *
 * @internal
 */
final class QueueServer
{
    private const HEAD = 32768; // bytes
    private const BODY = 1 << 20; // bytes
    private const SLICE = 50000; // microseconds between looks at signals and times

    public readonly int $port;

    /** @var resource */
    private $listener;

    /** @var array<int, array{socket: resource, bytes: string, since: float}> clients whose request is on its way */
    private array $arriving = [];

    /** @var array<int, array{socket: resource, method: string, since: float, taken: bool, request: array}> */
    private array $requests = [];

    private int $last = 0;
    private readonly float $timeout; // seconds, 0: none
    private readonly int $limit;
    private readonly int $maxBody;

    public function __construct(int $port, QueueOptions $options)
    {
        $host = $options->host ?? (getenv('LYGER_BIND_ADDRESS') ?: '127.0.0.1');
        $this->timeout = $options->timeout ?? self::environment('LYGER_PHP_RESPONSE_TIMEOUT_MS', 30000) / 1000;
        $this->maxBody = $options->maxBody ?? self::environment('LYGER_MAX_BODY_BYTES', self::BODY);
        $this->limit = $options->limit ?? 1000;
        $listener = @stream_socket_server('tcp://' . (str_contains($host, ':') ? "[$host]" : $host) . ":$port", $code, $why);
        if ($listener === false) {
            throw new ServerException("cannot listen on $host port $port: $why");
        }
        stream_set_blocking($listener, false);
        $this->listener = $listener;
        $this->port = (int) substr(strrchr(stream_socket_get_name($listener, false), ':'), 1);
    }

    private static function environment(string $name, int $default): int
    {
        $value = (string) getenv($name);
        if ($value !== '' && !ctype_digit($value)) {
            throw new ServerException("$name must be a number from 0 on, \"$value\" given");
        }
        return $value === '' ? $default : (int) $value;
    }

    public function next(int $timeoutMs): ?array
    {
        $end = hrtime(true) + $timeoutMs * 1000000;
        do {
            $left = max(0, intdiv($end - hrtime(true), 1000));
            $this->read(min($left, self::SLICE));
            foreach ($this->requests as $id => $request) {
                if (!$request['taken']) {
                    $this->requests[$id]['taken'] = true;
                    return $request['request'];
                }
            }
        } while ($left > 0);
        return null;
    }

    private function read(int $microseconds): void
    {
        $ready = [-1 => $this->listener] + array_column($this->arriving, 'socket', 'id');
        $none = null;
        if (@stream_select($ready, $none, $none, 0, $microseconds)) {
            foreach ($ready as $id => $socket) {
                $id === -1 ? $this->accept() : $this->take($id);
            }
        }
        $now = hrtime(true) / 1e9;
        foreach ($this->requests as $id => $request) {
            if ($this->timeout > 0 && $now - $request['since'] > $this->timeout) {
                $this->refuse($request['socket'], 504, 'the application has not answered in time');
                unset($this->requests[$id]);
            }
        }
    }

    private function accept(): void
    {
        while (($socket = @stream_socket_accept($this->listener, 0)) !== false) {
            stream_set_blocking($socket, false);
            $id = (int) $socket;
            $this->arriving[$id] = ['id' => $id, 'socket' => $socket, 'bytes' => '', 'since' => hrtime(true) / 1e9];
        }
    }

    private function take(int $id): void
    {
        $client = &$this->arriving[$id];
        $bytes = fread($client['socket'], 65536);
        if ($bytes === '' || $bytes === false) {
            if (feof($client['socket'])) {
                unset($this->arriving[$id]);
            }
            return;
        }
        $client['bytes'] .= $bytes;
        $end = strpos($client['bytes'], "\r\n\r\n");
        if ($end === false) {
            if (\strlen($client['bytes']) > self::HEAD) {
                $this->refuseArriving($id, 431, 'the head is too long');
            }
            return;
        }
        $request = self::parse(substr($client['bytes'], 0, $end));
        $length = (int) ($request['headers']['content-length'] ?? 0);
        match (true) {
            $request === null => $this->refuseArriving($id, 400, 'this is no request'),
            isset($request['headers']['transfer-encoding']) => $this->refuseArriving($id, 411, 'a body needs a Content-Length'),
            $length > $this->maxBody => $this->refuseArriving($id, 413, 'the body is too long'),
            \strlen($client['bytes']) - $end - 4 < $length => null,
            \count(array_filter($this->requests, static fn(array $one): bool => !$one['taken'])) >= $this->limit
                => $this->refuseArriving($id, 503, 'too many requests are waiting'),
            default => $this->queue($id, $request, substr($client['bytes'], $end + 4, $length)),
        };
    }

    private function queue(int $id, array $request, string $body): void
    {
        $socket = $this->arriving[$id]['socket'];
        $name = (string) stream_socket_get_name($socket, true);
        unset($this->arriving[$id]);
        $this->requests[++$this->last] = [
            'socket' => $socket,
            'method' => $request['method'],
            'since' => hrtime(true) / 1e9,
            'taken' => false,
            'request' => ['request_id' => $this->last] + $request + [
                'body' => $body,
                'client_ip' => trim(substr($name, 0, (int) strrpos($name, ':')), '[]'),
                'client_port' => (int) substr((string) strrchr($name, ':'), 1),
            ],
        ];
    }

    /** @return ?array{method: string, uri: string, headers: array<string, string>} null for what is no request */
    private static function parse(string $head): ?array
    {
        $lines = explode("\r\n", $head);
        if (!preg_match('~^([!#$%&\'*+.^_`|\~0-9A-Za-z-]+) ([\x21-\x7e\x80-\xff]+) HTTP/1\.[0-9]$~D', array_shift($lines), $found)) {
            return null;
        }
        $headers = [];
        foreach ($lines as $line) {
            if (!preg_match('/^([!#$%&\'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*$/D', $line, $field)) {
                return null;
            }
            $name = strtolower($field[1]);
            if ($name === 'content-length' && (isset($headers[$name]) || !preg_match('/^[0-9]{1,18}$/D', $field[2]))) {
                return null;
            }
            $headers[$name] = isset($headers[$name]) ? $headers[$name] . ($name === 'cookie' ? '; ' : ', ') . $field[2] : $field[2];
        }
        return ['method' => $found[1], 'uri' => $found[2], 'headers' => $headers];
    }

    private function refuseArriving(int $id, int $status, string $why): void
    {
        $this->refuse($this->arriving[$id]['socket'], $status, $why);
        unset($this->arriving[$id]);
    }

    /** @param resource $socket */
    private function refuse($socket, int $status, string $why): void
    {
        $this->write($socket, $status, [['Content-Type', 'application/json']], json_encode(['status' => $status, 'error' => $why]));
    }

    public function answer(int $id, QueueAnswer $answer): bool
    {
        if (!isset($this->requests[$id]) || !$this->requests[$id]['taken']) {
            return false;
        }
        $request = $this->requests[$id];
        $own = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding', 'upgrade'];
        $lines = [];
        $typed = $answer->status === 204 || $answer->status === 304;
        foreach ($answer->lines as [$name, $value]) {
            if (!preg_match('/^[!#$%&\'*+.^_`|~0-9A-Za-z-]+$/D', $name) || preg_match('/[\x00-\x08\x0a-\x1f\x7f]/', $value)) {
                throw new \ValueError("\"$name\" cannot be a header, or not with its value");
            }
            $typed = $typed || strtolower($name) === 'content-type';
            if (!\in_array(strtolower($name), $own, true)) {
                $lines[] = [$name, $value];
            }
        }
        if (!$typed) {
            $lines[] = ['Content-Type', 'text/html; charset=UTF-8'];
        }
        unset($this->requests[$id]);
        return $this->write($request['socket'], $answer->status, $lines, $answer->body, $request['method'] === 'HEAD');
    }

    /**
     * @param resource $socket
     * @param list<array{string, string}> $lines
     */
    private function write($socket, int $status, array $lines, string $body, bool $bare = false): bool
    {
        $head = "HTTP/1.1 $status " . ([200 => 'OK', 404 => 'Not Found', 500 => 'Internal Server Error'][$status] ?? '') . "\r\n"
            . 'Date: ' . gmdate('D, d M Y H:i:s') . " GMT\r\nConnection: close\r\n";
        foreach ($lines as [$name, $value]) {
            $head .= "$name: $value\r\n";
        }
        $bare = $bare || $status === 204 || $status === 304;
        $head .= ($status === 204 || $status === 304 ? '' : 'Content-Length: ' . \strlen($body) . "\r\n") . "\r\n";
        stream_set_blocking($socket, true);
        stream_set_timeout($socket, 30);
        $bytes = $head . ($bare ? '' : $body);
        while ($bytes !== '') {
            $written = @fwrite($socket, $bytes);
            if ($written === false || $written === 0) {
                return false;
            }
            $bytes = substr($bytes, $written);
        }
        stream_socket_shutdown($socket, STREAM_SHUT_WR);
        return true;
    }
}
