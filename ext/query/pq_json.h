/*
 * Inside the query room: PostgreSQL's text format to JSON, by the rules of its row_to_json (the server's
 * utils/adt/json.c, json_categorize_type and datum_to_json; manual 9.16). No libpq here: it is fuzzed alone.
 */
#ifndef LYGER_QUERY_PQ_JSON_H
#define LYGER_QUERY_PQ_JSON_H

#include "jsonout/jsonout.h"
#include "query.h"

typedef enum lyger_pq_kind {
    LYGER_PQ_TEXT, /* the text, quoted */
    LYGER_PQ_BOOL,
    LYGER_PQ_NUMBER,  /* as it stands when it is a JSON number, quoted otherwise: NaN, Infinity */
    LYGER_PQ_BIGINT,  /* the same, by options.bigint */
    LYGER_PQ_NUMERIC, /* the same, by options.numeric */
    LYGER_PQ_TIMESTAMP,
    LYGER_PQ_TIMESTAMPTZ,
    LYGER_PQ_JSON, /* as it stands */
} lyger_pq_kind;

typedef struct lyger_pq_type {
    uint32_t oid; /* 0 for a type that is not built in */
    const char *name;
    lyger_pq_kind kind;
    char delimiter; /* of an array's elements, kind is theirs; ' ' for the vectors; 0: no array */
} lyger_pq_type;

/* A built-in type; for others one that is written as text. */
const lyger_pq_type *lyger_pq_type_of(uint32_t oid);

typedef enum lyger_pq_outcome {
    LYGER_PQ_OK,
    LYGER_PQ_FULL,
    LYGER_PQ_BAD_UTF8,  /* *bad as in jsonout.h; in an array's element it is the element's start */
    LYGER_PQ_BAD_ARRAY, /* not what PostgreSQL writes for an array */
} lyger_pq_outcome;

/* Writes one value, not NULL. scratch holds an array's element while it is unescaped; the caller owns it. */
lyger_pq_outcome lyger_pq_write(const lyger_pq_type *type, const lyger_query_options *options,
                                const char *text, size_t len, lyger_sink *sink, lyger_buffer *scratch,
                                size_t *bad);

#endif
