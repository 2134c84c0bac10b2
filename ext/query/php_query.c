#include "php_query.h"
#include "lyger_compat.h"
#include "lyger_error.h"
#include "lyger_string.h"

#include "zend_exceptions.h"
#include "ext/standard/info.h"
#include "main/fopen_wrappers.h"

#include <math.h>

/*
 * The core may be inside SQLite when the interrupt hook runs PHP code, so that a fatal error in that code
 * must not leave by longjmp: the hook catches it and php_lyger_query_left() raises it again.
 */
ZEND_TLS bool bailed_out;

static bool interrupt_requested(void *context)
{
    bool stop = false;
    (void)context;
    if (EXPECTED(!zend_atomic_bool_load_ex(&EG(vm_interrupt)))) {
        return php_lyger_client_left();
    }
    if (php_lyger_memory_limit_reached()) {
        return true; /* the interrupt stays set, for PHP */
    }
    unsigned held = php_lyger_results_hold();
    zend_try
    {
        stop = php_lyger_interrupt.requested(php_lyger_interrupt.context);
    }
    zend_catch
    {
        bailed_out = true;
        stop = true;
    }
    zend_end_try();
    php_lyger_results_release(held);
    return stop;
}

static bool path_allowed(void *context, const char *path)
{
    (void)context;
    if (!PG(open_basedir) || !*PG(open_basedir)) {
        return true;
    }
    return path && php_check_open_basedir_ex(path, 0) == 0;
}

#define IDLE_LIMIT                                                                                           \
    300 /* seconds; long enough for a worker between requests, short enough for a server's patience */
#define LIFETIME 3600 /* seconds; after which a connection finds its way to new servers behind a balancer */

static const lyger_interrupt interrupt = {interrupt_requested, NULL};
static const lyger_path_gate gate = {path_allowed, NULL};

lyger_pool *php_lyger_query_pool(void)
{
    if (!LYGER_G(query).pool) {
        const lyger_pool_settings settings = {
            .max_connections = (unsigned)MIN(LYGER_G(query).max_connections, 65536),
            .connect_timeout = (double)LYGER_G(query).connect_timeout,
            .interrupt = &interrupt,
            .gate = &gate,
            .idle_limit = IDLE_LIMIT,
            .lifetime = LIFETIME,
            .never_prepare = LYGER_G(query).never_prepare,
        };
        LYGER_G(query).pool = lyger_pool_new(&settings);
        if (!LYGER_G(query).pool) {
            zend_throw_error(NULL, "Out of memory for lyger's connections");
        }
    }
    return LYGER_G(query).pool;
}

/* ---- arguments ---- */

int php_lyger_query_word(const zval *value, uint32_t argument, const char *option, const char *const *words,
                         int count)
{
    char known[128];
    int used = 0;
    if (Z_TYPE_P(value) != IS_STRING) {
        zend_argument_type_error(argument, "must have a string for option \"%s\", %s given", option,
                                 zend_zval_type_name(value));
        return -1;
    }
    for (int i = 0; i < count; i++) {
        if (zend_string_equals_cstr(Z_STR_P(value), words[i], strlen(words[i]))) {
            return i;
        }
        used += snprintf(known + used, sizeof known - (size_t)used, "%s%s", i > 0 ? ", " : "", words[i]);
    }
    zend_argument_value_error(argument, "has the unknown value \"%s\" for option \"%s\"; known are %s",
                              Z_STRVAL_P(value), option, known);
    return -1;
}

bool php_lyger_query_timeout(const zval *value, uint32_t argument, double *timeout)
{
    if (Z_TYPE_P(value) != IS_LONG && Z_TYPE_P(value) != IS_DOUBLE) {
        zend_argument_type_error(argument, "must have a number of seconds for option \"timeout\", %s given",
                                 zend_zval_type_name(value));
        return false;
    }
    *timeout = zval_get_double((zval *)value);
    if (!zend_finite(*timeout) || *timeout < 0) {
        zend_argument_value_error(argument, "must have 0 or more seconds for option \"timeout\"");
        return false;
    }
    return true;
}

static bool read_option(zend_string *name, zval *value, lyger_query_options *options)
{
    static const char *const styles[] = {"number", "string", "auto"}; /* in the order of lyger_number_style */
    static const char *const rows[] = {"object", "array"};
    int word;
    ZVAL_DEREF(value);
    if (zend_string_equals_literal(name, "bigint")) {
        word = php_lyger_query_word(value, 4, "bigint", styles, 3);
        options->bigint = (lyger_number_style)word;
    } else if (zend_string_equals_literal(name, "numeric")) {
        word = php_lyger_query_word(value, 4, "numeric", styles, 3);
        options->numeric = (lyger_number_style)word;
    } else if (zend_string_equals_literal(name, "rows")) {
        word = php_lyger_query_word(value, 4, "rows", rows, 2);
        options->rows_as_arrays = word == 1;
    } else if (zend_string_equals_literal(name, "timeout")) {
        return php_lyger_query_timeout(value, 4, &options->timeout);
    } else {
        zend_argument_value_error(
            4, "has the unknown option \"%s\"; known are bigint, numeric, timeout, rows", ZSTR_VAL(name));
        return false;
    }
    return word >= 0;
}

static bool read_options(HashTable *given, lyger_query_options *options)
{
    zend_ulong index;
    zend_string *name;
    zval *value;
    options->timeout = (double)LYGER_G(query).statement_timeout;
    if (!given) {
        return true;
    }
    ZEND_HASH_FOREACH_KEY_VAL(given, index, name, value)
    if (!name) {
        zend_argument_value_error(
            4, "has the unknown option " ZEND_LONG_FMT "; known are bigint, numeric, timeout, rows",
            (zend_long)index);
        return false;
    }
    if (!read_option(name, value, options)) {
        return false;
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

static bool parse(INTERNAL_FUNCTION_PARAMETERS, php_lyger_query_call *call, lyger_number_style numeric)
{
    HashTable *params = NULL, *options = NULL;

    *call = (php_lyger_query_call){.argument = 3, .options = {.numeric = numeric}};
    ZEND_PARSE_PARAMETERS_START(2, 4)
        Z_PARAM_STR(call->dsn)
        Z_PARAM_STR(call->sql)
        Z_PARAM_OPTIONAL
        Z_PARAM_ARRAY_HT(params)
        Z_PARAM_ARRAY_HT(options)
    ZEND_PARSE_PARAMETERS_END_EX(return false);

    if (!php_lyger_query_pool() || !read_options(options, &call->options) ||
        (params && !php_lyger_params_read(params, call))) {
        php_lyger_params_free(call);
        return false;
    }
    return true;
}

bool php_lyger_query_parse(INTERNAL_FUNCTION_PARAMETERS, php_lyger_query_call *call)
{
    return parse(INTERNAL_FUNCTION_PARAM_PASSTHRU, call, LYGER_NUMBER);
}

bool php_lyger_query_parse_for_php(INTERNAL_FUNCTION_PARAMETERS, php_lyger_query_call *call)
{
    return parse(INTERNAL_FUNCTION_PARAM_PASSTHRU, call, LYGER_AUTO);
}

bool php_lyger_query_left(lyger_status status, const lyger_error *error)
{
    php_lyger_results_sweep();
    if (UNEXPECTED(bailed_out)) {
        bailed_out = false;
        zend_bailout();
    }
    /* An exception beside the fatal error that is on its way would be reported as a second one. */
    if (status != LYGER_OK && !php_lyger_memory_limit_reached()) {
        php_lyger_throw(error);
    }
    return status == LYGER_OK && !EG(exception);
}

bool php_lyger_query_is_stopped(void)
{
    return bailed_out || EG(exception);
}

lyger_query php_lyger_query_of(const php_lyger_query_call *call)
{
    return (lyger_query){ZSTR_VAL(call->dsn), ZSTR_LEN(call->dsn), ZSTR_VAL(call->sql), ZSTR_LEN(call->sql),
                         call->params,        call->param_count,   &call->options};
}

lyger_result *php_lyger_query_result(php_lyger_query_call *call, php_lyger_query_start start)
{
    const lyger_query query = php_lyger_query_of(call);
    lyger_result *result = NULL;
    lyger_error error;
    lyger_status status = start(php_lyger_query_pool(), &query, &result, &error);
    php_lyger_params_free(call);
    if (UNEXPECTED(php_lyger_query_is_stopped())) {
        php_lyger_result_free(result);
        result = NULL;
    }
    return php_lyger_query_left(status, &error) ? result : NULL;
}

/* ---- functions ---- */

ZEND_FUNCTION(lyger_db_query)
{
    php_lyger_query_call call;
    if (!php_lyger_query_parse(INTERNAL_FUNCTION_PARAM_PASSTHRU, &call)) {
        RETURN_THROWS();
    }
    php_lyger_result_open(php_lyger_query_result(&call, lyger_query_run), return_value);
}

ZEND_FUNCTION(lyger_db_query_async)
{
    php_lyger_query_call call;
    if (!php_lyger_query_parse(INTERNAL_FUNCTION_PARAM_PASSTHRU, &call)) {
        RETURN_THROWS();
    }
    php_lyger_result_open(php_lyger_query_result(&call, lyger_query_send), return_value);
}

ZEND_FUNCTION(lyger_db_execute)
{
    php_lyger_query_call call;
    if (!php_lyger_query_parse(INTERNAL_FUNCTION_PARAM_PASSTHRU, &call)) {
        RETURN_THROWS();
    }
    lyger_result *result = php_lyger_query_result(&call, lyger_query_run);
    if (!result) {
        return;
    }
    uint64_t affected = lyger_result_describe(result)->affected;
    lyger_result_free(result);
    RETURN_LONG((zend_long)affected);
}

ZEND_FUNCTION(lyger_db_query_json)
{
    php_lyger_query_call call;
    if (!php_lyger_query_parse(INTERNAL_FUNCTION_PARAM_PASSTHRU, &call)) {
        RETURN_THROWS();
    }
    php_lyger_string text;
    lyger_error error;
    php_lyger_string_init(&text);
    const lyger_query query = php_lyger_query_of(&call);
    lyger_status status = lyger_query_write_json(php_lyger_query_pool(), &query, &text.sink, &error);
    php_lyger_params_free(&call);
    if (status != LYGER_OK || php_lyger_query_is_stopped()) {
        php_lyger_string_free(&text);
        php_lyger_query_left(status, &error);
        return;
    }
    php_lyger_results_sweep();
    RETURN_STR(php_lyger_string_finish(&text));
}

/* ---- the module's life ---- */

static LYGER_AT_START void request_stop(void)
{
    bailed_out = false;
    LYGER_G(last_error)[0] = '\0';
    php_lyger_results_clear();
    lyger_pool_request_end(LYGER_G(query).pool);
}

static void info_row(const char *name, const char *compiled, const char *loaded)
{
    char text[128];
    if (!compiled) {
        php_info_print_table_row(2, name, "not built in");
        return;
    }
    snprintf(text, sizeof text, "compiled %s, %s%s", compiled, loaded ? "loaded " : "not loaded yet",
             loaded ? loaded : "");
    php_info_print_table_row(2, name, text);
}

static void info(void)
{
    info_row("PostgreSQL (libpq)", lyger_query_version("libpq", LYGER_QUERY_HEADER),
             lyger_query_version("libpq", LYGER_QUERY_LOADED));
    info_row("SQLite", lyger_query_version("sqlite", LYGER_QUERY_HEADER),
             lyger_query_version("sqlite", LYGER_QUERY_LOADED));
}

const php_lyger_room php_lyger_query_room = {
    .request_stop = request_stop,
    .request_gone = request_stop, /* once more, for connections that code opened after request_stop */
    .info = info,
};
