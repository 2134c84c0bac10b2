<?php

declare(strict_types=1);

namespace Lyger\Ffi;

use FFI;
use FFI\CData;
use Lyger\Binary;
use Lyger\Exception\CacheException;
use Lyger\Exception\QueryException;
use Lyger\Exception\RuntimeException;
use Lyger\Exception\ServerException;
use Lyger\Internal\CacheArguments;
use Lyger\Internal\Failure;
use Lyger\Internal\HoldArguments;
use Lyger\Internal\Keys;
use Lyger\Internal\QueryOptions;
use Lyger\Internal\QueryParams;
use Lyger\Internal\QueueAnswer;
use Lyger\Internal\QueueOptions;
use Lyger\Internal\Result;
use Lyger\Internal\RowStream;
use Lyger\Internal\Serialized;
use Lyger\Internal\Singular;
use Lyger\Internal\Statements;
use Lyger\Internal\Transaction;
use Lyger\Internal\TransactionOptions;

/**
 * Lyger\Engine over liblyger.so: the same core as the extension's, entered through FFI. See stubs/lyger.stub.php for
 * what each method does.
 *
 * The cache is the library's own, not the one of a loaded extension: on the command line 64 MiB of memory that forked
 * children share; under FPM and other servers that fork, a file in /dev/shm that all workers of a pool share; anywhere the
 * file that LYGER_CACHE_PATH names. A file has LYGER_CACHE_SIZE bytes (64M). Strings that the library returns are copied into PHP's and freed here.
 */
final class Engine
{
    use Singular;

    // Types of ext/abi/lyger.h.
    private const NULL = 0;
    private const BOOL = 1;
    private const INTEGER = 2;
    private const FLOAT = 3;
    private const STRING = 4;
    private const SERIALIZED = 5; // in the cache
    private const LIST = 5; // in parameters, as the next three
    private const BYTES = 6;
    private const MAP = 7;
    private const TIME = 8;

    private const CHOICE = ['number' => 0, 'string' => 1, 'auto' => 2];

    private readonly FFI $library;

    // What the library writes through pointers, made once.
    private readonly CData $type;
    private readonly CData $bytes;
    private readonly CData $length;
    private readonly CData $number;
    private readonly CData $typeAddress;
    private readonly CData $bytesAddress;
    private readonly CData $lengthAddress;
    private readonly CData $numberAddress;

    private readonly Holds $holds;

    /**
     * @param ?string $library path of liblyger.so; null: LYGER_LIBRARY, else PHP's extension directory
     * @param ?string $header path of lyger.h; null: LYGER_HEADER, else beside the library, installed, or in the tree
     * @throws RuntimeException when either is missing or the library cannot be opened
     */
    public function __construct(?string $library = null, ?string $header = null)
    {
        $this->library = Library::open($library, $header);
        $this->type = $this->library->new('int');
        $this->bytes = $this->library->new('char *');
        $this->length = $this->library->new('size_t');
        $this->number = $this->library->new('long long');
        $this->typeAddress = FFI::addr($this->type);
        $this->bytesAddress = FFI::addr($this->bytes);
        $this->lengthAddress = FFI::addr($this->length);
        $this->numberAddress = FFI::addr($this->number);
        $this->holds = new Holds($this->library, $this->yes(...));
        $this->openCache();
    }

    /**
     * Processes that a server forked before they loaded the library have no anonymous memory in common: there the cache is a
     * file. One that cannot be opened is switched off with a warning.
     */
    private function openCache(): void
    {
        $path = (string) getenv('LYGER_CACHE_PATH');
        $size = (string) getenv('LYGER_CACHE_SIZE');
        $bytes = max(0, ini_parse_quantity($size !== '' ? $size : '64M'));
        $shared = \in_array(PHP_SAPI, ['fpm-fcgi', 'cgi-fcgi', 'apache2handler', 'litespeed'], true);
        if ($path === '' && !$shared) {
            return;
        }
        $opened = $path !== ''
            ? $this->library->lyger_ffi_cache_configure($bytes, $path)
            : $this->library->lyger_ffi_cache_share($bytes, self::pool());
        if ($opened < 0) {
            trigger_error("The cache is off: {$this->failure()->getMessage()} (LYGER_CACHE_PATH)", E_USER_WARNING);
            $this->library->lyger_ffi_cache_configure(0, null);
        }
    }

    /** The name of this process's pool of FPM, from the title of the process (fpm_get_status() may crash PHP while others call it). */
    private static function pool(): string
    {
        $title = PHP_SAPI === 'fpm-fcgi' ? @file_get_contents('/proc/self/cmdline') : false;
        return preg_match('/^php-fpm: pool ([^\0]+)/', (string) $title, $found) ? $found[1] : '';
    }

    public function helloWorld(): string
    {
        return $this->take($this->library->lyger_hello_world());
    }

    public function heavyComputation(int $iterations = 1000000): float
    {
        if ($iterations < 0) {
            throw new \ValueError(
                'Lyger\Engine::heavyComputation(): Argument #1 ($iterations) must be greater than or equal to 0'
            );
        }
        return $this->library->lyger_heavy_computation($iterations);
    }

    public function systemInfo(): string
    {
        $info = json_decode($this->take($this->library->lyger_system_info()), true, 512, JSON_THROW_ON_ERROR);
        return json_encode(array_replace($info, ['php_version' => PHP_VERSION]), JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
    }

    public function lastError(): string
    {
        return Failure::$last;
    }

    public function memoryMetrics(): array
    {
        return json_decode($this->take($this->library->lyger_memory_metrics()), true, 512, JSON_THROW_ON_ERROR);
    }

    /** PHP's own json_encode(): no PHP value can be handed over by FFI, so there is nothing here to be faster with. */
    public function jsonEncode(mixed $value, int $flags = 0, int $depth = 512): string|false
    {
        return json_encode($value, $flags, $depth);
    }

    public function cacheSet(string $key, mixed $value, int $ttl = 0): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 3, $ttl);
        CacheArguments::value(__FUNCTION__, 2, 'value', $value);
        return $this->store($key, $value, $ttl);
    }

    public function cacheGet(string $key, mixed $default = ''): mixed
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->fetch(__FUNCTION__, $key, $default);
    }

    public function cacheDelete(string $key): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->yes($this->library->lyger_ffi_cache_remove($key, \strlen($key)));
    }

    public function cacheClear(string $prefix = ''): void
    {
        $this->yes($this->library->lyger_ffi_cache_purge($prefix, \strlen($prefix)));
    }

    public function cacheSize(): int
    {
        return $this->library->lyger_cache_size();
    }

    public function cacheHas(string $key): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->yes($this->library->lyger_ffi_cache_contains($key, \strlen($key)));
    }

    public function cacheAdd(string $key, mixed $value, int $ttl = 0): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 3, $ttl);
        CacheArguments::value(__FUNCTION__, 2, 'value', $value);
        [$type, $bytes] = self::pack($value);
        return $this->yes(
            $this->library->lyger_ffi_cache_insert($key, \strlen($key), $type, $bytes, \strlen($bytes), $ttl)
        );
    }

    public function cacheTouch(string $key, int $ttl): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 2, $ttl);
        return $this->yes($this->library->lyger_ffi_cache_retime($key, \strlen($key), $ttl));
    }

    public function cacheIncrement(string $key, int $by = 1, int $ttl = 0): int
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 3, $ttl);
        return $this->count($key, $by, $ttl);
    }

    public function cacheDecrement(string $key, int $by = 1, int $ttl = 0): int
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 3, $ttl);
        if ($by === PHP_INT_MIN) {
            throw new \ValueError(
                'Lyger\Engine::cacheDecrement(): Argument #2 ($by) must be greater than ' . PHP_INT_MIN
            );
        }
        return $this->count($key, -$by, $ttl);
    }

    public function cacheGetBatch(array $keys, mixed $default = null): array
    {
        $values = [];
        $position = 0;
        foreach ($keys as $key) {
            $key = CacheArguments::batchKey(__FUNCTION__, 'keys', $key, $position++);
            $values[$key] = $this->fetch(__FUNCTION__, $key, $default);
        }
        return $values;
    }

    public function cacheSetBatch(array|string $items, int $ttl = 0): int
    {
        CacheArguments::ttl(__FUNCTION__, 2, $ttl);
        // What an object throws while it is serialised comes before anything is stored.
        $packed = array_map(
            static fn(array $item): array => [$item[0], ...self::pack($item[1])],
            CacheArguments::batch(__FUNCTION__, $items),
        );
        $stored = 0;
        foreach ($packed as [$key, $type, $bytes]) {
            $stored += (int) $this->yes(
                $this->library->lyger_ffi_cache_store($key, \strlen($key), $type, $bytes, \strlen($bytes), $ttl)
            );
        }
        return $stored;
    }

    public function cacheDeleteBatch(array $keys): int
    {
        $deleted = 0;
        foreach (CacheArguments::batchKeys(__FUNCTION__, $keys) as $key) {
            $deleted += (int) $this->yes($this->library->lyger_ffi_cache_remove($key, \strlen($key)));
        }
        return $deleted;
    }

    public function cacheTake(string $key, mixed $default = null): mixed
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->fetch(__FUNCTION__, $key, $default, 'lyger_ffi_cache_take');
    }

    public function cacheCompareAndSet(string $key, mixed $expected, mixed $value, int $ttl = 0): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 4, $ttl);
        CacheArguments::value(__FUNCTION__, 3, 'value', $value);
        [$type, $bytes] = self::pack($value);
        $length = \strlen($bytes);
        return $this->change(__FUNCTION__, $key, $expected, fn(int ...$version): int => $this->library->lyger_ffi_cache_exchange(
            $key,
            \strlen($key),
            ...[...$version, $type, $bytes, $length, $ttl],
        ));
    }

    public function cacheCompareAndDelete(string $key, mixed $expected): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->change(
            __FUNCTION__,
            $key,
            $expected,
            fn(int ...$version): int => $this->library->lyger_ffi_cache_remove_version($key, \strlen($key), ...$version),
        );
    }

    public function cacheEntry(string $key): ?array
    {
        CacheArguments::key(__FUNCTION__, $key);
        $json = $this->library->new('char *');
        if (!$this->yes($this->library->lyger_ffi_cache_entry($key, \strlen($key), FFI::addr($json)))) {
            return null;
        }
        return json_decode($this->take($json), true, 512, JSON_THROW_ON_ERROR);
    }

    public function cacheRemember(
        string $key,
        callable $compute,
        int $ttl = 0,
        int $stale = 0,
        float $wait = 30.0,
    ): mixed {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 3, $ttl);
        HoldArguments::stale(__FUNCTION__, $stale, $ttl);
        HoldArguments::wait(__FUNCTION__, 5, $wait);
        $end = Holds::endOfWait($wait);
        $missing = new \stdClass(); // no value that is fetched can be this object
        $warns = true;
        do {
            $value = $this->fetch(__FUNCTION__, $key, $missing, warns: $warns);
            if ($value !== $missing) {
                return $value;
            }
            $warns = false;
            $lease = $this->holds->lease($key);
            if ($lease !== null) {
                return $this->compute($key, $compute, $ttl, $stale, $lease);
            }
            if ($stale > 0 && ($value = $this->fetch(__FUNCTION__, $key, $missing, 'lyger_ffi_cache_fetch_stale', false)) !== $missing) {
                return $value;
            }
        } while ($this->holds->waitAWhile($key, Holds::LEASE, $end));
        throw HoldArguments::waitedEnough($key, $wait);
    }

    public function cacheLock(string $key, int $ttl, float $wait = 0.0, ?string $token = null): ?string
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 2, $ttl);
        HoldArguments::wait(__FUNCTION__, 3, $wait);
        HoldArguments::token(__FUNCTION__, 4, $token);
        $end = Holds::endOfWait($wait);
        do {
            $taken = $this->holds->lock($key, $ttl, $token);
        } while ($taken === null && $this->holds->waitAWhile($key, Holds::LOCK, $end));
        return $taken;
    }

    public function cacheUnlock(string $key, ?string $token): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->holds->unlock($key, $token);
    }

    public function cacheLockExtend(string $key, string $token, int $ttl): bool
    {
        CacheArguments::key(__FUNCTION__, $key);
        CacheArguments::ttl(__FUNCTION__, 3, $ttl);
        return $this->holds->extend($key, $token, $ttl);
    }

    public function cacheLockOwner(string $key): ?string
    {
        CacheArguments::key(__FUNCTION__, $key);
        return $this->holds->owner($key);
    }

    public function cacheKeys(string $prefix = ''): \Iterator
    {
        return new Keys(fn(): \Generator => $this->walk($prefix));
    }

    public function cacheInfo(bool $detailed = false): array
    {
        $json = $detailed ? $this->library->lyger_ffi_cache_details() : $this->library->lyger_ffi_cache_facts();
        return json_decode($this->take($json), true, 512, JSON_THROW_ON_ERROR);
    }

    public function dbQuery(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): int
    {
        return $this->open('lyger_ffi_db_query', __FUNCTION__, $dsn, $query, $params, QueryOptions::read(__FUNCTION__, $options));
    }

    public function dbQueryAsync(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): int
    {
        return $this->open('lyger_ffi_db_send', __FUNCTION__, $dsn, $query, $params, QueryOptions::read(__FUNCTION__, $options));
    }

    public function query(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): Result
    {
        $read = QueryOptions::read(__FUNCTION__, $options);
        $handle = $this->open('lyger_ffi_db_query', __FUNCTION__, $dsn, $query, $params, $read);
        return Result::of(new Rows($this, $this->library, $handle, $this->yes(...)), $read->named);
    }

    public function dbTransaction(#[\SensitiveParameter] string $dsn, callable|array $fn, array $options = []): mixed
    {
        if (!\is_callable($fn)) {
            return Statements::run($this, $dsn, $fn, $options);
        }
        $options = TransactionOptions::read(__FUNCTION__, $options);
        return Transaction::run(
            fn() => $this->yes($this->library->lyger_ffi_db_begin(
                $dsn,
                \strlen($dsn),
                (int) array_search($options->isolation, ['', ...TransactionOptions::ISOLATIONS], true),
                self::choice($options->readOnly),
                self::choice($options->deferrable),
                (int) array_search($options->mode, ['', ...TransactionOptions::MODES], true),
                $options->timeout,
            )),
            fn(bool $keep) => $this->yes($this->library->lyger_ffi_db_end($dsn, \strlen($dsn), (int) $keep)),
            $fn,
        );
    }

    public function dbQueryJsonV2(#[\SensitiveParameter] string $dsn, string $query, array $bindings = [], array $options = []): array
    {
        $read = QueryOptions::read(__FUNCTION__, $options + ['numeric' => 'auto']);
        $handle = $this->open('lyger_ffi_db_report', __FUNCTION__, $dsn, $query, $bindings, $read);
        try {
            return json_decode($this->jsonifyResult($handle), true, 512, JSON_THROW_ON_ERROR);
        } finally {
            $this->freeResult($handle);
        }
    }

    public function dbHealth(#[\SensitiveParameter] string $dsn): bool
    {
        return $this->health($dsn, 1, 0);
    }

    public function dbHealthWithRetry(#[\SensitiveParameter] string $dsn, int $attempts = 3, int $backoffMs = 100): bool
    {
        Statements::retry($attempts, $backoffMs);
        return $this->health($dsn, $attempts, $backoffMs);
    }

    private function health(#[\SensitiveParameter] string $dsn, int $attempts, int $backoffMs): bool
    {
        if (str_contains($dsn, "\0")) {
            throw new \ValueError('the DSN holds a NUL byte');
        }
        if ($this->library->lyger_db_health_with_retry($dsn, $attempts, $backoffMs) === 1) {
            return true;
        }
        $failure = $this->failure();
        return $failure instanceof QueryException ? false : throw $failure;
    }

    public function resultChunk(int $result, int $offset = 0, int $limit = 1000): array
    {
        Statements::chunk($offset, $limit);
        return json_decode($this->take($this->library->lyger_result_chunk($result, $offset, $limit)), true, 512, JSON_THROW_ON_ERROR);
    }

    public function streamResult(int $result, int $chunkSize = 1000): \Iterator
    {
        Statements::chunkSize($chunkSize);
        $this->resultInfo($result);
        return new RowStream(fn(int $offset): array => $this->resultChunk($result, $offset, $chunkSize));
    }

    public function jsonifyResult(int $result): string
    {
        if ($result === 0) {
            return '[]';
        }
        return $this->take($this->library->lyger_ffi_result_json($result, $this->lengthAddress), true);
    }

    public function freeResult(int $result): void
    {
        if ($result === 0) {
            return;
        }
        $this->yes($this->library->lyger_ffi_result_free($result));
    }

    public function resultInfo(int $result): array
    {
        return json_decode($this->take($this->library->lyger_ffi_result_facts($result)), true, 512, JSON_THROW_ON_ERROR);
    }

    public function dbQueryJson(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): string
    {
        $read = QueryOptions::read(__FUNCTION__, $options);
        $params = self::packParams(__FUNCTION__, $params);
        return $this->take($this->library->lyger_ffi_db_query_json(
            $dsn,
            \strlen($dsn),
            $query,
            \strlen($query),
            $params,
            \strlen($params),
            self::CHOICE[$read->bigint],
            self::CHOICE[$read->numeric],
            (int) !$read->named,
            $read->timeout,
            $this->lengthAddress,
        ), true);
    }

    public function dbExecute(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): int
    {
        $read = QueryOptions::read(__FUNCTION__, $options);
        $params = self::packParams(__FUNCTION__, $params);
        $affected = $this->library->lyger_ffi_db_execute(
            $dsn,
            \strlen($dsn),
            $query,
            \strlen($query),
            $params,
            \strlen($params),
            $read->timeout,
        );
        return $affected < 0 ? throw $this->failure() : $affected;
    }

    /** @param string $call lyger_ffi_db_query or lyger_ffi_db_send */
    private function open(
        string $call,
        string $method,
        #[\SensitiveParameter] string $dsn,
        string $query,
        array $params,
        QueryOptions $options,
    ): int {
        $params = self::packParams($method, $params);
        $handle = $this->library->$call(
            $dsn,
            \strlen($dsn),
            $query,
            \strlen($query),
            $params,
            \strlen($params),
            self::CHOICE[$options->bigint],
            self::CHOICE[$options->numeric],
            (int) !$options->named,
            $options->timeout,
        );
        return $handle === 0 ? throw $this->failure() : $handle;
    }

    /** A string of the library as PHP's own; the length is where the call put it, or up to the NUL. */
    private function take(?CData $text, bool $measured = false): string
    {
        if ($text === null || FFI::isNull($text)) {
            throw $this->failure();
        }
        $string = $measured ? FFI::string($text, $this->length->cdata) : FFI::string($text);
        $this->library->lyger_free_string($text);
        return $string;
    }

    /**
     * The library's own server: / and /health, answered in C by a thread of this process, at once and until it ends or
     * stopServer() is called. $handler is not called, as no other thread may enter PHP. The only option is "host", an
     * address: 127.0.0.1 unless it says another, "0.0.0.0" or "::" for every interface.
     */
    public static function startServer(callable $handler, int $port = 8000, array $options = []): void
    {
        if ($port < 0 || $port > 65535) {
            throw new \ValueError(
                "Lyger\Engine::startServer(): Argument #2 (\$port) must be between 0 and 65535, $port given"
            );
        }
        $host = $options['host'] ?? '127.0.0.1';
        if (array_diff_key($options, ['host' => true]) !== [] || !is_string($host)) {
            throw new ServerException(
                'The server of the FFI engine has no option but "host", an address; the extension lyger has the others'
            );
        }
        $engine = self::getInstance();
        if ($engine->library->lyger_ffi_start_server($host, $port) !== 1) {
            throw $engine->failure();
        }
    }

    public function startQueueServer(int $port = 8000, array $options = []): bool
    {
        $given = QueueOptions::read($port, $options);
        $started = $this->library->lyger_ffi_start_queue(
            $given->host,
            $port,
            $given->limit ?? -1,
            $given->timeout === null ? -1 : (int) ($given->timeout * 1000),
            $given->maxBody ?? -1,
        );
        return $started === 1 || $this->refused();
    }

    public function nextRequest(int $timeoutMs = 100): ?array
    {
        QueueOptions::time($timeoutMs);
        if ($this->library->lyger_server_is_running() !== 1) {
            throw new ServerException('There is no queue server: startQueueServer() starts it');
        }
        do { // in steps, between which PHP's signal handlers run
            $json = $this->library->lyger_next_request(min($timeoutMs, 50));
            $timeoutMs -= 50;
        } while ($json === null && $timeoutMs > 0);
        if ($json === null) {
            return null;
        }
        $request = json_decode($this->take($json), true, 512, JSON_THROW_ON_ERROR);
        if (isset($request['body_base64'])) {
            $request['body'] = base64_decode($request['body_base64'], true);
            unset($request['body_base64']);
        }
        return $request;
    }

    public function sendResponse(int $requestId, object|array|string $response): bool
    {
        $answer = QueueAnswer::of($response);
        $lines = '';
        foreach ($answer->lines as [$name, $value]) {
            $lines .= pack('VV', \strlen($name), \strlen($value)) . $name . $value;
        }
        $sent = $this->library->lyger_ffi_send_answer(
            $requestId,
            $answer->status,
            $lines,
            \strlen($lines),
            $answer->body,
            \strlen($answer->body),
        );
        return $sent === 1 || $this->refused();
    }

    /** False for what the server refuses; everything else is thrown. */
    private function refused(): bool
    {
        $failure = $this->failure();
        return $failure instanceof ServerException ? false : throw $failure;
    }

    public static function stopServer(): void
    {
        self::getInstance()->library->lyger_stop_server();
    }

    public static function handleRequest(callable $callback): bool
    {
        throw new ServerException('Requests are given to PHP by the extension lyger only, not through FFI');
    }

    public static function finishRequest(): bool
    {
        return false;
    }

    private static function choice(?bool $given): int
    {
        return $given === null ? 0 : 1 + (int) $given;
    }

    private function yes(int $answer): bool
    {
        return $answer < 0 ? throw $this->failure() : $answer === 1;
    }

    /** The library's last error as what the extension throws for it (ext/lyger_error.c). */
    private function failure(): \Throwable
    {
        $message = self::text($this->library->lyger_last_error());
        Failure::$last = $message;
        return match ($this->library->lyger_ffi_error_status()) {
            2 => new \ValueError($message),
            6 => new CacheException($message),
            4, 5, 7 => Failure::query(
                $message,
                self::text($this->library->lyger_ffi_error_sqlstate()),
                $this->library->lyger_ffi_error_position(),
                code: $this->library->lyger_ffi_error_code(),
            ),
            8 => new ServerException($message),
            default => new RuntimeException($message),
        };
    }

    /** PHP turns a returned const char * into a string by itself, unless the declaration keeps it a pointer. */
    private static function text(CData|string|null $text): string
    {
        return $text instanceof CData ? FFI::string($text) : (string) $text;
    }

    /** @return array{int, string} type and bytes of a value of the cache */
    private static function pack(mixed $value): array
    {
        return match (true) {
            \is_string($value) => [self::STRING, $value],
            \is_int($value) => [self::INTEGER, pack('P', $value)],
            \is_float($value) => [self::FLOAT, pack('e', $value)],
            \is_bool($value) => [self::BOOL, \chr((int) $value)],
            $value === null => [self::NULL, ''],
            default => [self::SERIALIZED, serialize($value)],
        };
    }

    private function store(string $key, mixed $value, int $ttl): bool
    {
        [$type, $bytes] = self::pack($value);
        return $this->yes(
            $this->library->lyger_ffi_cache_store($key, \strlen($key), $type, $bytes, \strlen($bytes), $ttl)
        );
    }

    /**
     * Changes the entry of a key while its value is the expected one, in as many attempts as it takes.
     *
     * @param \Closure(int, int): int $change given the number of the entry, and its integer or 0
     */
    private function change(string $method, string $key, mixed $expected, \Closure $change): bool
    {
        $number = $this->library->new('unsigned long long'); // of this call alone: reading may run code of objects
        $missing = new \stdClass();
        do {
            $value = $this->fetch($method, $key, $missing, 'lyger_ffi_cache_fetch_version', true, FFI::addr($number));
            if ($value === $missing || $value !== $expected) {
                return false;
            }
        } while (!$this->yes($change($number->cdata, \is_int($value) ? $value : 0)));
        return true;
    }

    /** Computes and stores a value, and gives the lease back. */
    private function compute(string $key, callable $compute, int $ttl, int $stale, int $lease): mixed
    {
        try {
            // Whoever had the lease until now may have stored the value since this process looked.
            $missing = new \stdClass();
            $value = $this->fetch('cacheRemember', $key, $missing, warns: false);
            if ($value !== $missing) {
                return $value;
            }
            $value = $compute();
            HoldArguments::computed('cacheRemember', $value);
            [$type, $bytes] = self::pack($value);
            $this->yes($this->library->lyger_ffi_cache_store_stale(
                $key,
                \strlen($key),
                $type,
                $bytes,
                \strlen($bytes),
                $ttl,
                $stale,
            ));
            return $value;
        } finally {
            $this->holds->giveBack($key, Holds::LEASE, $lease);
        }
    }

    /** @return \Generator<int, string> */
    private function walk(string $prefix): \Generator
    {
        // Of this walk alone: others go on between its steps.
        $cursor = $this->library->new('unsigned long long');
        $bytes = $this->library->new('char *');
        $length = $this->library->new('size_t');
        $number = 0;
        do {
            $more = $this->yes($this->library->lyger_ffi_cache_walk(
                FFI::addr($cursor),
                $prefix,
                \strlen($prefix),
                FFI::addr($bytes),
                FFI::addr($length),
            ));
            $keys = FFI::string($bytes, $length->cdata);
            $this->library->lyger_free_string($bytes);
            for ($at = 0; $at < \strlen($keys); $at += 4 + $keyLength) {
                $keyLength = unpack('V', $keys, $at)[1];
                yield $number++ => substr($keys, $at + 4, $keyLength);
            }
        } while ($more);
    }

    private function fetch(
        string $method,
        string $key,
        mixed $default,
        string $fetch = 'lyger_ffi_cache_fetch',
        bool $warns = true,
        CData ...$more,
    ): mixed {
        $found = $this->library->$fetch(
            $key,
            \strlen($key),
            $this->typeAddress,
            $this->bytesAddress,
            $this->lengthAddress,
            ...$more,
        );
        if (!$this->yes($found)) {
            return $default;
        }
        $bytes = FFI::string($this->bytes, $this->length->cdata);
        $this->library->lyger_free_string($this->bytes);
        return match ($this->type->cdata) {
            self::STRING => $bytes,
            self::INTEGER => unpack('P', $bytes)[1],
            self::FLOAT => unpack('e', $bytes)[1],
            self::BOOL => $bytes === "\1",
            self::NULL => null,
            default => Serialized::read($method, $key, $bytes, $value, $warns) ? $value : $default,
        };
    }

    private function count(string $key, int $by, int $ttl): int
    {
        $counted = $this->library->lyger_ffi_cache_add_integer($key, \strlen($key), $by, $ttl, $this->numberAddress);
        if (!$this->yes($counted)) {
            throw new CacheException('the cache is switched off: there is nowhere to count');
        }
        return $this->number->cdata;
    }

    /** Parameters in the form that ext/abi/lyger.h describes. */
    private static function packParams(string $method, array $params): string
    {
        return self::packValues(QueryParams::read($method, $params));
    }

    private static function packValues(array $values): string
    {
        $packed = '';
        $list = array_is_list($values);
        foreach ($values as $name => $value) {
            $name = $list ? '' : (string) $name;
            [$type, $bytes] = match (true) {
                \is_array($value) => [array_is_list($value) ? self::LIST : self::MAP, self::packValues($value)],
                $value instanceof Binary => [self::BYTES, $value->bytes],
                $value instanceof \DateTimeImmutable => [self::TIME, pack(
                    'PVV',
                    $value->getTimestamp(),
                    (int) $value->format('u'),
                    $value->getOffset() & 0xffffffff,
                )],
                default => self::pack($value),
            };
            $packed .= pack('CVV', $type, \strlen($name), \strlen($bytes)) . $name . $bytes;
        }
        return $packed;
    }
}
