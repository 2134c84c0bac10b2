/*
 * Inside the query room: PostgreSQL's text format to JSON, by the rules of its row_to_json (the server's
 * utils/adt/json.c, json_categorize_type and datum_to_json; manual 9.16). No libpq here: this part is fuzzed
 * alone.
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
    LYGER_PQ_NUMBER,  /* unchanged when the text is a JSON number, quoted otherwise: NaN, Infinity */
    LYGER_PQ_BIGINT,  /* as NUMBER, by options.bigint */
    LYGER_PQ_NUMERIC, /* as NUMBER, by options.numeric */
    LYGER_PQ_TIMESTAMP,
    LYGER_PQ_TIMESTAMPTZ,
    LYGER_PQ_JSON, /* unchanged: the text is JSON */
    /* The kinds from here on are no scalars. */
    LYGER_PQ_COMPOSITE,  /* shape->fields */
    LYGER_PQ_CAST,       /* what the type's cast to json makes of the value, which only the server can tell */
    LYGER_PQ_UNKNOWABLE, /* record, anyarray: the text does not tell the types of the parts */
} lyger_pq_kind;

typedef struct lyger_pq_field {
    const lyger_pq_type *type;
    const char *key; /* "name": */
    size_t key_len;
} lyger_pq_field;

/* What a type is made of. */
typedef struct lyger_pq_shape {
    const lyger_pq_type *element; /* of an array whose elements are not scalars */
    const lyger_pq_field *fields; /* of a composite type, without dropped fields */
    size_t field_count;
} lyger_pq_shape;

struct lyger_pq_type {
    uint32_t oid; /* 0 for a type that is not built in and was not looked up */
    const char *name;
    lyger_pq_kind kind;
    char delimiter; /* between an array's elements, whose kind `kind` is; ' ' for the vectors; 0: no array */
    const lyger_pq_shape *shape; /* NULL for scalars and their arrays */
};

/* The built-in type with that OID; for any other OID a type that is written as text. */
const lyger_pq_type *lyger_pq_type_of(uint32_t oid);

typedef enum lyger_pq_outcome {
    LYGER_PQ_OK,
    LYGER_PQ_FULL,
    LYGER_PQ_BAD_UTF8,      /* *bad as in jsonout.h; in an array or composite it is the part's start */
    LYGER_PQ_BAD_ARRAY,     /* not what PostgreSQL writes for an array */
    LYGER_PQ_BAD_COMPOSITE, /* not what PostgreSQL writes for a composite of that type, which may have other
                               fields by now */
    LYGER_PQ_UNKNOWN,       /* a value of LYGER_PQ_UNKNOWABLE, or of LYGER_PQ_CAST without a hook */
} lyger_pq_outcome;

/* Writes a value whose type has a cast to json. */
typedef lyger_pq_outcome lyger_pq_cast_hook(lyger_pq_scratch *scratch, const lyger_pq_type *type,
                                            const char *text, size_t len, lyger_sink *sink);

/* What writing needs beside the text; begin with lyger_pq_scratch_init(). */
struct lyger_pq_scratch {
    lyger_buffer text; /* parts while they are unescaped */
    lyger_pq_cast_hook *cast;
    void *context; /* for the cast hook */
};

void lyger_pq_scratch_init(lyger_pq_scratch *scratch);
void lyger_pq_scratch_free(lyger_pq_scratch *scratch);

/* Writes one value, not NULL. */
lyger_pq_outcome lyger_pq_write(const lyger_pq_type *type, const lyger_query_options *options,
                                const char *text, size_t len, lyger_sink *sink, lyger_pq_scratch *scratch,
                                size_t *bad);

/* The two halves of lyger_pq_write(): scalars (pq_json.c), and arrays and composites (pq_nested.c). */
lyger_pq_outcome lyger_pq_put_scalar(lyger_pq_kind kind, const lyger_query_options *options, const char *text,
                                     size_t len, lyger_sink *sink, size_t *bad);
lyger_pq_outcome lyger_pq_put_nested(const lyger_pq_type *type, const lyger_query_options *options,
                                     const char *text, size_t len, lyger_sink *sink,
                                     lyger_pq_scratch *scratch, size_t *bad);

#endif
