/*
 * The life of a request. Its order is that of php_request_startup() and php_request_shutdown() (main/main.c),
 * without the executor's and the compiler's part, which live as long as the worker.
 */
#include "php_worker.h"
#include "lyger_compat.h"
#include "cache/php/php_cache.h"
#include "query/php_query.h"

#include "SAPI.h"
#include "php_output.h"
#include "php_streams.h"
#include "php_variables.h"
#include "zend_exceptions.h"
#include "zend_observer.h"
#include "ext/standard/basic_functions.h"
#include "ext/standard/head.h"
#include "main/php_main.h"

#define GARBAGE ((size_t)2 << 20) /* bytes of growth before cycles are looked for */

/* ---- superglobals ---- */

static struct {
    zend_auto_global *get, *post, *cookie, *files, *server, *request;
    zval environment;                        /* $_ENV of the boot; undefined: there is none */
    zend_auto_global_callback import_server; /* PHP's own */
} superglobals;

static zend_auto_global *auto_global(const char *name)
{
    return zend_hash_str_find_ptr(CG(auto_globals), name, strlen(name));
}

static void find_superglobals(void)
{
    superglobals.get = auto_global("_GET");
    superglobals.post = auto_global("_POST");
    superglobals.cookie = auto_global("_COOKIE");
    superglobals.files = auto_global("_FILES");
    superglobals.server = auto_global("_SERVER");
    superglobals.request = auto_global("_REQUEST");
}

static void import(zend_auto_global *global)
{
    global->armed = global->auto_global_callback(global->name);
}

/*
 * Gives $_SERVER to the filter extension: filter_input(INPUT_SERVER, …) looks into an array of its own, which
 * PHP fills through this hook, variable by variable; the hook fills $_SERVER as well.
 */
void php_lyger_give_to_filter(void)
{
    zval *server = &PG(http_globals)[TRACK_VARS_SERVER], whole, *value;
    zend_string *name;
    if (Z_TYPE_P(server) != IS_ARRAY) {
        return;
    }
    ZVAL_COPY_VALUE(&whole, server);
    array_init(server);
    ZEND_HASH_FOREACH_STR_KEY_VAL(Z_ARRVAL(whole), name, value)
    if (name && Z_TYPE_P(value) == IS_STRING) {
        char *text = estrndup(Z_STRVAL_P(value), Z_STRLEN_P(value));
        sapi_module.input_filter(PARSE_SERVER, ZSTR_VAL(name), &text, Z_STRLEN_P(value), NULL);
        efree(text);
    }
    ZEND_HASH_FOREACH_END();
    zval_ptr_dtor(server);
    ZVAL_COPY_VALUE(server, &whole);
}

/* PHP calls this hook when $_SERVER is wanted, and so before filter_input() looks into the filter's array,
 * which most requests never need. */
static bool server_is_wanted(zend_string *name)
{
    (void)name;
    if (php_lyger_current.hub) {
        php_lyger_give_to_filter();
    }
    return false; /* do not call again in this request */
}

/* Since PHP 8.5 the command line's arguments are in $_SERVER whatever register_argc_argv says; a request has
 * none. */
static void import_server(void)
{
    int argc = SG(request_info).argc;
    SG(request_info).argc = PG(register_argc_argv) ? argc : 0;
    superglobals.import_server(superglobals.server->name);
    SG(request_info).argc = argc;
    superglobals.server->armed = PG(auto_globals_jit);
    if (!PG(auto_globals_jit)) {
        php_lyger_give_to_filter();
    }
}

/*
 * With auto_globals_jit $_SERVER and $_REQUEST are made when code that names them is compiled, which for most
 * of an application was long ago: a superglobal that is not armed any more is named somewhere. (The command
 * line's PHP names $_SERVER itself.) $_ENV stays.
 */
static void import_superglobals(void)
{
    zval *files = &PG(http_globals)[TRACK_VARS_FILES];
    zval_ptr_dtor_nogc(files);
    ZVAL_UNDEF(files);
    import(superglobals.get);
    import(superglobals.post);
    import(superglobals.cookie);
    import(superglobals.files);
    import_server();
    if (!superglobals.request->jit || !superglobals.request->armed) {
        import(superglobals.request);
    }
}

/* Notes $_ENV: what the application wrote into it while it booted stays; what a request writes does not. */
void php_lyger_superglobals_keep(void)
{
    zval *environment;
    find_superglobals();
    superglobals.import_server = superglobals.server->auto_global_callback;
    superglobals.server->auto_global_callback = server_is_wanted;
    zend_is_auto_global_str(ZEND_STRL("_ENV"));
    environment = zend_hash_str_find_deref(&EG(symbol_table), ZEND_STRL("_ENV"));
    if (environment) {
        ZVAL_COPY(&superglobals.environment, environment);
    }
}

static void restore_environment(void)
{
    zval *now = zend_hash_str_find_deref(&EG(symbol_table), ZEND_STRL("_ENV"));
    zval *then = &superglobals.environment;
    if (UNEXPECTED(Z_TYPE_P(then) == IS_ARRAY &&
                   (!now || Z_TYPE_P(now) != IS_ARRAY || Z_ARR_P(now) != Z_ARR_P(then)))) {
        Z_ADDREF_P(then);
        zend_hash_str_update(&EG(symbol_table), ZEND_STRL("_ENV"), then);
    }
}

void php_lyger_superglobals_release(void)
{
    if (superglobals.import_server) {
        superglobals.server->auto_global_callback = superglobals.import_server;
        superglobals.import_server = NULL;
    }
    zval_ptr_dtor(&superglobals.environment);
    ZVAL_UNDEF(&superglobals.environment);
}

/* Empties a superglobal at once and not when the next request begins: it was made from a body, which can be
 * large. */
static void empty_superglobal(const char *name, size_t len, int track)
{
    zval *global = &PG(http_globals)[track], empty;
    if (Z_TYPE_P(global) == IS_ARRAY && zend_hash_num_elements(Z_ARRVAL_P(global)) > 0) {
        zval_ptr_dtor_nogc(global);
        array_init(global);
        ZVAL_COPY(&empty, global);
        zend_hash_str_update(&EG(symbol_table), name, len, &empty);
    }
}

/* ---- begin ---- */

static void describe_request(void)
{
    php_lyger_request *current = &php_lyger_current;
    sapi_request_info *info = &SG(request_info);
    info->request_method = ZSTR_VAL(current->method);
    info->query_string = ZSTR_VAL(current->query);
    info->request_uri = ZSTR_VAL(current->uri);
    info->content_type = current->type ? ZSTR_VAL(current->type) : NULL;
    info->content_length = (zend_long)current->hub->body_len;
    info->auth_user = info->auth_password = info->auth_digest = NULL;
    SG(server_context) = current;
    SG(sapi_headers).http_response_code = 200;
    if (current->authorization) {
        php_handle_auth_data(ZSTR_VAL(current->authorization));
    }
}

/*
 * Makes a new output layer. There must be one whenever code of the application may run: PHP's output
 * functions do not ask. Between requests, and after the last, the layer drops what a destructor or a loop's
 * script writes.
 */
static void renew_output(void)
{
    php_output_deactivate();
    php_output_activate();
}

/* Begins output as php.ini's output_buffering, output_handler and implicit_flush say. */
static void begin_output(void)
{
    if (PG(output_handler) && PG(output_handler)[0]) {
        zval handler;
        ZVAL_STRING(&handler, PG(output_handler));
        php_output_start_user(&handler, 0, PHP_OUTPUT_HANDLER_STDFLAGS);
        zval_ptr_dtor(&handler);
    } else if (PG(output_buffering)) {
        php_output_start_user(NULL, PG(output_buffering) > 1 ? PG(output_buffering) : 0,
                              PHP_OUTPUT_HANDLER_STDFLAGS);
    } else if (PG(implicit_flush)) {
        php_output_set_implicit_flush(1);
    }
}

static void begin_sapi(void)
{
    PG(header_is_being_sent) = 0;
    PG(connection_status) = PHP_CONNECTION_NORMAL;
    PG(in_error_log) = 0;
    describe_request();
    sapi_activate(); /* leaves proto_num at HTTP/1.0, as under PHP-FPM: a Location after a POST is 302 */
    if (EG(timeout_seconds)) {
        zend_set_timeout(EG(timeout_seconds), 1);
    }
    if (PG(expose_php)) {
        sapi_add_header(SAPI_PHP_VERSION_HEADER, sizeof SAPI_PHP_VERSION_HEADER - 1, 1);
    }
}

/* Begins a request. The application's error handler is put aside meanwhile: under FPM none exists yet when
 * PHP reads a request. */
static void begin_request(const lyger_hub_request *request)
{
    zval handler;
    ZVAL_COPY_VALUE(&handler, &EG(user_error_handler));
    ZVAL_UNDEF(&EG(user_error_handler));
    renew_output(); /* before the answer begins, because it would send the answer's headers */
    PG(during_request_startup) = true; /* display_startup_errors decides about warnings */
    php_lyger_answer_begin();
    php_lyger_request_read(request);
    begin_output();
    begin_sapi();
    import_superglobals();
    php_lyger_extensions_begin();
    SG(sapi_started) = 1;
    PG(during_request_startup) = false;
    ZVAL_COPY_VALUE(&EG(user_error_handler), &handler);
}

/* ---- what was thrown ---- */

static bool is_exit(const zend_object *exception)
{
    return zend_is_unwind_exit(exception) || zend_is_graceful_exit(exception);
}

static void report(void)
{
    if (Z_TYPE(EG(user_exception_handler)) != IS_UNDEF) {
        zend_user_exception_handler();
    }
    if (EG(exception) && !is_exit(EG(exception))) {
        zend_exception_error(EG(exception), E_ERROR);
        php_lyger_answer_failed();
    }
}

void php_lyger_report_thrown(void)
{
    if (EG(exception) && !is_exit(EG(exception))) {
        report();
    }
    zend_clear_exception();
}

/* ---- the application's turn ---- */

static void call_handler(zend_fcall_info *handler, zend_fcall_info_cache *cache)
{
    zval arguments[3], value;
    ZVAL_UNDEF(&value);
    php_lyger_current.handling = true;
    if (!php_lyger_serving.loop) {
        handler->params = arguments;
        handler->param_count = php_lyger_handler_arguments(arguments);
    }
    handler->retval = &value;
    if (EXPECTED(!EG(exception))) {
        zend_call_function(handler, cache);
    }
    if (!php_lyger_serving.loop) {
        for (uint32_t i = 0; i < handler->param_count; i++) {
            zval_ptr_dtor(&arguments[i]);
        }
        if (!EG(exception)) {
            php_lyger_answer_value(&value);
        }
    }
    zval_ptr_dtor(&value);
    php_lyger_current.handling = false;
}

/* Calls the shutdown functions as php_call_shutdown_functions() does, which would leave by longjmp for an
 * exit() in one of them. A function that exits is the last one; functions that are registered meanwhile are
 * called too. */
static void call_shutdown_functions(void)
{
    bool go_on = true;
    for (uint32_t i = 0;
         go_on && BG(user_shutdown_function_names) && i < BG(user_shutdown_function_names)->nNumUsed; i++) {
        zval *found = zend_hash_index_find(BG(user_shutdown_function_names), i);
        if (found) {
            php_shutdown_function_entry *entry = Z_PTR_P(found);
            zval value;
            ZVAL_UNDEF(&value);
            php_lyger_call_shutdown_function(entry, &value);
            zval_ptr_dtor(&value);
            go_on = !EG(exception);
            php_lyger_report_thrown();
        }
    }
    if (BG(user_shutdown_function_names)) {
        php_free_shutdown_functions();
        php_lyger_report_thrown();
    }
}

/* Ends output buffers until none is open: a callback may open another. */
static void end_output(void)
{
    php_output_end_all();
    php_lyger_report_thrown();
}

/* ---- end ---- */

/* Closes the handles of php://input and the body, which PHP would only free with its own request's
 * resources. */
static void close_body(void)
{
    php_stream *body = SG(request_info).request_body;
    zend_resource *resource;
    if (EXPECTED(!body)) {
        return;
    }
    ZEND_HASH_FOREACH_PTR(&EG(regular_list), resource)
    php_stream *stream = resource->ptr;
    if (resource->type == php_file_le_stream() && stream && strcmp(stream->ops->label, "Input") == 0) {
        zend_list_close(resource);
    }
    ZEND_HASH_FOREACH_END();
    SG(request_info).request_body = NULL;
    php_stream_close(body);
}

/* Ends what the client waits for: headers, session, the rest of the output. */
static void end_answer(void)
{
    superglobals.server->armed = false; /* the filter extension frees its array in the next step */
    php_lyger_extensions_end();
    php_lyger_report_thrown();
    renew_output();
    php_lyger_report_thrown();
    php_lyger_answer_end(true);
}

/* Ends the request in lyger's own rooms: results and transactions end, leases are given back. */
static void end_rooms(void)
{
    lyger_cache *cache = php_lyger_cache();
    php_lyger_query_room.request_stop();
    if (cache) {
        lyger_cache_end_request(cache);
    }
}

/*
 * PHP collects cycles when there are many, however large, and at the end of its own request, which a worker
 * never reaches. A worker collects them when memory has grown by an eighth since the last collection, so that
 * collecting takes a small part of the time in which the memory was filled.
 */
static void collect_cycles(void)
{
    static size_t left; /* bytes after the last collection, or fewer */
    size_t used = zend_memory_usage(false), least = left / 8 > GARBAGE ? left / 8 : GARBAGE;
    if (used < left) {
        left = used;
    }
    if (UNEXPECTED(used - left >= least && gc_enabled())) {
        zend_gc_collect_cycles();
        php_lyger_report_thrown();
        left = zend_memory_usage(false);
    }
}

/* Ends the part of a request that the client does not wait for. The texts of the request are gone by then. */
static void end_request(void)
{
    if (EG(timeout_seconds)) {
        zend_unset_timeout();
    }
    close_body();
    SG(post_read) = 1; /* otherwise PHP would read the rest of the body */
    sapi_deactivate();
    empty_superglobal(ZEND_STRL("_POST"), TRACK_VARS_POST);
    empty_superglobal(ZEND_STRL("_FILES"), TRACK_VARS_FILES);
    zend_hash_str_del(&EG(symbol_table), ZEND_STRL("_SESSION"));
    sapi_initialize_empty_request();
    SG(request_info).query_string = SG(request_info).request_uri = SG(request_info).cookie_data = NULL;
    SG(request_info).content_type = NULL;
    php_lyger_request_forget();
    EG(exit_status) = 0;
    if (!php_lyger_serving.loop) {
        restore_environment();
        php_lyger_boot_restore();
    }
    php_lyger_report_thrown(); /* exceptions of destructors of the values that were dropped */
    collect_cycles();
    end_rooms(); /* last, because code of the application has run until here */
    php_lyger_memory_trim();
    zend_set_memory_limit(PG(memory_limit));
    zend_memory_reset_peak_usage();
}

/* Whether the script ends after this request: exit() in the loop form ends it, and so does any end of the
 * handler in a process that the handler forked, which is no worker: the request is its parent's. */
static bool leaves(void)
{
    return !php_lyger_serving.worker || (php_lyger_serving.loop && EG(exception) && is_exit(EG(exception)));
}

/* Treats an exceeded memory_limit as a fatal error also where PHP did not leave by longjmp. */
static void check_memory_limit(void)
{
    if (UNEXPECTED(php_lyger_take_memory_limit())) {
        zend_clear_exception();
        zend_set_memory_limit(PG(memory_limit));
        zend_bailout();
    }
}

/* Ends a request. In the loop form shutdown functions belong to the script, so they are called only when it
 * ends with this request (`last`). */
static void finish(bool last)
{
    if (!php_lyger_serving.loop || last) {
        call_shutdown_functions();
    }
    end_output();
    check_memory_limit();
    end_answer();
}

static bool serve(const lyger_hub_request *request, zend_fcall_info *handler, zend_fcall_info_cache *cache,
                  volatile bool *left)
{
    volatile bool served = false;
    zend_try
    {
        begin_request(request);
        php_lyger_report_thrown();
        call_handler(handler, cache);
        check_memory_limit();
        *left = leaves();
        php_lyger_report_thrown();
        if (php_lyger_serving.worker) {
            finish(*left);
        }
        served = true;
    }
    zend_end_try();
    return served;
}

/*
 * After a fatal error, which ends the worker, where under FPM only the request ends: the application's last
 * words (shutdown functions, those of the boot first, output buffers) still go to this client.
 */
static void wind_up(void)
{
    php_lyger_current.handling = false;
    if (ZEND_OBSERVER_ENABLED) {
        zend_observer_fcall_end_all();
    }
    php_lyger_answer_failed();
    php_lyger_boot_call_shutdown_functions();
    php_call_shutdown_functions();
    php_free_shutdown_functions();
    zend_try
    {
        php_output_end_all();
    }
    zend_end_try();
    zend_try
    {
        php_lyger_extensions_end();
    }
    zend_end_try();
    zend_try
    {
        renew_output();
    }
    zend_end_try();
    php_lyger_answer_end(true);
}

php_lyger_outcome php_lyger_request_handle(const lyger_hub_request *request, zend_fcall_info *handler,
                                           zend_fcall_info_cache *cache)
{
    volatile bool left = false;
    volatile bool ended = false;
    if (!serve(request, handler, cache, &left)) {
        wind_up();
        SG(server_context) = NULL;
        return PHP_LYGER_BROKEN;
    }
    if (!php_lyger_serving.worker) {
        return PHP_LYGER_LEFT;
    }
    zend_try
    {
        end_request();
        check_memory_limit();
        ended = true;
    }
    zend_end_try();
    return !ended ? PHP_LYGER_BROKEN : left ? PHP_LYGER_LEFT : PHP_LYGER_SERVED;
}

bool php_lyger_request_finish(void)
{
    if (!php_lyger_current.hub || php_lyger_answer_is_over()) {
        return false;
    }
    php_output_end_all();
    if (!php_lyger_answer_is_over()) {
        php_header();
        php_lyger_answer_end(false);
    }
    return true;
}
