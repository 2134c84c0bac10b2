/*
 * Inside the query room: taking a connection from the pool and giving it back.
 */
#ifndef LYGER_QUERY_POOL_H
#define LYGER_QUERY_POOL_H

#include "backend.h"

/* A connection that is alive, clean and busy, for the caller alone until lyger_pool_release(). */
lyger_status lyger_pool_acquire(lyger_pool *pool, const char *dsn, size_t dsn_len,
                                lyger_connection **connection, lyger_error *error);

/* Gives it back after a statement. Returns an error only when what the statement left had to be undone. */
lyger_status lyger_pool_release(lyger_pool *pool, lyger_connection *connection, lyger_error *error);

const lyger_interrupt *lyger_pool_interrupt(const lyger_pool *pool);

#endif
