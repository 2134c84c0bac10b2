/*
 * Statements that are known beforehand, in one transaction.
 */
#include "backend.h"

#include <stdio.h>

/* Puts the statement's number, counted from 1, before the error's message. */
static void name_statement(size_t number, lyger_error *error)
{
    char message[LYGER_ERROR_MESSAGE_SIZE];
    if (error) {
        snprintf(message, sizeof message, "statement %zu: %.*s", number, (int)sizeof message - 32,
                 error->message);
        lyger_copy_text(error->message, sizeof error->message, message, strlen(message));
    }
}

lyger_status lyger_transaction_run(lyger_pool *pool, const char *dsn, size_t dsn_len,
                                   const lyger_transaction_options *options, const lyger_query *statements,
                                   size_t count, lyger_result **last, lyger_error *error)
{
    *last = NULL;
    if (count == 0) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "there are no statements to run");
    }
    lyger_status status = lyger_transaction_begin(pool, dsn, dsn_len, options, error);
    if (status != LYGER_OK) {
        return status;
    }
    for (size_t i = 0; i < count && status == LYGER_OK; i++) {
        lyger_result_free(*last);
        *last = NULL;
        status = lyger_query_run(pool, &statements[i], last, error);
        if (status != LYGER_OK) {
            name_statement(i + 1, error);
        }
    }
    /* Why a statement failed tells more than that its transaction could not be rolled back, which closes its
     * connection. */
    if (status != LYGER_OK) {
        lyger_transaction_end(pool, dsn, dsn_len, false, NULL);
    } else {
        status = lyger_transaction_end(pool, dsn, dsn_len, true, error);
    }
    if (status != LYGER_OK) {
        lyger_result_free(*last);
        *last = NULL;
    }
    return status;
}
