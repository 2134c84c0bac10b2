/*
 * Transactions of query.h: BEGIN and savepoints, COMMIT and ROLLBACK, whatever the database.
 */
#include "pool.h"

#include <stdio.h>
#include <string.h>

/* Runs a statement of lyger's own on the transaction's connection; the timeout in seconds, 0: none. */
static lyger_status run(lyger_pool *pool, const lyger_transaction *transaction, const char *sql,
                        double timeout, lyger_result **result, lyger_error *error)
{
    const lyger_query_options options = {.timeout = timeout};
    return lyger_query_run(
        pool, &(lyger_query){transaction->dsn, transaction->dsn_len, sql, strlen(sql), NULL, 0, &options},
        result, error);
}

static lyger_status command(lyger_pool *pool, const lyger_transaction *transaction, const char *sql,
                            lyger_error *error)
{
    lyger_result *result = NULL;
    lyger_status status = run(pool, transaction, sql, transaction->options.timeout, &result, error);
    lyger_result_free(result);
    return status;
}

static lyger_status savepoint(lyger_pool *pool, const lyger_transaction *transaction, const char *what,
                              lyger_error *error)
{
    char sql[64];
    snprintf(sql, sizeof sql, "%s lyger_%u", what, transaction->depth);
    return command(pool, transaction, sql, error);
}

static lyger_status begin_first(lyger_pool *pool, const char *dsn, size_t dsn_len,
                                lyger_transaction_options options, lyger_error *error)
{
    char sql[LYGER_BEGIN_SIZE];
    lyger_connection *connection;
    lyger_result *result = NULL;
    lyger_status status = lyger_pool_acquire(pool, dsn, dsn_len, NULL, false, &connection, error);
    if (status != LYGER_OK) {
        return status;
    }
    status = connection->backend->begin(connection, &options, sql, error);
    if (status != LYGER_OK) {
        lyger_pool_release(pool, connection, NULL);
        return status;
    }
    lyger_transaction *transaction = lyger_pool_begin(pool, connection);
    connection->busy = false;
    if (!transaction) {
        lyger_pool_release(pool, connection, NULL);
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a transaction");
    }
    transaction->options = options;
    status = run(pool, transaction, sql, options.timeout, &result, error);
    lyger_result_free(result);
    if (status != LYGER_OK) {
        lyger_pool_end(pool, transaction,
                       false); /* closes the connection only if the transaction has begun */
    }
    return status;
}

/* A savepoint has no options of its own: it may only repeat those of the outermost transaction. */
static lyger_status check_options(const lyger_transaction_options *outer,
                                  const lyger_transaction_options *wanted, lyger_error *error)
{
    const char *name = NULL;
    if (wanted->isolation && wanted->isolation != outer->isolation) {
        name = "isolation";
    } else if (wanted->read_only && wanted->read_only != outer->read_only) {
        name = "read_only";
    } else if (wanted->deferrable && wanted->deferrable != outer->deferrable) {
        name = "deferrable";
    } else if (wanted->mode && wanted->mode != outer->mode) {
        name = "mode";
    }
    if (!name) {
        return LYGER_OK;
    }
    lyger_fail(error, LYGER_E_QUERY,
               "a transaction inside of another one is a savepoint in it: the option \"%s\" can only be that "
               "of the outermost one",
               name);
    return lyger_with_state(error, LYGER_E_QUERY, "25001");
}

lyger_status lyger_transaction_begin(lyger_pool *pool, const char *dsn, size_t dsn_len,
                                     const lyger_transaction_options *options, lyger_error *error)
{
    static const lyger_transaction_options defaults;
    options = options ? options : &defaults;
    if (memchr(dsn, '\0', dsn_len)) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "the DSN holds a NUL byte");
    }
    lyger_transaction *transaction = lyger_pool_transaction(pool, dsn, dsn_len);
    if (!transaction) {
        return begin_first(pool, dsn, dsn_len, *options, error);
    }
    lyger_status status = check_options(&transaction->options, options, error);
    if (status != LYGER_OK) {
        return status;
    }
    transaction->depth++;
    status = savepoint(pool, transaction, "SAVEPOINT", error);
    transaction->depth -= status != LYGER_OK;
    return status;
}

/* Undoes the innermost level. When a savepoint cannot be rolled back, the transaction can only be lost:
 * changes that were to be undone must not be committed with the rest. */
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
    status = transaction->connection ? command(pool, transaction, "ROLLBACK", error) : LYGER_OK;
    lyger_pool_end(pool, transaction, status == LYGER_OK);
    return status;
}

/* The server answers COMMIT with ROLLBACK when a statement had failed (PostgreSQL manual, COMMIT). */
static lyger_status commit(lyger_pool *pool, const lyger_transaction *transaction, lyger_error *error)
{
    lyger_result *result = NULL;
    if (transaction->depth > 1) {
        return savepoint(pool, transaction, "RELEASE SAVEPOINT", error);
    }
    lyger_status status = run(pool, transaction, "COMMIT", transaction->options.timeout, &result, error);
    if (status == LYGER_OK && strcmp(lyger_result_describe(result)->tag, "ROLLBACK") == 0) {
        lyger_fail(error, LYGER_E_QUERY,
                   "the transaction was rolled back instead of committed: a statement in it had failed");
        status = lyger_with_state(error, LYGER_E_QUERY, "25P02");
    }
    lyger_result_free(result);
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
