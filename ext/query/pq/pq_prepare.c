#include "pq_prepare.h"
#include "pq_catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OID_INT4 23

/* Finds out whether a pooler stands between: has the server compare its process id with the one that the
 * connection got at its start (BackendKeyData), which a pooler makes up. */
static lyger_status look_for_pooler(pq_connection *connection, const lyger_limits *limits, lyger_error *error)
{
    static const char sql[] = "SELECT $1 OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()";
    const lyger_pq *pq = connection->pq;
    PGresult *rows = NULL;
    char process[16];
    snprintf(process, sizeof process, "%d", pq->backendPID(connection->server));
    lyger_status status = lyger_pq_ask(connection, sql, OID_INT4, process, limits, &rows, error);
    bool same = status == LYGER_OK && pq->ntuples(rows) == 1 && pq->nfields(rows) == 1 &&
                *pq->getvalue(rows, 0, 0) == 't';
    pq->clear(rows);
    connection->naming = same ? LYGER_PQ_NAMES : LYGER_PQ_NO_NAMES;
    return status == LYGER_E_QUERY && !connection->broken ? LYGER_OK : status;
}

/* Removes dropped plans from the server. An error is the caller's to see: the server may not have them any
 * more, after a DISCARD ALL by the application. */
static lyger_status remove_dropped(pq_connection *connection, const lyger_limits *limits, lyger_error *error)
{
    lyger_buffer sql;
    lyger_status status = LYGER_OK;
    lyger_buffer_init(&sql, &lyger_malloc_allocator);
    if (!lyger_pq_plans_put_dropped(connection->plans, &sql.sink)) {
        status = lyger_fail(error, LYGER_E_MEMORY, "out of memory for a query");
    } else if (sql.start) {
        PGresult *outcome = NULL;
        status = connection->pq->sendQuery(connection->server, sql.start)
                     ? lyger_pq_collect(connection, limits, &outcome, error)
                     : lyger_pq_lost(connection, error);
        connection->pq->clear(outcome);
        if (status != LYGER_OK && !connection->broken) {
            status = lyger_pq_stop(connection, status, error);
        }
    }
    lyger_buffer_free(&sql);
    return status;
}

/* Whether a value's text stays the same, or is refused, when the server reads it as this type and then
 * converts it to the type that the column has now. Real and numeric would lose digits, dates and times
 * parts. */
static bool survives_conversion(Oid type)
{
    switch (type) {
    case 16: /* bool, int8, int2, int4 */
    case 20:
    case 21:
    case 23:
    case 25: /* text, varchar, uuid */
    case 1043:
    case 2950:
        return true;
    default:
        return false;
    }
}

static bool is_of_use(const lyger_pq *pq, const PGresult *description)
{
    bool fit = pq->resultStatus(description) == PGRES_COMMAND_OK;
    for (int i = 0; fit && i < pq->nparams(description); i++) {
        fit = survives_conversion(pq->paramtype(description, i));
    }
    return fit;
}

/* Waits for the answer to one step of making a plan. */
static lyger_status finish_step(pq_connection *connection, int sent, const lyger_limits *limits,
                                PGresult **answer, lyger_error *error)
{
    if (!sent) {
        return lyger_pq_lost(connection, error);
    }
    lyger_status status = lyger_pq_collect(connection, limits, answer, error);
    return status == LYGER_OK ? status : lyger_pq_stop(connection, status, error);
}

/* Prepares the text under the name and looks whether the plan is of use. A text that the server does not
 * prepare is sent as text, and the error comes again. */
static lyger_status make_plan(pq_connection *connection, const char *name, const char *sql,
                              const lyger_limits *limits, bool *made, lyger_error *error)
{
    const lyger_pq *pq = connection->pq;
    PGresult *answer = NULL;
    lyger_status status = finish_step(connection, pq->sendPrepare(connection->server, name, sql, 0, NULL),
                                      limits, &answer, error);
    bool prepared = status == LYGER_OK && pq->resultStatus(answer) == PGRES_COMMAND_OK, of_use = false;
    pq->clear(answer);
    if (prepared) {
        answer = NULL;
        status = finish_step(connection, pq->sendDescribePrepared(connection->server, name), limits, &answer,
                             error);
        of_use = status == LYGER_OK && is_of_use(pq, answer);
        pq->clear(answer);
    }
    lyger_pq_plan_made(connection->plans, sql, strlen(sql), prepared, of_use);
    *made = of_use;
    return status;
}

lyger_status lyger_pq_name_for(pq_connection *connection, const char *sql, const lyger_limits *limits,
                               bool *named, char name[LYGER_PQ_PLAN_NAME_SIZE], lyger_error *error)
{
    lyger_status status = LYGER_OK;
    *named = false;
    if (connection->naming == LYGER_PQ_NO_NAMES || connection->base.in_transaction ||
        connection->pq->transactionStatus(connection->server) != PQTRANS_IDLE) {
        return status;
    }
    switch (lyger_pq_plan(&connection->plans, sql, strlen(sql), lyger_now_ms(), lyger_pq_types_generation(),
                          name)) {
    case LYGER_PQ_PLAN_USE:
        *named = true;
        return status;
    case LYGER_PQ_PLAN_PREPARE:
        if (connection->naming == LYGER_PQ_NAMES_UNASKED) {
            status = look_for_pooler(connection, limits, error);
        }
        if (status == LYGER_OK && connection->naming == LYGER_PQ_NAMES) {
            status = remove_dropped(connection, limits, error);
        }
        return status == LYGER_OK && connection->naming == LYGER_PQ_NAMES
                   ? make_plan(connection, name, sql, limits, named, error)
                   : status;
    default:
        return status;
    }
}

/* ---- what the server's errors prove ---- */

static bool field_is(const lyger_pq *pq, const PGresult *error, int field, const char *text)
{
    const char *value = pq->resultErrorField(error, field);
    return value && strcmp(value, text) == 0;
}

/*
 * A context of one line that ends in "$N", or "$N = '...'", is what the server says while it reads the
 * parameters of a portal (its bind_param_error_callback), which is before anything runs. Running functions
 * and statements give contexts of other forms: with their text in quotes or a line's number at the end. (A
 * server that is told to quote values in errors, log_parameter_max_length_on_error, proves nothing.)
 */
static bool is_parameter(const char *context, size_t params)
{
    const char *at = strchr(context, '$');
    char *end = NULL;
    if (!at || strpbrk(context, "\"(:\n") || at[1] < '1' || at[1] > '9') {
        return false; /* a name, a function's types, a value's place, more than one */
    }
    unsigned long number = strtoul(at + 1, &end, 10);
    return number <= params && (*end == '\0' || strcmp(end, " = '...'") == 0);
}

bool lyger_pq_ran_nothing(const lyger_pq *pq, const PGresult *error, const char *name, size_t params)
{
    const char *context = pq->resultErrorField(error, PG_DIAG_CONTEXT);
    const char *message = pq->resultErrorField(error, PG_DIAG_MESSAGE_PRIMARY);
    if (!field_is(pq, error, PG_DIAG_SEVERITY_NONLOCALIZED, "ERROR")) {
        return false;
    }
    if (context) {
        return is_parameter(context, params);
    }
    /* Without a context: nothing that the statement called raised it. */
    if (field_is(pq, error, PG_DIAG_SOURCE_FUNCTION, "FetchPreparedStatement")) {
        return field_is(pq, error, PG_DIAG_SQLSTATE, "26000") && message && strstr(message, name);
    }
    if (field_is(pq, error, PG_DIAG_SOURCE_FUNCTION, "RevalidateCachedQuery")) {
        return field_is(pq, error, PG_DIAG_SQLSTATE, "0A000");
    }
    /* A prepared statement is parsed again only when its tables or functions were altered, before it runs,
     * and with its old parameter types, which may not fit any more: an error of the parser proves that
     * nothing ran. */
    const char *file = pq->resultErrorField(error, PG_DIAG_SOURCE_FILE);
    return file && strncmp(file, "parse_", 6) == 0;
}

void lyger_pq_distrust(pq_connection *connection, const char *name, const char *sqlstate)
{
    if (strcmp(sqlstate, "26000") == 0) {
        connection->naming = LYGER_PQ_NO_NAMES; /* names vanish: DISCARD ALL, or a pooler */
        lyger_pq_plans_forget(connection->plans);
    } else if (strncmp(sqlstate, "23", 2) != 0 && strncmp(sqlstate, "40", 2) != 0) {
        lyger_pq_plan_drop(connection->plans, name);
    }
    lyger_pq_types_current(connection, INT64_MAX);
}
