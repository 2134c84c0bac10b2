/*
 * Running a statement: its parameters, the server's answer, its rows kept or written while they arrive.
 */
#include "query/params.h"
#include "pq_catalog.h"
#include "pq_describe.h"
#include "pq_param.h"
#include "pq_prepare.h"
#include "pq_result.h"
#include "pq_session.h"
#include "pq_wire.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The statement as it is sent. */
typedef struct prepared {
    const char *sql;
    bool standard_strings, numbered; /* placeholders were numbered */
    bool by_name;                    /* sent under the name of a prepared statement */
    char name[LYGER_PQ_PLAN_NAME_SIZE];
    bool ran_nothing; /* the server's error proved that the statement ran nothing */
    lyger_buffer text;
    const char **values;
    char *numbers;           /* the texts of values that are numbers, LYGER_PQ_NUMBER_SIZE each */
    lyger_buffer lists;      /* the texts of values that are lists and maps, each with its NUL */
    lyger_pq_wanted *wanted; /* NULL when the server was not asked; then so are the next three */
    Oid *types;
    int *lengths, *formats;
} prepared;

#define USER_TEXTS (sizeof((pq_connection *)0)->user_texts / sizeof(uint64_t))
#define MOST_PARAMS 65535 /* the protocol counts them in 16 bits (manual 55.7, Bind) */

static void prepared_free(prepared *prepared)
{
    lyger_buffer_free(&prepared->text);
    lyger_buffer_free(&prepared->lists);
    free(prepared->values);
    free(prepared->numbers);
    free(prepared->wanted);
    free(prepared->types);
    free(prepared->lengths);
    free(prepared->formats);
    prepared->values = NULL;
    prepared->numbers = NULL;
    prepared->wanted = NULL;
    prepared->types = NULL;
    prepared->lengths = prepared->formats = NULL;
    prepared->sql = NULL;
}

static bool is_named(const lyger_statement *statement)
{
    return statement->param_count > 0 && statement->params[0].name;
}

static lyger_numbering numbering_of(const lyger_statement *statement, bool standard_strings)
{
    return (lyger_numbering){statement->sql, statement->len, standard_strings,
                             is_named(statement) ? statement->params : NULL, statement->param_count};
}

static lyger_status check_names(const lyger_placeholders *found, const lyger_numbering *numbering,
                                lyger_error *error)
{
    if (found->numbered > 0 || (found->names == 0 && found->marks > 0)) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "the query takes its parameters by position (%s), but they are given by name",
                          found->numbered > 0 ? "$1" : "?");
    }
    return lyger_placeholders_check_names(numbering, error);
}

static lyger_status check_positions(const lyger_statement *statement, const lyger_placeholders *found,
                                    lyger_error *error)
{
    size_t expected = found->numbered > 0 ? found->numbered : found->marks;
    if (found->names > 0 && found->numbered == 0) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "the query names its parameters: \":%.*s\" has no value",
                          (int)(found->name_len < 60 ? found->name_len : 60), found->name);
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

static lyger_status check_params(const lyger_statement *statement, const lyger_placeholders *found,
                                 const lyger_numbering *numbering, lyger_error *error)
{
    if (statement->param_count > MOST_PARAMS || found->numbered > MOST_PARAMS || found->marks > MOST_PARAMS) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "a query has at most %d parameters, which is PostgreSQL's limit; a list as one of "
                          "them holds any number: = ANY($1)",
                          MOST_PARAMS);
    }
    return is_named(statement) ? check_names(found, numbering, error)
                               : check_positions(statement, found, error);
}

/* Refuses parameters for a statement whose $n are not its own (lyger_sql_keeps_numbers()). */
static lyger_status check_kept(const lyger_statement *statement, lyger_error *error)
{
    return statement->param_count == 0
               ? LYGER_OK
               : lyger_fail(error, LYGER_E_ARGUMENT,
                            "PREPARE and CREATE FUNCTION take no parameters: those in their text belong to "
                            "what they make");
}

static lyger_status put_value(const lyger_statement *statement, size_t i, prepared *out, lyger_error *error)
{
    const lyger_param *param = &statement->params[i];
    switch (out->wanted ? out->wanted[i].form : LYGER_PQ_AS_TEXT) {
    case LYGER_PQ_AS_ARRAY:
        return lyger_pq_put_list(param, i, out->wanted[i].array, &out->lists.sink, error);
    case LYGER_PQ_AS_JSON:
        return lyger_pq_put_json(param, i, &out->lists.sink, error);
    case LYGER_PQ_AS_BYTES:
        if (param->text.len > INT_MAX) {
            return lyger_fail(error, LYGER_E_ARGUMENT, "parameter %zu is longer than PostgreSQL can take",
                              i + 1);
        }
        out->values[i] = param->text.bytes;
        out->lengths[i] = (int)param->text.len;
        out->formats[i] = 1;
        return LYGER_OK;
    default:
        out->values[i] = lyger_pq_param_text(param, out->numbers + i * LYGER_PQ_NUMBER_SIZE);
        return LYGER_OK;
    }
}

/* Writes every value as text, or bytes. The texts of lists lie in one buffer, to which values point only when
 * the buffer has stopped moving. */
static lyger_status put_values(const lyger_statement *statement, prepared *out, lyger_error *error)
{
    size_t count = statement->param_count;
    for (size_t i = 0; i < count; i++) {
        lyger_status status = put_value(statement, i, out, error);
        if (status != LYGER_OK) {
            return status;
        }
        if (out->wanted) {
            out->types[i] = out->wanted[i].type;
        }
    }
    const char *list = out->lists.start;
    for (size_t i = 0; i < count; i++) {
        lyger_pq_form form = out->wanted ? out->wanted[i].form : LYGER_PQ_AS_TEXT;
        if (form == LYGER_PQ_AS_ARRAY || form == LYGER_PQ_AS_JSON) {
            out->values[i] = list;
            list += strlen(list) + 1;
        }
    }
    return LYGER_OK;
}

/* Allocates memory for count values, and for their types and formats when the server is asked. */
static bool make_room(prepared *out, size_t count, bool asks)
{
    out->values = calloc(count, sizeof *out->values);
    out->numbers = calloc(count, LYGER_PQ_NUMBER_SIZE);
    if (asks) {
        out->wanted = calloc(count, sizeof *out->wanted);
        out->types = calloc(count, sizeof *out->types);
        out->lengths = calloc(count, sizeof *out->lengths);
        out->formats = calloc(count, sizeof *out->formats);
    }
    return out->values && out->numbers &&
           (!asks || (out->wanted && out->types && out->lengths && out->formats));
}

/* Checks the parameters, and numbers the placeholders. */
static lyger_status prepare(const pq_connection *connection, const lyger_statement *statement, prepared *out,
                            lyger_error *error)
{
    const char *strings = connection->pq->parameterStatus(connection->server, "standard_conforming_strings");
    size_t count = statement->param_count;
    bool ok = true;
    *out = (prepared){.sql = statement->sql, .standard_strings = !strings || strcmp(strings, "off") != 0};
    lyger_buffer_init(&out->text, &lyger_malloc_allocator);
    lyger_buffer_init(&out->lists, &lyger_malloc_allocator);
    if (lyger_sql_keeps_numbers(statement->sql, statement->len)) {
        return check_kept(statement, error);
    }
    lyger_placeholders found = lyger_placeholders_find(statement->sql, statement->len, out->standard_strings);
    lyger_numbering numbering = numbering_of(statement, out->standard_strings);
    lyger_status status = check_params(statement, &found, &numbering, error);
    if (status != LYGER_OK) {
        return status;
    }
    if (numbering.params || (found.numbered == 0 && found.marks + found.doubled > 0)) {
        out->numbered = true;
        ok = lyger_placeholders_number(&numbering, &out->text.sink) &&
             lyger_sink_put_char(&out->text.sink, '\0');
        out->sql = out->text.start;
    }
    if (ok && count > 0) {
        ok = make_room(out, count, lyger_pq_must_describe(statement->params, count));
    }
    return ok ? LYGER_OK : lyger_fail(error, LYGER_E_MEMORY, "out of memory for a query");
}

/* An error that is libpq's own. Its first line says what happened; further lines guess why. */
static lyger_status client_error(const pq_connection *connection, const char *message, const char *state,
                                 lyger_error *error)
{
    char line[LYGER_ERROR_MESSAGE_SIZE];
    lyger_copy_text(line, sizeof line, message, strcspn(message, "\n"));
    return lyger_pq_fail(connection->broken ? "the connection to the PostgreSQL server is lost: " : "", line,
                         state ? state : "08006", error);
}

/* The server's own words: message, detail and hint, SQLSTATE and position. */
static lyger_status server_error(const pq_connection *connection, const PGresult *result,
                                 const lyger_statement *statement, prepared *sent, lyger_error *error)
{
    const lyger_pq *pq = connection->pq;
    const char *message = pq->resultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = pq->resultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *hint = pq->resultErrorField(result, PG_DIAG_MESSAGE_HINT);
    const char *state = pq->resultErrorField(result, PG_DIAG_SQLSTATE);
    const char *position = pq->resultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    if (!message) {
        return client_error(connection, pq->resultErrorMessage(result), state, error);
    }
    lyger_fail(error, LYGER_E_QUERY, "%s%s%s%s%s", message, detail ? "; " : "", detail ? detail : "",
               hint ? "; " : "", hint ? hint : "");
    lyger_with_state(error, LYGER_E_QUERY, state);
    sent->ran_nothing = sent->by_name && lyger_pq_ran_nothing(pq, result, sent->name, statement->param_count);
    if (error && position) {
        error->position = atoi(position);
        if (sent->numbered) {
            lyger_numbering numbering = numbering_of(statement, sent->standard_strings);
            error->position = lyger_placeholders_origin(&numbering, error->position);
        }
    }
    return LYGER_E_QUERY;
}

/* Whether a statement with that tag may have altered types, or have called what does. */
static bool alters_types(const char *tag)
{
    return strncmp(tag, "ALTER", 5) == 0 || strncmp(tag, "CREATE", 6) == 0 || strncmp(tag, "DROP", 4) == 0 ||
           strcmp(tag, "DO") == 0 || strcmp(tag, "CALL") == 0;
}

/* Notes that a statement may have altered types. Other connections see what a transaction altered when it is
 * over, and a rollback undoes it, so both count. */
static void note_types(pq_connection *connection, const char *tag)
{
    bool within = connection->pq->transactionStatus(connection->server) != PQTRANS_IDLE;
    bool altered = alters_types(tag);
    if (altered || (connection->types_altered && (!within || strncmp(tag, "ROLLBACK", 8) == 0))) {
        lyger_pq_types_changed();
    }
    connection->types_altered = within && (connection->types_altered || altered);
}

static void note(pq_connection *connection, PGresult *rows)
{
    const char *tag = connection->pq->cmdStatus(rows);
    if (!*tag || *tag == 'S' || *tag == 'I') {
        return; /* a portion of the rows, SELECT, INSERT */
    }
    note_types(connection, tag);
    connection->named_by_user |= strncmp(tag, "PREPARE", 7) == 0;
}

static lyger_status judge(pq_connection *connection, PGresult *rows, const lyger_statement *statement,
                          prepared *sent, lyger_error *error)
{
    if (!rows) {
        return lyger_pq_lost(connection, error);
    }
    switch (connection->pq->resultStatus(rows)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
        note(connection, rows);
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
        return server_error(connection, rows, statement, sent, error);
    }
}

/* Asks the server what lists, maps and bytes become, when there are any; then writes every value. */
static lyger_status bind(pq_connection *connection, const lyger_statement *statement,
                         const lyger_limits *limits, prepared *out, lyger_error *error)
{
    PGresult *refusal = NULL;
    lyger_status status = LYGER_OK;
    if (out->wanted) {
        status = lyger_pq_describe(connection, out->sql, statement->params, statement->param_count, limits,
                                   out->wanted, &refusal, error);
    }
    if (refusal) {
        status = server_error(connection, refusal, statement, out, error);
        connection->pq->clear(refusal);
    }
    return status == LYGER_OK ? put_values(statement, out, error) : status;
}

/* Sends the statement, by name when may_name and there is a plan. Frees the values in *sent and leaves what
 * explains errors: libpq has copied the values, and a sink that leaves by longjmp must not leave memory
 * behind. */
static lyger_status send(pq_connection *connection, const lyger_statement *statement,
                         const lyger_limits *limits, bool may_name, prepared *sent, lyger_error *error)
{
    const lyger_pq *pq = connection->pq;
    connection->sent_at = connection->types ? lyger_now_ms() : 0;
    int count = (int)statement->param_count;
    lyger_status status = prepare(connection, statement, sent, error);
    if (status == LYGER_OK) {
        status = lyger_pq_refuse_listen(statement->sql, error);
    }
    if (status == LYGER_OK) {
        status = bind(connection, statement, limits, sent, error);
    }
    /* Values that were written for asked types are not sent by name: a plan may have other types. */
    if (status == LYGER_OK && may_name && !sent->wanted) {
        status = lyger_pq_name_for(connection, sent->sql, limits, &sent->by_name, sent->name, error);
    }
    if (status == LYGER_OK) {
        if (connection->broken) {
            status = lyger_pq_lost(connection, error);
        } else if (!(sent->by_name ? pq->sendQueryPrepared(connection->server, sent->name, count,
                                                           sent->values, NULL, NULL, 0)
                                   : pq->sendQueryParams(connection->server, sent->sql, count, sent->types,
                                                         sent->values, sent->lengths, sent->formats, 0))) {
            connection->broken = pq->transactionStatus(connection->server) != PQTRANS_IDLE;
            status = lyger_pq_fail("cannot send the query: ", pq->errorMessage(connection->server), "08006",
                                   error);
        }
    }
    prepared_free(sent);
    return status;
}

/* Whether the statement failed only because it was sent by name, and is to be sent again as text. */
static bool name_refused(pq_connection *connection, const prepared *sent, const lyger_error *error)
{
    if (!sent->by_name || connection->broken) {
        return false;
    }
    lyger_pq_distrust(connection, sent->name, error->sqlstate);
    return sent->ran_nothing && connection->pq->transactionStatus(connection->server) == PQTRANS_IDLE;
}

static lyger_status pass_on(lyger_status status, const lyger_error *own, lyger_error *error)
{
    if (status != LYGER_OK && error) {
        *error = *own;
    }
    return status;
}

/* Waits for the end of a statement that was sent, and makes its result. */
static lyger_status receive(pq_connection *connection, const lyger_statement *statement, prepared *sent,
                            const lyger_limits *limits, lyger_result **result, lyger_error *error)
{
    PGresult *rows = NULL;
    lyger_status status = lyger_pq_collect(connection, limits, &rows, error);
    status = status == LYGER_OK ? judge(connection, rows, statement, sent, error)
                                : lyger_pq_stop(connection, status, error);
    if (status != LYGER_OK) {
        connection->pq->clear(rows);
        return status;
    }
    status = lyger_pq_make_result(connection->pq, rows, &statement->options, result, error);
    return status == LYGER_OK ? lyger_pq_complete(*result, connection, limits, error) : status;
}

lyger_status lyger_pq_run(lyger_connection *base, const lyger_statement *statement,
                          const lyger_limits *limits, lyger_result **result, lyger_error *error)
{
    pq_connection *connection = (pq_connection *)base;
    for (bool may_name = true;; may_name = false) {
        prepared sent;
        lyger_error own;
        lyger_error_clear(&own);
        lyger_status status = send(connection, statement, limits, may_name, &sent, &own);
        if (status == LYGER_OK) {
            status = receive(connection, statement, &sent, limits, result, &own);
        }
        if (status == LYGER_OK || !name_refused(connection, &sent, &own)) {
            return pass_on(status, &own, error);
        }
    }
}

/* Gives a portion of the rows to the stream, which writes it. The first portion makes the stream, which hangs
 * on the connection, because a sink may leave by longjmp. */
static lyger_status write_portion(pq_connection *connection, PGresult *rows, const lyger_statement *statement,
                                  lyger_sink *sink, lyger_error *error)
{
    if (connection->in_flight) {
        return lyger_pq_stream_next(connection->in_flight, rows, sink, error);
    }
    lyger_status status =
        lyger_pq_make_result(connection->pq, rows, &statement->options, &connection->in_flight, error);
    if (status == LYGER_OK && lyger_pq_stream_has_user_types(connection->in_flight)) {
        uint64_t hash = lyger_pq_text_hash(statement->sql, statement->len);
        connection->user_texts[hash % USER_TEXTS] = hash;
    }
    return status == LYGER_OK ? lyger_pq_stream_begin(connection->in_flight, connection, sink, error)
                              : status;
}

static bool is_rows(const lyger_pq *pq, const PGresult *result)
{
    ExecStatusType status = pq->resultStatus(result);
    return status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
           (int)status == LYGER_PQ_TUPLES_CHUNK;
}

/* Writes portions as they come, up to the last. After an error of the server only waits for the end. */
static lyger_status write_results(pq_connection *connection, const lyger_statement *statement, prepared *sent,
                                  const lyger_limits *limits, lyger_sink *sink, lyger_error *error)
{
    const lyger_pq *pq = connection->pq;
    lyger_status failed = LYGER_OK;
    for (bool complete = false;;) {
        PGresult *next = NULL;
        lyger_status status = lyger_pq_next(connection, limits, &next);
        if (status != LYGER_OK) {
            return lyger_pq_stop(connection, status, error);
        }
        if (!next) {
            break;
        }
        if (!is_rows(pq, next)) {
            failed = judge(connection, next, statement, sent, error);
            connection->broken |= lyger_pq_is_copy(next, pq);
            pq->clear(next);
            if (connection->broken) {
                return failed;
            }
            continue;
        }
        if (complete) {
            pq->clear(next);
            connection->broken = true;
            lyger_fail(error, LYGER_E_QUERY, "the server answered one statement with several results");
            return lyger_with_state(error, LYGER_E_QUERY, "08P01");
        }
        complete = pq->resultStatus(next) == PGRES_TUPLES_OK || pq->resultStatus(next) == PGRES_COMMAND_OK;
        note(connection, next);
        status = write_portion(connection, next, statement, sink, error);
        if (status != LYGER_OK) {
            return status;
        }
    }
    if (failed != LYGER_OK) {
        return failed;
    }
    return connection->in_flight ? lyger_pq_stream_end(connection->in_flight, connection, limits, sink, error)
                                 : lyger_pq_lost(connection, error);
}

/* Ends the statement on the connection, of which nothing may be left when the connection is used again. */
static void drain(pq_connection *connection)
{
    if (!connection->broken && connection->pq->transactionStatus(connection->server) == PQTRANS_ACTIVE) {
        lyger_pq_cancel(connection);
    }
}

/* Looks up types before a statement is sent whose rows had such types before: a stream whose types are known
 * need not keep its rows. */
static void renew_types(pq_connection *connection, const lyger_statement *statement,
                        const lyger_limits *limits)
{
    PGTransactionStatusType state = connection->pq->transactionStatus(connection->server);
    if (connection->types && (state == PQTRANS_IDLE || state == PQTRANS_INTRANS)) {
        uint64_t hash = lyger_pq_text_hash(statement->sql, statement->len);
        if (connection->user_texts[hash % USER_TEXTS] == hash) {
            lyger_pq_types_renew(connection, limits);
        }
    }
}

static lyger_status write_once(pq_connection *connection, const lyger_statement *statement,
                               const lyger_limits *limits, bool may_name, prepared *sent, lyger_sink *sink,
                               lyger_error *error)
{
    const lyger_pq *pq = connection->pq;
    renew_types(connection, statement, limits);
    lyger_status status = send(connection, statement, limits, may_name, sent, error);
    if (status != LYGER_OK) {
        return status;
    }
    if (!pq->setChunkedRowsMode || !pq->setChunkedRowsMode(connection->server, LYGER_PQ_PORTION)) {
        pq->setSingleRowMode(connection->server);
    }
    status = lyger_pq_flush(connection, limits, error);
    return status == LYGER_OK ? write_results(connection, statement, sent, limits, sink, error)
                              : lyger_pq_stop(connection, status, error);
}

lyger_status lyger_pq_write_json(lyger_connection *base, const lyger_statement *statement,
                                 const lyger_limits *limits, lyger_sink *sink, lyger_error *error)
{
    pq_connection *connection = (pq_connection *)base;
    for (bool may_name = true;; may_name = false) {
        prepared sent;
        lyger_error own;
        lyger_error_clear(&own);
        lyger_status status = write_once(connection, statement, limits, may_name, &sent, sink, &own);
        if (status != LYGER_OK) {
            drain(connection);
            if (!connection->in_flight && name_refused(connection, &sent, &own)) {
                continue;
            }
        }
        return pass_on(status, &own, error);
    }
}

/* What receiving needs to know of a statement that was sent: enough to explain errors. The statement's text
 * follows, and the parameters' names. */
typedef struct pq_sent {
    prepared prepared;
    lyger_statement statement;
    lyger_param params[];
} pq_sent;

static pq_sent *remember(const lyger_statement *statement)
{
    size_t count = is_named(statement) ? statement->param_count : 0, names = 0;
    for (size_t i = 0; i < count; i++) {
        names += statement->params[i].name_len;
    }
    pq_sent *sent = calloc(1, sizeof *sent + count * sizeof *sent->params + statement->len + 1 + names);
    if (!sent) {
        return NULL;
    }
    char *to = (char *)(sent->params + count);
    sent->statement = (lyger_statement){.sql = to,
                                        .len = statement->len,
                                        .params = sent->params,
                                        .param_count = count,
                                        .options = statement->options};
    memcpy(to, statement->sql, statement->len + 1);
    to += statement->len + 1;
    for (size_t i = 0; i < count; i++) {
        const lyger_param *param = &statement->params[i];
        sent->params[i] =
            (lyger_param){.name = memcpy(to, param->name, param->name_len), .name_len = param->name_len};
        to += param->name_len;
    }
    return sent;
}

lyger_status lyger_pq_send(lyger_connection *base, const lyger_statement *statement,
                           const lyger_limits *limits, lyger_error *error)
{
    pq_connection *connection = (pq_connection *)base;
    pq_sent *sent = remember(statement);
    if (!sent) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a query");
    }
    free(connection->sent);
    connection->sent = sent;
    lyger_status status = send(connection, statement, limits, false, &sent->prepared, error);
    if (status == LYGER_OK) {
        status = lyger_pq_flush(connection, limits, error);
        status = status == LYGER_OK ? status : lyger_pq_stop(connection, status, error);
    }
    return status;
}

bool lyger_pq_arrived(lyger_connection *base)
{
    pq_connection *connection = (pq_connection *)base;
    const lyger_pq *pq = connection->pq;
    if (!connection->broken && pq->isBusy(connection->server)) {
        connection->broken = !pq->consumeInput(connection->server);
    }
    return connection->broken || !pq->isBusy(connection->server);
}

int lyger_pq_descriptor(const lyger_connection *base)
{
    const pq_connection *connection = (const pq_connection *)base;
    return connection->pq->socket(connection->server);
}

lyger_status lyger_pq_receive(lyger_connection *base, const lyger_limits *limits, lyger_result **result,
                              lyger_error *error)
{
    pq_connection *connection = (pq_connection *)base;
    pq_sent *sent = connection->sent;
    return receive(connection, &sent->statement, &sent->prepared, limits, result, error);
}

void lyger_pq_give_up(lyger_connection *base)
{
    drain((pq_connection *)base);
}
