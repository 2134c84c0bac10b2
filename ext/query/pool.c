#include "pool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A connection that is being opened further up the stack: the interrupt hook may come back here meanwhile. */
typedef struct pending {
    const lyger_opening *opening;
    struct pending *next;
} pending;

struct lyger_pool {
    lyger_pool_settings settings;
    pid_t process; /* the process that opened the connections */
    pending *opening;
    lyger_connection *first; /* most recently used first; busy ones included */
    lyger_transaction *transactions;
    lyger_async *pending; /* the oldest first */
};

lyger_pool *lyger_pool_new(const lyger_pool_settings *settings)
{
    lyger_pool *pool = calloc(1, sizeof *pool);
    if (pool) {
        pool->settings = *settings;
        pool->process = getpid();
    }
    return pool;
}

void lyger_pool_configure(lyger_pool *pool, const lyger_pool_settings *settings)
{
    pool->settings = *settings;
}

const lyger_interrupt *lyger_pool_interrupt(const lyger_pool *pool)
{
    return pool->settings.interrupt;
}

lyger_async **lyger_pool_pending(lyger_pool *pool)
{
    return &pool->pending;
}

size_t lyger_pool_connections(const lyger_pool *pool)
{
    size_t count = 0;
    for (const lyger_connection *at = pool->first; at; at = at->next) {
        count++;
    }
    return count;
}

static void unlink_connection(lyger_pool *pool, lyger_connection *connection)
{
    for (lyger_connection **at = &pool->first; *at; at = &(*at)->next) {
        if (*at == connection) {
            *at = connection->next;
            connection->next = NULL;
            return;
        }
    }
}

static void link_first(lyger_pool *pool, lyger_connection *connection)
{
    connection->next = pool->first;
    pool->first = connection;
}

static void drop(lyger_pool *pool, lyger_connection *connection)
{
    char *dsn = connection->dsn;
    unlink_connection(pool, connection);
    if (connection->forgotten) {
        connection->backend->forget(connection);
    } else {
        connection->backend->close(connection);
    }
    free(dsn);
}

/* In a forked child: forgets the parent's connections. A busy connection is still used by a call further up
 * the stack; it is forgotten when that call releases it. */
static void forget_inherited(lyger_pool *pool)
{
    if (pool->process == getpid()) {
        return;
    }
    pool->process = getpid();
    for (lyger_transaction *at = pool->transactions; at; at = at->next) {
        at->connection = NULL;
    }
    lyger_connection *at = pool->first;
    while (at) {
        lyger_connection *next = at->next;
        at->forgotten = true;
        if (!at->busy) {
            drop(pool, at);
        } else {
            unlink_connection(pool, at);
        }
        at = next;
    }
}

static bool has_dsn(const lyger_connection *connection, const lyger_opening *opening)
{
    return connection->dsn_len == opening->dsn_len &&
           memcmp(connection->dsn, opening->dsn, opening->dsn_len) == 0;
}

static lyger_connection *find_idle(const lyger_pool *pool, const lyger_opening *opening)
{
    for (lyger_connection *at = pool->first; at; at = at->next) {
        if (!at->busy && !at->home && !at->in_transaction && has_dsn(at, opening)) {
            return at;
        }
    }
    return NULL;
}

/* Whether a connection is older, or longer idle, than the settings allow. Never true of an in-memory
 * database, which would end with its connection. */
static bool is_worn(const lyger_pool *pool, const lyger_connection *connection)
{
    const lyger_backend *backend = connection->backend;
    double idle = (double)(lyger_now_ms() - connection->idle_since) / 1000;
    double age = (double)(lyger_now_ms() - connection->opened_at) / 1000;
    bool worn = (pool->settings.idle_limit > 0 && idle > pool->settings.idle_limit) ||
                (pool->settings.lifetime > 0 && age > pool->settings.lifetime);
    return worn && !(backend->exclusive && backend->exclusive(connection->dsn, connection->dsn_len));
}

/* Takes an idle connection when it still works; otherwise closes it, and *connection is NULL.
 * LYGER_E_INTERRUPTED when the caller is to stop. */
static lyger_status take_connection(lyger_pool *pool, const lyger_opening *opening, lyger_connection *found,
                                    lyger_connection **connection)
{
    lyger_status status = LYGER_E_QUERY;
    *connection = NULL;
    if (found->changed || !is_worn(pool, found)) {
        lyger_limits limits = lyger_limits_for(opening->interrupt, opening->connect_timeout);
        found->busy = true;
        status = found->backend->revive(found, lyger_now_ms() - found->idle_since, &limits);
    }
    if (status == LYGER_OK) {
        *connection = found;
    } else {
        drop(pool, found);
    }
    return status == LYGER_E_INTERRUPTED ? status : LYGER_OK;
}

/* An idle connection that still works, or NULL. */
static lyger_status take_idle(lyger_pool *pool, const lyger_opening *opening, lyger_connection **connection)
{
    lyger_connection *found;
    lyger_status status = LYGER_OK;
    *connection = NULL;
    while (status == LYGER_OK && !*connection && (found = find_idle(pool, opening))) {
        status = take_connection(pool, opening, found, connection);
    }
    return status;
}

/* ---- the connection that a request's statements share ---- */

static lyger_connection *find_home(const lyger_pool *pool, const lyger_opening *opening)
{
    lyger_connection *at = pool->first;
    while (at && !(at->home && has_dsn(at, opening))) {
        at = at->next;
    }
    return at;
}

static lyger_status take_home(lyger_pool *pool, const lyger_opening *opening, lyger_connection *home,
                              lyger_connection **connection, lyger_error *error)
{
    bool changed = home->changed;
    lyger_status status = take_connection(pool, opening, home, connection);
    if (status != LYGER_OK) {
        return lyger_limits_fail(error, status, "preparing the connection");
    }
    if (!*connection && changed) {
        lyger_fail(
            error, LYGER_E_QUERY,
            "the connection is lost, and with it what this request had changed in its session (SET and "
            "the like); the next statement gets a new one");
        return lyger_with_state(error, LYGER_E_QUERY, "08006");
    }
    return LYGER_OK;
}

/* Makes the taken connection the DSN's home, when there is none or a pending statement occupies it. A
 * statement that the interrupt hook runs inside of another statement leaves the home where it is. */
static void choose_home(lyger_pool *pool, lyger_connection *home, lyger_connection *taken, bool beside)
{
    if (!home || (!beside && lyger_async_is_pending(pool, home))) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a connection that was taken is there */
        taken->home = true;
        if (home) {
            home->home = false;
        }
    }
}

/* How many connections this DSN has, or is opening. */
static unsigned count_open(const lyger_pool *pool, const lyger_opening *opening)
{
    unsigned open = 0;
    for (const lyger_connection *at = pool->first; at; at = at->next) {
        open += has_dsn(at, opening);
    }
    for (const pending *at = pool->opening; at; at = at->next) {
        open += at->opening->dsn_len == opening->dsn_len &&
                memcmp(at->opening->dsn, opening->dsn, opening->dsn_len) == 0;
    }
    return open;
}

static lyger_status check_cap(const lyger_pool *pool, const lyger_backend *backend,
                              const lyger_opening *opening, lyger_error *error)
{
    unsigned open = count_open(pool, opening);
    if (open > 0 && backend->exclusive && backend->exclusive(opening->dsn, opening->dsn_len)) {
        return lyger_fail(error, LYGER_E_QUERY,
                          "the in-memory database is busy with the statement that this call interrupts");
    }
    if (open >= pool->settings.max_connections) {
        return lyger_fail(error, LYGER_E_QUERY, "all %u connections of this DSN are in use", open);
    }
    return LYGER_OK;
}

static lyger_status open_new(lyger_pool *pool, const lyger_backend *backend, const lyger_opening *opening,
                             lyger_connection **connection, lyger_error *error)
{
    lyger_status status = check_cap(pool, backend, opening, error);
    if (status != LYGER_OK) {
        return status;
    }
    char *dsn = malloc(opening->dsn_len + 1);
    if (!dsn) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a connection");
    }
    memcpy(dsn, opening->dsn, opening->dsn_len + 1);
    pending entry = {opening, pool->opening};
    pool->opening = &entry;
    status = backend->open(opening, connection, error);
    pool->opening = entry.next;
    if (status != LYGER_OK) {
        free(dsn);
        return status;
    }
    lyger_connection *base = *connection;
    *base = (lyger_connection){.backend = backend,
                               .dsn = dsn,
                               .dsn_len = opening->dsn_len,
                               .opened_at = lyger_now_ms(),
                               .busy = true};
    link_first(pool, base);
    return LYGER_OK;
}

/* ---- transactions ---- */

lyger_transaction *lyger_pool_transaction(lyger_pool *pool, const char *dsn, size_t dsn_len)
{
    forget_inherited(pool);
    for (lyger_transaction *at = pool->transactions; at; at = at->next) {
        if (at->dsn_len == dsn_len && memcmp(at->dsn, dsn, dsn_len) == 0) {
            return at;
        }
    }
    return NULL;
}

lyger_transaction *lyger_pool_begin(lyger_pool *pool, lyger_connection *connection)
{
    lyger_transaction *made = malloc(sizeof *made + connection->dsn_len + 1);
    if (made) {
        *made = (lyger_transaction){
            .next = pool->transactions, .connection = connection, .depth = 1, .dsn_len = connection->dsn_len};
        memcpy(made->dsn, connection->dsn, connection->dsn_len + 1);
        pool->transactions = made;
        connection->in_transaction = true;
    }
    return made;
}

void lyger_pool_lose(lyger_pool *pool, lyger_transaction *transaction, bool clean)
{
    lyger_connection *connection = transaction->connection;
    transaction->connection = NULL;
    if (connection) {
        connection->in_transaction = false;
        if (!clean && !connection->busy) {
            drop(pool, connection);
        }
    }
}

void lyger_pool_end(lyger_pool *pool, lyger_transaction *transaction, bool clean)
{
    lyger_transaction **at = &pool->transactions;
    while (*at != transaction) {
        at = &(*at)->next;
    }
    *at = transaction->next;
    lyger_pool_lose(pool, transaction, clean);
    free(transaction);
}

/* Takes the connection of the DSN's open transaction. */
static lyger_status take_from(lyger_pool *pool, lyger_transaction *transaction, lyger_connection **connection,
                              lyger_error *error)
{
    bool found;
    if (transaction->connection && transaction->connection->busy &&
        lyger_async_collect(pool, transaction->connection, NULL, 0, &found) != LYGER_OK) {
        return lyger_limits_fail(error, LYGER_E_INTERRUPTED, "waiting for the transaction's connection");
    }
    if (!transaction->connection) {
        lyger_fail(error, LYGER_E_QUERY,
                   "the transaction is over: a statement ended it, its connection was lost, or it is the "
                   "parent's of a fork");
        return lyger_with_state(error, LYGER_E_QUERY, "25000");
    }
    if (transaction->connection->busy) {
        return lyger_fail(
            error, LYGER_E_QUERY,
            "the transaction's connection is busy with the statement that this call interrupts");
    }
    *connection = transaction->connection;
    (*connection)->busy = true;
    return LYGER_OK;
}

/* After a statement: whether the connection still has the transaction that it was given. */
static void check_transaction(lyger_pool *pool, const lyger_connection *connection, bool usable)
{
    for (lyger_transaction *at = pool->transactions; at; at = at->next) {
        if (at->connection == connection && (!usable || !connection->in_transaction)) {
            at->connection = NULL;
        }
    }
}

/* ---- taking and giving back ---- */

/* Takes an idle connection that works, beside the home. It first waits for the pending statement on `home`,
 * unless that is NULL, or, when the DSN has as many connections as it may, for the oldest pending statement:
 * then there is no connection but *found, and the caller looks again. */
static lyger_status take_beside(lyger_pool *pool, const lyger_opening *opening, const lyger_connection *home,
                                lyger_connection **connection, bool *found)
{
    lyger_status status = LYGER_OK;
    *connection = NULL;
    *found = false;
    if (home) {
        status = lyger_async_collect(pool, home, NULL, 0, found);
    }
    if (status == LYGER_OK && !*found) {
        status = take_idle(pool, opening, connection);
    }
    if (status == LYGER_OK && !*found && !*connection &&
        count_open(pool, opening) >= pool->settings.max_connections) {
        status = lyger_async_collect(pool, NULL, opening->dsn, opening->dsn_len, found);
    }
    return status;
}

static lyger_status take_any(lyger_pool *pool, const lyger_backend *backend, const lyger_opening *opening,
                             bool needs, bool beside, lyger_connection **connection, lyger_error *error)
{
    lyger_status status;
    for (bool found = true; found;) {
        lyger_connection *home = find_home(pool, opening);
        if (home && !home->busy) {
            status = take_home(pool, opening, home, connection, error);
            if (status != LYGER_OK || *connection) {
                return status;
            }
            continue;
        }
        status =
            take_beside(pool, opening, home && (home->changed || needs) ? home : NULL, connection, &found);
        if (status != LYGER_OK) {
            return lyger_limits_fail(error, status, "waiting for a connection");
        }
        if (*connection) {
            choose_home(pool, home, *connection, beside);
            return LYGER_OK;
        }
    }
    status = open_new(pool, backend, opening, connection, error);
    if (status == LYGER_OK) {
        choose_home(pool, find_home(pool, opening), *connection, beside);
    }
    return status;
}

lyger_status lyger_pool_acquire(lyger_pool *pool, const char *dsn, size_t dsn_len, const char *sql,
                                bool beside, lyger_connection **connection, lyger_error *error)
{
    const lyger_backend *backend = lyger_backend_for(dsn, dsn_len, error);
    if (!backend) {
        return error ? error->status : LYGER_E_QUERY;
    }
    const lyger_opening opening = {dsn,
                                   dsn_len,
                                   pool->settings.gate,
                                   pool->settings.connect_timeout,
                                   pool->settings.interrupt,
                                   pool->settings.never_prepare};
    lyger_status status = backend->permit ? backend->permit(&opening, error) : LYGER_OK;
    if (status != LYGER_OK) {
        return status;
    }
    bool needs = sql && backend->needs_session && backend->needs_session(sql);
    lyger_transaction *transaction = lyger_pool_transaction(pool, dsn, dsn_len);
    status = transaction ? take_from(pool, transaction, connection, error)
                         : take_any(pool, backend, &opening, needs, beside, connection, error);
    if (status == LYGER_OK) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): it succeeded */
        (*connection)->changed |= needs;
    }
    return status;
}

lyger_status lyger_pool_release(lyger_pool *pool, lyger_connection *connection, lyger_error *error)
{
    bool usable = false;
    lyger_status status = LYGER_OK;
    forget_inherited(pool);
    if (!connection->forgotten) {
        status = connection->backend->end_statement(connection, &usable, error);
    }
    check_transaction(pool, connection, usable);
    if (!usable) {
        drop(pool, connection);
        return status;
    }
    connection->busy = false;
    connection->needs_reset |= !connection->home; /* cleaned before it is a home, or runs beside one */
    connection->idle_since = lyger_now_ms();
    if (pool->first != connection) {
        unlink_connection(pool, connection);
        link_first(pool, connection);
    }
    return status;
}

void lyger_pool_request_end(lyger_pool *pool)
{
    if (!pool) {
        return;
    }
    forget_inherited(pool);
    while (pool->transactions) {
        lyger_pool_end(pool, pool->transactions, false);
    }
    lyger_connection *at = pool->first;
    while (at) {
        lyger_connection *next = at->next;
        const lyger_backend *backend = at->backend;
        if (at->busy || (backend->survives_request && !backend->survives_request(at)) || is_worn(pool, at)) {
            drop(pool, at);
        } else {
            at->needs_reset = true;
            at->home = at->changed = false;
        }
        at = next;
    }
}

void lyger_pool_free(lyger_pool *pool)
{
    if (!pool) {
        return;
    }
    forget_inherited(pool);
    while (pool->transactions) {
        lyger_pool_end(pool, pool->transactions, false);
    }
    while (pool->first) {
        drop(pool, pool->first);
    }
    free(pool);
}
