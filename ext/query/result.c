#include "result.h"

#include "backend.h"

#include "jsonout/jsonout.h"

#include <stdlib.h>

lyger_status lyger_sink_is_full(lyger_error *error)
{
    return lyger_fail(error, LYGER_E_MEMORY, "out of memory for the JSON of a result");
}

lyger_status lyger_rows_init(lyger_rows *rows, size_t count, bool arrays, lyger_error *error)
{
    *rows = (lyger_rows){.count = count, .arrays = arrays};
    lyger_buffer_init(&rows->keys, &lyger_malloc_allocator);
    rows->columns = calloc(count > 0 ? count : 1, sizeof *rows->columns);
    return rows->columns ? LYGER_OK
                         : lyger_fail(error, LYGER_E_MEMORY, "out of memory for %zu columns", count);
}

lyger_status lyger_rows_column(lyger_rows *rows, size_t column, const char *name, const char *type,
                               lyger_error *error)
{
    size_t name_size = strlen(name) + 1, type_size = strlen(type) + 1;
    char *text = malloc(name_size + type_size);
    if (!text) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for column %zu", column + 1);
    }
    memcpy(text, name, name_size);
    memcpy(text + name_size, type, type_size);
    rows->columns[column] = (lyger_column){text, name_size - 1, text + name_size};
    return LYGER_OK;
}

void lyger_rows_free(lyger_rows *rows)
{
    if (!rows->columns) {
        return;
    }
    for (size_t i = 0; i < rows->count; i++) {
        free((char *)rows->columns[i].name);
    }
    free(rows->columns);
    free(rows->key_ends);
    lyger_buffer_free(&rows->keys);
    *rows = (lyger_rows){0};
}

/* {"a": ,"b": … or, for rows without names, [ , … */
static lyger_status make_keys(lyger_rows *rows, lyger_error *error)
{
    lyger_sink *sink = &rows->keys.sink;
    size_t bad, *ends = malloc((rows->count + 1) * sizeof *ends);
    lyger_buffer_reset(&rows->keys);
    bool ok = ends != NULL;
    for (size_t i = 0; ok && i < rows->count; i++) {
        const lyger_column *column = &rows->columns[i];
        ok = lyger_sink_put_char(sink, i > 0 ? ',' : rows->arrays ? '[' : '{');
        if (ok && !rows->arrays) {
            lyger_json_outcome outcome = lyger_json_put_string(sink, column->name, column->name_len, &bad);
            if (outcome == LYGER_JSON_BAD_UTF8) {
                free(ends);
                lyger_fail(error, LYGER_E_QUERY, "the name of column %zu is not UTF-8 (byte %zu)", i + 1,
                           bad + 1);
                return lyger_with_state(error, LYGER_E_QUERY, "22021");
            }
            ok = outcome == LYGER_JSON_OK && lyger_sink_put_char(sink, ':');
        }
        if (ok) {
            ends[i] = lyger_buffer_length(&rows->keys);
        }
    }
    if (!ok) {
        free(ends);
        return lyger_sink_is_full(error);
    }
    rows->key_ends = ends;
    return LYGER_OK;
}

lyger_status lyger_rows_begin(lyger_rows *rows, uint64_t first, lyger_sink *sink, lyger_error *error)
{
    rows->row = rows->first = first;
    if (!rows->key_ends) {
        lyger_status status = make_keys(rows, error);
        if (status != LYGER_OK) {
            return status;
        }
    }
    return lyger_sink_put_char(sink, '[') ? LYGER_OK : lyger_sink_is_full(error);
}

bool lyger_rows_next(lyger_rows *rows, lyger_sink *sink)
{
    if (rows->row++ > rows->first && !lyger_sink_put_char(sink, ',')) {
        return false;
    }
    /* Without columns no key brings the opening bracket. */
    return rows->count > 0 || lyger_sink_put_char(sink, rows->arrays ? '[' : '{');
}

bool lyger_rows_end(lyger_rows *rows, lyger_sink *sink)
{
    (void)rows;
    return lyger_sink_put_char(sink, ']');
}

lyger_status lyger_rows_bad_text(const lyger_rows *rows, size_t column, size_t offset, lyger_error *error)
{
    lyger_fail(error, LYGER_E_QUERY, "column \"%.200s\" of row %llu is not UTF-8 (byte %zu)",
               rows->columns[column].name, (unsigned long long)rows->row, offset + 1);
    return lyger_with_state(error, LYGER_E_QUERY, "22021");
}

/* Beyond 2^53 neighbouring integers share one double (IEEE 754: 53 bits of significand). */
static bool fits_double(int64_t value)
{
    return value <= (INT64_C(1) << 53) && value >= -(INT64_C(1) << 53);
}

static bool put_int(int64_t value, lyger_number_style bigint, lyger_sink *sink)
{
    if (bigint == LYGER_NUMBER || (bigint == LYGER_AUTO && fits_double(value))) {
        return lyger_json_put_int(sink, value);
    }
    return lyger_sink_put_char(sink, '"') && lyger_json_put_int(sink, value) &&
           lyger_sink_put_char(sink, '"');
}

lyger_status lyger_value_write(const lyger_rows *rows, size_t column, const lyger_value *value,
                               lyger_number_style bigint, lyger_sink *sink, lyger_error *error)
{
    bool ok = lyger_rows_key(rows, column, sink);
    size_t bad;
    if (!ok) {
        return lyger_sink_is_full(error);
    }
    switch (value->kind) {
    case LYGER_VALUE_INT:
        ok = put_int(value->integer, bigint, sink);
        break;
    case LYGER_VALUE_REAL:
        ok = lyger_json_put_double(sink, value->real);
        break;
    case LYGER_VALUE_BLOB:
        ok = lyger_json_put_base64(sink, value->text.bytes, value->text.len);
        break;
    case LYGER_VALUE_TEXT:
        switch (lyger_json_put_string(sink, value->text.bytes, value->text.len, &bad)) {
        case LYGER_JSON_OK:
            break;
        case LYGER_JSON_BAD_UTF8:
            return lyger_rows_bad_text(rows, column, bad, error);
        case LYGER_JSON_FULL:
            ok = false;
        }
        break;
    default:
        ok = lyger_sink_put_literal(sink, "null");
    }
    return ok ? LYGER_OK : lyger_sink_is_full(error);
}

/*
 * The row store: values one after the other in blocks, a value never across two. A value is one byte of kind
 * followed by 8 bytes (INT, REAL) or by 8 bytes of length and the bytes (TEXT, BLOB).
 */
#define BLOCK_SIZE ((size_t)64 * 1024)
#define VALUE_HEAD 9

typedef struct block {
    struct block *next;
    size_t used, size;
    char bytes[];
} block;

struct lyger_stored_result {
    lyger_result base; /* first member */
    block *first, *last;
    lyger_cursor written; /* where the last window that was written ended */
    size_t bytes;         /* of the blocks */
    char *tag;
};

static const char *read_value(const char *at, lyger_value *value)
{
    uint64_t word;
    value->kind = (lyger_value_kind)*at;
    if (value->kind == LYGER_VALUE_NULL) {
        return at + 1;
    }
    memcpy(&word, at + 1, sizeof word);
    switch (value->kind) {
    case LYGER_VALUE_INT:
        value->integer = (int64_t)word;
        return at + VALUE_HEAD;
    case LYGER_VALUE_REAL:
        memcpy(&value->real, &word, sizeof word);
        return at + VALUE_HEAD;
    default:
        value->text.bytes = at + VALUE_HEAD;
        value->text.len = (size_t)word;
        return at + VALUE_HEAD + word;
    }
}

static bool has_text(lyger_value_kind kind)
{
    return kind == LYGER_VALUE_TEXT || kind == LYGER_VALUE_BLOB;
}

static block *room_for(lyger_stored_result *stored, size_t bytes)
{
    block *last = stored->last;
    if (last && last->size - last->used >= bytes) {
        return last;
    }
    /* The first block is small, because many results have few rows. */
    size_t size = last ? BLOCK_SIZE : BLOCK_SIZE / 16;
    size = size < bytes ? bytes : size;
    block *added = malloc(sizeof *added + size);
    if (!added) {
        return NULL;
    }
    *added = (block){.size = size};
    stored->bytes += sizeof *added + size;
    if (last) {
        last->next = added;
    } else {
        stored->first = added;
    }
    return stored->last = added;
}

bool lyger_stored_add(lyger_stored_result *stored, const lyger_value *value)
{
    size_t text = has_text(value->kind) ? value->text.len : 0;
    size_t bytes = value->kind == LYGER_VALUE_NULL ? 1 : VALUE_HEAD + text;
    block *block = room_for(stored, bytes);
    if (!block) {
        return false;
    }
    char *at = block->bytes + block->used;
    uint64_t word = text;
    block->used += bytes;
    *at = (char)value->kind;
    if (value->kind == LYGER_VALUE_NULL) {
        return true;
    }
    if (value->kind == LYGER_VALUE_INT) {
        word = (uint64_t)value->integer;
    } else if (value->kind == LYGER_VALUE_REAL) {
        memcpy(&word, &value->real, sizeof word);
    }
    memcpy(at + 1, &word, sizeof word);
    if (text > 0) {
        memcpy(at + VALUE_HEAD, value->text.bytes, text);
    }
    return true;
}

/* Reads the value at the cursor and moves on. */
static void step(const lyger_stored_result *stored, lyger_cursor *cursor, lyger_value *value)
{
    const block *block = cursor->block;
    if (!block) {
        block = stored->first;
        cursor->at = block ? block->bytes : NULL;
    }
    /* Where a value is, a block is: NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    if (cursor->at == block->bytes + block->used) {
        block = block->next;
        cursor->at = block->bytes;
    }
    cursor->at = read_value(cursor->at, value);
    cursor->block = block;
}

/* A cursor before that row: where the last window ended, if that is on the way. */
static lyger_cursor cursor_before(const lyger_stored_result *stored, uint64_t row)
{
    lyger_cursor cursor = stored->written.row <= row ? stored->written : (lyger_cursor){0};
    lyger_value value;
    for (; cursor.row < row; cursor.row++) {
        for (size_t column = 0; column < stored->base.rows.count; column++) {
            step(stored, &cursor, &value);
        }
    }
    return cursor;
}

static lyger_status stored_write(lyger_result *result, lyger_window window, lyger_sink *sink,
                                 lyger_error *error)
{
    lyger_stored_result *stored = (lyger_stored_result *)result;
    lyger_rows *rows = &result->rows;
    lyger_status status = lyger_rows_begin(rows, window.first, sink, error);
    lyger_cursor cursor = cursor_before(stored, window.first);
    for (; cursor.row < window.end && status == LYGER_OK; cursor.row++) {
        if (!lyger_rows_next(rows, sink)) {
            return lyger_sink_is_full(error);
        }
        for (size_t column = 0; column < rows->count && status == LYGER_OK; column++) {
            lyger_value value;
            step(stored, &cursor, &value);
            status = lyger_value_write(rows, column, &value, result->options.bigint, sink, error);
        }
        if (status == LYGER_OK && !lyger_rows_close(rows, sink)) {
            return lyger_sink_is_full(error);
        }
    }
    if (status == LYGER_OK && !lyger_rows_end(rows, sink)) {
        return lyger_sink_is_full(error);
    }
    stored->written = status == LYGER_OK ? cursor : stored->written;
    return status;
}

static void stored_destroy(lyger_result *result)
{
    lyger_stored_result *stored = (lyger_stored_result *)result;
    for (block *at = stored->first, *next; at; at = next) {
        next = at->next;
        free(at);
    }
    free(stored->tag);
}

static void stored_read(lyger_result *result, lyger_cursor *cursor, lyger_value *values)
{
    for (size_t column = 0; column < result->rows.count; column++) {
        step((lyger_stored_result *)result, cursor, &values[column]);
    }
}

static const lyger_result_ops stored_ops = {
    .write_json = stored_write, .destroy = stored_destroy, .read = stored_read};

lyger_stored_result *lyger_stored_new(const lyger_query_options *options)
{
    lyger_stored_result *stored = calloc(1, sizeof *stored);
    if (stored) {
        stored->base.ops = &stored_ops;
        stored->base.options = *options;
        stored->base.facts.tag = "";
    }
    return stored;
}

lyger_result *lyger_stored_base(lyger_stored_result *stored)
{
    return &stored->base;
}

lyger_status lyger_stored_finish(lyger_stored_result *stored, uint64_t rows, uint64_t affected,
                                 const char *tag, lyger_error *error)
{
    lyger_result *base = &stored->base;
    stored->tag = strdup(tag);
    if (!stored->tag) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a result");
    }
    base->facts = (lyger_result_facts){.rows = rows,
                                       .affected = affected,
                                       .column_count = base->rows.count,
                                       .columns = base->rows.columns,
                                       .tag = stored->tag};
    lyger_result_count(base, stored->bytes);
    return LYGER_OK;
}

bool lyger_result_read(lyger_result *result, lyger_cursor *cursor, lyger_value *values)
{
    if (cursor->row >= result->facts.rows) {
        return false;
    }
    result->ops->read(result, cursor, values);
    cursor->row++;
    return true;
}

lyger_status lyger_result_await(lyger_result *result, lyger_error *error)
{
    return result->ops->await ? result->ops->await(result, error) : LYGER_OK;
}

lyger_status lyger_result_write_window(lyger_result *result, lyger_window window, lyger_sink *sink,
                                       lyger_error *error)
{
    lyger_status status = lyger_result_await(result, error);
    if (status != LYGER_OK) {
        return status;
    }
    uint64_t rows = result->facts.rows;
    window.end = window.end < rows ? window.end : rows;
    window.first = window.first < window.end ? window.first : window.end;
    return result->ops->write_json(result, window, sink, error);
}

lyger_status lyger_result_write_json(lyger_result *result, lyger_sink *sink, lyger_error *error)
{
    return lyger_result_write_window(result, LYGER_WHOLE, sink, error);
}

const lyger_result_facts *lyger_result_describe(const lyger_result *result)
{
    return &result->facts;
}

void lyger_result_free(lyger_result *result)
{
    if (result) {
        lyger_result_uncount(result);
        result->ops->destroy(result);
        lyger_rows_free(&result->rows);
        free(result);
    }
}
