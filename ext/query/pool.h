/*
 * Inside the query room: taking a connection from the pool and giving it back.
 */
#ifndef LYGER_QUERY_POOL_H
#define LYGER_QUERY_POOL_H

#include "backend.h"

/*
 * A connection that is alive and busy, for the caller alone until lyger_pool_release(), to run sql (NULL: a
 * transaction) on it.
 *
 * In a request each DSN has a home: the connection that its statements run on, one after the other, so that
 * each statement sees what earlier ones left in the session. A statement that is sent, and not yet waited
 * for, occupies the home as long as it runs. Meanwhile other statements get connections of their own, clean
 * as at the request's start; a statement that is run makes its connection the home, a statement that is sent
 * (`beside`) does not. But when a statement of this request has needed the session, or this one does
 * (needs_session), only the home is right, and the pool waits for it.
 */
lyger_status lyger_pool_acquire(lyger_pool *pool, const char *dsn, size_t dsn_len, const char *sql,
                                bool beside, lyger_connection **connection, lyger_error *error);

/* Gives the connection back after a statement. Returns an error only when what the statement left had to be
 * undone. */
lyger_status lyger_pool_release(lyger_pool *pool, lyger_connection *connection, lyger_error *error);

/* A transaction: one connection that every statement of its DSN gets while it lasts. */
typedef struct lyger_transaction {
    struct lyger_transaction *next;
    lyger_connection *connection; /* NULL when a statement ended the transaction, or it was lost */
    unsigned depth;               /* 1, and one more for each savepoint */
    lyger_transaction_options options;
    size_t dsn_len;
    char dsn[]; /* owned; may hold a password */
} lyger_transaction;

/* The transaction of a DSN in this process, NULL when there is none. */
lyger_transaction *lyger_pool_transaction(lyger_pool *pool, const char *dsn, size_t dsn_len);

/* Ties the DSN to a connection that was acquired, which the caller then makes idle: every statement of the
 * DSN gets it. NULL when out of memory. */
lyger_transaction *lyger_pool_begin(lyger_pool *pool, lyger_connection *connection);

/* Takes the transaction's connection away: when `clean` it returns to the pool, otherwise it is closed. A
 * busy connection is rolled back when it is released. Every further statement of the transaction is an
 * error. */
void lyger_pool_lose(lyger_pool *pool, lyger_transaction *transaction, bool clean);

/* lyger_pool_lose(), and the DSN has no transaction any more. */
void lyger_pool_end(lyger_pool *pool, lyger_transaction *transaction, bool clean);

/* Statements that were sent and not yet waited for, the oldest first; async.c keeps the list. */
typedef struct lyger_async lyger_async;
lyger_async **lyger_pool_pending(lyger_pool *pool);

/* Waits for the oldest pending statement of that connection, or of any connection with that DSN when
 * connection is NULL; *found says whether there was one. LYGER_E_INTERRUPTED when the caller is to stop,
 * otherwise LYGER_OK. */
lyger_status lyger_async_collect(lyger_pool *pool, const lyger_connection *connection, const char *dsn,
                                 size_t dsn_len, bool *found);

/* Whether the connection runs a statement that lyger_async_collect() can wait for. */
bool lyger_async_is_pending(lyger_pool *pool, const lyger_connection *connection);

/* Hooks that the calls of query.c and async.c share. */
typedef struct lyger_call {
    const char *dsn;
    size_t dsn_len;
    lyger_statement statement;
    bool beside; /* the statement is sent and waited for later */
} lyger_call;

/* Checks the arguments and takes a connection. */
lyger_status lyger_call_begin(lyger_pool *pool, const lyger_call *call, lyger_connection **connection,
                              lyger_error *error);

/* Gives the connection back; the statement's own error matters more than what giving back found. */
lyger_status lyger_call_end(lyger_pool *pool, lyger_connection *connection, lyger_status status,
                            lyger_error *error);

const lyger_interrupt *lyger_pool_interrupt(const lyger_pool *pool);

#endif
