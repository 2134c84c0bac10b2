/*
 * The FFI door of results: handles, JSON, facts and rows.
 */
#include "abi_query.h"

#include "base/handle.h"
#include "jsonout/jsonout.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_MOST 10000u /* rows */
#define ROWS_BYTES 65536u /* of rows in one step, unless one row is longer */

/* What a handle stands for. */
typedef struct kept {
    lyger_result *result;
    lyger_pool *pool;
    bool pending;        /* changed under both locks */
    bool report;         /* its JSON has more than the rows */
    lyger_cursor cursor; /* where the last step through the rows ended */
} kept;

static pthread_mutex_t results_lock = PTHREAD_MUTEX_INITIALIZER; /* guards the table and the results in it */
static lyger_handle_table wide_results, narrow_results = {.narrow = true};

/* The table that the handle is of. */
static lyger_handle_table *table_of(unsigned long handle)
{
    return handle <= INT_MAX ? &narrow_results : &wide_results;
}

void lyger_abi_lock_results(void)
{
    pthread_mutex_lock(&results_lock);
}

void lyger_abi_unlock_results(void)
{
    pthread_mutex_unlock(&results_lock);
}

/* ---- handles ---- */

/* Frees what a handle stands for. A pending result of a pool that a forked child gave up is lost with that
 * pool. */
static void destroy(kept *kept, const lyger_pool *pool)
{
    if (kept && (!kept->pending || kept->pool == pool)) {
        lyger_result_free(kept->result);
    }
    free(kept);
}

static lyger_pool *pool_of_table; /* the pool whose results are being cleared */

static void destroy_entry(void *entry)
{
    destroy(entry, pool_of_table);
}

void lyger_abi_clear_results(lyger_pool *pool)
{
    lyger_abi_lock_results();
    pool_of_table = pool;
    lyger_handle_table_clear(&wide_results, destroy_entry);
    lyger_handle_table_clear(&narrow_results, destroy_entry);
    lyger_abi_unlock_results();
}

/* Puts what is kept into a table; its handle, or 0 and the error. */
static unsigned long open_in(lyger_handle_table *table, kept from, lyger_error *error)
{
    unsigned long handle = 0;
    lyger_result *result = from.result;
    if (!result) {
        return 0;
    }
    kept *made = malloc(sizeof *made);
    if (made) {
        *made = from;
        lyger_abi_lock_results();
        handle = lyger_handle_open(table, made);
        lyger_abi_unlock_results();
    }
    if (handle == 0) {
        free(made);
        lyger_result_free(result);
        lyger_fail(error, LYGER_E_MEMORY, "no memory for the result's handle");
    }
    return handle;
}

/* Where unsigned long has 32 bits, every handle is below 2^31. */
static lyger_handle_table *usual_table(void)
{
    return ULONG_MAX > UINT_MAX ? &wide_results : &narrow_results;
}

unsigned long lyger_abi_open_result(lyger_result *result, lyger_pool *pool, bool pending, lyger_error *error)
{
    return open_in(usual_table(), (kept){.result = result, .pool = pool, .pending = pending}, error);
}

unsigned long lyger_abi_open_report(lyger_result *result, bool fits_int, lyger_error *error)
{
    return open_in(fits_int ? &narrow_results : usual_table(), (kept){.result = result, .report = true},
                   error);
}

unsigned long long lyger_active_result_handles(void)
{
    lyger_abi_lock_results();
    unsigned long long live = (unsigned long long)wide_results.live + narrow_results.live;
    lyger_abi_unlock_results();
    return live;
}

static void refuse_handle(unsigned long handle, lyger_error *error)
{
    lyger_fail(error, LYGER_E_HANDLE, "%lu is not the handle of a result that is live", handle);
}

static bool await(kept *kept, const lyger_pool *pool, lyger_error *error)
{
    if (kept->pool != pool) {
        lyger_fail(error, LYGER_E_QUERY, "the statement belongs to the parent process of a fork");
        return false;
    }
    return lyger_result_await(kept->result, error) == LYGER_OK;
}

/* enter_result() for a result that was pending. While a result is pending, no thread frees it without the
 * pool's lock. */
static kept *enter_pending(unsigned long handle, lyger_error *error)
{
    lyger_pool *pool = lyger_abi_lock_pool();
    lyger_abi_lock_results();
    kept *found = lyger_handle_get(table_of(handle), handle);
    if (found && found->pending) {
        lyger_abi_unlock_results();
        bool arrived = await(found, pool, error);
        lyger_abi_lock_results();
        found->pending = !arrived;
    } else if (!found) {
        refuse_handle(handle, error);
    }
    lyger_abi_unlock_pool();
    if (error->status != LYGER_OK) {
        lyger_abi_unlock_results();
        return NULL;
    }
    return found;
}

/* The result, waited for, with the table locked; NULL, the error, and no lock, when there is none. */
static kept *enter_result(unsigned long handle, lyger_error *error)
{
    lyger_abi_lock_results();
    kept *found = lyger_handle_get(table_of(handle), handle);
    if (found && !found->pending) {
        return found;
    }
    lyger_abi_unlock_results();
    if (!found) {
        refuse_handle(handle, error);
        return NULL;
    }
    return enter_pending(handle, error);
}

static bool close_pending(unsigned long handle)
{
    lyger_pool *pool = lyger_abi_lock_pool();
    lyger_abi_lock_results();
    kept *found = lyger_handle_close(table_of(handle), handle);
    lyger_abi_unlock_results();
    destroy(found, pool);
    lyger_abi_unlock_pool();
    return found != NULL;
}

static bool close_handle(unsigned long handle)
{
    lyger_abi_lock_results();
    kept *found = lyger_handle_get(table_of(handle), handle);
    bool pending = found && found->pending;
    if (found && !pending) {
        lyger_handle_close(table_of(handle), handle);
    }
    lyger_abi_unlock_results();
    if (pending) {
        return close_pending(handle);
    }
    destroy(found, NULL);
    return found != NULL;
}

void lyger_free_result(unsigned long handle)
{
    close_handle(handle);
}

int lyger_ffi_result_free(unsigned long handle)
{
    lyger_error *error = lyger_abi_enter();
    if (!close_handle(handle)) {
        refuse_handle(handle, error);
        return -1;
    }
    return 1;
}

/* ---- JSON ---- */

char *lyger_ffi_result_json(unsigned long handle, size_t *json_len)
{
    lyger_error *error = lyger_abi_enter();
    lyger_buffer text;
    kept *found = enter_result(handle, error);
    if (!found) {
        return NULL;
    }
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    if (found->report) {
        lyger_result_write_report(found->result, &text.sink, error);
    } else {
        lyger_result_write_json(found->result, &text.sink, error);
    }
    lyger_abi_unlock_results();
    return lyger_abi_finish(&text, error->status == LYGER_OK, json_len, error);
}

char *lyger_result_chunk(unsigned long handle, unsigned long long offset, unsigned int limit)
{
    lyger_error *error = lyger_abi_enter();
    lyger_buffer text;
    if (limit < 1 || limit > CHUNK_MOST) {
        lyger_fail(error, LYGER_E_ARGUMENT, "limit must be 1 to %u rows, %u given", CHUNK_MOST, limit);
        return NULL;
    }
    kept *found = enter_result(handle, error);
    if (!found) {
        return NULL;
    }
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    lyger_result_write_chunk(found->result, offset, limit, &text.sink, error);
    lyger_abi_unlock_results();
    return lyger_abi_finish(&text, error->status == LYGER_OK, NULL, error);
}

char *lyger_jsonify_result(unsigned long handle)
{
    char *json = lyger_ffi_result_json(handle, NULL);
    return json ? json : lyger_abi_copy("[]", 2, NULL);
}

/* Writes a name or type, which come from the database, without the bytes that are not UTF-8. */
static bool put_text(lyger_sink *sink, const char *text, size_t len)
{
    size_t bad;
    return lyger_json_put_string(sink, text, lyger_utf8_valid(text, len), &bad) == LYGER_JSON_OK;
}

static bool put_facts(lyger_sink *sink, const lyger_result_facts *facts)
{
    bool fits = lyger_sink_put_literal(sink, "{\"rows\":") &&
                lyger_json_put_int(sink, (int64_t)facts->rows) &&
                lyger_sink_put_literal(sink, ",\"columns\":[");
    for (size_t i = 0; fits && i < facts->column_count; i++) {
        const lyger_column *column = &facts->columns[i];
        fits = (i == 0 || lyger_sink_put_char(sink, ',')) && lyger_sink_put_literal(sink, "{\"name\":") &&
               put_text(sink, column->name, column->name_len) && lyger_sink_put_literal(sink, ",\"type\":") &&
               put_text(sink, column->type, strlen(column->type)) && lyger_sink_put_char(sink, '}');
    }
    return fits && lyger_sink_put_literal(sink, "],\"affected\":") &&
           lyger_json_put_int(sink, (int64_t)facts->affected) && lyger_sink_put_literal(sink, ",\"tag\":") &&
           put_text(sink, facts->tag, strlen(facts->tag)) && lyger_sink_put_char(sink, '}');
}

char *lyger_ffi_result_facts(unsigned long handle)
{
    lyger_error *error = lyger_abi_enter();
    lyger_buffer text;
    kept *found = enter_result(handle, error);
    if (!found) {
        return NULL;
    }
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    bool whole = put_facts(&text.sink, lyger_result_describe(found->result));
    lyger_abi_unlock_results();
    return lyger_abi_finish(&text, whole, NULL, error);
}

/* ---- rows ---- */

static bool put_little_endian(lyger_sink *sink, uint64_t value, size_t bytes)
{
    char text[8];
    for (size_t i = 0; i < bytes; i++) {
        text[i] = (char)(value >> (8 * i));
    }
    return lyger_sink_put(sink, text, bytes);
}

/* Writes a value as lyger.h says for rows; type 6 is a float as text, because strtod() follows the locale. */
static bool put_value(lyger_sink *sink, const lyger_value *value)
{
    uint64_t bits;
    switch (value->kind) {
    case LYGER_VALUE_NULL:
        return lyger_sink_put_char(sink, 0);
    case LYGER_VALUE_BOOL:
        return lyger_sink_put_char(sink, 1) && lyger_sink_put_char(sink, value->integer != 0);
    case LYGER_VALUE_INT:
        return lyger_sink_put_char(sink, 2) && put_little_endian(sink, (uint64_t)value->integer, 8);
    case LYGER_VALUE_REAL:
        memcpy(&bits, &value->real, sizeof bits);
        return lyger_sink_put_char(sink, 3) && put_little_endian(sink, bits, 8);
    default:
        return lyger_sink_put_char(sink, value->kind == LYGER_VALUE_DECIMAL ? 6 : 4) &&
               put_little_endian(sink, value->text.len, 4) &&
               lyger_sink_put(sink, value->text.bytes, value->text.len);
    }
}

/* Moves the cursor to a row, where it is already unless several readers take turns. */
static void seek(kept *kept, uint64_t row, lyger_value *values)
{
    if (kept->cursor.row > row) {
        kept->cursor = (lyger_cursor){0};
    }
    while (kept->cursor.row < row && lyger_result_read(kept->result, &kept->cursor, values)) {
    }
}

/* Writes the rows of one step; false when there is no memory. */
static bool put_rows(kept *kept, uint64_t row, lyger_buffer *rows)
{
    size_t columns = lyger_result_describe(kept->result)->column_count;
    lyger_value *values = calloc(columns > 0 ? columns : 1, sizeof *values);
    bool fits = values != NULL;
    if (fits) {
        seek(kept, row, values);
    }
    while (fits && lyger_buffer_length(rows) < ROWS_BYTES &&
           lyger_result_read(kept->result, &kept->cursor, values)) {
        for (size_t i = 0; fits && i < columns; i++) {
            fits = put_value(&rows->sink, &values[i]);
        }
        if (columns == 0) {
            break; /* rows without columns would never fill the step */
        }
    }
    free(values);
    return fits;
}

int lyger_ffi_result_rows(unsigned long handle, unsigned long long *row, char **rows, size_t *rows_len)
{
    lyger_error *error = lyger_abi_enter();
    lyger_buffer text;
    if (!row || !rows || !rows_len) {
        lyger_fail(error, LYGER_E_ARGUMENT, "row, rows or rows_len is NULL");
        return -1;
    }
    kept *found = enter_result(handle, error);
    if (!found) {
        return -1;
    }
    if (*row >= lyger_result_describe(found->result)->rows) {
        lyger_abi_unlock_results();
        return 0;
    }
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    bool whole = put_rows(found, *row, &text);
    unsigned long long next = found->cursor.row;
    lyger_abi_unlock_results();
    *rows = lyger_abi_finish(&text, whole, rows_len, error);
    if (!*rows) {
        return -1;
    }
    *row = next;
    return 1;
}
