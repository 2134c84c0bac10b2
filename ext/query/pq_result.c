#include "pq_result.h"

#include "pq_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
        int len = pq->getlength(result->rows, row, (int)i);
        ok = lyger_rows_key(rows, i, sink);
        /* A NULL has no length either, and most values have one. */
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

static lyger_status write_rows(pq_result *result, lyger_sink *sink, lyger_error *error)
{
    int count = result->pq->ntuples(result->rows);
    lyger_status status = LYGER_OK;
    for (int row = 0; row < count && status == LYGER_OK; row++) {
        status = write_row(result, row, sink, error);
    }
    return status;
}

lyger_status lyger_pq_stream_begin(lyger_result *stream, lyger_sink *sink, lyger_error *error)
{
    lyger_status status = lyger_rows_begin(&stream->rows, sink, error);
    return status == LYGER_OK ? write_rows((pq_result *)stream, sink, error) : status;
}

lyger_status lyger_pq_stream_next(lyger_result *stream, PGresult *rows, lyger_sink *sink, lyger_error *error)
{
    pq_result *result = (pq_result *)stream;
    result->pq->clear(result->rows);
    result->rows = rows;
    return write_rows(result, sink, error);
}

lyger_status lyger_pq_stream_end(lyger_result *stream, lyger_sink *sink, lyger_error *error)
{
    return lyger_rows_end(&stream->rows, sink) ? LYGER_OK : lyger_sink_is_full(error);
}

static lyger_status pq_result_write(lyger_result *base, lyger_sink *sink, lyger_error *error)
{
    lyger_status status = lyger_pq_stream_begin(base, sink, error);
    return status == LYGER_OK ? lyger_pq_stream_end(base, sink, error) : status;
}

static void pq_result_destroy(lyger_result *base)
{
    pq_result *result = (pq_result *)base;
    result->pq->clear(result->rows);
    free(result->types);
    lyger_buffer_free(&result->scratch);
}

/* Whole numbers as the server writes them: they fit. */
static int64_t parse_int(const char *text, size_t len)
{
    bool negative = len > 0 && *text == '-';
    uint64_t value = 0;
    for (size_t i = negative; i < len; i++) {
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    return (int64_t)(negative ? 0 - value : value);
}

static void read_value(uint32_t oid, const char *text, size_t len, lyger_value *value)
{
    switch (oid) {
    case 16: /* bool */
        value->kind = LYGER_VALUE_BOOL;
        value->integer = *text == 't';
        return;
    case 20: /* int8, int2, int4 */
    case 21:
    case 23:
        value->kind = LYGER_VALUE_INT;
        value->integer = parse_int(text, len);
        return;
    default:
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
