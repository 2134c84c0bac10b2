/*
 * lyger's C ABI, exported by liblyger.so. This file is plain declarations and comments, without preprocessor
 * lines, so that PHP takes it as it stands: FFI::cdef(file_get_contents('lyger.h'), 'liblyger.so'). C and C++
 * programs include <stddef.h> first (C++ inside extern "C").
 *
 * Strings. Arguments without a length are NUL-terminated, those with one may hold any bytes; all are only
 * read during the call. A char * that is returned or stored through a pointer is a NUL-terminated copy for
 * the caller to give to lyger_free_string(). A const char * that is returned belongs to lyger and is valid
 * until the thread's next call.
 *
 * Errors. A NULL, stale, forged or otherwise wrong argument never crashes: the call does nothing and returns
 * what is said below, and lyger_last_error() of the same thread tells why. Every call but lyger_free_*() and
 * the getters of the last error sets or clears that error. Only an address that is neither NULL nor a valid
 * pointer of its kind is beyond checking.
 *
 * Threads may call anything at any time, except lyger_ffi_close(). Queries of one process run one after
 * another. A forked child keeps the cache, opens its own connections, and has no server.
 */

/* ---- the fifteen ---- */

/* "Hello from lyger " and the version. */
char *lyger_hello_world(void);

/* The sum of sqrt(i) * sin(i) for 0 <= i < iterations. */
double lyger_heavy_computation(unsigned long iterations);

/* A JSON object: versions, SIMD path, state of cache and server. */
char *lyger_system_info(void);

/* Stores a copy of value; it does not expire. Keys are 1 to 65535 bytes. */
void lyger_cache_set(const char *key, const char *value);

/* The value as text, "" when there is none. Numbers are in decimal, true is "1", false and null are "". */
char *lyger_cache_get(const char *key);

void lyger_cache_delete(const char *key);

/* Removes every entry. */
void lyger_cache_clear(void);

/* The number of entries that have not expired. */
unsigned long lyger_cache_size(void);

/* Frees what any function of this file returned as char *; NULL is allowed. */
void lyger_free_string(char *string);

/* There is no engine object: the pointer is ignored and never looked at. */
void lyger_free_engine(void *engine);

/* Runs one statement and keeps its rows: a handle, 0 on failure. */
unsigned long lyger_db_query(const char *dsn, const char *query);

/* The rows as a JSON array of objects; "[]" for a handle that is not live or rows that cannot be written. */
char *lyger_jsonify_result(unsigned long handle);

/* Frees a result; a handle that is not live is ignored. */
void lyger_free_result(unsigned long handle);

/* Serves / and /health to this machine, from a thread of its own; port 0 picks a free port. Returns when it
 * listens; lyger_last_error() says why it does not. */
void lyger_start_server(unsigned short port);

/* Closes every connection and ends the thread; without a server it does nothing. */
void lyger_stop_server(void);

/* ---- errors of this thread's last call ---- */

/* What went wrong, "" when nothing did. lyger_free_string() of it does nothing, for callers that free it. */
const char *lyger_last_error(void);

/* 0 none, 1 memory, 2 argument, 3 interrupted, 4 timeout, 5 handle, 6 cache, 7 query, 8 server. */
int lyger_ffi_error_status(void);

/* The SQLSTATE of a failed query, "" when there is none. */
const char *lyger_ffi_error_sqlstate(void);

/* SQLite's primary result code (5: busy), 0 without one. */
int lyger_ffi_error_code(void);

/* Where in the query the error is, counted in characters from 1; 0 when unknown. */
int lyger_ffi_error_position(void);

/* ---- ABI 2 of the Lyger framework ----
 * What version 0.2 of the framework's Engine declares beside the fifteen, with its types. JSON that is
 * returned is a char * to free; JSON that is taken is strict (RFC 8259). Functions returning int: 1 yes or
 * done, 0 no, and then lyger_last_error() tells why. */

/* 2. */
unsigned int lyger_abi_version(void);

/* lyger's version, a copy to free. */
char *lyger_core_version(void);

/* A JSON object: abi, name, version, pointer_bytes, and who frees what. */
char *lyger_abi_contract(void);

/* lyger_ffi_error_status() under its name there. */
unsigned int lyger_last_error_code(void);

int lyger_cache_set_with_ttl(const char *key, const char *value, unsigned long long ttl);

/* lyger_db_query() with parameters: a JSON array by position, or an object by name; NULL for none. numeric is
 * a string where a double would lose digits. lyger_jsonify_result() of the handle gives a JSON object: rows,
 * columns, affected_rows, last_insert_id (of SQLite's INSERT, otherwise null). A handle, 0 on failure. */
unsigned long lyger_db_query_v2(const char *dsn, const char *query, const char *bindings_json);

/* Runs statements in one transaction: a JSON array of objects with sql, and bindings where there are any. The
 * handle is of the last one's result, as lyger_db_query_v2() gives it, and below 2^31. When one fails, all
 * are rolled back: 0. */
unsigned long lyger_db_transaction(const char *dsn, const char *statements_json);

/* Whether the database answers. It is asked again after backoff_ms (at most 60000), after twice that, and so
 * on. */
int lyger_db_health(const char *dsn);
int lyger_db_health_with_retry(const char *dsn, unsigned int attempts, unsigned long long backoff_ms);

/* At most limit (1 to 10000) rows from number offset (from 0) on, as a JSON object: rows, offset, total,
 * has_more. NULL on failure. */
char *lyger_result_chunk(unsigned long handle, unsigned long long offset, unsigned int limit);

unsigned long long lyger_active_result_handles(void);

/* JSON objects: used_bytes and budget_bytes of results (LYGER_MEMORY_BUDGET_BYTES, or 45% of the machine's
 * memory), and more of the kind; connections. */
char *lyger_memory_metrics(void);
char *lyger_db_pool_metrics(void);

/* Closes every connection and frees every result. */
int lyger_db_close_pools(void);

/* A result of so many rows (at most 10000000) to measure with: id, name, price, active. */
unsigned long lyger_create_benchmark_dataset(unsigned int rows);

/* A server whose requests wait for lyger_next_request(): listens on 127.0.0.1, or LYGER_BIND_ADDRESS; port 0
 * picks one. LYGER_MAX_BODY_BYTES (1048576) and LYGER_PHP_RESPONSE_TIMEOUT_MS (30000; then clients get 504)
 * are looked at when it starts. lyger_stop_server() ends it. */
int lyger_start_server_v3(unsigned short port);

/* The request that has waited longest, taken out of the queue: a JSON object of request_id, method, uri,
 * headers (names in lower case), body, client_ip, client_port, and body_base64 for a body that is not UTF-8,
 * of which body then lacks bytes. NULL when none has come in time. */
char *lyger_next_request(unsigned long long timeout_ms);

/* Answers a request that was taken, in any order: a JSON object of status (200 to 599; 200), headers (an
 * object of strings, or arrays of strings) and body (a string). 0 for a request that is not waiting any more.
 */
int lyger_send_response(unsigned long long request_id, const char *response_json);

/* The same with a function that is called for each request, one after the other, in a thread of lyger's own,
 * and returns its answer as lyger_send_response() takes it; release, which may be NULL, is then called with
 * what it returned. PHP cannot be called from another thread: it takes lyger_start_server_v3(). */
int lyger_start_server_v2(unsigned short port, char *(*callback)(const char *request_json),
                          void (*release)(char *response_json));

int lyger_server_is_running(void);

/* ---- values ----
 * A value is a type and bytes, with numbers in little-endian order:
 *   0 null     no bytes
 *   1 bool     1 byte, 0 or 1
 *   2 integer  8 bytes, two's complement    pack('P', $integer)
 *   3 float    8 bytes, IEEE 754 binary64   pack('e', $float)
 *   4 string   the bytes
 *   5 serialized, in the cache only: bytes in the format of PHP's serialize()
 * An array that the native door has stored in a shared cache is none of these: to fetch it is an error.
 */

/* ---- cache, binary-safe ----
 * Functions returning int: 1 yes, 0 no, -1 an error. ttl: seconds, 0 (no expiry) to 4294967295. */

/* Size in bytes (0 switches the cache off) and path (NULL or "": anonymous memory that forked children share)
 * for the cache, before anything uses it. Without this call LYGER_CACHE_SIZE (bytes; K, M and G may follow)
 * and LYGER_CACHE_PATH of the environment say so, and without these it is 67108864 bytes of anonymous memory.
 * 1, also when it is open with this path and size, or -1 when it is in use with others or cannot be opened;
 * in the last case there is no cache at all, and calls fail, until a configuration succeeds. */
int lyger_ffi_cache_configure(size_t bytes, const char *path);

/* lyger_ffi_cache_configure() with a file that the processes of this user and of the pool of that name ("" or
 * NULL: no pool) share: for processes that load the library after they were forked, and so have no anonymous
 * memory in common. Its directory is the user's alone, in /dev/shm or /tmp. */
int lyger_ffi_cache_share(size_t bytes, const char *pool);

/* 1 stored, 0 when the cache is off. */
int lyger_ffi_cache_store(const char *key, size_t key_len, int type, const char *value, size_t value_len,
                          unsigned long ttl);

/* lyger_ffi_cache_store() only when the key is absent: 0 when it is there. */
int lyger_ffi_cache_insert(const char *key, size_t key_len, int type, const char *value, size_t value_len,
                           unsigned long ttl);

/* 1 and the value through the three pointers, 0 when there is none. */
int lyger_ffi_cache_fetch(const char *key, size_t key_len, int *type, char **value, size_t *value_len);

/* Stores as lyger_ffi_cache_store() does; for stale seconds (0 to 1000000) after ttl
 * lyger_ffi_cache_fetch_stale() finds it. */
int lyger_ffi_cache_store_stale(const char *key, size_t key_len, int type, const char *value,
                                size_t value_len, unsigned long ttl, unsigned long stale);

/* lyger_ffi_cache_fetch(), also for a value whose ttl is over while it may be served stale. */
int lyger_ffi_cache_fetch_stale(const char *key, size_t key_len, int *type, char **value, size_t *value_len);

/* lyger_cache_get() into memory of the caller, without an allocation: the length of the text, of which no
 * byte is written when it is more than size, and no NUL behind it; -1 when there is no such entry, -2 an
 * error. */
long long lyger_ffi_cache_get_into(const char *key, size_t key_len, char *buffer, size_t size);

/* 1 and the value as JSON (RFC 8259) through the two pointers, also an array that PHP stored, as its
 * json_encode() has it, but that a float keeps its point ("1.0"); 0 when there is none. An error for what has
 * no form in JSON: an object, a reference, text that is not UTF-8, an infinity or NAN, arrays nested deeper
 * than 512, what igbinary wrote. */
int lyger_ffi_cache_get_json(const char *key, size_t key_len, char **json, size_t *json_len);

int lyger_ffi_cache_contains(const char *key, size_t key_len);

/* 1 when it was there. */
int lyger_ffi_cache_remove(const char *key, size_t key_len);

/* Gives an entry a new time to live; 0 when it is not there. */
int lyger_ffi_cache_retime(const char *key, size_t key_len, unsigned long ttl);

/* Adds by to an integer entry, or creates it with ttl from 0; the new value through result. 0 when the cache
 * is off. */
int lyger_ffi_cache_add_integer(const char *key, size_t key_len, long long by, unsigned long ttl,
                                long long *result);

/* Removes every entry whose key begins with prefix. */
int lyger_ffi_cache_purge(const char *prefix, size_t prefix_len);

/* A JSON object with the members of lyger_cache_info(). NULL on failure. */
char *lyger_ffi_cache_facts(void);

/* A JSON object with the members of lyger_cache_info(true). NULL on failure. */
char *lyger_ffi_cache_details(void);

/* One step of a walk over the keys that begin with prefix, in no order: the keys it finds, if any, each as 4
 * bytes length (little-endian) and the key, through keys and keys_len, to free. *cursor is 0 for the first
 * step and tells where the next step begins. Returns 0 when the walk was at its end. No lock is held: a key
 * that is there all the time is found, twice when the cache grew meanwhile; a key that comes or goes may be
 * found. */
int lyger_ffi_cache_walk(unsigned long long *cursor, const char *prefix, size_t prefix_len, char **keys,
                         size_t *keys_len);

/* ---- changing what was read ----
 * An entry never changes but for its time to live and, if it is an integer, its value. So the number of the
 * entry, which no other entry ever has, and the integer, 0 for other types, tell its state. */

/* lyger_ffi_cache_fetch() that counts neither hit nor miss and tells the entry's number. */
int lyger_ffi_cache_fetch_version(const char *key, size_t key_len, int *type, char **value, size_t *value_len,
                                  unsigned long long *number);

/* lyger_ffi_cache_store() in place of that entry: 1 when it still was the key's, in that state. */
int lyger_ffi_cache_exchange(const char *key, size_t key_len, unsigned long long number, long long integer,
                             int type, const char *value, size_t value_len, unsigned long ttl);

/* Removes that entry: 1 when it still was the key's, in that state. */
int lyger_ffi_cache_remove_version(const char *key, size_t key_len, unsigned long long number,
                                   long long integer);

/* lyger_ffi_cache_fetch() that removes what it finds, which nobody else then gets in this way. */
int lyger_ffi_cache_take(const char *key, size_t key_len, int *type, char **value, size_t *value_len);

/* 1 and a JSON object (type, bytes, ttl, age, hits), which the caller frees; 0 and NULL when there is no
 * entry. Counts neither hit nor miss. */
int lyger_ffi_cache_entry(const char *key, size_t key_len, char **json);

/* ---- locks ----
 * kind: 0 a lock, which belongs to the bearer of its token until it is given back or its ttl is over; 1 a
 * lease, held by a thread while it computes a value. A key names one of each kind, besides the entry. The
 * locks and leases of a thread are free as soon as it dies; lyger_ffi_cache_end_request() ends its leases and
 * lets its locks outlive it. Locks that were taken with lyger_ffi_cache_lock_as() outlive it in any case. */

/* 1 and the token, which is not 0, or 0 when the lock is held. ttl: 0, which is no end, to 4294967295
 * seconds. -1 also when the cache is off or has no room for more locks (one per 16 KiB of cache). */
int lyger_ffi_cache_lock(const char *key, size_t key_len, unsigned long ttl, unsigned long long *token);

/* lyger_ffi_cache_lock() with a token of the caller's own, 1 to 64 bytes. 1 also when the lock is held with
 * this token: its time begins anew. Here and below a token that was made is its number as 16 hexadecimal
 * digits, with leading zeros, in lower case. */
int lyger_ffi_cache_lock_as(const char *key, size_t key_len, unsigned long ttl, const char *token,
                            size_t token_len);

/* 1 when the lock was held with that token until now, with any token when token is NULL. */
int lyger_ffi_cache_unlock(const char *key, size_t key_len, const char *token, size_t token_len);

/* Lets the time of a lock begin anew with ttl: 1 when it is held with that token. */
int lyger_ffi_cache_lock_extend(const char *key, size_t key_len, const char *token, size_t token_len,
                                unsigned long ttl);

/* 1 and the token with which the lock is held, which the caller frees; 0 and NULL when nobody holds it. */
int lyger_ffi_cache_lock_owner(const char *key, size_t key_len, char **token, size_t *token_len);

/* lyger_ffi_cache_lock() for a lease; -1 also when this thread has it. When the cache is off: 1, with the
 * token 0. */
int lyger_ffi_cache_lease(const char *key, size_t key_len, unsigned long long *token);

/* 1 when it was held with that token until now. */
int lyger_ffi_cache_give_back(const char *key, size_t key_len, int kind, unsigned long long token);

/* Waits for a lock or lease: returns 1 when it may be free, after so many milliseconds (at most 4294967295),
 * or when a signal came. -1 also when threads that hold leases wait for each other in a circle; one of these
 * threads gets it. */
int lyger_ffi_cache_wait(const char *key, size_t key_len, int kind, unsigned long milliseconds);

void lyger_ffi_cache_end_request(void);

/* ---- queries ----
 * params is NULL or params_len bytes, one parameter after the other, each being: 1 byte type, 4 bytes length
 * of the name, 4 bytes length of the value (both little-endian), the name without ":" ("" for a parameter
 * given by position), the value. In PHP: pack('CVV', $type, strlen($name), strlen($value)) . $name . $value
 * Types are the cache's 0 to 4, and 5: a list, an array or JSON of PostgreSQL, whose value is its elements,
 * each as a parameter without a name; 6: bytes, for bytea and blobs; 7: a map, JSON of PostgreSQL, whose
 * value is its members, each as a parameter with its key as name; 8: a time, as 8 bytes seconds since 1970 in
 * UTC, 4 bytes microseconds, 4 bytes seconds east of UTC of the clock that showed it. At most 64 lists and
 * maps nest, 6 in an array. bigint and numeric: 0 a JSON number, 1 a string, 2 a string where a double would
 * lose digits. rows: 0 objects, 1 arrays without names. timeout: seconds, 0 for that of
 * lyger_ffi_db_configure(). */

/* A handle, 0 on failure. */
unsigned long lyger_ffi_db_query(const char *dsn, size_t dsn_len, const char *query, size_t query_len,
                                 const char *params, size_t params_len, int bigint, int numeric, int rows,
                                 double timeout);

/* The same; lyger_ffi_result_json() of the handle gives what it gives for lyger_db_query_v2(). */
unsigned long lyger_ffi_db_report(const char *dsn, size_t dsn_len, const char *query, size_t query_len,
                                  const char *params, size_t params_len, int bigint, int numeric, int rows,
                                  double timeout);

/* Sends the statement and returns at once: a handle, 0 on failure. Calls that take the handle wait for the
 * result first and fail with the statement's error; freeing the handle before that cancels the statement.
 * SQLite runs the statement at once. */
unsigned long lyger_ffi_db_send(const char *dsn, size_t dsn_len, const char *query, size_t query_len,
                                const char *params, size_t params_len, int bigint, int numeric, int rows,
                                double timeout);

/* Query, JSON and free in one call. NULL on failure; the length through json_len unless that is NULL. */
char *lyger_ffi_db_query_json(const char *dsn, size_t dsn_len, const char *query, size_t query_len,
                              const char *params, size_t params_len, int bigint, int numeric, int rows,
                              double timeout, size_t *json_len);

/* Query and free in one call: the number of affected rows, -1 on failure. */
long long lyger_ffi_db_execute(const char *dsn, size_t dsn_len, const char *query, size_t query_len,
                               const char *params, size_t params_len, double timeout);

/* As lyger_jsonify_result(), but NULL on failure; the length through json_len unless that is NULL. */
char *lyger_ffi_result_json(unsigned long handle, size_t *json_len);

/* A JSON object with the members of lyger_result_info(). NULL on failure. */
char *lyger_ffi_result_facts(unsigned long handle);

/* One step through the rows: the rows from number *row (from 0) on, about 64 KiB of them, through rows and
 * rows_len, to free, and in *row the number for the next step. 1, 0 when no row is left, -1 on failure. The
 * values follow each other, column by column, each 1 byte type and, as above, 1, 8 or no bytes; after type 4
 * (string) and 6 (a float of PostgreSQL as text: digits, NaN, Infinity, -Infinity) 4 bytes length
 * (little-endian) and the bytes. Of PostgreSQL, types but bool, int2, int4, int8, float4 and float8 are
 * strings, and so is a blob. */
int lyger_ffi_result_rows(unsigned long handle, unsigned long long *row, char **rows, size_t *rows_len);

/* 1 freed, -1 for a handle that is not live. */
int lyger_ffi_result_free(unsigned long handle);

/* Begins a transaction: until it ends, every statement of the process with this text as its DSN runs in it.
 * Within a transaction it sets a savepoint. lyger_ffi_request_end() rolls back an open transaction. 1, or -1.
 * 0 of each option is the default. isolation: 1 read uncommitted, 2 read committed, 3 repeatable read,
 * 4 serializable; read_only and deferrable: 1 no, 2 yes; mode, of SQLite: 1 deferred, 2 immediate (the
 * default), 3 exclusive; timeout: seconds until it has begun. */
int lyger_ffi_db_begin(const char *dsn, size_t dsn_len, int isolation, int read_only, int deferrable,
                       int mode, double timeout);

/* Commits (keep 1) or rolls back (0) the innermost transaction or savepoint. 1, or -1: it was rolled back
 * instead, SQLSTATE 25P02 because a statement had failed, 25000 because a statement had ended the
 * transaction. */
int lyger_ffi_db_end(const char *dsn, size_t dsn_len, int keep);

/* How many connections per DSN (at least 1) and how many seconds to connect (above 0), for connections made
 * from now on; seconds for a statement (0: none, which is the default). 1, or -1 for a value out of range. */
int lyger_ffi_db_configure(long max_connections, double connect_timeout, double statement_timeout);

/* Whether statements that come often may be prepared on the server (1, the default) or never (0), for
 * connections made from now on. */
void lyger_ffi_db_prepare(int automatic);

/* ---- server and process ---- */

/* lyger_start_server() on an address: 0.0.0.0 is every IPv4 interface, :: every interface; NULL is 127.0.0.1.
 * 1, or -1 when it does not listen. */
int lyger_ffi_start_server(const char *host, unsigned short port);

/* The port that the server listens on, 0 without a server. */
unsigned short lyger_ffi_server_port(void);

/* lyger_start_server_v3() on an address (NULL: as there); at most queue_limit requests wait, for at most
 * answer_timeout milliseconds (0: for ever) until they are answered, with at most max_body bytes of body
 * each; a negative number leaves the default. 1, or -1 when it does not listen. */
int lyger_ffi_start_queue(const char *host, unsigned short port, long long queue_limit,
                          long long answer_timeout, long long max_body);

/* lyger_send_response() without JSON: headers are headers_len bytes, one header after the other, each 4 bytes
 * length of the name, 4 bytes length of the value (both little-endian), the name, the value. 1, or -1. */
int lyger_ffi_send_answer(unsigned long long request_id, int status, const char *headers, size_t headers_len,
                          const char *body, size_t body_len);

/* lyger's version, such as "0.1.0". */
const char *lyger_ffi_version(void);

/* The end of what a web server calls a request: frees every result, ends in-memory databases, has connections
 * cleaned of session state before they are used again, and does what lyger_ffi_cache_end_request() does. */
void lyger_ffi_request_end(void);

/* Stops the server, frees every result, closes every connection and this process's view of the cache. The
 * next call opens what it needs anew. No other thread may be inside a function of this file. */
void lyger_ffi_close(void);
