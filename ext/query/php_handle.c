/*
 * The native door's handles: results in C that PHP knows by number.
 */
#include "php_query.h"

#include "lyger_error.h"
#include "lyger_string.h"

/* ---- freeing ---- */

ZEND_TLS unsigned holds; /* how deep the core is inside of results: LYGER_G(query).freed waits for 0 */

unsigned php_lyger_results_hold(void)
{
    return holds++;
}

void php_lyger_results_release(unsigned held)
{
    holds = held; /* not counted down: a fatal error in a signal handler skips the releases of the calls
                     inside the handler */
}

static void destroy_result(void *result)
{
    lyger_result_free(result);
}

/* Frees a result, now or later. Without memory for noting it down the result is never freed. */
void php_lyger_result_free(lyger_result *result)
{
    if (holds == 0) {
        lyger_result_free(result);
    } else if (result) {
        lyger_handle_open(&LYGER_G(query).freed, result);
    }
}

void php_lyger_results_sweep(void)
{
    if (holds == 0 && LYGER_G(query).freed.live > 0) {
        lyger_handle_table_clear(&LYGER_G(query).freed, destroy_result);
    }
}

void php_lyger_results_clear(void)
{
    holds = 0;
    lyger_handle_table_clear(&LYGER_G(query).results, destroy_result);
    lyger_handle_table_clear(&LYGER_G(query).freed, destroy_result);
}

void php_lyger_query_thread_end(php_lyger_query_globals *globals)
{
    lyger_handle_table_free(&globals->results, destroy_result);
    lyger_handle_table_free(&globals->freed, destroy_result);
    lyger_pool_free(globals->pool);
    globals->pool = NULL;
}

/* ---- handles ---- */

static void throw_stale_handle(zend_long handle)
{
    lyger_error error;
    lyger_fail(&error, LYGER_E_HANDLE, "no live result has the handle " ZEND_LONG_FMT, handle);
    php_lyger_throw(&error);
}

void php_lyger_result_open(lyger_result *result, zval *return_value)
{
    if (!result) {
        return;
    }
    unsigned long handle = lyger_handle_open(&LYGER_G(query).results, result);
    if (handle) {
        RETURN_LONG((zend_long)handle);
    }
    php_lyger_result_free(result);
    php_lyger_throw(&(lyger_error){LYGER_E_MEMORY, .message = "out of memory for a result's handle"});
}

lyger_result *php_lyger_result_await(zend_long handle)
{
    lyger_error error;
    const lyger_handle_table *table = &LYGER_G(query).results;
    lyger_result *result = lyger_handle_get(table, (unsigned long)handle);
    if (result && !php_lyger_query_left(lyger_result_await(result, &error), &error)) {
        return NULL;
    }
    if (!result || lyger_handle_get(table, (unsigned long)handle) != result) {
        throw_stale_handle(handle);
        return NULL;
    }
    return result;
}

/* The result of a function's only argument; NULL with an exception. */
static lyger_result *parse_handle(INTERNAL_FUNCTION_PARAMETERS)
{
    zend_long handle;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(handle)
    ZEND_PARSE_PARAMETERS_END_EX(return NULL);

    return php_lyger_result_await(handle);
}

/* ---- functions ---- */

void php_lyger_result_json(lyger_result *result, zval *return_value)
{
    php_lyger_string text;
    lyger_error error;
    php_lyger_string_init(&text);
    lyger_status status = lyger_result_write_json(result, &text.sink, &error);
    if (status != LYGER_OK) {
        php_lyger_string_free(&text);
        php_lyger_query_left(status, &error);
        return;
    }
    RETURN_STR(php_lyger_string_finish(&text));
}

ZEND_FUNCTION(lyger_jsonify_result)
{
    zend_long handle;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(handle)
    ZEND_PARSE_PARAMETERS_END();

    if (handle == 0) {
        RETURN_STRINGL("[]", 2); /* what a statement that failed has given, in the Lyger framework */
    }
    lyger_result *result = php_lyger_result_await(handle);
    if (result) {
        php_lyger_result_json(result, return_value);
    }
}

ZEND_FUNCTION(lyger_free_result)
{
    zend_long handle;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(handle)
    ZEND_PARSE_PARAMETERS_END();

    if (handle == 0) {
        return;
    }
    lyger_result *result = lyger_handle_close(&LYGER_G(query).results, (unsigned long)handle);
    if (!result) {
        throw_stale_handle(handle);
        RETURN_THROWS();
    }
    php_lyger_result_free(result);
}

ZEND_FUNCTION(lyger_result_info)
{
    lyger_result *result = parse_handle(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    if (!result) {
        return;
    }
    const lyger_result_facts *facts = lyger_result_describe(result);
    zval columns;
    array_init_size(return_value, 4);
    array_init_size(&columns, (uint32_t)facts->column_count);
    for (size_t i = 0; i < facts->column_count; i++) {
        zval column;
        array_init_size(&column, 2);
        add_assoc_stringl(&column, "name", facts->columns[i].name, facts->columns[i].name_len);
        add_assoc_string(&column, "type", facts->columns[i].type);
        add_next_index_zval(&columns, &column);
    }
    add_assoc_long(return_value, "rows", (zend_long)facts->rows);
    add_assoc_zval(return_value, "columns", &columns);
    add_assoc_long(return_value, "affected", (zend_long)facts->affected);
    add_assoc_string(return_value, "tag", facts->tag);
}
