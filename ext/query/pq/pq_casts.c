#include "pq_casts.h"

#include <stdlib.h>

/* The values of one type that the server is to convert. */
typedef struct values {
    const lyger_pq_user_type *type;
    lyger_buffer list; /* an array's text, without its end */
    int count;
    PGresult *json;
    int taken;
    struct values *next;
} values;

struct lyger_pq_casts {
    const lyger_pq *pq;
    values *first;
};

bool lyger_pq_has_cast(const lyger_pq_type *type)
{
    const lyger_pq_shape *shape = type->shape;
    bool has = type->kind == LYGER_PQ_CAST || (shape && shape->element && lyger_pq_has_cast(shape->element));
    for (size_t i = 0; !has && shape && i < shape->field_count; i++) {
        has = lyger_pq_has_cast(shape->fields[i].type);
    }
    return has;
}

lyger_pq_casts *lyger_pq_casts_new(const lyger_pq *pq)
{
    lyger_pq_casts *casts = calloc(1, sizeof *casts);
    if (casts) {
        casts->pq = pq;
    }
    return casts;
}

void lyger_pq_casts_free(lyger_pq_casts *casts)
{
    for (values *at = casts ? casts->first : NULL, *next; at; at = next) {
        next = at->next;
        lyger_buffer_free(&at->list);
        casts->pq->clear(at->json);
        free(at);
    }
    free(casts);
}

static values *values_of(lyger_pq_casts *casts, const lyger_pq_type *type)
{
    values *at = casts->first;
    while (at && &at->type->type != type) {
        at = at->next;
    }
    if (!at && (at = calloc(1, sizeof *at))) {
        at->type = (const lyger_pq_user_type *)type;
        lyger_buffer_init(&at->list, &lyger_malloc_allocator);
        at->next = casts->first;
        casts->first = at;
    }
    return at;
}

lyger_pq_outcome lyger_pq_casts_collect(lyger_pq_scratch *scratch, const lyger_pq_type *type,
                                        const char *text, size_t len, lyger_sink *sink)
{
    values *values = values_of(scratch->context, type);
    if (!values || !lyger_sink_reserve(&values->list.sink, 2 * len + 4)) {
        return LYGER_PQ_FULL;
    }
    char *to = values->list.sink.pos;
    *to = to == values->list.start ? '{' : values->type->delimiter;
    to++;
    *to++ = '"';
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"' || text[i] == '\\') {
            *to++ = '\\';
        }
        *to++ = text[i];
    }
    *to++ = '"';
    values->list.sink.pos = to;
    values->count++;
    return lyger_sink_put_literal(sink, "null") ? LYGER_PQ_OK : LYGER_PQ_FULL;
}

lyger_pq_outcome lyger_pq_casts_put(lyger_pq_scratch *scratch, const lyger_pq_type *type, const char *text,
                                    size_t len, lyger_sink *sink)
{
    lyger_pq_casts *casts = scratch->context;
    values *values = values_of(casts, type);
    (void)text, (void)len;
    if (!values || !values->json || values->taken >= casts->pq->ntuples(values->json)) {
        return LYGER_PQ_UNKNOWN;
    }
    int row = values->taken++;
    if (casts->pq->getisnull(values->json, row, 0)) {
        return lyger_sink_put_literal(sink, "null") ? LYGER_PQ_OK : LYGER_PQ_FULL;
    }
    const char *json = casts->pq->getvalue(values->json, row, 0);
    size_t size = (size_t)casts->pq->getlength(values->json, row, 0), bad;
    return lyger_pq_put_scalar(LYGER_PQ_JSON, NULL, json, size, sink, &bad);
}

/* Has the server convert the values. They are sent as one array parameter, whose type is given by its OID: so
 * the type's own input function reads the values, whatever casts from text there are, and a user needs no
 * rights on the type's schema. */
static lyger_status convert(values *values, pq_connection *connection, const lyger_limits *limits,
                            lyger_error *error)
{
    static const char sql[] = "SELECT pg_catalog.to_json(u.v)::pg_catalog.text FROM "
                              "pg_catalog.unnest($1) WITH ORDINALITY AS u (v, n) ORDER BY u.n";
    if (!lyger_sink_put(&values->list.sink, "}", 2)) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a conversion");
    }
    lyger_status status = lyger_pq_ask(connection, sql, values->type->array_oid, values->list.start, limits,
                                       &values->json, error);
    lyger_buffer_free(&values->list);
    lyger_buffer_init(&values->list, &lyger_malloc_allocator);
    if (status == LYGER_OK && (connection->pq->nfields(values->json) != 1 ||
                               connection->pq->ntuples(values->json) != values->count)) {
        lyger_fail(error, LYGER_E_QUERY, "the server did not convert as many values as it was given");
        status = lyger_with_state(error, LYGER_E_QUERY, "08P01");
    }
    return status;
}

lyger_status lyger_pq_casts_convert(lyger_pq_casts *casts, pq_connection *connection,
                                    const lyger_limits *limits, lyger_error *error)
{
    lyger_status status = LYGER_OK;
    for (values *at = casts->first; at && status == LYGER_OK; at = at->next) {
        status = convert(at, connection, limits, error);
    }
    return status;
}

void lyger_pq_casts_rewind(lyger_pq_casts *casts)
{
    for (values *at = casts->first; at; at = at->next) {
        at->taken = 0;
    }
}
