/*
 * Inside the query room: PostgreSQL's text format to JSON, by the rules of its row_to_json (the server's
 * utils/adt/json.c, json_categorize_type and datum_to_json; manual 9.16). No libpq here: it is fuzzed alone.
 */
#ifndef LYGER_QUERY_PQ_JSON_H
#define LYGER_QUERY_PQ_JSON_H

#include "jsonout/jsonout.h"
#include "query/query.h"

typedef struct lyger_pq_type lyger_pq_type;
typedef struct lyger_pq_scratch lyger_pq_scratch;

typedef enum lyger_pq_kind {
    LYGER_PQ_TEXT, /* the text, quoted */
    LYGER_PQ_BOOL,
    LYGER_PQ_NUMBER,  /* as it stands when it is a JSON number, quoted otherwise: NaN, Infinity */
    LYGER_PQ_BIGINT,  /* the same, by options.bigint */
    LYGER_PQ_NUMERIC, /* the same, by options.numeric */
    LYGER_PQ_TIMESTAMP,
    LYGER_PQ_TIMESTAMPTZ,
    LYGER_PQ_JSON, /* as it stands */
    /* No scalars, from here on. */
    LYGER_PQ_COMPOSITE,  /* shape->fields */
    LYGER_PQ_CAST,       /* what a cast to json makes of it, which only the server can tell */
    LYGER_PQ_UNKNOWABLE, /* record, anyarray: the text does not tell the types of what is in it */
} lyger_pq_kind;

typedef struct lyger_pq_field {
    const lyger_pq_type *type;
    const char *key; /* "name": */
    size_t key_len;
} lyger_pq_field;

/* What a type is made of. */
typedef struct lyger_pq_shape {
    const lyger_pq_type *element; /* of an array of anything but scalars */
    const lyger_pq_field *fields; /* of a composite type, without those that were dropped */
    size_t field_count;
} lyger_pq_shape;

struct lyger_pq_type {
    uint32_t oid; /* 0 for a type that is not built in and was not looked up */
    const char *name;
    lyger_pq_kind kind;
    char delimiter; /* of an array's elements, kind is theirs; ' ' for the vectors; 0: no array */
    const lyger_pq_shape *shape; /* NULL for scalars and their arrays */
};

/* A built-in type; for others one that is written as text. */
const lyger_pq_type *lyger_pq_type_of(uint32_t oid);

typedef enum lyger_pq_outcome {
    LYGER_PQ_OK,
    LYGER_PQ_FULL,
    LYGER_PQ_BAD_UTF8,      /* *bad as in jsonout.h; in an array or composite it is the part's start */
    LYGER_PQ_BAD_ARRAY,     /* not what PostgreSQL writes for an array */
    LYGER_PQ_BAD_COMPOSITE, /* nor for a composite of that type: also when it has other fields by now */
    LYGER_PQ_UNKNOWN,       /* a value of LYGER_PQ_UNKNOWABLE, or of LYGER_PQ_CAST without a hook */
} lyger_pq_outcome;

/* Writes a value whose type has a cast to json. */
typedef lyger_pq_outcome lyger_pq_cast_hook(lyger_pq_scratch *scratch, const lyger_pq_type *type,
                                            const char *text, size_t len, lyger_sink *sink);

/* What writing needs beside the text; begin with lyger_pq_scratch_init(). */
struct lyger_pq_scratch {
    lyger_buffer text; /* parts while they are unescaped */
    lyger_pq_cast_hook *cast;
    void *context; /* cast's */
};

void lyger_pq_scratch_init(lyger_pq_scratch *scratch);
void lyger_pq_scratch_free(lyger_pq_scratch *scratch);

/* Writes one value, not NULL. */
lyger_pq_outcome lyger_pq_write(const lyger_pq_type *type, const lyger_query_options *options,
                                const char *text, size_t len, lyger_sink *sink, lyger_pq_scratch *scratch,
                                size_t *bad);

/* The two halves of it, for pq_json.c and pq_nested.c: scalars, and arrays and composites. */
lyger_pq_outcome lyger_pq_put_scalar(lyger_pq_kind kind, const lyger_query_options *options, const char *text,
                                     size_t len, lyger_sink *sink, size_t *bad);
lyger_pq_outcome lyger_pq_put_nested(const lyger_pq_type *type, const lyger_query_options *options,
                                     const char *text, size_t len, lyger_sink *sink,
                                     lyger_pq_scratch *scratch, size_t *bad);

#endif
