/*
 * The PostgreSQL backend. Every wait is a poll(2) in slices, so that time limits and the interrupt hook are
 * honoured while connecting and while a statement runs; a statement that must stop is cancelled on the server
 * and the connection drained before it is used again.
 *
 * libpq resolves host names inside PQconnectStartParams(), which blocks; nothing here can shorten that.
 */
#include "backend.h"
#include "params.h"
#include "pq.h"
#include "pq_json.h"
#include "result.h"

#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define PING_AFTER_MS 5000 /* idleness after which the server is asked whether it is there */
#define CANCEL_MS 2000     /* how long a cancelled statement may take to stop */

typedef struct pq_connection {
    lyger_connection base; /* first member */
    const lyger_pq *pq;
    PGconn *server;
    lyger_result *in_flight; /* a result that is being written */
    bool broken;             /* in no state to be used again */
} pq_connection;

/* ---- DSN ---- */

static bool has_prefix(const char *text, size_t len, const char *prefix)
{
    size_t prefix_len = strlen(prefix);
    return len >= prefix_len && memcmp(text, prefix, prefix_len) == 0;
}

/* A URI, or "keyword = value …" (manual 34.1.1). */
static bool pq_claims(const char *dsn, size_t len)
{
    if (has_prefix(dsn, len, "postgres://") || has_prefix(dsn, len, "postgresql://")) {
        return true;
    }
    size_t at = 0;
    while (at < len && (dsn[at] == ' ' || dsn[at] == '\t' || dsn[at] == '\n')) {
        at++;
    }
    size_t word = at;
    while (at < len && ((dsn[at] >= 'a' && dsn[at] <= 'z') || dsn[at] == '_')) {
        at++;
    }
    bool named = at > word;
    while (at < len && dsn[at] == ' ') {
        at++;
    }
    return named && at < len && dsn[at] == '=';
}

/* Checks the DSN's form and finds its own connect_timeout. libpq's message would quote the DSN, password and
 * all. */
static lyger_status check_dsn(const lyger_pq *pq, const char *dsn, double *timeout, lyger_error *error)
{
    char *message = NULL;
    PQconninfoOption *options = pq->conninfoParse(dsn, &message);
    pq->freemem(message);
    if (!options) {
        return lyger_fail(
            error, LYGER_E_QUERY,
            "the DSN is not a valid PostgreSQL connection string (not shown: it may hold a password)");
    }
    for (const PQconninfoOption *option = options; option->keyword; option++) {
        if (option->val && strcmp(option->keyword, "connect_timeout") == 0 && atoi(option->val) > 0) {
            *timeout = atoi(option->val);
        }
    }
    pq->conninfoFree(options);
    return LYGER_OK;
}

/* ---- errors ---- */

/* libpq's messages have several lines and end in a newline; one line is wanted. */
static lyger_status fail_with_libpq(const char *what, const char *message, const char *state,
                                    lyger_error *error)
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
    lyger_fail(error, LYGER_E_QUERY, "%s%s", what, line);
    return lyger_with_state(error, LYGER_E_QUERY, state);
}

static void ignore_notice(void *context, const PGresult *notice)
{
    (void)context, (void)notice;
}

/* ---- connecting ---- */

static lyger_status poll_connection(const pq_connection *made, const lyger_limits *limits, lyger_error *error)
{
    const lyger_pq *pq = made->pq;
    /* Until the first poll, act as if it had said "writing" (manual 34.1, PQconnectPoll). */
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK && pq->status(made->server) != CONNECTION_BAD) {
        short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        lyger_status status = lyger_limits_wait(limits, pq->socket(made->server), events);
        if (status != LYGER_OK) {
            lyger_limits_fail(error, status, "connecting to the PostgreSQL server");
            return lyger_with_state(error, status, "08001");
        }
        state = pq->connectPoll(made->server);
        if (state == PGRES_POLLING_FAILED) {
            break;
        }
    }
    if (pq->status(made->server) != CONNECTION_OK) {
        return fail_with_libpq("cannot connect: ", pq->errorMessage(made->server), "08001", error);
    }
    return LYGER_OK;
}

static void end_connection(pq_connection *connection)
{
    lyger_result_free(connection->in_flight);
    connection->pq->finish(connection->server);
    free(connection);
}

static void pq_close(lyger_connection *base)
{
    end_connection((pq_connection *)base);
}

/* The session is the parent's: its socket is replaced by one that leads nowhere, so that libpq's farewell
 * does not end it. */
static void pq_forget(lyger_connection *base)
{
    pq_connection *connection = (pq_connection *)base;
    int server = connection->pq->socket(connection->server);
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (server >= 0 && (nowhere < 0 || dup2(nowhere, server) < 0)) {
        close(server); /* then the farewell fails too, and libpq closes a number that nothing has yet */
    }
    if (nowhere >= 0) {
        close(nowhere);
    }
    end_connection(connection);
}

static lyger_status make_usable(pq_connection *connection, const lyger_limits *limits, lyger_error *error);

static lyger_status pq_open(const lyger_opening *opening, lyger_connection **connection, lyger_error *error)
{
    double timeout = opening->connect_timeout;
    const lyger_pq *pq = lyger_pq_load(error);
    if (!pq) {
        return LYGER_E_QUERY;
    }
    lyger_status status = check_dsn(pq, opening->dsn, &timeout, error);
    if (status != LYGER_OK) {
        return status;
    }
    pq_connection *made = calloc(1, sizeof *made);
    if (!made) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a connection");
    }
    /* The DSN stands where it may override the application's name, but not the encoding. */
    const char *const names[] = {"fallback_application_name", "dbname", "client_encoding", NULL};
    const char *const values[] = {"lyger", opening->dsn, "UTF8", NULL};
    lyger_limits limits = lyger_limits_for(opening->interrupt, timeout);
    made->pq = pq;
    made->server = pq->connectStartParams(names, values, 1);
    if (!made->server) {
        free(made);
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a connection");
    }
    pq->setNoticeReceiver(made->server, ignore_notice, NULL);
    status = poll_connection(made, &limits, error);
    if (status == LYGER_OK) {
        pq->setnonblocking(made->server, 1);
        status = make_usable(made, &limits, error);
    }
    if (status != LYGER_OK) {
        /* A fork inside the interrupt hook: the session is the parent's. */
        limits.process == getpid() ? pq_close(&made->base) : pq_forget(&made->base);
        return status;
    }
    *connection = &made->base;
    return LYGER_OK;
}

/* ---- sending and receiving ---- */

static lyger_status lost(pq_connection *connection, lyger_error *error)
{
    connection->broken = true;
    return fail_with_libpq("the connection to the PostgreSQL server is lost: ",
                           connection->pq->errorMessage(connection->server), "08006", error);
}

/* Sends what is buffered; the server may have to be read from meanwhile, or both sides would wait. */
static lyger_status flush(pq_connection *connection, const lyger_limits *limits, lyger_error *error)
{
    const lyger_pq *pq = connection->pq;
    int left;
    while ((left = pq->flush(connection->server)) == 1) {
        lyger_status status = lyger_limits_wait(limits, pq->socket(connection->server), POLLIN | POLLOUT);
        if (status != LYGER_OK) {
            return status;
        }
        if (!pq->consumeInput(connection->server)) {
            return lost(connection, error);
        }
    }
    return left == 0 ? LYGER_OK : lost(connection, error);
}

/* The next result of the statement under way, NULL after the last. A server that went away may have said why:
 * libpq makes the last result of what had arrived. */
static lyger_status next_result(pq_connection *connection, const lyger_limits *limits, PGresult **result)
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

static bool is_copy(ExecStatusType status)
{
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

/* Keeps the first result, the one that says what happened, and throws the others away. */
static lyger_status collect(pq_connection *connection, const lyger_limits *limits, PGresult **kept,
                            lyger_error *error)
{
    const lyger_pq *pq = connection->pq;
    *kept = NULL;
    lyger_status status = flush(connection, limits, error);
    while (status == LYGER_OK) {
        PGresult *next = NULL;
        status = next_result(connection, limits, &next);
        if (status != LYGER_OK || !next) {
            break;
        }
        bool copy = is_copy(pq->resultStatus(next));
        if (*kept) {
            pq->clear(next);
        } else {
            *kept = next;
        }
        if (copy) {
            connection->broken = true; /* the protocol waits for data that nobody sends */
            break;
        }
    }
    if (status != LYGER_OK) {
        pq->clear(*kept);
        *kept = NULL;
    }
    return status;
}

/* Stops what runs on the server and reads its end. Broken when it does not end soon. */
static void cancel(pq_connection *connection)
{
    const lyger_pq *pq = connection->pq;
    char why[256];
    PGresult *rest = NULL;
    PGcancel *request = pq->getCancel(connection->server);
    if (!request || !pq->cancel(request, why, sizeof why)) {
        connection->broken = true;
    }
    pq->freeCancel(request);
    lyger_limits limits = lyger_limits_for(NULL, CANCEL_MS / 1000.0);
    /* A statement that ended by itself leaves the cancellation to hit the next one. */
    if (!connection->broken && (collect(connection, &limits, &rest, NULL) != LYGER_OK ||
                                pq->resultStatus(rest) != PGRES_FATAL_ERROR)) {
        connection->broken = true;
    }
    pq->clear(rest);
}

/* What collect() gave, made the statement's error. */
static lyger_status stop(pq_connection *connection, lyger_status why, lyger_error *error)
{
    if (why == LYGER_E_QUERY) {
        if (!connection->broken) {
            connection->broken = true; /* the parent's: do not touch it */
            lyger_limits_fail(error, why, "the statement");
        }
        return why;
    }
    if (!connection->broken) {
        cancel(connection);
    }
    lyger_limits_fail(error, why, "the statement");
    return lyger_with_state(error, why, "57014");
}

/* A statement of lyger's own, whose rows do not matter. */
static lyger_status command(pq_connection *connection, const char *sql, const lyger_limits *limits,
                            lyger_error *error)
{
    const lyger_pq *pq = connection->pq;
    PGresult *result = NULL;
    if (!pq->sendQuery(connection->server, sql)) {
        return lost(connection, error);
    }
    lyger_status status = collect(connection, limits, &result, error);
    if (status != LYGER_OK && !connection->broken) {
        lyger_limits_fail(error, status, "preparing the connection");
    }
    if (status == LYGER_OK && result) {
        ExecStatusType outcome = pq->resultStatus(result);
        if (outcome != PGRES_COMMAND_OK && outcome != PGRES_EMPTY_QUERY && outcome != PGRES_TUPLES_OK) {
            status = fail_with_libpq("", pq->resultErrorMessage(result),
                                     pq->resultErrorField(result, PG_DIAG_SQLSTATE), error);
        }
    }
    pq->clear(result);
    if (status != LYGER_OK) {
        connection->broken = true;
    }
    return status;
}

/* What the writer of rows relies on, whatever the database's settings or an earlier statement made of it. The
 * server reports both settings with every change, so that asking costs nothing (manual 34.2,
 * PQparameterStatus). */
static lyger_status make_usable(pq_connection *connection, const lyger_limits *limits, lyger_error *error)
{
    const char *style = connection->pq->parameterStatus(connection->server, "DateStyle");
    const char *encoding = connection->pq->parameterStatus(connection->server, "client_encoding");
    lyger_status status = LYGER_OK;
    if (!style || strncasecmp(style, "ISO", 3) != 0) {
        status = command(connection, "SET datestyle TO ISO", limits, error);
    }
    if (status == LYGER_OK && (!encoding || strcasecmp(encoding, "UTF8") != 0)) {
        status = command(connection, "SET client_encoding TO 'UTF8'", limits, error);
    }
    return status;
}

static lyger_status pq_revive(lyger_connection *base, int64_t idle_ms, const lyger_limits *limits)
{
    pq_connection *connection = (pq_connection *)base;
    const lyger_pq *pq = connection->pq;
    struct pollfd entry = {.fd = pq->socket(connection->server), .events = POLLIN};
    lyger_status status = LYGER_OK;
    /* A server that went away has written why, or closed the socket: what arrived while idle means asking. */
    bool spoke = poll(&entry, 1, 0) > 0;
    if ((spoke && !pq->consumeInput(connection->server)) || pq->status(connection->server) != CONNECTION_OK) {
        return LYGER_E_QUERY;
    }
    if (base->needs_reset) {
        status = command(connection, "DISCARD ALL", limits, NULL);
        base->needs_reset = status != LYGER_OK;
    } else if (spoke || idle_ms >= PING_AFTER_MS) {
        status = command(connection, "", limits, NULL);
    }
    return status == LYGER_OK ? make_usable(connection, limits, NULL) : status;
}

static lyger_status pq_settle(lyger_connection *base, bool *usable, lyger_error *error)
{
    pq_connection *connection = (pq_connection *)base;
    const lyger_pq *pq = connection->pq;
    PGnotify *notification;
    lyger_result_free(connection->in_flight);
    connection->in_flight = NULL;
    *usable = false;
    if (connection->broken || pq->status(connection->server) != CONNECTION_OK) {
        return LYGER_OK;
    }
    while ((notification = pq->notifies(connection->server))) {
        pq->freemem(notification);
    }
    switch (pq->transactionStatus(connection->server)) {
    case PQTRANS_IDLE:
        *usable = true;
        return LYGER_OK;
    case PQTRANS_INTRANS:
    case PQTRANS_INERROR: {
        lyger_limits limits = lyger_limits_for(NULL, CANCEL_MS / 1000.0);
        *usable = command(connection, "ROLLBACK", &limits, NULL) == LYGER_OK;
        return lyger_fail_open_transaction(error);
    }
    default:
        return LYGER_OK;
    }
}

/* ---- results ---- */

typedef struct pq_result {
    lyger_result base; /* first member */
    const lyger_pq *pq;
    PGresult *rows;
    const lyger_pq_type **types; /* one per column */
    lyger_buffer scratch;
} pq_result;

static lyger_status fail_value(const lyger_rows *rows, size_t column, lyger_pq_outcome outcome, size_t bad,
                               lyger_error *error)
{
    switch (outcome) {
    case LYGER_PQ_FULL:
        return lyger_sink_is_full(error);
    case LYGER_PQ_BAD_UTF8:
        return lyger_rows_bad_text(rows, column, bad, error);
    default:
        return lyger_fail(error, LYGER_E_QUERY,
                          "column \"%.200s\" of row %" PRIu64 " is not the text of an array",
                          rows->columns[column].name, rows->row);
    }
}

static lyger_status write_row(pq_result *result, int row, lyger_sink *sink, lyger_error *error)
{
    const lyger_pq *pq = result->pq;
    lyger_rows *rows = &result->base.rows;
    bool ok = lyger_rows_next(rows, sink);
    for (size_t i = 0; ok && i < rows->count; i++) {
        ok = lyger_rows_key(rows, i, sink);
        if (ok && pq->getisnull(result->rows, row, (int)i)) {
            ok = lyger_sink_put_literal(sink, "null");
        } else if (ok) {
            size_t bad = 0;
            lyger_pq_outcome outcome = lyger_pq_write(
                result->types[i], &result->base.options, pq->getvalue(result->rows, row, (int)i),
                (size_t)pq->getlength(result->rows, row, (int)i), sink, &result->scratch, &bad);
            if (outcome != LYGER_PQ_OK) {
                return fail_value(rows, i, outcome, bad, error);
            }
        }
    }
    return ok && lyger_rows_close(rows, sink) ? LYGER_OK : lyger_sink_is_full(error);
}

static lyger_status pq_result_write(lyger_result *base, lyger_sink *sink, lyger_error *error)
{
    pq_result *result = (pq_result *)base;
    int count = (int)base->facts.rows;
    lyger_status status = lyger_rows_begin(&base->rows, sink, error);
    for (int row = 0; row < count && status == LYGER_OK; row++) {
        status = write_row(result, row, sink, error);
    }
    if (status == LYGER_OK && !lyger_rows_end(&base->rows, sink)) {
        return lyger_sink_is_full(error);
    }
    return status;
}

static void pq_result_destroy(lyger_result *base)
{
    pq_result *result = (pq_result *)base;
    result->pq->clear(result->rows);
    free(result->types);
    lyger_buffer_free(&result->scratch);
}

static const lyger_result_ops result_ops = {pq_result_write, pq_result_destroy};

static lyger_status describe(pq_result *result, lyger_error *error)
{
    const lyger_pq *pq = result->pq;
    int count = pq->nfields(result->rows);
    lyger_rows *rows = &result->base.rows;
    lyger_status status = lyger_rows_init(rows, (size_t)count, result->base.options.rows_as_arrays, error);
    result->types = calloc(count > 0 ? (size_t)count : 1, sizeof *result->types);
    if (!result->types && status == LYGER_OK) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a result");
    }
    for (int i = 0; i < count && status == LYGER_OK; i++) {
        Oid oid = pq->ftype(result->rows, i);
        const lyger_pq_type *type = lyger_pq_type_of(oid);
        char other[24];
        snprintf(other, sizeof other, "oid %u", oid);
        result->types[i] = type;
        status = lyger_rows_column(rows, (size_t)i, pq->fname(result->rows, i),
                                   type->oid ? type->name : other, error);
    }
    return status;
}

/* Takes rows over, also when it fails. */
static lyger_status make_result(const lyger_pq *pq, PGresult *rows, const lyger_query_options *options,
                                lyger_result **made, lyger_error *error)
{
    pq_result *result = calloc(1, sizeof *result);
    if (!result) {
        pq->clear(rows);
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a result");
    }
    result->base.ops = &result_ops;
    result->base.options = *options;
    result->pq = pq;
    result->rows = rows;
    lyger_buffer_init(&result->scratch, &lyger_malloc_allocator);
    *made = &result->base;
    lyger_status status = describe(result, error);
    if (status != LYGER_OK) {
        return status;
    }
    const char *tag = pq->cmdStatus(rows);
    /* A SELECT counts the rows it returns; CREATE TABLE AS has the same tag without returning them. */
    bool counts_rows = pq->resultStatus(rows) == PGRES_TUPLES_OK &&
                       (strncmp(tag, "SELECT", 6) == 0 || strncmp(tag, "FETCH", 5) == 0);
    result->base.facts = (lyger_result_facts){
        .rows = (uint64_t)pq->ntuples(rows),
        .affected = counts_rows ? 0 : strtoull(pq->cmdTuples(rows), NULL, 10),
        .column_count = result->base.rows.count,
        .columns = result->base.rows.columns,
        .tag = tag,
    };
    return LYGER_OK;
}

/* ---- statements ---- */

/* The statement as it is sent. */
typedef struct prepared {
    const char *sql;
    bool standard_strings, numbered; /* ? were numbered */
    lyger_buffer text;
    const char **values;
    char *numbers; /* the texts of values that are not texts, NUMBER_SIZE each */
} prepared;

#define NUMBER_SIZE (LYGER_DOUBLE_SIZE + 1)

static void prepared_free(prepared *prepared)
{
    lyger_buffer_free(&prepared->text);
    free(prepared->values);
    free(prepared->numbers);
}

static lyger_status check_count(const lyger_statement *statement, const lyger_placeholders *found,
                                lyger_error *error)
{
    size_t expected = found->numbered > 0 ? found->numbered : found->marks;
    if (statement->param_count > 0 && statement->params[0].name) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "PostgreSQL takes parameters by position ($1 or ?), not by name");
    }
    if (expected != statement->param_count) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "the query takes %zu parameter%s, %zu given%s", expected,
                          expected == 1 ? "" : "s", statement->param_count,
                          found->numbered == 0 && found->marks > 0
                              ? " (the operator is written with two question marks)"
                              : "");
    }
    return LYGER_OK;
}

static const char *value_text(const lyger_param *param, char *number)
{
    size_t len;
    switch (param->type) {
    case LYGER_PARAM_BOOL:
        return param->boolean ? "t" : "f";
    case LYGER_PARAM_TEXT:
        return param->text.bytes;
    case LYGER_PARAM_INT:
        len = lyger_format_int(number, param->integer);
        break;
    case LYGER_PARAM_FLOAT:
        if (isnan(param->real)) {
            return "NaN";
        }
        if (isinf(param->real)) {
            return param->real > 0 ? "Infinity" : "-Infinity";
        }
        len = lyger_format_double(number, param->real, false);
        break;
    default:
        return NULL;
    }
    number[len] = '\0';
    return number;
}

static lyger_status prepare(const pq_connection *connection, const lyger_statement *statement, prepared *out,
                            lyger_error *error)
{
    const char *strings = connection->pq->parameterStatus(connection->server, "standard_conforming_strings");
    *out = (prepared){.sql = statement->sql, .standard_strings = !strings || strcmp(strings, "off") != 0};
    lyger_buffer_init(&out->text, &lyger_malloc_allocator);
    lyger_placeholders found = lyger_placeholders_find(statement->sql, statement->len, out->standard_strings);
    lyger_status status = check_count(statement, &found, error);
    if (status != LYGER_OK) {
        return status;
    }
    size_t count = statement->param_count;
    bool ok = true;
    if (found.numbered == 0 && found.marks + found.doubled > 0) {
        out->numbered = true;
        ok = lyger_placeholders_number(statement->sql, statement->len, out->standard_strings,
                                       &out->text.sink) &&
             lyger_sink_put_char(&out->text.sink, '\0');
        out->sql = out->text.start;
    }
    if (ok && count > 0) {
        out->values = calloc(count, sizeof *out->values);
        out->numbers = calloc(count, NUMBER_SIZE);
        ok = out->values && out->numbers;
    }
    if (!ok) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a query");
    }
    for (size_t i = 0; i < count; i++) {
        out->values[i] = value_text(&statement->params[i], out->numbers + i * NUMBER_SIZE);
    }
    return LYGER_OK;
}

/* The server's own words: message, detail and hint, SQLSTATE and position. */
static lyger_status server_error(const lyger_pq *pq, const PGresult *result, const lyger_statement *statement,
                                 const prepared *sent, lyger_error *error)
{
    const char *message = pq->resultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = pq->resultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *hint = pq->resultErrorField(result, PG_DIAG_MESSAGE_HINT);
    const char *state = pq->resultErrorField(result, PG_DIAG_SQLSTATE);
    const char *position = pq->resultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    if (!message) {
        return fail_with_libpq("", pq->resultErrorMessage(result), state ? state : "08006", error);
    }
    lyger_fail(error, LYGER_E_QUERY, "%s%s%s%s%s", message, detail ? "; " : "", detail ? detail : "",
               hint ? "; " : "", hint ? hint : "");
    lyger_with_state(error, LYGER_E_QUERY, state);
    if (error && position) {
        error->position = atoi(position);
        if (sent->numbered) {
            error->position = lyger_placeholders_origin(statement->sql, statement->len,
                                                        sent->standard_strings, error->position);
        }
    }
    return LYGER_E_QUERY;
}

static lyger_status judge(pq_connection *connection, PGresult *rows, const lyger_statement *statement,
                          const prepared *sent, lyger_error *error)
{
    if (!rows) {
        return lost(connection, error);
    }
    switch (connection->pq->resultStatus(rows)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
        return LYGER_OK;
    case PGRES_EMPTY_QUERY:
        lyger_fail(error, LYGER_E_QUERY, "the query is empty");
        return lyger_with_state(error, LYGER_E_QUERY, "42601");
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
        return lyger_fail(error, LYGER_E_QUERY,
                          "COPY from or to the client is not supported: use INSERT or SELECT");
    default:
        return server_error(connection->pq, rows, statement, sent, error);
    }
}

static lyger_status pq_run(lyger_connection *base, const lyger_statement *statement,
                           const lyger_limits *limits, lyger_result **result, lyger_error *error)
{
    pq_connection *connection = (pq_connection *)base;
    const lyger_pq *pq = connection->pq;
    PGresult *rows = NULL;
    prepared sent;
    lyger_status status = prepare(connection, statement, &sent, error);
    if (status == LYGER_OK) {
        if (!pq->sendQueryParams(connection->server, sent.sql, (int)statement->param_count, NULL, sent.values,
                                 NULL, NULL, 0)) {
            status = fail_with_libpq("cannot send the query: ", pq->errorMessage(connection->server), "08006",
                                     error);
            connection->broken = connection->pq->transactionStatus(connection->server) != PQTRANS_IDLE;
        } else {
            status = collect(connection, limits, &rows, error);
            status = status == LYGER_OK ? judge(connection, rows, statement, &sent, error)
                                        : stop(connection, status, error);
        }
    }
    prepared_free(&sent);
    if (status != LYGER_OK) {
        pq->clear(rows);
        return status;
    }
    return make_result(pq, rows, &statement->options, result, error);
}

/* The rows are complete before the first is written; the result hangs on the connection meanwhile. */
static lyger_status pq_write_json(lyger_connection *base, const lyger_statement *statement,
                                  const lyger_limits *limits, lyger_sink *sink, lyger_error *error)
{
    pq_connection *connection = (pq_connection *)base;
    lyger_status status = pq_run(base, statement, limits, &connection->in_flight, error);
    return status == LYGER_OK ? lyger_result_write_json(connection->in_flight, sink, error) : status;
}

const lyger_backend lyger_pq_backend = {
    .schemes = "postgres://, postgresql://, host=… dbname=…",
    .claims = pq_claims,
    .open = pq_open,
    .revive = pq_revive,
    .run = pq_run,
    .write_json = pq_write_json,
    .settle = pq_settle,
    .close = pq_close,
    .forget = pq_forget,
};
