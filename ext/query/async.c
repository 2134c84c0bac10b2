#include "async.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SLICE_MS 100    /* between questions to the interrupt hook */
#define POLLED_MOST 64u /* pending statements whose data is read while one is waited for */

struct lyger_async {
    lyger_result base; /* first member; its facts are those of done */
    lyger_async *next; /* in the pool, younger */
    lyger_pool *pool;
    lyger_connection *connection; /* NULL when the statement has ended */
    lyger_limits limits;
    bool entered; /* its backend works on the statement further up the stack, below the interrupt hook */
    lyger_result *done; /* NULL when the statement failed */
    lyger_error failure;
};

/* Whether this process was forked since the statement was sent: the statement is the parent's. */
static bool is_inherited(const lyger_async *async)
{
    return async->limits.process != getpid();
}

static void unlink_async(lyger_async *async)
{
    for (lyger_async **at = lyger_pool_pending(async->pool); *at; at = &(*at)->next) {
        if (*at == async) {
            *at = async->next;
            async->next = NULL;
            return;
        }
    }
}

/* Keeps the statement's result or error and gives its connection back. */
static void finish(lyger_async *async, lyger_status status)
{
    status = lyger_call_end(async->pool, async->connection, status, &async->failure);
    async->connection = NULL;
    unlink_async(async);
    if (status == LYGER_OK) {
        status = lyger_result_admit(async->done, &async->failure);
    }
    if (status != LYGER_OK) {
        lyger_result_free(async->done);
        async->done = NULL;
        async->failure.status = status;
        return;
    }
    async->base.facts = async->done->facts;
}

/* Waits until data arrives for this statement or another pending one, and has libpq read it. */
static lyger_status wait_for_any(lyger_async *async)
{
    struct pollfd entries[POLLED_MOST];
    lyger_connection *connections[POLLED_MOST];
    nfds_t count = 0;
    connections[count] = async->connection;
    entries[count++].fd = async->connection->backend->descriptor(async->connection);
    for (lyger_async *at = *lyger_pool_pending(async->pool); at && count < POLLED_MOST; at = at->next) {
        if (at != async && at->connection && !is_inherited(at)) {
            connections[count] = at->connection;
            entries[count++].fd = at->connection->backend->descriptor(at->connection);
        }
    }
    for (nfds_t i = 0; i < count; i++) {
        entries[i].events = POLLIN;
        entries[i].revents = 0;
    }
    poll(entries, count, SLICE_MS);
    for (nfds_t i = 1; i < count; i++) {
        if (entries[i].revents) {
            connections[i]->backend->arrived(connections[i]);
        }
    }
    return lyger_limits_check(&async->limits); /* last: the hook may end statements, and their connections */
}

/* Stops the statement on the server, unless it is the parent's. */
static void cancel(lyger_async *async)
{
    if (!is_inherited(async)) {
        async->connection->backend->cancel(async->connection);
    }
}

static void give_up(lyger_async *async, lyger_status why)
{
    cancel(async);
    lyger_limits_fail(&async->failure, why, "the statement");
    finish(async, lyger_with_state(&async->failure, why, why == LYGER_E_QUERY ? "" : "57014"));
}

/* Waits for the statement's end and keeps its result. LYGER_E_INTERRUPTED when the caller is to stop. */
static lyger_status end_async(lyger_async *async)
{
    const lyger_backend *backend = async->connection->backend;
    lyger_status status = is_inherited(async) ? LYGER_E_QUERY : lyger_limits_check(&async->limits);
    /* A signal handler of PHP may come back here through the hook and end the statement meanwhile. */
    while (status == LYGER_OK && async->connection && !backend->arrived(async->connection)) {
        status = wait_for_any(async);
    }
    if (async->connection && status != LYGER_OK) {
        give_up(async, status);
    } else if (async->connection) {
        async->entered = true;
        lyger_status received =
            backend->receive(async->connection, &async->limits, &async->done, &async->failure);
        async->entered = false;
        finish(async, received);
        status = received == LYGER_E_INTERRUPTED ? received : status;
    }
    return status == LYGER_E_INTERRUPTED ? status : LYGER_OK;
}

static lyger_status async_await(lyger_result *result, lyger_error *error)
{
    lyger_async *async = (lyger_async *)result;
    if (async->entered) {
        return lyger_fail(error, LYGER_E_QUERY,
                          "the statement is being worked on by the call that this one interrupts");
    }
    if (async->connection) {
        end_async(async);
    }
    if (!async->done) {
        if (error) {
            *error = async->failure;
        }
        return async->failure.status;
    }
    return LYGER_OK;
}

static lyger_status async_write(lyger_result *result, lyger_window window, lyger_sink *sink,
                                lyger_error *error)
{
    lyger_async *async = (lyger_async *)result;
    lyger_status status = async_await(result, error);
    return status == LYGER_OK ? lyger_result_write_window(async->done, window, sink, error) : status;
}

static void async_destroy(lyger_result *result)
{
    lyger_async *async = (lyger_async *)result;
    if (async->connection) {
        cancel(async);
        finish(async, LYGER_E_INTERRUPTED);
    }
    lyger_result_free(async->done);
}

static void async_read(lyger_result *result, lyger_cursor *cursor, lyger_value *values)
{
    lyger_result *done = ((lyger_async *)result)->done;
    done->ops->read(done, cursor, values);
}

static const lyger_result_ops async_ops = {
    .write_json = async_write, .destroy = async_destroy, .await = async_await, .read = async_read};

lyger_status lyger_async_collect(lyger_pool *pool, const lyger_connection *connection, const char *dsn,
                                 size_t dsn_len, bool *found)
{
    *found = false;
    for (lyger_async *at = *lyger_pool_pending(pool); at; at = at->next) {
        const lyger_connection *has = at->connection;
        bool wanted =
            connection ? has == connection : has->dsn_len == dsn_len && memcmp(has->dsn, dsn, dsn_len) == 0;
        if (wanted && !at->entered) {
            *found = true;
            return end_async(at);
        }
    }
    return LYGER_OK;
}

bool lyger_async_is_pending(lyger_pool *pool, const lyger_connection *connection)
{
    const lyger_async *at = *lyger_pool_pending(pool);
    while (at && (at->connection != connection || at->entered)) {
        at = at->next;
    }
    return at != NULL;
}

static void link_last(lyger_async *async)
{
    lyger_async **at = lyger_pool_pending(async->pool);
    while (*at) {
        at = &(*at)->next;
    }
    *at = async;
}

/* Sends the statement, or runs it where the backend cannot send. The statement's errors are told when its
 * result is awaited. */
static void start(lyger_async *async, const lyger_call *call)
{
    lyger_connection *connection = async->connection;
    const lyger_backend *backend = connection->backend;
    lyger_status status;
    link_last(async);
    async->entered = true;
    if (!backend->send) {
        status = backend->run(connection, &call->statement, &async->limits, &async->done, &async->failure);
    } else {
        status = backend->send(connection, &call->statement, &async->limits, &async->failure);
    }
    async->entered = false;
    if (!backend->send || status != LYGER_OK) {
        finish(async, status);
    }
}

lyger_status lyger_async_send(lyger_pool *pool, const lyger_call *call, lyger_result **result,
                              lyger_error *error)
{
    lyger_connection *connection;
    *result = NULL;
    lyger_status status = lyger_call_begin(pool, call, &connection, error);
    if (status != LYGER_OK) {
        return status;
    }
    lyger_async *async = calloc(1, sizeof *async);
    if (!async) {
        return lyger_call_end(pool, connection,
                              lyger_fail(error, LYGER_E_MEMORY, "out of memory for a query"), error);
    }
    async->base.ops = &async_ops;
    async->base.options = call->statement.options;
    async->pool = pool;
    async->connection = connection;
    async->limits = lyger_limits_for(lyger_pool_interrupt(pool), call->statement.options.timeout);
    start(async, call);
    *result = &async->base;
    return LYGER_OK;
}
