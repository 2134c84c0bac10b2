#include "pq_wire.h"

#include <poll.h>
#include <string.h>

/* libpq's messages have several lines and end in a newline; lyger's errors have one line. */
lyger_status lyger_pq_fail(const char *what, const char *message, const char *state, lyger_error *error)
{
    char line[LYGER_ERROR_MESSAGE_SIZE * 2]; /* lyger_fail() cuts between characters */
    size_t used = 0;
    for (; *message && used + 1 < sizeof line; message++) {
        bool space = *message == '\n' || *message == '\t' || *message == ' ';
        if (!space) {
            line[used++] = *message;
        } else if (used > 0 && line[used - 1] != ' ') {
            line[used++] = ' ';
        }
    }
    used -= used > 0 && line[used - 1] == ' ';
    line[used] = '\0';
    if (used == 0) {
        lyger_copy_text(line, sizeof line, "the server's answer makes no sense", 34);
    }
    lyger_fail(error, LYGER_E_QUERY, "%s%s", what, line);
    return lyger_with_state(error, LYGER_E_QUERY, state);
}

lyger_status lyger_pq_lost(pq_connection *connection, lyger_error *error)
{
    connection->broken = true;
    return lyger_pq_fail("the connection to the PostgreSQL server is lost: ",
                         connection->pq->errorMessage(connection->server), "08006", error);
}

/* Sends what is buffered, and reads meanwhile: otherwise server and client could wait for each other. */
lyger_status lyger_pq_flush(pq_connection *connection, const lyger_limits *limits, lyger_error *error)
{
    const lyger_pq *pq = connection->pq;
    int left;
    while ((left = pq->flush(connection->server)) == 1) {
        lyger_status status = lyger_limits_wait(limits, pq->socket(connection->server), POLLIN | POLLOUT);
        if (status != LYGER_OK) {
            return status;
        }
        if (!pq->consumeInput(connection->server)) {
            return lyger_pq_lost(connection, error);
        }
    }
    return left == 0 ? LYGER_OK : lyger_pq_lost(connection, error);
}

/* The next result of the statement under way, NULL after the last. When the server went away, libpq makes the
 * last result of what had arrived, which may say why. */
lyger_status lyger_pq_next(pq_connection *connection, const lyger_limits *limits, PGresult **result)
{
    const lyger_pq *pq = connection->pq;
    while (!connection->broken && pq->isBusy(connection->server)) {
        lyger_status status = lyger_limits_wait(limits, pq->socket(connection->server), POLLIN);
        if (status != LYGER_OK) {
            return status;
        }
        connection->broken = !pq->consumeInput(connection->server);
    }
    *result = pq->getResult(connection->server);
    return LYGER_OK;
}

bool lyger_pq_is_copy(const PGresult *result, const lyger_pq *pq)
{
    ExecStatusType status = pq->resultStatus(result);
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

lyger_status lyger_pq_gather(pq_connection *connection, const lyger_limits *limits, PGresult **kept,
                             lyger_error *error)
{
    const lyger_pq *pq = connection->pq;
    lyger_status status = lyger_pq_flush(connection, limits, error);
    while (status == LYGER_OK) {
        PGresult *next = NULL;
        status = lyger_pq_next(connection, limits, &next);
        if (status != LYGER_OK || !next) {
            break;
        }
        bool copy = lyger_pq_is_copy(next, pq);
        bool better = *kept && pq->resultStatus(next) == PGRES_FATAL_ERROR &&
                      pq->resultStatus(*kept) != PGRES_FATAL_ERROR;
        pq->clear(better ? *kept : *kept ? next : NULL);
        *kept = better || !*kept ? next : *kept;
        if (copy) {
            connection->broken = true; /* the protocol waits for COPY data, which lyger does not send */
            break;
        }
    }
    return status;
}

lyger_status lyger_pq_collect(pq_connection *connection, const lyger_limits *limits, PGresult **kept,
                              lyger_error *error)
{
    *kept = NULL;
    lyger_status status = lyger_pq_gather(connection, limits, kept, error);
    if (status != LYGER_OK) {
        connection->pq->clear(*kept);
        *kept = NULL;
    }
    return status;
}

/* Makes the status that lyger_pq_collect() gave the statement's error. */
lyger_status lyger_pq_stop(pq_connection *connection, lyger_status why, lyger_error *error)
{
    if (why == LYGER_E_QUERY) {
        if (!connection->broken) {
            connection->broken = true; /* the connection is the parent's: it must not be used */
            lyger_limits_fail(error, why, "the statement");
        }
        return why;
    }
    if (!connection->broken) {
        lyger_pq_cancel(connection);
    }
    lyger_limits_fail(error, why, "the statement");
    return lyger_with_state(error, why, "57014");
}

lyger_status lyger_pq_command(pq_connection *connection, const char *sql, const lyger_limits *limits,
                              lyger_error *error)
{
    const lyger_pq *pq = connection->pq;
    PGresult *result = NULL;
    if (!pq->sendQuery(connection->server, sql)) {
        return lyger_pq_lost(connection, error);
    }
    lyger_status status = lyger_pq_collect(connection, limits, &result, error);
    if (status != LYGER_OK && !connection->broken) {
        lyger_limits_fail(error, status, "preparing the connection");
    }
    if (status == LYGER_OK && result) {
        ExecStatusType outcome = pq->resultStatus(result);
        if (outcome != PGRES_COMMAND_OK && outcome != PGRES_EMPTY_QUERY && outcome != PGRES_TUPLES_OK) {
            status = lyger_pq_fail("", pq->resultErrorMessage(result),
                                   pq->resultErrorField(result, PG_DIAG_SQLSTATE), error);
        }
    }
    pq->clear(result);
    if (status != LYGER_OK) {
        connection->broken = true;
    }
    return status;
}

static lyger_status ask(pq_connection *connection, const char *sql, uint32_t type, const char *value,
                        const lyger_limits *limits, PGresult **rows, lyger_error *error)
{
    const lyger_pq *pq = connection->pq;
    if (!pq->sendQueryParams(connection->server, sql, 1, &type, &value, NULL, NULL, 0)) {
        return lyger_pq_lost(connection, error);
    }
    lyger_status status = lyger_pq_collect(connection, limits, rows, error);
    if (status != LYGER_OK) {
        return lyger_pq_stop(connection, status, error);
    }
    if (!*rows) {
        return lyger_pq_lost(connection, error);
    }
    if (pq->resultStatus(*rows) != PGRES_TUPLES_OK) {
        const char *message = pq->resultErrorField(*rows, PG_DIAG_MESSAGE_PRIMARY);
        status = lyger_pq_fail(
            "the values cannot be made JSON: ", message ? message : pq->resultErrorMessage(*rows),
            pq->resultErrorField(*rows, PG_DIAG_SQLSTATE), error);
        pq->clear(*rows);
        *rows = NULL;
    }
    return status;
}

lyger_status lyger_pq_ask(pq_connection *connection, const char *sql, uint32_t type, const char *value,
                          const lyger_limits *limits, PGresult **rows, lyger_error *error)
{
    bool within = connection->pq->transactionStatus(connection->server) == PQTRANS_INTRANS;
    lyger_status status = LYGER_OK;
    *rows = NULL;
    if (within) {
        status = lyger_pq_command(connection, "SAVEPOINT lyger_types", limits, error);
    }
    if (status == LYGER_OK) {
        status = ask(connection, sql, type, value, limits, rows, error);
    }
    if (within && !connection->broken) {
        /* Rolls back also when the time is over: otherwise the user's transaction would stay failed. */
        lyger_limits own = lyger_limits_for(NULL, LYGER_PQ_CANCEL_MS / 1000.0);
        lyger_pq_command(connection,
                         status == LYGER_OK
                             ? "RELEASE SAVEPOINT lyger_types"
                             : "ROLLBACK TO SAVEPOINT lyger_types; RELEASE SAVEPOINT lyger_types",
                         &own, NULL);
    }
    return status;
}
