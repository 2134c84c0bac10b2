/*
 * What the native door gives of results as PHP arrays, in the shapes of the Lyger framework: a report, a
 * chunk of the rows, all of them chunk by chunk. And what is asked about the database and the memory as a
 * whole.
 */
#include "php_query.h"

#include "cache/php/php_cache.h"
#include "lyger_error.h"
#include "lyger_string.h"

#include "ext/json/php_json.h"

#define CHUNK_MOST 10000 /* rows */
#define JSON_DEPTH 512
#define ATTEMPTS_MOST 1000
#define PAUSE_MOST 60000 /* ms */
#define HEALTH_TIMEOUT 5 /* seconds, for a database that takes the question and does not answer */

/* ---- JSON as PHP values ---- */

/* Makes the value of what was written into the text, which is freed; throws what went wrong. */
static void decode(php_lyger_string *text, lyger_status status, const lyger_error *error, zval *return_value)
{
    if (status != LYGER_OK) {
        php_lyger_string_free(text);
        php_lyger_query_left(status, error);
        return;
    }
    zend_string *json = php_lyger_string_finish(text);
    php_json_decode_ex(return_value, ZSTR_VAL(json), ZSTR_LEN(json),
                       PHP_JSON_OBJECT_AS_ARRAY | PHP_JSON_THROW_ON_ERROR, JSON_DEPTH);
    zend_string_release(json);
    if (EG(exception)) {
        zval_ptr_dtor(return_value);
        ZVAL_NULL(return_value);
    }
}

void php_lyger_result_report(lyger_result *result, zval *return_value)
{
    php_lyger_string text;
    lyger_error error;
    php_lyger_string_init(&text);
    lyger_status status = lyger_result_write_report(result, &text.sink, &error);
    decode(&text, status, &error, return_value);
}

ZEND_FUNCTION(lyger_db_query_json_v2)
{
    php_lyger_query_call call;
    if (!php_lyger_query_parse_for_php(INTERNAL_FUNCTION_PARAM_PASSTHRU, &call)) {
        RETURN_THROWS();
    }
    lyger_result *result = php_lyger_query_result(&call, lyger_query_run);
    if (result) {
        php_lyger_result_report(result, return_value);
        php_lyger_result_free(result);
    }
}

/* ---- chunks ---- */

static void read_chunk(zend_long handle, zend_long offset, zend_long limit, zval *chunk)
{
    php_lyger_string text;
    lyger_error error;
    ZVAL_NULL(chunk);
    lyger_result *result = php_lyger_result_await(handle);
    if (!result) {
        return;
    }
    php_lyger_string_init(&text);
    lyger_status status =
        lyger_result_write_chunk(result, (uint64_t)offset, (uint64_t)limit, &text.sink, &error);
    decode(&text, status, &error, chunk);
}

static bool check_limit(zend_long limit, uint32_t argument)
{
    if (limit < 1 || limit > CHUNK_MOST) {
        zend_argument_value_error(argument, "must be between 1 and %d, " ZEND_LONG_FMT " given", CHUNK_MOST,
                                  limit);
        return false;
    }
    return true;
}

ZEND_FUNCTION(lyger_result_chunk)
{
    zend_long handle, offset = 0, limit = 1000;

    ZEND_PARSE_PARAMETERS_START(1, 3)
        Z_PARAM_LONG(handle)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(offset)
        Z_PARAM_LONG(limit)
    ZEND_PARSE_PARAMETERS_END();

    if (offset < 0) {
        zend_argument_value_error(2, "must be greater than or equal to 0, " ZEND_LONG_FMT " given", offset);
        RETURN_THROWS();
    }
    if (check_limit(limit, 3)) {
        read_chunk(handle, offset, limit, return_value);
    }
}

/* ---- rows, chunk by chunk ---- */

typedef struct row_stream {
    zend_long handle, limit;
    zend_long offset; /* of the first row of the chunk */
    uint32_t at;      /* the iterator's index among the rows */
    bool begun, more; /* there are rows behind the chunk */
    zval rows;        /* of the chunk, an array; undefined before the first and after the last */
    zend_object std;
} row_stream;

static LYGER_SET_AT_START zend_class_entry *stream_class;
static LYGER_SET_AT_START zend_object_handlers stream_handlers;

static row_stream *stream_of(zend_object *object)
{
    return (row_stream *)((char *)object - XtOffsetOf(row_stream, std));
}

static zend_object *stream_create(zend_class_entry *class_entry)
{
    row_stream *stream = zend_object_alloc(sizeof *stream, class_entry);
    zend_object_std_init(&stream->std, class_entry);
    object_properties_init(&stream->std, class_entry);
    ZVAL_UNDEF(&stream->rows);
    stream->std.handlers = &stream_handlers;
    return &stream->std;
}

static void forget_rows(row_stream *stream)
{
    zval rows;
    ZVAL_COPY_VALUE(&rows, &stream->rows);
    ZVAL_UNDEF(&stream->rows);
    zval_ptr_dtor(&rows);
}

static void stream_free(zend_object *object)
{
    forget_rows(stream_of(object));
    zend_object_std_dtor(object);
}

LYGER_AT_START void php_lyger_row_stream_register(zend_class_entry *class_entry)
{
    stream_class = class_entry;
    stream_class->create_object = stream_create;
    memcpy(&stream_handlers, &std_object_handlers, sizeof stream_handlers);
    stream_handlers.offset = XtOffsetOf(row_stream, std);
    stream_handlers.free_obj = stream_free;
    stream_handlers.clone_obj = NULL;
}

/* Fetches the chunk that begins at offset. */
static void fetch(row_stream *stream, zend_long offset)
{
    zval chunk;
    forget_rows(stream);
    read_chunk(stream->handle, offset, stream->limit, &chunk);
    stream->begun = true;
    stream->more = false;
    stream->offset = offset;
    stream->at = 0;
    if (Z_TYPE(chunk) == IS_ARRAY) {
        zval *rows = zend_hash_str_find(Z_ARRVAL(chunk), ZEND_STRL("rows"));
        zval *more = zend_hash_str_find(Z_ARRVAL(chunk), ZEND_STRL("has_more"));
        ZVAL_COPY(&stream->rows, rows);
        stream->more = Z_TYPE_P(more) == IS_TRUE;
    }
    zval_ptr_dtor(&chunk);
}

/* The row that the iterator is at; NULL at the end, or with an exception. */
static zval *current_row(row_stream *stream)
{
    if (!stream->begun) {
        fetch(stream, 0);
    }
    return Z_ISUNDEF(stream->rows) ? NULL : zend_hash_index_find(Z_ARRVAL(stream->rows), stream->at);
}

ZEND_FUNCTION(lyger_stream_result)
{
    zend_long handle, limit = 1000;

    ZEND_PARSE_PARAMETERS_START(1, 2)
        Z_PARAM_LONG(handle)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(limit)
    ZEND_PARSE_PARAMETERS_END();

    if (!check_limit(limit, 2) || !php_lyger_result_await(handle) ||
        !php_lyger_object(return_value, stream_class, stream_create)) {
        RETURN_THROWS();
    }
    row_stream *stream = stream_of(Z_OBJ_P(return_value));
    stream->handle = handle;
    stream->limit = limit;
}

ZEND_METHOD(Lyger_RowStream, __construct)
{
    ZEND_PARSE_PARAMETERS_NONE();
}

ZEND_METHOD(Lyger_RowStream, current)
{
    ZEND_PARSE_PARAMETERS_NONE();

    zval *row = current_row(stream_of(Z_OBJ_P(ZEND_THIS)));
    if (row) {
        RETURN_COPY(row);
    }
}

ZEND_METHOD(Lyger_RowStream, key)
{
    ZEND_PARSE_PARAMETERS_NONE();

    row_stream *stream = stream_of(Z_OBJ_P(ZEND_THIS));
    if (current_row(stream)) {
        RETURN_LONG(stream->offset + (zend_long)stream->at);
    }
}

ZEND_METHOD(Lyger_RowStream, next)
{
    ZEND_PARSE_PARAMETERS_NONE();

    row_stream *stream = stream_of(Z_OBJ_P(ZEND_THIS));
    if (current_row(stream)) {
        stream->at++;
        if (stream->more && stream->at == zend_hash_num_elements(Z_ARRVAL(stream->rows))) {
            fetch(stream, stream->offset + (zend_long)stream->at);
        }
    }
}

ZEND_METHOD(Lyger_RowStream, rewind)
{
    ZEND_PARSE_PARAMETERS_NONE();

    row_stream *stream = stream_of(Z_OBJ_P(ZEND_THIS));
    if (stream->begun && stream->offset > 0) {
        fetch(stream, 0);
    }
    stream->at = 0;
}

ZEND_METHOD(Lyger_RowStream, valid)
{
    ZEND_PARSE_PARAMETERS_NONE();

    RETURN_BOOL(current_row(stream_of(Z_OBJ_P(ZEND_THIS))) != NULL);
}

/* ---- health and memory ---- */

static void answer_health(const zend_string *dsn, zend_long attempts, zend_long pause, zval *return_value)
{
    lyger_error error;
    lyger_pool *pool = php_lyger_query_pool();
    if (!pool) {
        return;
    }
    lyger_status status = lyger_query_health(pool, ZSTR_VAL(dsn), ZSTR_LEN(dsn), HEALTH_TIMEOUT,
                                             (unsigned)attempts, (unsigned)pause, &error);
    bool sick = (status == LYGER_E_QUERY || status == LYGER_E_TIMEOUT) && !php_lyger_query_is_stopped();
    if (sick) {
        php_lyger_remember_error(error.message);
    }
    if (php_lyger_query_left(sick ? LYGER_OK : status, &error)) {
        RETURN_BOOL(!sick);
    }
}

ZEND_FUNCTION(lyger_db_health)
{
    zend_string *dsn;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(dsn)
    ZEND_PARSE_PARAMETERS_END();

    answer_health(dsn, 1, 0, return_value);
}

ZEND_FUNCTION(lyger_db_health_with_retry)
{
    zend_string *dsn;
    zend_long attempts = 3, pause = 100;

    ZEND_PARSE_PARAMETERS_START(1, 3)
        Z_PARAM_STR(dsn)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(attempts)
        Z_PARAM_LONG(pause)
    ZEND_PARSE_PARAMETERS_END();

    if (attempts < 1 || attempts > ATTEMPTS_MOST) {
        zend_argument_value_error(2, "must be between 1 and %d, " ZEND_LONG_FMT " given", ATTEMPTS_MOST,
                                  attempts);
        RETURN_THROWS();
    }
    if (pause < 0 || pause > PAUSE_MOST) {
        zend_argument_value_error(3, "must be between 0 and %d, " ZEND_LONG_FMT " given", PAUSE_MOST, pause);
        RETURN_THROWS();
    }
    answer_health(dsn, attempts, pause, return_value);
}

ZEND_FUNCTION(lyger_memory_metrics)
{
    ZEND_PARSE_PARAMETERS_NONE();

    lyger_results_memory memory;
    lyger_cache *cache = php_lyger_cache();
    lyger_cache_facts facts = {.path = ""};
    lyger_results_weigh(&memory);
    if (cache) {
        lyger_cache_describe(cache, &facts);
    }
    array_init(return_value);
    add_assoc_long(return_value, "used_bytes", (zend_long)memory.used_bytes);
    add_assoc_long(return_value, "budget_bytes", (zend_long)memory.budget_bytes);
    add_assoc_long(return_value, "total_bytes", (zend_long)memory.total_bytes);
    add_assoc_long(return_value, "active_results", (zend_long)memory.live);
    add_assoc_long(return_value, "active_handles", (zend_long)LYGER_G(query).results.live);
    add_assoc_long(return_value, "connections",
                   LYGER_G(query).pool ? (zend_long)lyger_pool_connections(LYGER_G(query).pool) : 0);
    add_assoc_long(return_value, "cache_used_bytes", (zend_long)facts.bytes_used);
    add_assoc_long(return_value, "cache_total_bytes", (zend_long)facts.bytes_total);
}
