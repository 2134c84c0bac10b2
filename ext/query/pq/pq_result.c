#include "pq_result.h"

#include "pq_casts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct pq_result {
    lyger_result base; /* first member */
    const lyger_pq *pq;
    PGresult *rows;
    const lyger_pq_type **types; /* one per column */
    lyger_pq_scratch scratch;
    /* The fields below are used only with columns of types that are not built in. */
    bool user_types;
    bool keeping;            /* a stream that cannot be written yet */
    lyger_buffer kept;       /* the stream's rows: for each value its length, -1 for NULL, and its bytes */
    lyger_pq_types *known;   /* the set that `types` points into */
    lyger_pq_casts *casts;   /* NULL unless the server has to convert values */
    lyger_error *unwritable; /* why the result cannot be written as JSON, NULL when it can */
} pq_result;

static lyger_status fail_value(const lyger_rows *rows, size_t column, lyger_pq_outcome outcome, size_t bad,
                               lyger_error *error)
{
    const char *what;
    switch (outcome) {
    case LYGER_PQ_FULL:
        return lyger_sink_is_full(error);
    case LYGER_PQ_BAD_UTF8:
        return lyger_rows_bad_text(rows, column, bad, error);
    case LYGER_PQ_UNKNOWN:
        what = "is an anonymous record or array, whose text does not tell the types of what is in it; "
               "to_json() of it in the statement does";
        break;
    case LYGER_PQ_BAD_COMPOSITE:
        what = "has other fields than its composite type, which was altered meanwhile";
        break;
    default:
        what = "is not the text of an array";
    }
    return lyger_fail(error, LYGER_E_QUERY, "column \"%.200s\" of row %" PRIu64 " %s",
                      rows->columns[column].name, rows->row, what);
}

static lyger_status write_row(pq_result *result, int row, lyger_sink *sink, lyger_error *error)
{
    const lyger_pq *pq = result->pq;
    lyger_rows *rows = &result->base.rows;
    bool ok = lyger_rows_next(rows, sink);
    for (size_t i = 0; ok && i < rows->count; i++) {
        int len = pq->getlength(result->rows, row, (int)i);
        ok = lyger_rows_key(rows, i, sink);
        /* A NULL has length 0 too; only then is libpq asked, because most values have a length. */
        if (ok && len == 0 && pq->getisnull(result->rows, row, (int)i)) {
            ok = lyger_sink_put_literal(sink, "null");
        } else if (ok) {
            size_t bad = 0;
            lyger_pq_outcome outcome = lyger_pq_write(result->types[i], &result->base.options,
                                                      pq->getvalue(result->rows, row, (int)i), (size_t)len,
                                                      sink, &result->scratch, &bad);
            if (outcome != LYGER_PQ_OK) {
                return fail_value(rows, i, outcome, bad, error);
            }
        }
    }
    return ok && lyger_rows_close(rows, sink) ? LYGER_OK : lyger_sink_is_full(error);
}

/* Writes the rows from `row` to before `end`. */
static lyger_status write_rows(pq_result *result, int row, int end, lyger_sink *sink, lyger_error *error)
{
    lyger_status status = LYGER_OK;
    for (; row < end && status == LYGER_OK; row++) {
        status = write_row(result, row, sink, error);
    }
    return status;
}

static lyger_status write_all(pq_result *result, lyger_sink *sink, lyger_error *error)
{
    return write_rows(result, 0, result->pq->ntuples(result->rows), sink, error);
}

/* Writes the rows before `first` to nowhere: what the server has converted is taken in the order of the rows.
 */
static lyger_status skip_casts(pq_result *result, int first, lyger_error *error)
{
    lyger_buffer nowhere;
    lyger_status status = LYGER_OK;
    lyger_buffer_init(&nowhere, &lyger_malloc_allocator);
    for (int row = 0; row < first && status == LYGER_OK; row++) {
        lyger_buffer_reset(&nowhere);
        status = write_row(result, row, &nowhere.sink, error);
    }
    lyger_buffer_free(&nowhere);
    return status;
}

/* ---- rows that are kept ---- */

/* A walk over the values of a result, whether they are in kept or in rows. */
typedef struct values {
    const pq_result *result;
    size_t column; /* the next value's */
    int row;
    const char *at; /* in kept; NULL: in rows */
} values;

static bool next_value(values *values, const char **text, int *len)
{
    const pq_result *result = values->result;
    const lyger_pq *pq = result->pq;
    if (values->at) {
        if (values->at == result->kept.sink.pos) {
            return false;
        }
        memcpy(len, values->at, sizeof *len);
        *text = values->at + sizeof *len;
        values->at = *text + (*len > 0 ? *len : 0);
    } else {
        if (values->row == pq->ntuples(result->rows)) {
            return false;
        }
        bool null = pq->getisnull(result->rows, values->row, (int)values->column);
        *len = null ? -1 : pq->getlength(result->rows, values->row, (int)values->column);
        *text = pq->getvalue(result->rows, values->row, (int)values->column);
    }
    if (++values->column == result->base.rows.count) {
        values->column = 0;
        values->row++;
    }
    return true;
}

static values values_of(const pq_result *result)
{
    return (values){.result = result, .at = result->keeping ? result->kept.start : NULL};
}

/* Copies a portion: libpq needs kilobytes for each of its results, and on some versions they have one row. */
static lyger_status keep(pq_result *stream, lyger_error *error)
{
    lyger_sink *to = &stream->kept.sink;
    values values = {.result = stream};
    const char *text;
    bool ok = true;
    int len;
    while (ok && next_value(&values, &text, &len)) {
        ok = lyger_sink_put(to, (const char *)&len, sizeof len) &&
             (len <= 0 || lyger_sink_put(to, text, (size_t)len));
    }
    return ok ? LYGER_OK : lyger_fail(error, LYGER_E_MEMORY, "out of memory for the rows of a result");
}

static lyger_status write_kept(pq_result *stream, lyger_sink *sink, lyger_error *error)
{
    lyger_rows *rows = &stream->base.rows;
    values values = values_of(stream);
    const char *text;
    bool ok = true;
    int len;
    for (size_t column = 0; ok && next_value(&values, &text, &len); column = values.column) {
        size_t bad = 0;
        ok = (column > 0 || lyger_rows_next(rows, sink)) && lyger_rows_key(rows, column, sink);
        if (ok && len < 0) {
            ok = lyger_sink_put_literal(sink, "null");
        } else if (ok) {
            lyger_pq_outcome outcome = lyger_pq_write(stream->types[column], &stream->base.options, text,
                                                      (size_t)len, sink, &stream->scratch, &bad);
            if (outcome != LYGER_PQ_OK) {
                return fail_value(rows, column, outcome, bad, error);
            }
        }
        ok = ok && (values.column > 0 || lyger_rows_close(rows, sink));
    }
    return ok ? LYGER_OK : lyger_sink_is_full(error);
}

/* ---- types that are not built in ---- */

#define TRIED_MOST 64 /* rows that are looked through for a value in every such column */

/* Gives the columns the types that the set knows; false when a type is missing. */
static bool resolve(pq_result *result, lyger_pq_types *known)
{
    bool all = true;
    for (size_t i = 0; i < result->base.rows.count; i++) {
        const lyger_pq_type *type = lyger_pq_types_find(known, result->pq->ftype(result->rows, (int)i));
        all &= type != NULL;
        result->types[i] = type ? type : lyger_pq_type_of(0);
    }
    lyger_pq_types_hold(known);
    lyger_pq_types_release(result->known);
    result->known = known;
    return all;
}

static bool needs_cast(const pq_result *result)
{
    bool needs = false;
    for (size_t i = 0; !needs && i < result->base.rows.count; i++) {
        needs = lyger_pq_has_cast(result->types[i]);
    }
    return needs;
}

static lyger_pq_outcome put_nothing(lyger_pq_scratch *scratch, const lyger_pq_type *type, const char *text,
                                    size_t len, lyger_sink *sink)
{
    (void)scratch, (void)type, (void)text, (void)len, (void)sink;
    return LYGER_PQ_OK;
}

/*
 * Whether the types fit the rows. A statement sees one definition of a type, and so one value of each column
 * tells; what is inside of a NULL shows only when the rows are written.
 */
static bool types_fit(pq_result *result)
{
    values values = values_of(result);
    lyger_buffer nowhere;
    const char *text;
    bool fit = true;
    int len;
    lyger_buffer_init(&nowhere, &lyger_malloc_allocator);
    result->scratch.cast = put_nothing;
    for (size_t column = 0; fit && values.row < TRIED_MOST && next_value(&values, &text, &len);
         column = values.column) {
        size_t bad;
        if (len >= 0 && result->types[column]->shape) {
            lyger_buffer_reset(&nowhere);
            lyger_pq_outcome outcome = lyger_pq_write(result->types[column], &result->base.options, text,
                                                      (size_t)len, &nowhere.sink, &result->scratch, &bad);
            fit = outcome != LYGER_PQ_BAD_ARRAY && outcome != LYGER_PQ_BAD_COMPOSITE;
        }
    }
    lyger_buffer_free(&nowhere);
    result->scratch.cast = NULL;
    return fit;
}

/* Gives the columns the names of their types, which are known now. */
static lyger_status name_types(pq_result *result, lyger_error *error)
{
    lyger_rows *rows = &result->base.rows;
    lyger_status status = LYGER_OK;
    for (size_t i = 0; i < rows->count && status == LYGER_OK; i++) {
        if (!lyger_pq_type_of(result->pq->ftype(result->rows, (int)i))->oid) {
            char *old = (char *)rows->columns[i].name;
            status = lyger_rows_column(rows, i, old, result->types[i]->name, error);
            if (status == LYGER_OK) {
                free(old);
            }
        }
    }
    return status;
}

static lyger_status learn(pq_result *result, pq_connection *connection, const lyger_limits *limits,
                          lyger_error *error)
{
    size_t count = result->base.rows.count;
    uint32_t *oids = malloc(count * sizeof *oids);
    if (!oids) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for types");
    }
    for (size_t i = 0; i < count; i++) {
        oids[i] = result->pq->ftype(result->rows, (int)i);
    }
    lyger_status status = LYGER_OK;
    lyger_pq_types_current(connection, connection->sent_at);
    for (bool again = false;; again = true) {
        status = lyger_pq_types_learn(connection, oids, count, limits, error);
        if (status != LYGER_OK || !resolve(result, connection->types) || types_fit(result) || again) {
            break;
        }
        lyger_pq_types_current(connection, INT64_MAX);
    }
    free(oids);
    return status == LYGER_OK ? name_types(result, error) : status;
}

/* Has the server convert the values that need it. */
static lyger_status convert(pq_result *result, pq_connection *connection, const lyger_limits *limits,
                            lyger_error *error)
{
    values values = values_of(result);
    lyger_buffer nowhere;
    lyger_pq_outcome outcome = LYGER_PQ_OK;
    const char *text;
    int len;
    result->casts = lyger_pq_casts_new(result->pq);
    if (!result->casts) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a conversion");
    }
    lyger_buffer_init(&nowhere, &lyger_malloc_allocator);
    result->scratch.context = result->casts;
    result->scratch.cast = lyger_pq_casts_collect;
    for (size_t column = 0; outcome != LYGER_PQ_FULL && next_value(&values, &text, &len);
         column = values.column) {
        size_t bad;
        if (len >= 0 && lyger_pq_has_cast(result->types[column])) {
            lyger_buffer_reset(&nowhere);
            outcome = lyger_pq_write(result->types[column], &result->base.options, text, (size_t)len,
                                     &nowhere.sink, &result->scratch, &bad);
        }
    }
    lyger_buffer_free(&nowhere);
    result->scratch.cast = lyger_pq_casts_put;
    if (outcome == LYGER_PQ_FULL) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a conversion");
    }
    return lyger_pq_casts_convert(result->casts, connection, limits, error);
}

lyger_status lyger_pq_complete(lyger_result *base, pq_connection *connection, const lyger_limits *limits,
                               lyger_error *error)
{
    pq_result *result = (pq_result *)base;
    lyger_error own;
    if (!result->user_types) {
        return LYGER_OK;
    }
    lyger_error_clear(&own);
    lyger_status status = learn(result, connection, limits, &own);
    if (status == LYGER_OK && needs_cast(result)) {
        status = convert(result, connection, limits, &own);
    }
    if (status == LYGER_E_QUERY && !connection->broken) {
        result->unwritable = malloc(sizeof own);
        if (result->unwritable) {
            *result->unwritable = own;
            return LYGER_OK;
        }
    }
    if (status != LYGER_OK && error) {
        *error = own;
    }
    return status;
}

/* ---- writing ---- */

bool lyger_pq_stream_has_user_types(const lyger_result *stream)
{
    return ((const pq_result *)stream)->user_types;
}

lyger_status lyger_pq_stream_begin(lyger_result *base, pq_connection *connection, lyger_sink *sink,
                                   lyger_error *error)
{
    pq_result *stream = (pq_result *)base;
    lyger_status status;
    if (stream->user_types && (!resolve(stream, lyger_pq_types_current(connection, connection->sent_at)) ||
                               needs_cast(stream) || !types_fit(stream))) {
        status = keep(stream, error);
        stream->keeping = true;
        return status;
    }
    status = lyger_rows_begin(&base->rows, 0, sink, error);
    return status == LYGER_OK ? write_all(stream, sink, error) : status;
}

lyger_status lyger_pq_stream_next(lyger_result *stream, PGresult *rows, lyger_sink *sink, lyger_error *error)
{
    pq_result *result = (pq_result *)stream;
    result->pq->clear(result->rows);
    result->rows = rows;
    return result->keeping ? keep(result, error) : write_all(result, sink, error);
}

static lyger_status pq_result_write(lyger_result *base, lyger_window window, lyger_sink *sink,
                                    lyger_error *error)
{
    pq_result *result = (pq_result *)base;
    lyger_status status = LYGER_OK;
    if (result->unwritable) {
        if (error) {
            *error = *result->unwritable;
        }
        return result->unwritable->status;
    }
    if (result->casts) {
        lyger_pq_casts_rewind(result->casts);
    }
    if (result->casts && window.first > 0) {
        lyger_buffer keys; /* skip_casts() writes rows without the array around them, and makes no keys */
        lyger_buffer_init(&keys, &lyger_malloc_allocator);
        status = lyger_rows_begin(&base->rows, 0, &keys.sink, error);
        lyger_buffer_free(&keys);
        status = status == LYGER_OK ? skip_casts(result, (int)window.first, error) : status;
    }
    if (status == LYGER_OK) {
        status = lyger_rows_begin(&base->rows, window.first, sink, error);
    }
    if (status == LYGER_OK) {
        status = result->keeping ? write_kept(result, sink, error)
                                 : write_rows(result, (int)window.first, (int)window.end, sink, error);
    }
    return status != LYGER_OK || lyger_rows_end(&base->rows, sink) ? status : lyger_sink_is_full(error);
}

lyger_status lyger_pq_stream_end(lyger_result *base, pq_connection *connection, const lyger_limits *limits,
                                 lyger_sink *sink, lyger_error *error)
{
    pq_result *stream = (pq_result *)base;
    if (!stream->keeping) {
        return lyger_rows_end(&base->rows, sink) ? LYGER_OK : lyger_sink_is_full(error);
    }
    lyger_status status = lyger_pq_complete(base, connection, limits, error);
    return status == LYGER_OK ? pq_result_write(base, LYGER_WHOLE, sink, error) : status;
}

static void pq_result_destroy(lyger_result *base)
{
    pq_result *result = (pq_result *)base;
    result->pq->clear(result->rows);
    free(result->types);
    lyger_pq_scratch_free(&result->scratch);
    lyger_buffer_free(&result->kept);
    lyger_pq_casts_free(result->casts);
    lyger_pq_types_release(result->known);
    free(result->unwritable);
}

/* Reads a whole number as the server writes it, which always fits. False for any other text. */
static bool parse_int(const char *text, size_t len, int64_t *number)
{
    bool negative = len > 0 && *text == '-';
    uint64_t value = 0;
    for (size_t i = negative; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    *number = (int64_t)(negative ? 0 - value : value);
    return len > (size_t)negative && len < 21;
}

static void read_value(uint32_t oid, const char *text, size_t len, lyger_value *value)
{
    bool whole = oid == 20 || oid == 21 || oid == 23; /* int8, int2, int4 */
    if (oid == 16) {                                  /* bool */
        value->kind = LYGER_VALUE_BOOL;
        value->integer = *text == 't';
    } else if (whole && parse_int(text, len, &value->integer)) {
        value->kind = LYGER_VALUE_INT;
    } else {
        value->kind = oid == 700 || oid == 701 ? LYGER_VALUE_DECIMAL : LYGER_VALUE_TEXT;
        value->text.bytes = text;
        value->text.len = len;
    }
}

static void pq_result_read(lyger_result *base, lyger_cursor *cursor, lyger_value *values)
{
    pq_result *result = (pq_result *)base;
    const lyger_pq *pq = result->pq;
    int row = (int)cursor->row;
    for (size_t i = 0; i < base->rows.count; i++) {
        if (pq->getisnull(result->rows, row, (int)i)) {
            values[i].kind = LYGER_VALUE_NULL;
        } else {
            read_value(result->types[i]->oid, pq->getvalue(result->rows, row, (int)i),
                       (size_t)pq->getlength(result->rows, row, (int)i), &values[i]);
        }
    }
}

static const lyger_result_ops result_ops = {
    .write_json = pq_result_write, .destroy = pq_result_destroy, .read = pq_result_read};

static lyger_status describe_columns(pq_result *result, lyger_error *error)
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
        result->user_types |= !type->oid;
        status = lyger_rows_column(rows, (size_t)i, pq->fname(result->rows, i),
                                   type->oid ? type->name : other, error);
    }
    return status;
}

lyger_status lyger_pq_make_result(const lyger_pq *pq, PGresult *rows, const lyger_query_options *options,
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
    lyger_pq_scratch_init(&result->scratch);
    lyger_buffer_init(&result->kept, &lyger_malloc_allocator);
    *made = &result->base;
    lyger_status status = describe_columns(result, error);
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
    lyger_result_count(&result->base, pq->resultMemorySize(rows));
    return LYGER_OK;
}
