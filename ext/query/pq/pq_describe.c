#include "pq_describe.h"
#include "query/params.h"
#include "pq_catalog.h"

#define OID_BYTEA 17
#define OID_BYTEA_ARRAY 1001

bool lyger_pq_must_describe(const lyger_param *params, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (params[i].type == LYGER_PARAM_LIST || params[i].type == LYGER_PARAM_MAP ||
            params[i].type == LYGER_PARAM_BYTES) {
            return true;
        }
    }
    return false;
}

static lyger_status refuse(const lyger_param *param, size_t index, const char *type, lyger_error *error)
{
    char label[LYGER_PARAM_LABEL_SIZE];
    lyger_param_label(param, index, label);
    switch (param->type) {
    case LYGER_PARAM_LIST:
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "%s is a list, but the statement takes \"%s\" there: an array (::int[]) or json "
                          "(::jsonb) would take it",
                          label, type);
    case LYGER_PARAM_MAP:
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "%s is an array with names, but the statement takes \"%s\" there: json (::jsonb) "
                          "would take it",
                          label, type);
    default:
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "%s is of bytes, but the statement takes \"%s\" there: ::bytea would take them",
                          label, type);
    }
}

static lyger_status decide(const pq_connection *connection, const lyger_param *param, size_t index,
                           lyger_pq_wanted *wanted, lyger_error *error)
{
    const lyger_pq_type *type = lyger_pq_types_find(connection->types, wanted->type);
    bool is_array = type && type->delimiter != 0 && type->delimiter != ' ';
    bool is_json = type && type->kind == LYGER_PQ_JSON && type->delimiter == 0;
    if (param->type == LYGER_PARAM_BYTES && wanted->type == OID_BYTEA) {
        wanted->form = LYGER_PQ_AS_BYTES;
    } else if (param->type != LYGER_PARAM_BYTES && is_json) {
        wanted->form = LYGER_PQ_AS_JSON;
    } else if (param->type == LYGER_PARAM_LIST && is_array) {
        wanted->form = LYGER_PQ_AS_ARRAY;
        wanted->array = (lyger_pq_array){type->delimiter, wanted->type == OID_BYTEA_ARRAY};
    } else {
        return refuse(param, index, type ? type->name : "a type that is not known", error);
    }
    return LYGER_OK;
}

/* Decides without having asked the server, for libpq 13. */
static lyger_status guess(const lyger_param *param, size_t index, lyger_pq_wanted *wanted, lyger_error *error)
{
    char label[LYGER_PARAM_LABEL_SIZE];
    switch (param->type) {
    case LYGER_PARAM_MAP:
        return lyger_fail(error, LYGER_E_ARGUMENT, "%s is an array with names, which needs libpq 14 or newer",
                          lyger_param_label(param, index, label));
    case LYGER_PARAM_LIST:
        *wanted = (lyger_pq_wanted){.form = LYGER_PQ_AS_ARRAY, .array = {',', false}};
        return LYGER_OK;
    case LYGER_PARAM_BYTES:
        *wanted = (lyger_pq_wanted){.type = OID_BYTEA, .form = LYGER_PQ_AS_BYTES};
        return LYGER_OK;
    default:
        return LYGER_OK;
    }
}

/* Reads the answers of one turn: one to each of the two messages, each followed by NULL, and the end of the
 * pipeline. */
static lyger_status read_answers(pq_connection *connection, const lyger_limits *limits, size_t count,
                                 lyger_pq_wanted *wanted, PGresult **refusal)
{
    const lyger_pq *pq = connection->pq;
    for (int ends = 0; ends <= 2 && !connection->broken;) {
        PGresult *next = NULL;
        lyger_status status = lyger_pq_next(connection, limits, &next);
        if (status != LYGER_OK) {
            return status;
        }
        int kind = next ? (int)pq->resultStatus(next) : -1;
        connection->broken |= lyger_pq_is_copy(next, pq); /* libpq says so for ever */
        ends += next == NULL;
        for (int i = 0; kind == PGRES_COMMAND_OK && i < pq->nparams(next) && (size_t)i < count; i++) {
            wanted[i].type = pq->paramtype(next, i);
        }
        if (kind == PGRES_FATAL_ERROR && !*refusal) {
            *refusal = next;
            next = NULL;
        }
        pq->clear(next);
        if (kind == LYGER_PQ_PIPELINE_SYNC) {
            connection->broken |= !pq->exitPipelineMode(connection->server);
            return LYGER_OK;
        }
    }
    connection->broken = true;
    return LYGER_OK;
}

static lyger_status ask(pq_connection *connection, const char *sql, size_t count, const lyger_limits *limits,
                        lyger_pq_wanted *wanted, PGresult **refusal, lyger_error *error)
{
    const lyger_pq *pq = connection->pq;
    PGconn *server = connection->server;
    if (!pq->enterPipelineMode(server) || !pq->sendPrepare(server, "", sql, 0, NULL) ||
        !pq->sendDescribePrepared(server, "") || !pq->pipelineSync(server)) {
        connection->broken = true;
        return lyger_pq_lost(connection, error);
    }
    lyger_status status = lyger_pq_flush(connection, limits, error);
    if (status == LYGER_OK) {
        status = read_answers(connection, limits, count, wanted, refusal);
    }
    if (status != LYGER_OK) {
        connection->broken |=
            status != LYGER_E_QUERY; /* the rest of this turn cannot be told from the next one */
        status = lyger_pq_stop(connection, status, error);
    } else if (connection->broken) {
        status = lyger_pq_lost(connection, error);
    }
    if (status != LYGER_OK) {
        pq->clear(*refusal);
        *refusal = NULL;
    }
    return status;
}

lyger_status lyger_pq_describe(pq_connection *connection, const char *sql, const lyger_param *params,
                               size_t count, const lyger_limits *limits, lyger_pq_wanted *wanted,
                               PGresult **refusal, lyger_error *error)
{
    const lyger_pq *pq = connection->pq;
    bool can_ask = pq->enterPipelineMode && pq->exitPipelineMode && pq->pipelineSync;
    lyger_status status = LYGER_OK;
    if (can_ask) {
        status = ask(connection, sql, count, limits, wanted, refusal, error);
    }
    for (size_t i = 0; i < count && status == LYGER_OK && !*refusal; i++) {
        if (!lyger_pq_must_describe(&params[i], 1)) {
            wanted[i].type = 0;
        } else if (!can_ask) {
            status = guess(&params[i], i, &wanted[i], error);
        } else {
            if (!lyger_pq_types_find(connection->types, wanted[i].type)) {
                status = lyger_pq_types_learn(connection, &wanted[i].type, 1, limits, error);
            }
            status = status == LYGER_OK ? decide(connection, &params[i], i, &wanted[i], error) : status;
        }
    }
    return status;
}
