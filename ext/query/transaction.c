#include "pool.h"

#include <stdio.h>
#include <string.h>

/* A statement of lyger's own on the transaction's connection. */
static lyger_status command(lyger_pool *pool, const lyger_transaction *transaction, const char *sql,
                            char *tag, size_t tag_size, lyger_error *error)
{
    lyger_result *result = NULL;
    lyger_status status = lyger_query_run(pool, transaction->dsn, transaction->dsn_len, sql, strlen(sql),
                                          NULL, 0, NULL, &result, error);
    if (status == LYGER_OK && tag) {
        snprintf(tag, tag_size, "%s", lyger_result_describe(result)->tag);
    }
    lyger_result_free(result);
    return status;
}

static lyger_status savepoint(lyger_pool *pool, const lyger_transaction *transaction, const char *what,
                              lyger_error *error)
{
    char sql[64];
    snprintf(sql, sizeof sql, "%s lyger_%u", what, transaction->depth);
    return command(pool, transaction, sql, NULL, 0, error);
}

static lyger_status begin_first(lyger_pool *pool, const char *dsn, size_t dsn_len, lyger_error *error)
{
    lyger_connection *connection;
    lyger_status status = lyger_pool_acquire(pool, dsn, dsn_len, &connection, error);
    if (status != LYGER_OK) {
        return status;
    }
    lyger_transaction *transaction = lyger_pool_begin(pool, connection);
    connection->busy = false;
    if (!transaction) {
        lyger_pool_release(pool, connection, NULL);
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a transaction");
    }
    status = command(pool, transaction, "BEGIN", NULL, 0, error);
    if (status != LYGER_OK) {
        lyger_pool_end(pool, transaction, false);
    }
    return status;
}

lyger_status lyger_transaction_begin(lyger_pool *pool, const char *dsn, size_t dsn_len, lyger_error *error)
{
    if (memchr(dsn, '\0', dsn_len)) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "the DSN holds a NUL byte");
    }
    lyger_transaction *transaction = lyger_pool_transaction(pool, dsn, dsn_len);
    if (!transaction) {
        return begin_first(pool, dsn, dsn_len, error);
    }
    transaction->depth++;
    lyger_status status = savepoint(pool, transaction, "SAVEPOINT", error);
    transaction->depth -= status != LYGER_OK;
    return status;
}

/* Undoes the innermost level. When a savepoint cannot be rolled back, the transaction can only be lost: what
 * was to be undone must not be committed with the rest. */
static lyger_status undo(lyger_pool *pool, lyger_transaction *transaction, lyger_error *error)
{
    lyger_status status;
    if (transaction->depth > 1) {
        status = savepoint(pool, transaction, "ROLLBACK TO SAVEPOINT", error);
        if (status == LYGER_OK) {
            status = savepoint(pool, transaction, "RELEASE SAVEPOINT", error);
        }
        if (status != LYGER_OK) {
            lyger_pool_lose(pool, transaction, false);
        }
        transaction->depth--;
        return status;
    }
    status = transaction->connection ? command(pool, transaction, "ROLLBACK", NULL, 0, error) : LYGER_OK;
    lyger_pool_end(pool, transaction, status == LYGER_OK);
    return status;
}

/* The server answers COMMIT with ROLLBACK when a statement had failed (PostgreSQL manual, COMMIT). */
static lyger_status commit(lyger_pool *pool, const lyger_transaction *transaction, lyger_error *error)
{
    char tag[32] = "";
    if (transaction->depth > 1) {
        return savepoint(pool, transaction, "RELEASE SAVEPOINT", error);
    }
    lyger_status status = command(pool, transaction, "COMMIT", tag, sizeof tag, error);
    if (status == LYGER_OK && strcmp(tag, "ROLLBACK") == 0) {
        lyger_fail(error, LYGER_E_QUERY,
                   "the transaction was rolled back instead of committed: a statement in it had failed");
        return lyger_with_state(error, LYGER_E_QUERY, "25P02");
    }
    return status;
}

lyger_status lyger_transaction_end(lyger_pool *pool, const char *dsn, size_t dsn_len, bool keep,
                                   lyger_error *error)
{
    lyger_transaction *transaction = lyger_pool_transaction(pool, dsn, dsn_len);
    if (!transaction) {
        return lyger_fail(error, LYGER_E_QUERY, "there is no transaction on this DSN");
    }
    if (!keep) {
        return undo(pool, transaction, error);
    }
    lyger_status status = commit(pool, transaction, error);
    if (status != LYGER_OK) {
        undo(pool, transaction, NULL);
    } else if (transaction->depth > 1) {
        transaction->depth--;
    } else {
        lyger_pool_end(pool, transaction, true);
    }
    return status;
}

void lyger_transaction_abandon(lyger_pool *pool, const char *dsn, size_t dsn_len)
{
    lyger_transaction *transaction = lyger_pool_transaction(pool, dsn, dsn_len);
    if (transaction) {
        lyger_pool_end(pool, transaction, false);
    }
}
