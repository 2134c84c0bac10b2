/*
 * The FFI door of queries: one pool for the process, behind a lock.
 */
#include "abi_query.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANY SIZE_MAX /* the size of a value whose type has no fixed size */
#define PARAM_HEAD 9 /* bytes before a packed parameter's name and value */

static pthread_mutex_t pool_lock =
    PTHREAD_MUTEX_INITIALIZER; /* guards pool, settings and statement_timeout */
static lyger_pool *pool;
static lyger_pool_settings settings = {
    .max_connections = 8, .connect_timeout = 5, .idle_limit = 300, .lifetime = 3600};
static double statement_timeout; /* seconds, 0: none */

lyger_pool *lyger_abi_lock_pool(void)
{
    pthread_mutex_lock(&pool_lock);
    return pool;
}

void lyger_abi_unlock_pool(void)
{
    pthread_mutex_unlock(&pool_lock);
}

/* ---- arguments ---- */

/* A call's arguments, or, after prepare(), copies of them in one piece of memory that begins at params. */
typedef struct statement {
    const char *dsn, *sql;
    size_t dsn_len, sql_len;
    lyger_query_options options;
    lyger_param *params;
    size_t count;
} statement;

static size_t read_length(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;
    return b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16 | (size_t)b[3] << 24;
}

static uint64_t read_little_endian(const char *bytes)
{
    return (uint64_t)read_length(bytes) | (uint64_t)read_length(bytes + 4) << 32;
}

/* How many parameters packed[0..len) holds, *all with those in lists; fills error when packed is not a
 * sequence of whole parameters. depth: of the list that the parameters are in, 0: none. */
static size_t count_params(const char *packed, size_t len, int depth, size_t *all, lyger_error *error)
{
    static const size_t sizes[] = {
        [LYGER_PARAM_NULL] = 0,    [LYGER_PARAM_BOOL] = 1,   [LYGER_PARAM_INT] = 8,
        [LYGER_PARAM_FLOAT] = 8,   [LYGER_PARAM_TEXT] = ANY, [LYGER_PARAM_LIST] = ANY,
        [LYGER_PARAM_BYTES] = ANY, [LYGER_PARAM_MAP] = ANY,  [LYGER_PARAM_TIME] = 16};
    size_t count = 0, at = 0;
    while (at < len) {
        size_t rest = len - at, type = (unsigned char)packed[at];
        size_t name = rest < PARAM_HEAD ? 0 : read_length(packed + at + 1);
        size_t value = rest < PARAM_HEAD ? 0 : read_length(packed + at + 5);
        count++;
        if (rest < PARAM_HEAD || name > rest - PARAM_HEAD || value > rest - PARAM_HEAD - name) {
            lyger_fail(error, LYGER_E_ARGUMENT, "params end within parameter %zu", count);
            return 0;
        }
        if (type > LYGER_PARAM_TIME || (sizes[type] != ANY && value != sizes[type])) {
            lyger_fail(error, LYGER_E_ARGUMENT,
                       "parameter %zu: type %zu with a value of %zu bytes is not known", count, type, value);
            return 0;
        }
        bool is_list = type == LYGER_PARAM_LIST || type == LYGER_PARAM_MAP;
        if (is_list && depth == LYGER_PARAM_DEPTH) {
            lyger_fail(error, LYGER_E_ARGUMENT, "params nest more than %d lists", LYGER_PARAM_DEPTH);
            return 0;
        }
        if (is_list) {
            count_params(packed + at + PARAM_HEAD + name, value, depth + 1, all, error);
            if (error->status != LYGER_OK) {
                return 0;
            }
        }
        at += PARAM_HEAD + name + value;
    }
    *all += count;
    return count;
}

/* Where the next list's elements and the next text go, in memory that has room for all. */
typedef struct room {
    lyger_param *params;
    char *texts;
} room;

/* A copy at room->texts with a NUL: the core wants its texts NUL-terminated. */
static const char *put_copy(room *room, const char *from, size_t len)
{
    char *copy = room->texts;
    if (len > 0) {
        memcpy(copy, from, len);
    }
    copy[len] = '\0';
    room->texts += len + 1;
    return copy;
}

static size_t unpack_params(room *room, const char *packed, size_t len);

static void unpack_param(lyger_param *param, int type, room *room, const char *value, size_t len)
{
    uint64_t bits;
    param->type = (lyger_param_type)type;
    switch (param->type) {
    case LYGER_PARAM_NULL:
        break;
    case LYGER_PARAM_BOOL:
        param->boolean = value[0] != 0;
        break;
    case LYGER_PARAM_INT:
        param->integer = (int64_t)read_little_endian(value);
        break;
    case LYGER_PARAM_FLOAT:
        bits = read_little_endian(value);
        memcpy(&param->real, &bits, sizeof bits);
        break;
    case LYGER_PARAM_TIME:
        param->time.seconds = (int64_t)read_little_endian(value);
        param->time.microseconds = (uint32_t)read_length(value + 8) % 1000000;
        param->time.offset = (int32_t)read_length(value + 12) % 86400;
        break;
    case LYGER_PARAM_TEXT:
    case LYGER_PARAM_BYTES:
        param->text.bytes = put_copy(room, value, len);
        param->text.len = len;
        break;
    case LYGER_PARAM_LIST:
    case LYGER_PARAM_MAP:
        param->list.items = room->params;
        param->list.count = unpack_params(room, value, len);
        break;
    }
}

/* Unpacks the parameters of one list to room->params, where they stand together, and those of the lists in it
 * behind them. count_params() has checked packed; returns how many parameters the list has. */
static size_t unpack_params(room *room, const char *packed, size_t len)
{
    lyger_param *params = room->params;
    size_t count = 0;
    for (size_t at = 0; at < len; count++) {
        at += PARAM_HEAD + read_length(packed + at + 1) + read_length(packed + at + 5);
    }
    room->params += count;
    for (size_t i = 0, at = 0; i < count; i++) {
        size_t name = read_length(packed + at + 1), value = read_length(packed + at + 5);
        const char *from = packed + at + PARAM_HEAD;
        params[i] = (lyger_param){.name = name > 0 ? put_copy(room, from, name) : NULL, .name_len = name};
        unpack_param(&params[i], packed[at], room, from + name, value);
        at += PARAM_HEAD + name + value;
    }
    return count;
}

/* Unpacks the parameters of lyger.h and copies every text. */
static bool unpack(statement *statement, const char *packed, size_t len, lyger_error *error)
{
    size_t all = 0, count = count_params(packed, len, 0, &all, error), texts;
    if (error->status != LYGER_OK) {
        return false;
    }
    /* The head of a parameter is longer than the two NULs behind its name and value. */
    bool absurd = __builtin_add_overflow(statement->dsn_len, statement->sql_len, &texts) ||
                  __builtin_add_overflow(texts, len + all * sizeof(lyger_param) + 2, &texts);
    lyger_param *params = absurd ? NULL : malloc(texts);
    if (!params) {
        lyger_fail(error, LYGER_E_MEMORY, "no memory for the query and its %zu parameters", count);
        return false;
    }
    room room = {params, (char *)(params + all)};
    unpack_params(&room, packed, len);
    statement->dsn = put_copy(&room, statement->dsn, statement->dsn_len);
    statement->sql = put_copy(&room, statement->sql, statement->sql_len);
    statement->params = params;
    statement->count = count;
    return true;
}

static bool valid_text(const char *text, const char *name, lyger_error *error)
{
    if (!text) {
        lyger_fail(error, LYGER_E_ARGUMENT, "%s is NULL", name);
    }
    return text != NULL;
}

static bool valid_choice(int choice, int most, const char *name, lyger_error *error)
{
    if (choice < 0 || choice > most) {
        lyger_fail(error, LYGER_E_ARGUMENT, "%s must be 0 to %d, %d given", name, most, choice);
        return false;
    }
    return true;
}

static bool valid_seconds(double seconds, const char *name, lyger_error *error)
{
    if (!isfinite(seconds) || seconds < 0) {
        lyger_fail(error, LYGER_E_ARGUMENT, "%s must be a number of seconds, 0 or more", name);
        return false;
    }
    return true;
}

/* Checks and copies; after true, free(statement->params) when done. */
static bool prepare(statement *statement, const char *packed, size_t packed_len, int bigint, int numeric,
                    int rows, lyger_error *error)
{
    statement->params = NULL;
    statement->count = 0;
    if (!valid_text(statement->dsn, "dsn", error) || !valid_text(statement->sql, "query", error) ||
        (packed_len > 0 && !valid_text(packed, "params", error)) ||
        !valid_choice(bigint, LYGER_AUTO, "bigint", error) ||
        !valid_choice(numeric, LYGER_AUTO, "numeric", error) || !valid_choice(rows, 1, "rows", error) ||
        !valid_seconds(statement->options.timeout, "timeout", error)) {
        return false;
    }
    statement->options.bigint = (lyger_number_style)bigint;
    statement->options.numeric = (lyger_number_style)numeric;
    statement->options.rows_as_arrays = rows == 1;
    return unpack(statement, packed, packed_len, error);
}

/* ---- running ---- */

lyger_pool *lyger_abi_enter_pool(double *timeout, lyger_error *error)
{
    pthread_mutex_lock(&pool_lock);
    if (!pool) {
        pool = lyger_pool_new(&settings);
    }
    if (!pool) {
        pthread_mutex_unlock(&pool_lock);
        lyger_fail(error, LYGER_E_MEMORY, "no memory for connections");
        return NULL;
    }
    if (*timeout == 0) {
        *timeout = statement_timeout;
    }
    return pool;
}

static lyger_pool *enter_pool(statement *statement, lyger_error *error)
{
    return lyger_abi_enter_pool(&statement->options.timeout, error);
}

static lyger_query query_of(const statement *statement)
{
    return (lyger_query){statement->dsn,    statement->dsn_len, statement->sql,     statement->sql_len,
                         statement->params, statement->count,   &statement->options};
}

static lyger_result *run(statement *statement, lyger_error *error)
{
    lyger_result *result = NULL;
    lyger_pool *entered = enter_pool(statement, error);
    if (entered) {
        const lyger_query query = query_of(statement);
        lyger_query_run(entered, &query, &result, error);
        pthread_mutex_unlock(&pool_lock);
    }
    return error->status == LYGER_OK ? result : NULL;
}

static lyger_result *prepare_and_run(statement *statement, const char *params, size_t params_len, int bigint,
                                     int numeric, int rows, lyger_error *error)
{
    if (!prepare(statement, params, params_len, bigint, numeric, rows, error)) {
        return NULL;
    }
    lyger_result *result = run(statement, error);
    free(statement->params);
    return result;
}

unsigned long lyger_ffi_db_query(const char *dsn, size_t dsn_len, const char *query, size_t query_len,
                                 const char *params, size_t params_len, int bigint, int numeric, int rows,
                                 double timeout)
{
    lyger_error *error = lyger_abi_enter();
    statement statement = {dsn, query, dsn_len, query_len, {.timeout = timeout}, NULL, 0};
    lyger_result *result = prepare_and_run(&statement, params, params_len, bigint, numeric, rows, error);
    return lyger_abi_open_result(result, NULL, false, error);
}

unsigned long lyger_ffi_db_report(const char *dsn, size_t dsn_len, const char *query, size_t query_len,
                                  const char *params, size_t params_len, int bigint, int numeric, int rows,
                                  double timeout)
{
    lyger_error *error = lyger_abi_enter();
    statement statement = {dsn, query, dsn_len, query_len, {.timeout = timeout}, NULL, 0};
    lyger_result *result = prepare_and_run(&statement, params, params_len, bigint, numeric, rows, error);
    return lyger_abi_open_report(result, false, error);
}

/* The handle is made with the pool locked: a pending result must not outlive its pool. */
static unsigned long send_statement(statement *statement, lyger_error *error)
{
    lyger_result *result = NULL;
    lyger_pool *entered = enter_pool(statement, error);
    if (!entered) {
        return 0;
    }
    const lyger_query query = query_of(statement);
    lyger_query_send(entered, &query, &result, error);
    unsigned long handle = lyger_abi_open_result(result, entered, true, error);
    pthread_mutex_unlock(&pool_lock);
    return handle;
}

unsigned long lyger_ffi_db_send(const char *dsn, size_t dsn_len, const char *query, size_t query_len,
                                const char *params, size_t params_len, int bigint, int numeric, int rows,
                                double timeout)
{
    lyger_error *error = lyger_abi_enter();
    statement statement = {dsn, query, dsn_len, query_len, {.timeout = timeout}, NULL, 0};
    if (!prepare(&statement, params, params_len, bigint, numeric, rows, error)) {
        return 0;
    }
    unsigned long handle = send_statement(&statement, error);
    free(statement.params);
    return handle;
}

unsigned long lyger_db_query(const char *dsn, const char *query)
{
    return lyger_ffi_db_query(dsn, dsn ? strlen(dsn) : 0, query, query ? strlen(query) : 0, NULL, 0, 0, 0, 0,
                              0);
}

char *lyger_ffi_db_query_json(const char *dsn, size_t dsn_len, const char *query, size_t query_len,
                              const char *params, size_t params_len, int bigint, int numeric, int rows,
                              double timeout, size_t *json_len)
{
    lyger_error *error = lyger_abi_enter();
    statement statement = {dsn, query, dsn_len, query_len, {.timeout = timeout}, NULL, 0};
    lyger_buffer text;
    if (!prepare(&statement, params, params_len, bigint, numeric, rows, error)) {
        return NULL;
    }
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    lyger_pool *entered = enter_pool(&statement, error);
    if (entered) {
        const lyger_query query = query_of(&statement);
        lyger_query_write_json(entered, &query, &text.sink, error);
        pthread_mutex_unlock(&pool_lock);
    }
    free(statement.params);
    return lyger_abi_finish(&text, error->status == LYGER_OK, json_len, error);
}

long long lyger_ffi_db_execute(const char *dsn, size_t dsn_len, const char *query, size_t query_len,
                               const char *params, size_t params_len, double timeout)
{
    lyger_error *error = lyger_abi_enter();
    statement statement = {dsn, query, dsn_len, query_len, {.timeout = timeout}, NULL, 0};
    lyger_result *result = prepare_and_run(&statement, params, params_len, 0, 0, 0, error);
    long long affected = result ? (long long)lyger_result_describe(result)->affected : -1;
    lyger_result_free(result);
    return affected;
}

int lyger_ffi_db_configure(long max_connections, double connect_timeout, double timeout)
{
    lyger_error *error = lyger_abi_enter();
    if (max_connections < 1 || max_connections > 65535) {
        lyger_fail(error, LYGER_E_ARGUMENT, "max_connections must be 1 to 65535, %ld given", max_connections);
        return -1;
    }
    if (!valid_seconds(connect_timeout, "connect_timeout", error) ||
        !valid_seconds(timeout, "statement_timeout", error)) {
        return -1;
    }
    if (connect_timeout == 0) {
        lyger_fail(error, LYGER_E_ARGUMENT, "connect_timeout must be above 0");
        return -1;
    }
    pthread_mutex_lock(&pool_lock);
    settings.max_connections = (unsigned)max_connections;
    settings.connect_timeout = connect_timeout;
    statement_timeout = timeout;
    if (pool) {
        lyger_pool_configure(pool, &settings);
    }
    pthread_mutex_unlock(&pool_lock);
    return 1;
}

void lyger_ffi_db_prepare(int automatic)
{
    lyger_abi_enter();
    pthread_mutex_lock(&pool_lock);
    settings.never_prepare = !automatic;
    if (pool) {
        lyger_pool_configure(pool, &settings);
    }
    pthread_mutex_unlock(&pool_lock);
}

/* ---- transactions ---- */

/* Copies the DSN, which the core wants NUL-terminated, and locks the pool; NULL, the error, and no lock, when
 * that cannot be. After leave_with() the copy is gone. */
static lyger_pool *enter_with(statement *copied, lyger_error *error)
{
    copied->sql = "";
    if (!prepare(copied, NULL, 0, 0, 0, 0, error)) {
        return NULL;
    }
    lyger_pool *entered = enter_pool(copied, error);
    if (!entered) {
        free(copied->params);
    }
    return entered;
}

static int leave_with(statement *copied, const lyger_error *error)
{
    pthread_mutex_unlock(&pool_lock);
    free(copied->params);
    return error->status == LYGER_OK ? 1 : -1;
}

int lyger_ffi_db_begin(const char *dsn, size_t dsn_len, int isolation, int read_only, int deferrable,
                       int mode, double timeout)
{
    lyger_error *error = lyger_abi_enter();
    statement copied = {.dsn = dsn, .dsn_len = dsn_len, .options = {.timeout = timeout}};
    if (!valid_choice(isolation, LYGER_SERIALIZABLE, "isolation", error) ||
        !valid_choice(read_only, LYGER_CHOICE_YES, "read_only", error) ||
        !valid_choice(deferrable, LYGER_CHOICE_YES, "deferrable", error) ||
        !valid_choice(mode, LYGER_MODE_EXCLUSIVE, "mode", error)) {
        return -1;
    }
    lyger_pool *entered = enter_with(&copied, error);
    if (!entered) {
        return -1;
    }
    const lyger_transaction_options options = {(lyger_isolation)isolation, (lyger_choice)read_only,
                                               (lyger_choice)deferrable, (lyger_lock_mode)mode,
                                               copied.options.timeout};
    lyger_transaction_begin(entered, copied.dsn, dsn_len, &options, error);
    return leave_with(&copied, error);
}

int lyger_ffi_db_end(const char *dsn, size_t dsn_len, int keep)
{
    lyger_error *error = lyger_abi_enter();
    statement copied = {.dsn = dsn, .dsn_len = dsn_len};
    if (!valid_choice(keep, 1, "keep", error)) {
        return -1;
    }
    lyger_pool *entered = enter_with(&copied, error);
    if (!entered) {
        return -1;
    }
    lyger_transaction_end(entered, copied.dsn, dsn_len, keep == 1, error);
    return leave_with(&copied, error);
}

/* ---- endings ---- */

void lyger_ffi_request_end(void)
{
    lyger_ffi_cache_end_request();
    pthread_mutex_lock(&pool_lock);
    lyger_abi_clear_results(pool);
    lyger_pool_request_end(pool);
    pthread_mutex_unlock(&pool_lock);
}

void lyger_abi_close_queries(void)
{
    pthread_mutex_lock(&pool_lock);
    lyger_abi_clear_results(pool);
    lyger_pool_free(pool);
    pool = NULL;
    pthread_mutex_unlock(&pool_lock);
}

/*
 * A fork does not wait for the query of another thread. The child's pool is then in the middle of that query:
 * it is given up, which loses its memory and leaves its sockets to the end of the process.
 */
static bool pool_was_idle; /* of the forking thread, which holds the lock of results */

void lyger_abi_lock_queries(void)
{
    lyger_abi_lock_results(); /* elsewhere the pool's lock comes first; here it is only tried */
    pool_was_idle = pthread_mutex_trylock(&pool_lock) == 0;
}

void lyger_abi_unlock_queries(void)
{
    if (pool_was_idle) {
        pthread_mutex_unlock(&pool_lock);
    }
    lyger_abi_unlock_results();
}

void lyger_abi_unlock_queries_in_child(void)
{
    static lyger_pool *given_up; /* keeps it reachable */
    bool idle = pool_was_idle;
    lyger_abi_unlock_queries();
    if (!idle) {
        pthread_mutex_init(&pool_lock, NULL);
        given_up = pool;
        pool = NULL;
    }
    (void)given_up;
}
