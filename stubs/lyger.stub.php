<?php

/**
 * lyger: the one source of arginfo, classes and constants, and the file to give an IDE.
 *
 * Regenerate stubs/lyger_arginfo.h with scripts/gen-stubs after every change; CI compares the two.
 *
 * @generate-class-entries
 */

namespace {
    /** A greeting with the version, for example "Hello from lyger 0.1.0". */
    function lyger_hello_world(): string {}

    /**
     * The sum of sqrt(i) * sin(i) for 0 <= i < $iterations, on the fastest instruction set of this machine.
     *
     * One square root is taken per iteration; the sine comes from the angle-sum identity within blocks of
     * consecutive integers (see ext/compute/compute.h). The absolute error against the exactly rounded sum is
     * at most 1e-12 * (1 + sqrt($iterations)). Signals and max_execution_time take effect within 0.1 s.
     *
     * @param int $iterations 0 or more
     * @throws ValueError when $iterations is negative
     */
    function lyger_heavy_computation(int $iterations = 1000000): float {}

    /**
     * A JSON object: version, door, PHP and library versions, the SIMD path chosen, the state of the cache.
     * A library that is not loaded yet, or was not built in, is null.
     */
    function lyger_system_info(): string {}

    /**
     * The JSON text of $value: what json_encode() gives, byte for byte and for every flag, only faster.
     *
     * The same holds for what it calls (jsonSerialize(), property hooks), for errors and for what json_last_error()
     * and json_last_error_msg() say afterwards.
     *
     * @param int $flags json_encode()'s JSON_* constants
     * @param int $depth how deep $value may be nested
     * @return string|false false on an error, unless $flags has JSON_PARTIAL_OUTPUT_ON_ERROR or JSON_THROW_ON_ERROR
     * @throws JsonException on an error, when $flags has JSON_THROW_ON_ERROR
     */
    function lyger_json_encode(mixed $value, int $flags = 0, int $depth = 512): string|false {}

    /**
     * Stores $value under $key in the shared cache, replacing what was there.
     *
     * null, bool, int, float, string and arrays of these are stored natively, references resolved; objects, and arrays
     * that hold one, through PHP's serialisation, or igbinary's when that extension is loaded. Fetching an object
     * unserialises it with every class allowed, as the segment is only the owner's to write: a class that does not
     * exist then becomes __PHP_Incomplete_Class, and __wakeup() or __unserialize() run.
     *
     * With lyger.cache_zero_copy=1, and no lyger.cache_path, arrays without objects and strings of 2048 bytes or more
     * are used where they lie in shared memory: fetching one takes the same time whatever its size, and changing it
     * changes a copy. A request keeps what it fetched until its values are gone, whatever becomes of the entry; what
     * all requests keep so is at most a quarter of the cache, and 32 to 384 entries each. Beyond that, fetching copies.
     *
     * With lyger.cache_backend keys may be on a Redis or Valkey server instead (docs/far-cache.md): then this and every
     * other function asks the server, an object's class must be one of lyger.cache_far_classes, and a server that
     * cannot be asked is a Lyger\Exception\CacheException.
     *
     * @param string $key 1 to 65535 bytes of any value
     * @param mixed $value anything but resources and what PHP cannot serialise (closures)
     * @param int $ttl seconds until the entry expires, 0 (never) to 4294967295
     * @return bool true when stored; false when the cache is switched off (lyger.cache_size=0)
     * @throws ValueError for a key or ttl outside these ranges
     * @throws TypeError for a value that cannot be stored
     * @throws Lyger\Exception\CacheException when the value is larger than the whole cache, or what would have to make
     *     room for it is kept by readers (lyger.cache_zero_copy)
     * @frameless-function {"arity": 2}
     * @frameless-function {"arity": 3}
     */
    function lyger_cache_set(string $key, mixed $value, int $ttl = 0): bool {}

    /**
     * The value stored under $key, or $default when there is none or it has expired.
     *
     * @param string $key 1 to 65535 bytes
     * @throws ValueError for a key outside that range
     * @frameless-function {"arity": 1}
     * @frameless-function {"arity": 2}
     */
    function lyger_cache_get(string $key, mixed $default = ''): mixed {}

    /**
     * Removes $key; true when it was there.
     *
     * This, and every other call that changes the cache, throws Lyger\Exception\CacheException when another process
     * was stopped (SIGSTOP) in the middle of a change of the same part of the cache.
     */
    function lyger_cache_delete(string $key): bool {}

    /** Removes every entry whose key begins with $prefix; '' removes all. Of a server's keys, those that are the cache's. */
    function lyger_cache_clear(string $prefix = ''): void {}

    /** The number of entries that have not expired, without those on a server. */
    function lyger_cache_size(): int {}

    /**
     * Whether $key is there and has not expired.
     *
     * @frameless-function {"arity": 1}
     */
    function lyger_cache_has(string $key): bool {}

    /** Stores as lyger_cache_set() does, but only when $key is absent; atomic across processes. */
    function lyger_cache_add(string $key, mixed $value, int $ttl = 0): bool {}

    /** Gives $key a new time to live of $ttl seconds (0: no expiry); false when it is absent. */
    function lyger_cache_touch(string $key, int $ttl): bool {}

    /**
     * Adds $by to the integer under $key and returns the new value; atomic across processes.
     *
     * @param int $ttl seconds to live for an entry that this call creates; an existing one keeps its own
     * @return int the new value; a missing key counts from 0
     * @throws Lyger\Exception\CacheException when the value is not an integer or would overflow
     */
    function lyger_cache_increment(string $key, int $by = 1, int $ttl = 0): int {}

    /** Subtracts $by; otherwise as lyger_cache_increment(). */
    function lyger_cache_decrement(string $key, int $by = 1, int $ttl = 0): int {}

    /**
     * The values of $keys as key => value, $default where there is none, in the order of $keys.
     *
     * @param array $keys a list of strings (integers are taken as their decimal text)
     * @throws TypeError|ValueError naming the offending element
     */
    function lyger_cache_get_batch(array $keys, mixed $default = null): array {}

    /**
     * Stores many entries at once.
     *
     * @param array|string $items a key => value map, whatever its values are, or JSON text: of such a map or of
     *     a list of {"key": …, "value": …} pairs
     * @return int how many were stored
     * @throws TypeError|ValueError naming the offending element, or the reason the text is not JSON
     */
    function lyger_cache_set_batch(array|string $items, int $ttl = 0): int {}

    /**
     * Removes many entries; the keys are checked before any is removed.
     *
     * @param array $keys a list of strings (integers are taken as their decimal text)
     * @return int how many were there
     * @throws TypeError|ValueError naming the offending element
     */
    function lyger_cache_delete_batch(array $keys): int {}

    /**
     * Fetches the value under $key and removes it, in one step: of all processes that take it one gets it.
     *
     * @param string $key 1 to 65535 bytes
     * @return mixed $default when there is no such entry; an entry that cannot be read any more is removed as well
     * @throws ValueError for a key outside that range
     */
    function lyger_cache_take(string $key, mixed $default = null): mixed {}

    /**
     * Stores $value only if the value under $key is identical (===) to $expected, in one step across processes.
     *
     * An object is never identical to what the cache holds, except for an enum's case; neither is NAN. For
     * a key without an entry there is lyger_cache_add().
     *
     * @param string $key 1 to 65535 bytes
     * @param mixed $value anything that lyger_cache_set() stores
     * @param int $ttl seconds until the new value expires, 0 (never) to 4294967295
     * @return bool whether it was stored
     * @throws ValueError for a key or ttl outside these ranges
     * @throws TypeError for a value that cannot be stored
     * @throws Lyger\Exception\CacheException as lyger_cache_set()
     */
    function lyger_cache_compare_and_set(string $key, mixed $expected, mixed $value, int $ttl = 0): bool {}

    /** Removes $key only if its value is identical to $expected, as lyger_cache_compare_and_set() compares. */
    function lyger_cache_compare_and_delete(string $key, mixed $expected): bool {}

    /**
     * What there is to tell of an entry, without its value; it counts neither a hit nor a miss.
     *
     * @return array|null type ('null', 'bool', 'int', 'float', 'string', 'array' or 'object'), bytes (of memory, with
     *     the key and what the cache needs for itself), ttl (the seconds that are left, rounded up; 0: it does not
     *     expire), age (seconds since it was stored), hits (since eviction last looked at it, counted up to 3; null
     *     where they are not counted); null for a miss. Of a key on a server: type, bytes (as stored there) and ttl
     * @throws ValueError for a key outside that range
     */
    function lyger_cache_entry(string $key): ?array {}

    /**
     * The value stored under $key; when there is none, what $compute returns, stored for the next one.
     *
     * Of all processes one computes; the others wait for it, up to $wait seconds, and get its value. When $compute
     * throws, calls exit() or ends in a fatal error, or its process dies, one of those that wait computes in its place.
     * Nothing is locked meanwhile: $compute may use the cache, lyger_cache_remember() with other keys included.
     *
     * @param string $key 1 to 65535 bytes
     * @param callable $compute called without arguments; what it returns is given to its caller as it is, and to the
     *     others as lyger_cache_get() would
     * @param int $ttl seconds until the value expires, 0 (never) to 4294967295
     * @param int $stale seconds after $ttl, 0 to 1000000, in which the old value is served to callers that give $stale
     *     too, while one process computes the new one; needs a $ttl. That process gets the new value, or the exception,
     *     which leaves the old one in place. Not for keys on a server, where the others wait.
     * @param float $wait seconds, 0 to 86400, for another process that computes the value
     * @throws ValueError for an argument outside these ranges
     * @throws TypeError when $compute returns what cannot be stored
     * @throws Lyger\Exception\CacheException when the time to wait is over, when processes wait for each other's values
     *     in a circle, when $compute asks for its own key, or when the value is larger than the cache can hold
     */
    function lyger_cache_remember(
        string $key,
        callable $compute,
        int $ttl = 0,
        int $stale = 0,
        float $wait = 30.0
    ): mixed {}

    /**
     * Takes the lock with the name $key, which has nothing to do with the entry of that key; atomic across processes.
     *
     * It is held until lyger_cache_unlock() or until $ttl seconds are over. It outlives a request that ends, with or
     * without an error. Without a $token of the caller's own it belongs to the process as well: when that dies in the
     * request, the lock is free at once. With one it belongs to whoever has the token, in whatever process, and
     * outlives the process that took it. A lock that is held with this $token already is had again: its time begins
     * anew, and it outlives its process from then on, also when lyger had made the token. A cache has room for one
     * lock per 16 KiB of its size. The lock of a key on a server is of all machines and nobody's process: a holder that
     * dies keeps it until $ttl is over.
     *
     * @param string $key 1 to 65535 bytes
     * @param int $ttl seconds, 0 to 4294967295; with 0 the lock does not expire
     * @param float $wait seconds to wait for it, 0 to 86400
     * @param string|null $token 1 to 64 bytes that nobody else has or can guess; null: one is made
     * @return string|null the token, for lyger_cache_unlock(); one that was made has 16 hexadecimal digits; null when
     *     somebody else still holds the lock
     * @throws ValueError for an argument outside these ranges
     * @throws Lyger\Exception\CacheException when the cache is switched off or has no room for more locks
     */
    function lyger_cache_lock(string $key, int $ttl, float $wait = 0.0, ?string $token = null): ?string {}

    /**
     * Gives a lock back.
     *
     * @param string|null $token what lyger_cache_lock() returned; null: whoever holds the lock loses it
     * @return bool false when the lock is not held with that token (any more)
     * @throws Lyger\Exception\CacheException when the cache is switched off
     */
    function lyger_cache_unlock(string $key, ?string $token): bool {}

    /**
     * Lets the time of a lock begin anew.
     *
     * @param string $token what lyger_cache_lock() returned
     * @param int $ttl seconds from now, 0 to 4294967295; with 0 the lock does not expire any more
     * @return bool false when the lock is not held with that token (any more)
     * @throws ValueError for an argument outside these ranges
     * @throws Lyger\Exception\CacheException when the cache is switched off
     */
    function lyger_cache_lock_extend(string $key, string $token, int $ttl): bool {}

    /**
     * Tells the token with which a lock is held now.
     *
     * @return string|null null when nobody holds it
     * @throws Lyger\Exception\CacheException when the cache is switched off
     */
    function lyger_cache_lock_owner(string $key): ?string {}

    /**
     * The keys that begin with $prefix, as strings, in no order; read piece by piece while the iterator is used,
     * without stopping anybody. A key that is there all the time is among them, twice when the cache grew meanwhile;
     * one that comes or goes may be.
     */
    function lyger_cache_keys(string $prefix = ''): \Iterator {}

    /**
     * Figures of the cache: enabled, path ('' when anonymous), shards, entries, bytes_total, bytes_capacity,
     * bytes_used, bytes_held (of removed entries that readers still see), bytes_free, regions, regions_unused, hits,
     * misses, sets, deletes, evictions, expirations, lock_recoveries; and sessions, which are not among the entries, and
     * session_evictions, which are among the evictions. With lyger.cache_backend also backend: server, connected, and of
     * this process connections, commands, failures, left_alone (seconds until the server is tried again after a failure).
     *
     * @param bool $detailed adds what takes a walk through the cache: shard_list, for each shard entries,
     *     bytes_capacity, bytes_used, bytes_held, bytes_small and bytes_main (in the two queues), buckets and regions;
     *     size_classes, for blocks of least to most bytes their entries, bytes_used, free_blocks and bytes_free, where
     *     there are any
     * @throws Lyger\Exception\CacheException when a process that was stopped holds up the walk
     */
    function lyger_cache_info(bool $detailed = false): array {}

    /**
     * Runs one statement and keeps its rows in C.
     *
     * @param string $dsn postgres://…, postgresql://…, a libpq keyword string, sqlite:/path or sqlite::memory:.
     *     A SQLite file that does not exist is made, as PDO does; not so with sqlite:/path?mode=rw, and ?mode=ro reads only.
     *     Also a path by itself (one that begins with / or ./, or ends in .sqlite, .sqlite3, .db or .db3), sqlite:file:…
     *     as SQLite's URIs are, and sqlite:file:NAME?mode=memory&cache=shared, a database in memory with a name.
     * @param array $params bound, never interpolated. By position: $1, or ? where no $n occurs (?? is then the operator
     *     ? of PostgreSQL), ?1 of SQLite. By name: :name, with keys that may begin with the colon (a colon directly behind
     *     a name, a number or a bracket is that of an array's slice; ?? is the operator here, too). Each is null, a scalar,
     *     a backed enum, a Stringable, or one of these:
     *     - Lyger\Binary: bytes, for bytea and blobs;
     *     - DateTimeInterface, to the microsecond: timestamptz gets the instant; timestamp, date and time what the
     *       object's own clock shows; SQLite its text in UTC, "2024-02-29 11:30:00+00:00", which sorts;
     *     - an array, for PostgreSQL, as the statement takes it: a list where that is an array, WHERE id = ANY($1) with
     *       [[1, 2, 3]] (lists of equally long lists have more dimensions); JSON where it is json or jsonb, a list or an
     *       object with the array's keys. The server is asked for the type, which takes a turn more (libpq 14)
     * @param array $options bigint and numeric: 'number', 'string' or 'auto' (a string where a double would lose
     *     digits); timeout: seconds of the clock, in place of lyger.db_statement_timeout (max_execution_time does not
     *     count the time that the server takes); rows: 'object', or 'array' for rows without names
     * @return int a handle >= 1, of this process and request
     * @throws TypeError for a parameter, or an element of one, of a type that no database has
     * @throws ValueError for an unknown option, and for parameters that the statement does not have or has besides, for
     *     texts with a NUL byte, and for arrays where the statement takes none; it names the parameter and the element
     * @throws Lyger\Exception\QueryException with the SQLSTATE, the server's message and position
     */
    function lyger_db_query(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): int {}

    /**
     * Sends one statement and returns at once; otherwise as lyger_db_query().
     *
     * Several run side by side, each on a connection of its own (up to lyger.db_max_connections, then the oldest one is
     * waited for), unless a statement of this request has changed the session (SET and the like): then one after the
     * other, in that session. The result is waited for where it is used first, and there the errors of the statement are thrown,
     * again at every further use; timeout counts from here. To free it before cancels the statement. SQLite runs the
     * statement at once.
     *
     * @return int a handle >= 1
     * @throws ValueError for an unknown option
     * @throws Lyger\Exception\QueryException when there is no connection
     */
    function lyger_db_query_async(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): int {}

    /**
     * The rows of a result as a JSON array, each value as PostgreSQL's row_to_json gives it.
     *
     * So are composite types, arrays of users' types and values with a cast to json; bigint and numeric hold inside of
     * them. Of anonymous records (SELECT ROW(1, 'a')) and of anyarray the server sends no types: they are an error,
     * where to_json() in the statement gives them.
     *
     * Of 0, which is no handle, it is "[]".
     *
     * @throws Lyger\Exception\QueryException for a handle that is not live, text that is not UTF-8, anonymous records
     */
    function lyger_jsonify_result(int $result): string {}

    /**
     * Frees a result before the request ends. 0 is no handle, and nothing is done.
     *
     * @throws Lyger\Exception\QueryException for a handle that is not live
     */
    function lyger_free_result(int $result): void {}

    /**
     * What a result is: `rows`; `columns`, a list of `name` and `type` (the database's own name for it, '' when it
     * has none); `affected` rows; `tag`, PostgreSQL's command tag or what SQLite's would be ("SELECT 2").
     *
     * @throws Lyger\Exception\QueryException for a handle that is not live
     */
    function lyger_result_info(int $result): array {}

    /**
     * A part of a result's rows as PHP has them from the result's JSON: `rows`, a list of arrays name => value; `offset`;
     * `total`, the number of all rows; `has_more`, whether there are rows behind these.
     *
     * @param int $offset of the first row, from 0; there are no rows from `total` on
     * @param int $limit how many rows at most, 1 to 10000
     * @throws ValueError for an offset or a limit out of range
     * @throws Lyger\Exception\QueryException for a handle that is not live, and as lyger_jsonify_result() does
     */
    function lyger_result_chunk(int $result, int $offset = 0, int $limit = 1000): array {}

    /**
     * All rows of a result, fetched as lyger_result_chunk() does, of which one chunk is in PHP's memory at a time. The
     * result must stay live meanwhile; the keys are the rows' numbers, from 0.
     *
     * @param int $chunkSize 1 to 10000
     * @throws ValueError for a chunk size out of range
     * @throws Lyger\Exception\QueryException for a handle that is not live, also on the way
     */
    function lyger_stream_result(int $result, int $chunkSize = 1000): \Iterator {}

    /** lyger_db_query(), lyger_jsonify_result() and lyger_free_result() in one call, without the handle. */
    function lyger_db_query_json(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): string {}

    /**
     * Runs one statement and returns what there is to know of it: `rows`, a list of arrays name => value, as PHP reads them
     * from the result's JSON; `columns`, their names; `affected_rows`, 0 for a SELECT; `last_insert_id`, of SQLite the rowid
     * of the last row that the statement inserted, otherwise null (PostgreSQL tells it in the rows of INSERT … RETURNING).
     *
     * @param array $bindings as $params of lyger_db_query()
     * @param array $options as of lyger_db_query(), but numeric is 'auto' where nothing is said: PHP has no number for
     *     more digits than a double's
     * @throws Lyger\Exception\QueryException|ValueError|TypeError as lyger_db_query() and lyger_jsonify_result()
     */
    function lyger_db_query_json_v2(#[\SensitiveParameter] string $dsn, string $query, array $bindings = [], array $options = []): array {}

    /**
     * Whether the database answers: a connection that is open, or a new one, is asked a small question. Why it does not
     * (no such host, a file that is no database, an unknown scheme, no answer within 5 seconds) tells lyger_last_error().
     *
     * @throws ValueError for a NUL byte in $dsn
     */
    function lyger_db_health(#[\SensitiveParameter] string $dsn): bool {}

    /**
     * lyger_db_health(), which asks again while the answer is no: after $backoffMs milliseconds, then after twice that, and
     * so on, up to 30 seconds.
     *
     * @param int $attempts 1 to 1000
     * @param int $backoffMs 0 to 60000
     * @throws ValueError for a NUL byte in $dsn, and for a number out of range
     */
    function lyger_db_health_with_retry(#[\SensitiveParameter] string $dsn, int $attempts = 3, int $backoffMs = 100): bool {}

    /**
     * What is held in C: `used_bytes`, the rows of all results of the process, and `budget_bytes`, what they may be: a
     * statement whose rows go beyond it fails with SQLSTATE 53200. It is the environment's LYGER_MEMORY_BUDGET_BYTES, else 45%
     * of the machine's memory, which is `total_bytes`. Also `active_results`, `active_handles` (those of them that have a
     * handle in this request), `connections`, `cache_used_bytes` and `cache_total_bytes`.
     */
    function lyger_memory_metrics(): array {}

    /**
     * What went wrong last in this request: of a call that returned false, as lyger_db_health(), or of one that threw an
     * exception of lyger; '' when nothing did.
     */
    function lyger_last_error(): string {}

    /** Runs one statement and returns the number of rows it affected. */
    function lyger_db_execute(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): int {}

    /**
     * Runs $fn in a transaction: commits when it returns, rolls back when it throws or calls exit().
     *
     * Until it ends, every statement with the same text in $dsn runs in the transaction. A call inside of $fn with the
     * same $dsn sets a savepoint, to which it rolls back. A fatal error rolls everything back.
     *
     * SQLite's begin as BEGIN IMMEDIATE: those that read and then write wait for each other, for a minute at most where no
     * timeout says otherwise.
     *
     * @param callable|array $fn called without arguments; or a list of statements, which are run one after the other, each
     *     an array with `sql`, and `bindings` as of lyger_db_query() where it has parameters
     * @param array $options isolation: 'read uncommitted', 'read committed', 'repeatable read' or 'serializable' (SQLite's
     *     are always that); read_only and deferrable: bool; mode, of SQLite: 'immediate' (the default), 'deferred' (that of
     *     a read-only one) or 'exclusive'; timeout: seconds until it has begun. A savepoint has those of its transaction
     * @return mixed what $fn returned; of a list of statements, what lyger_db_query_json_v2() would return for the last one
     * @throws ValueError for an option that is unknown, or that the database does not have, and for an empty list
     * @throws Lyger\Exception\QueryException when the transaction cannot begin, or is not committed: then it is rolled
     *     back. SQLSTATE 25P02: a statement in it had failed; 25000: a statement had ended it, or its connection was lost;
     *     55P03: SQLite's lock was not free in time; 40001: it can only be done again (getCode() of both is 5,
     *     SQLITE_BUSY).
     */
    function lyger_db_transaction(#[\SensitiveParameter] string $dsn, callable|array $fn, array $options = []): mixed {}

    /**
     * Serves HTTP with this application until it is stopped.
     *
     * What the script has done so far is the application's boot. From here it is a supervisor; a front process does
     * all reading, writing, static files, limits and refusals; workers forked from the booted script take one request
     * after the other and call $handler. The call returns, in the supervisor, when the server has ended (SIGTERM,
     * SIGINT, lyger_stop_server()); a worker ends as exit() ends a script, without the shutdown functions that were
     * registered while booting. SIGHUP boots the script anew and replaces the workers without dropping a request.
     *
     * $handler is called with (string $uri, string $method, array $data). $uri is the target with its query, $method
     * as it was sent. $data has
     *
     *   query, post, files, cookies   what $_GET, $_POST, $_FILES and $_COOKIE have
     *   headers        name => value, names in lower case; repeated ones joined by ", " (cookie: "; ")
     *   body           the body as it was sent; "" for multipart/form-data, which PHP has read; null when it is longer
     *                  than post_max_size: then php://input reads it piece by piece
     *   body_file      the name of a file with the body when it was longer than body_in_memory, else null
     *   path, query_string            of the target, not decoded
     *   host, scheme, protocol        "example.org:8000", "http", "HTTP/1.1"
     *   remote_addr, remote_port, server_addr, server_port
     *   request_time   float, when the request's head was complete
     *
     * A handler whose first parameter has a class as its type is called with one argument: what the class's static
     * method capture(), createFromGlobals() or fromGlobals() makes of the superglobals (the requests of the Lyger
     * framework, Laravel and Symfony have one). fn($request), one parameter of that name without a type, gets a
     * Lyger\Http\Request where there is that class; otherwise its argument is $uri.
     *
     * It returns the body, and what was echoed comes before that:
     *
     *   string or Stringable      text/html, unless header() says otherwise
     *   array                     sent as JSON
     *   null                      nothing but what was echoed
     *   Lyger\Result              its rows as JSON, written from C while they are sent
     *   Generator or Traversable  chunks (string, Stringable; null for none yet), each sent when it comes: headers are those that are set
     *                             when the first one comes, a client that leaves ends it as exit() would, an exception cuts the answer off
     *   a stream                  from where it stands to its end, with a length where it is a file; then it is closed
     *   PSR-7 response            status, reason, fields, body; cookies are added to those that header() has set, other fields
     *                             take their place. Output that came before it is an error
     *   another response          an object with the methods getStatusCode() and send(), as Symfony's, Laravel's and the Lyger framework's:
     *                             it is told to send itself
     *
     * Anything else is a TypeError and, like every exception that is not caught, a 500.
     *
     * Everything a script can do under PHP-FPM can be done for each request: superglobals, header(), setcookie(),
     * php://input, uploads, sessions, output buffers, exit(), register_shutdown_function(), set_time_limit(),
     * ignore_user_abort(), fastcgi_finish_request(), getallheaders(), apache_response_headers(), and headers_send(int $status = 103): int, which
     * sends the fields that are set by now as an interim answer, 103 Early Hints.
     *
     * After it, what it has changed goes back to the state of the boot:
     * ini_set(), locale, time zone, encodings, error and exception handlers, working directory, umask, putenv(),
     * stream wrappers, session, output buffers. What is the application's own stays: globals, static variables,
     * classes, functions, constants. A fatal error ends the worker, which is replaced.
     *
     * PHP_SAPI and php_sapi_name() are "lyger" under `lyger serve`; in a script that calls this by itself they become it
     * here, and what was compiled before keeps "cli". A request's $_SERVER has no argv. html_errors, output_buffering,
     * implicit_flush and max_execution_time are as php.ini has them, which the command line does not heed, or as -d and
     * the boot set them; without either they are on, off, off and without a limit. Where there is no memory_limit
     * it becomes 128M. Connections that the application opens while booting are shared
     * by all workers, which few protocols survive: open them on first use. lyger's own are not shared.
     *
     * Options; times are seconds (int or float), sizes bytes (int, or a string as "8M" or "8MB"), null or "" leaves a text out:
     *
     *   host                  name, address or "unix:/path"; default "127.0.0.1". "0.0.0.0" opens it to others, "::" on
     *                         IPv6 too
     *   backlog               1 to 65535, default 511
     *   reuse_port            bool, default false
     *   socket_mode           permissions of a Unix socket, as 0660 or "0660"; default 0: what the umask leaves. Where there
     *                         is a user, the socket belongs to that user and group
     *   user                  name or number: the process that reads from clients and the workers become this user, who
     *                         must not be root. Only root can; default: they stay who started them
     *   group                 name or number; default: the user's own. The user's other groups come with it
     *   workers               1 to 508, default: as many as processors; "2..16": as many as requests need, between 2 and 16
     *   max_requests          of a worker, then it is replaced; default 0: no limit
     *   max_requests_jitter   up to so many more, at random; default 0
     *   memory_limit          of PHP's heap in a worker, looked at between requests; default 0: no limit
     *   request_timeout       without progress (nothing written, nothing taken by the client): then the client gets 504
     *                         and the worker SIGTERM; 0 (none) to 86400, default 30. set_time_limit() in the request
     *                         asks for more. It holds anew for what goes on after lyger_finish_request()
     *   kill_timeout          from SIGTERM to SIGKILL; default 5
     *   queue_limit           requests that wait for a worker; more get 503; default 1000
     *   grace                 for running requests when the server stops; default 30
     *   boot_timeout          for the script to boot on a reload; default 60
     *   cancel_on_disconnect  bool, whether a query is cancelled when its client has left; default false: the script
     *                         ends when it next writes, as PHP has it
     *   max_connections       default 16384
     *   max_request_line      64 to 1048576, default 8192
     *   max_head              256 to 524288, default 32768
     *   max_fields            1 to 100, default 100
     *   max_body_size         more is 413; default: PHP's post_max_size, which holds as well
     *   body_in_memory        longer bodies go to a file; default 64K
     *   body_directory        for those files; default: the system's directory for temporary files
     *   response_buffer       bytes kept in memory for a slow client; 4096 to 1G, default 256K
     *   response_spool        and then in a temporary file in body_directory, before its worker waits; default 64M
     *   spool_limit           bytes of all temporary files together; then bodies get 503 and workers wait; default 1G
     *   connection_memory     bytes of requests and answers that all clients together may hold in memory; beyond it
     *                         files are used and clients refused; default 256M
     *   header_timeout, body_timeout, idle_timeout, write_timeout   of a client; default 10, 30, 60, 30
     *   body_rate             bytes a second that a body must come in with after its first body_timeout; default 16K
     *   document_root         files in it are sent without asking the application; default: none
     *   index                 file for a directory, default "index.html"
     *   follow_symlinks       bool, also out of document_root and the directories of sendfile; default false
     *   sendfile              directories whose files an answer may name in X-Sendfile: "/srv/files", or
     *                         "/protected/=/srv/files" for X-Accel-Redirect: /protected/… too, several with commas
     *                         between them; the front process then sends the file in place of the body; default: none
     *   static_caching        Cache-Control of files; default: none
     *   compress              bool, text for clients that accept it; default true
     *   trust_proxy           addresses and networks of proxies, such as "127.0.0.1,10.0.0.0/8", or "unix", "loopback",
     *                         "private": of requests that come from there, Forwarded or X-Forwarded-For, -Proto, -Host
     *                         and -Port say who the client is; default: none, and the fields mean nothing
     *   health_path           such as "/health", answered from C also while every worker is busy; default: none, as the
     *                         path may be the application's
     *   metrics_path          such as "/metrics", in Prometheus' format, for this machine only; default: none
     *   metrics_public        bool, for everybody; default false
     *   status_path           a page about workers and queue, for this machine only; default: none
     *   access_log            a file, or "-" for standard output; default: none
     *   access_log_format     "combined" (default), "json" or "terminal"
     *   pid_file              default: none
     *   watch                 a directory: a change in it reloads; default: none
     *   browser_reload        bool, with watch: browsers of this machine load their pages anew after a change; default true
     *   name                  of the application; default: the script's name
     *   check_only            bool: the options are looked at, those of the environment too, and nothing is started
     *
     * The environment variable LYGER_OPTIONS, a JSON object of these and "port", wins over both arguments.
     *
     * @param int $port 0 (picks one) to 65535
     * @throws ValueError|TypeError for a port or an option that is unknown, of the wrong type or outside its range
     * @throws Lyger\Exception\ServerException when it cannot listen; in a handler, a fiber, a web server's PHP or a
     *     thread-safe PHP; and for what LYGER_OPTIONS has wrong
     */
    function lyger_start_server(callable $handler, int $port = 8000, array $options = []): void {}

    /**
     * Starts a server whose requests wait until this script asks for them, and returns: the loop is the script's own.
     *
     *     lyger_start_queue_server(8000);
     *     while (true) {
     *         $request = lyger_next_request(1000);
     *         if ($request !== null) {
     *             lyger_send_response($request['request_id'], ['status' => 200, 'body' => $request['uri']]);
     *         }
     *     }
     *
     * A thread in C reads requests and writes answers; this process answers all of them, one after the other or several
     * at a time, in any order. It has no workers, superglobals, uploads or output of requests, no static files and no reload:
     * lyger_start_server() has. The server ends with the script, with lyger_stop_server(), and does not outlive a fork.
     *
     * @param int $port 0 (picks one: lyger_system_info() tells which) to 65535
     * @param array $options host: an address, 127.0.0.1 unless LYGER_BIND_ADDRESS is set; request_timeout: seconds
     *     until a client gets 504, 30 unless LYGER_PHP_RESPONSE_TIMEOUT_MS is set, 0 for none; queue_limit: requests that
     *     nobody has asked for yet, 1000, more get 503; max_body_size: bytes, 1 MiB unless LYGER_MAX_BODY_BYTES is set, more
     *     get 413
     * @return bool false when it cannot listen; why tells lyger_last_error()
     * @throws ValueError|TypeError for a port or an option that is unknown, of the wrong type or outside its range
     */
    function lyger_start_queue_server(int $port = 8000, array $options = []): bool {}

    /**
     * The request that has waited longest: request_id, method, uri (the target with its query), headers (name => value,
     * names in lower case, repeated ones joined by ", ", cookies by "; "), body, client_ip, client_port.
     *
     * @param int $timeoutMs how long to wait for one, in milliseconds, 0 to 86400000; signal handlers run meanwhile
     * @return array|null null when none has come
     * @throws ValueError for a time out of range
     * @throws Lyger\Exception\ServerException without lyger_start_queue_server()
     */
    function lyger_next_request(int $timeoutMs = 100): ?array {}

    /**
     * Answers a request that lyger_next_request() has returned.
     *
     * @param object|array|string $response an object with getStatusCode(), getHeaders(), and getContent() or getBody();
     *     an array with status (200), headers and body, each of which may be missing; or the body. Headers are name => value
     *     or name => list of values; how long the message is, and the connection, the server says itself. Without Content-Type
     *     it is text/html
     * @return bool false when the request waits for no answer (any more): its client has gone or got 504, it was answered
     *     before, or there never was one; which tells lyger_last_error()
     * @throws ValueError|TypeError for a response that cannot be one
     */
    function lyger_send_response(int $requestId, object|array|string $response): bool {}

    /**
     * Asks the server of this process to stop, as SIGTERM does: running requests end, new ones are not taken. That of
     * lyger_start_queue_server() stops at once. Without a server it does nothing.
     */
    function lyger_stop_server(): void {}

    /**
     * Waits for a request and calls $callback, without arguments, for it; the loop form of lyger_start_server():
     *
     *     while (lyger_handle_request($callback)) { }
     *
     * The first call starts the server, with options from LYGER_OPTIONS; the workers go on from there, and the
     * supervisor gets false when the server has ended. The rest is the contract of FrankenPHP's worker function, which
     * under `lyger serve`, or with lyger.frankenphp_api=1, is there under its own name too: superglobals are filled anew, output is flushed,
     * $_SESSION is gone after the request; globals, handlers and settings stay as the callback left them; what it
     * returns is ignored; an exception that it does not catch is reported and the loop goes on; exit() ends the
     * worker's script.
     *
     * @return bool true after a request, false when the loop is to end
     * @throws Lyger\Exception\ServerException as lyger_start_server()
     */
    function lyger_handle_request(callable $callback): bool {}

    /**
     * Sends everything to the client and ends the answer; the script goes on. While serving it is called
     * fastcgi_finish_request() too.
     *
     * @return bool false when there is no request, or its answer has ended
     */
    function lyger_finish_request(): bool {}

    /**
     * For the command `lyger serve`: executes the command of this process again, with lyger.serve=1, so that PHP is the
     * SAPI "lyger" before it compiles a file of the application. Does not return where that is possible.
     *
     * @param string[] $settings NAME=VALUE, as php -d takes them; what -d said already wins
     * @internal
     * @throws Lyger\Exception\ServerException where it cannot be done: not the command line, or nothing says what the
     *                                          command was
     */
    function lyger_restart_to_serve(array $settings = []): void {}

    /**
     * For the command `lyger serve --root=DIRECTORY`: serves the PHP scripts below that directory, each request at global scope
     * in a PHP request of its own. The options are those of the environment. This process's request ends, so a call that
     * has begun to serve does not return.
     *
     * @internal
     * @throws Lyger\Exception\ServerException as lyger_start_server()
     */
    function lyger_serve_scripts(): void {}

#ifdef LYGER_BOUNDARY
    /* The probes of the boundary report, only in builds with --enable-lyger-boundary (see ext/boundary/boundary.h). */

    /** Does nothing: the bare cost of a call. */
    function lyger_probe_nothing(): void {}

    /** Takes what it is given and does not look at it, as the next three do: what handing it over costs. */
    function lyger_probe_take(int $value): void {}

    function lyger_probe_take_float(float $value): void {}

    function lyger_probe_take_text(string $text): void {}

    function lyger_probe_take_array(array $array): void {}

    /** Twice $value, wrapping: a scalar in and out. */
    function lyger_probe_double(int $value): int {}

    /** Half of $value: a float in and out. */
    function lyger_probe_halve(float $value): float {}

    /** The length of $text plus its first byte: a string in, of which nothing else is read. */
    function lyger_probe_text_in(string $text): int {}

    /** The bytes of $text before the first NUL: what a receiver of C strings has to find out. */
    function lyger_probe_nul_scan(string $text): int {}

    /** Whether $text is UTF-8. */
    function lyger_probe_utf8(string $text): bool {}

    /** $length times "x": a string out. */
    function lyger_probe_text_out(int $length): string {}

    /** The bytes of $text in reverse: a string in and out. */
    function lyger_probe_reverse(string $text): string {}

    /** How many of the bytes are ASCII digits: bytes borrowed. */
    function lyger_probe_digits(string $bytes): int {}

    /** The same by 1 to 64 threads that start and end within the call. */
    function lyger_probe_threads(string $bytes, int $threads): int {}

    /**
     * The sum, wrapping, of integers read where PHP has them.
     *
     * @param int[] $numbers
     */
    function lyger_probe_sum(array $numbers): int {}

    /**
     * The same through a copy of every element.
     *
     * @param int[] $numbers
     */
    function lyger_probe_sum_copied(array $numbers): int {}

    /** The same for what pack('q*', …) gave. */
    function lyger_probe_sum_packed(string $packed): int {}

    /**
     * id + 1, value * 2, and flag's lowest bit turned over: a struct in and out, which in PHP is an array with these names.
     *
     * @return array{id: int, value: float, flag: int}
     */
    function lyger_probe_record(array $record): array {}

    /** The sum, wrapping, of what $callback returns for 0 to $count - 1. */
    function lyger_probe_each(callable $callback, int $count): int {}

    /**
     * 0: an error crosses as an exception.
     *
     * @throws ValueError for a value below 0
     */
    function lyger_probe_check(int $value): int {}

    /** 0, or 2 for a value below 0: an error crosses as a number. */
    function lyger_probe_status(int $value): int {}

    /**
     * Rows as arrays.
     *
     * @return list<array{id: int, price: float, name: string}>
     */
    function lyger_probe_rows(int $count): array {}
#endif
}

namespace Lyger {
    /** What every exception of lyger implements. */
    interface Exception extends \Throwable
    {
    }

    /**
     * What lyger_cache_keys() returns: keys as values, numbered from 0. rewind() begins anew.
     *
     * @strict-properties
     * @not-serializable
     */
    final class CacheKeys implements \Iterator
    {
        private function __construct() {}

        /** The key; null at the end. */
        public function current(): ?string {}

        /** How many keys came before; null at the end. */
        public function key(): ?int {}

        public function next(): void {}

        public function rewind(): void {}

        public function valid(): bool {}
    }

    /**
     * What lyger_stream_result() returns. rewind() begins anew.
     *
     * @strict-properties
     * @not-serializable
     */
    final class RowStream implements \Iterator
    {
        private function __construct() {}

        /** The row; null at the end. */
        public function current(): ?array {}

        /** How many rows came before; null at the end. */
        public function key(): ?int {}

        public function next(): void {}

        public function rewind(): void {}

        public function valid(): bool {}
    }

    /** Bytes as a parameter of a statement: bytea of PostgreSQL, a blob of SQLite. */
    final class Binary
    {
        public readonly string $bytes;

        public function __construct(string $bytes) {}
    }

    /**
     * The rows of a statement, which stay in C; freed with the object. Lyger\Engine::query() makes it.
     *
     * foreach hydrates one row at a time, as an array of name => value (of two columns with one name the last counts),
     * or a list where the option rows is 'array'. PostgreSQL's bool, int2, int4, int8, float4 and float8 become bool, int
     * and float, everything else a string as the server writes it; SQLite follows its storage classes. Several iterators
     * may be used at once, and may outlive the variable that held the result.
     *
     * @strict-properties
     * @not-serializable
     */
    final class Result implements \IteratorAggregate, \Countable, \JsonSerializable
    {
        private function __construct() {}

        /** The number of rows. */
        public function count(): int {}

        /** The rows, numbered from 0. */
        public function getIterator(): \Iterator {}

        /**
         * The rows as lyger_jsonify_result() gives them, without hydrating one: the fast way.
         *
         * @throws Exception\QueryException for text that is not UTF-8
         */
        public function toJson(): string {}

        /**
         * All rows as foreach gives them, for json_encode(). To that, types without a PHP type of their own (numeric, json,
         * arrays, times) are strings, and NaN, infinities and blobs that are not UTF-8 are errors; not so to toJson().
         */
        public function jsonSerialize(): mixed {}

        /** The columns as name => type, the database's own name for it, '' when it has none. */
        public function columns(): array {}

        /** The number of rows that the statement inserted, updated, deleted or merged; 0 for a SELECT. */
        public function affected(): int {}
    }

    /**
     * The engine: every lyger_* function as a method of the same meaning, the same C code behind both.
     * `Lyger\Core\Engine` is an alias of this class unless lyger.core_alias=0.
     *
     * @strict-properties
     * @not-serializable
     */
    final class Engine
    {
        private function __construct() {}

        private function __clone(): void {}

        /** The one instance of this process (of this thread under ZTS) and request. */
        public static function getInstance(): Engine {}

        /** @implementation-alias lyger_hello_world */
        public function helloWorld(): string {}

        /** @implementation-alias lyger_heavy_computation */
        public function heavyComputation(int $iterations = 1000000): float {}

        /** @implementation-alias lyger_system_info */
        public function systemInfo(): string {}

        /** @implementation-alias lyger_json_encode */
        public function jsonEncode(mixed $value, int $flags = 0, int $depth = 512): string|false {}

        /** @implementation-alias lyger_cache_set */
        public function cacheSet(string $key, mixed $value, int $ttl = 0): bool {}

        /** @implementation-alias lyger_cache_get */
        public function cacheGet(string $key, mixed $default = ''): mixed {}

        /** @implementation-alias lyger_cache_delete */
        public function cacheDelete(string $key): bool {}

        /** @implementation-alias lyger_cache_clear */
        public function cacheClear(string $prefix = ''): void {}

        /** @implementation-alias lyger_cache_size */
        public function cacheSize(): int {}

        /** @implementation-alias lyger_cache_has */
        public function cacheHas(string $key): bool {}

        /** @implementation-alias lyger_cache_add */
        public function cacheAdd(string $key, mixed $value, int $ttl = 0): bool {}

        /** @implementation-alias lyger_cache_touch */
        public function cacheTouch(string $key, int $ttl): bool {}

        /** @implementation-alias lyger_cache_increment */
        public function cacheIncrement(string $key, int $by = 1, int $ttl = 0): int {}

        /** @implementation-alias lyger_cache_decrement */
        public function cacheDecrement(string $key, int $by = 1, int $ttl = 0): int {}

        /** @implementation-alias lyger_cache_get_batch */
        public function cacheGetBatch(array $keys, mixed $default = null): array {}

        /** @implementation-alias lyger_cache_set_batch */
        public function cacheSetBatch(array|string $items, int $ttl = 0): int {}

        /** @implementation-alias lyger_cache_delete_batch */
        public function cacheDeleteBatch(array $keys): int {}

        /** @implementation-alias lyger_cache_take */
        public function cacheTake(string $key, mixed $default = null): mixed {}

        /** @implementation-alias lyger_cache_compare_and_set */
        public function cacheCompareAndSet(string $key, mixed $expected, mixed $value, int $ttl = 0): bool {}

        /** @implementation-alias lyger_cache_compare_and_delete */
        public function cacheCompareAndDelete(string $key, mixed $expected): bool {}

        /** @implementation-alias lyger_cache_entry */
        public function cacheEntry(string $key): ?array {}

        /** @implementation-alias lyger_cache_remember */
        public function cacheRemember(
            string $key,
            callable $compute,
            int $ttl = 0,
            int $stale = 0,
            float $wait = 30.0
        ): mixed {}

        /** @implementation-alias lyger_cache_lock */
        public function cacheLock(string $key, int $ttl, float $wait = 0.0, ?string $token = null): ?string {}

        /** @implementation-alias lyger_cache_unlock */
        public function cacheUnlock(string $key, ?string $token): bool {}

        /** @implementation-alias lyger_cache_lock_extend */
        public function cacheLockExtend(string $key, string $token, int $ttl): bool {}

        /** @implementation-alias lyger_cache_lock_owner */
        public function cacheLockOwner(string $key): ?string {}

        /** @implementation-alias lyger_cache_keys */
        public function cacheKeys(string $prefix = ''): \Iterator {}

        /** @implementation-alias lyger_cache_info */
        public function cacheInfo(bool $detailed = false): array {}

        /** @implementation-alias lyger_db_query */
        public function dbQuery(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): int {}

        /** @implementation-alias lyger_jsonify_result */
        public function jsonifyResult(int $result): string {}

        /** @implementation-alias lyger_free_result */
        public function freeResult(int $result): void {}

        /** @implementation-alias lyger_result_info */
        public function resultInfo(int $result): array {}

        /** @implementation-alias lyger_result_chunk */
        public function resultChunk(int $result, int $offset = 0, int $limit = 1000): array {}

        /** @implementation-alias lyger_stream_result */
        public function streamResult(int $result, int $chunkSize = 1000): \Iterator {}

        /** @implementation-alias lyger_db_query_json_v2 */
        public function dbQueryJsonV2(#[\SensitiveParameter] string $dsn, string $query, array $bindings = [], array $options = []): array {}

        /** @implementation-alias lyger_db_health */
        public function dbHealth(#[\SensitiveParameter] string $dsn): bool {}

        /** @implementation-alias lyger_db_health_with_retry */
        public function dbHealthWithRetry(#[\SensitiveParameter] string $dsn, int $attempts = 3, int $backoffMs = 100): bool {}

        /** @implementation-alias lyger_memory_metrics */
        public function memoryMetrics(): array {}

        /** @implementation-alias lyger_last_error */
        public function lastError(): string {}

        /** @implementation-alias lyger_db_query_json */
        public function dbQueryJson(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): string {}

        /** @implementation-alias lyger_db_execute */
        public function dbExecute(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): int {}

        /** @implementation-alias lyger_db_query_async */
        public function dbQueryAsync(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): int {}

        /** @implementation-alias lyger_db_transaction */
        public function dbTransaction(#[\SensitiveParameter] string $dsn, callable|array $fn, array $options = []): mixed {}

        /** Runs one statement as lyger_db_query() does, with the same parameters, options and errors. */
        public function query(#[\SensitiveParameter] string $dsn, string $query, array $params = [], array $options = []): \Lyger\Result {}

        /** @implementation-alias lyger_start_server */
        public static function startServer(callable $handler, int $port = 8000, array $options = []): void {}

        /** @implementation-alias lyger_start_queue_server */
        public function startQueueServer(int $port = 8000, array $options = []): bool {}

        /** @implementation-alias lyger_next_request */
        public function nextRequest(int $timeoutMs = 100): ?array {}

        /** @implementation-alias lyger_send_response */
        public function sendResponse(int $requestId, object|array|string $response): bool {}

        /** @implementation-alias lyger_stop_server */
        public static function stopServer(): void {}

        /** @implementation-alias lyger_handle_request */
        public static function handleRequest(callable $callback): bool {}

        /** @implementation-alias lyger_finish_request */
        public static function finishRequest(): bool {}
    }

#ifdef LYGER_BOUNDARY
    /**
     * The probes as methods. Only in builds with --enable-lyger-boundary.
     *
     * @strict-properties
     */
    final class Probe
    {
        /** @implementation-alias lyger_probe_nothing */
        public function nothing(): void {}

        /** @implementation-alias lyger_probe_take */
        public function take(int $value): void {}

        /** @implementation-alias lyger_probe_take_float */
        public function takeFloat(float $value): void {}

        /** @implementation-alias lyger_probe_take_text */
        public function takeText(string $text): void {}

        /** @implementation-alias lyger_probe_take_array */
        public function takeArray(array $array): void {}

        /** @implementation-alias lyger_probe_double */
        public function double(int $value): int {}

        /** @implementation-alias lyger_probe_halve */
        public function halve(float $value): float {}

        /** @implementation-alias lyger_probe_text_in */
        public function textIn(string $text): int {}

        /** @implementation-alias lyger_probe_text_out */
        public function textOut(int $length): string {}

        /** @implementation-alias lyger_probe_reverse */
        public function reverse(string $text): string {}

        /** @implementation-alias lyger_probe_digits */
        public function digits(string $bytes): int {}

        /** @implementation-alias lyger_probe_sum */
        public function sum(array $numbers): int {}

        /** @implementation-alias lyger_probe_record */
        public function record(array $record): array {}

        /** @implementation-alias lyger_probe_each */
        public function each(callable $callback, int $count): int {}

        /** @implementation-alias lyger_probe_check */
        public function check(int $value): int {}

        /** @implementation-alias lyger_probe_status */
        public function status(int $value): int {}

        /** @implementation-alias lyger_probe_rows */
        public function rows(int $count): array {}
    }

    /**
     * An owner of memory in C. Only in builds with --enable-lyger-boundary.
     *
     * @strict-properties
     * @not-serializable
     */
    final class ProbeOwner
    {
        public function __construct(int $value) {}

        /**
         * Adds one to the value and returns it.
         *
         * @throws \Error after free()
         */
        public function use(): int {}

        public function free(): void {}
    }

    /**
     * A copy of a ustar archive in C. Only in builds with --enable-lyger-boundary.
     *
     * @strict-properties
     * @not-serializable
     */
    final class ProbeArchive
    {
        /** @throws \ValueError when $bytes are no ustar archive */
        public function __construct(string $bytes) {}

        public function count(): int {}

        /** @throws \ValueError when there is no such file */
        public function file(int $index): ProbeFile {}
    }

    /**
     * A view of a file in an archive, which lives as long as any of its views. Only in builds with
     * --enable-lyger-boundary.
     *
     * @strict-properties
     * @not-serializable
     */
    final class ProbeFile
    {
        private function __construct() {}

        public function name(): string {}

        public function contents(): string {}

        /** How many of the bytes are ASCII digits; they stay in C. */
        public function digits(): int {}
    }

    /**
     * Rows that stay in C. Only in builds with --enable-lyger-boundary.
     *
     * @strict-properties
     * @not-serializable
     */
    final class ProbeRows
    {
        public function __construct(int $count) {}

        public function count(): int {}

        /** The sum of all prices, for which no row crosses. */
        public function total(): float {}

        /**
         * @return array{id: int, price: float, name: string}
         * @throws \ValueError when there is no such row
         */
        public function row(int $index): array {}
    }
#endif
}

namespace Lyger\Exception {
    /** A failure that belongs to no room: out of memory in the core, an interrupted computation. */
    class RuntimeException extends \RuntimeException implements \Lyger\Exception
    {
    }

    /** The shared cache cannot do what was asked. */
    class CacheException extends \RuntimeException implements \Lyger\Exception
    {
    }

    /** The database, the DSN, a result handle. getCode() is SQLite's primary result code (5: busy), else 0. */
    class QueryException extends \RuntimeException implements \Lyger\Exception
    {
        /** Five characters (PostgreSQL's, or HY000 and the like for SQLite), '' when the error has none. */
        private string $sqlState = "";

        /** Where in the statement, in characters from 1; 0 when unknown. */
        private int $position = 0;

        public function getSqlState(): string {}

        public function getPosition(): int {}
    }

    /** The server cannot start or serve. */
    class ServerException extends \RuntimeException implements \Lyger\Exception
    {
    }
}
