/*
 * The server's functions, and a worker's life from lyger_server_run() to its end.
 */
#include "php_worker.h"
#include "lyger_compat.h"
#include "lyger_error.h"
#include "cache/php/php_cache.h"
#include "http/php_queue.h"
#include "cache_metrics.h"

#include "SAPI.h"
#include "php_output.h"
#include "zend_exceptions.h"
#include "zend_fibers.h"
#include "ext/standard/info.h"
#include "ext/standard/basic_functions.h"
#include "ext/spl/spl_exceptions.h"

#include <pthread.h>
#include <unistd.h>

#define IDLE_TIME 1000 /* ms between looks at signals while there is no request */

php_lyger_server php_lyger_serving;

/* ---- a worker's life ---- */

/* Runs signal handlers of the application, as PHP would between two of its statements. */
static bool look_at_signals(void)
{
    php_lyger_interrupt.requested(php_lyger_interrupt.context);
    if (!EG(exception)) {
        return true;
    }
    if (zend_is_unwind_exit(EG(exception))) {
        return false;
    }
    php_lyger_report_thrown();
    return true;
}

/* The next request; NULL: the worker is to end, or this is a child that a signal handler has forked from
 * it. */
static const lyger_hub_request *wait_for_request(void)
{
    const lyger_hub_request *request;
    while (php_lyger_serving.worker) {
        switch (lyger_hub_take(php_lyger_serving.worker, IDLE_TIME, &request)) {
        case LYGER_TAKEN:
            return request;
        case LYGER_TAKEN_STOP:
            return NULL;
        case LYGER_TAKEN_LATER:
            if (!look_at_signals()) {
                return NULL;
            }
        }
    }
    return NULL;
}

static bool patience_is_over(void *context)
{
    (void)context;
    return zend_atomic_bool_load_ex(&EG(timed_out));
}

static const lyger_interrupt patience = {patience_is_over, NULL};

bool php_lyger_client_left(void)
{
    const lyger_worker *worker = php_lyger_serving.worker;
    return worker && php_lyger_serving.cancel && php_lyger_current.handling && !PG(ignore_user_abort) &&
           lyger_hub_client_gone(worker);
}

bool php_lyger_worker_is_worn(void)
{
    uint64_t memory = zend_memory_usage(false);
    lyger_worker *worker = php_lyger_serving.worker;
    lyger_hub_tell(worker, memory,
                   LYGER_G(query).pool ? (uint32_t)lyger_pool_connections(LYGER_G(query).pool) : 0);
    return lyger_server_worn(&php_lyger_serving.config, worker, memory);
}

/* Drops the output that was buffered while booting: the supervisor prints it; a worker would send it to a
 * client. */
static void drop_boot_output(void)
{
    php_output_discard_all();
    php_output_deactivate();
    php_output_activate(); /* as between requests: renew_output() in php_request.c */
    sapi_deactivate();
    SG(headers_sent) = 0;
    php_lyger_report_thrown();
}

/* In a child that the handler has forked: lets go of hub, request and answer, which are the worker's. */
static void forked_by_handler(void)
{
    lyger_hub_disown(php_lyger_serving.worker);
    php_lyger_serving.worker = NULL;
    php_lyger_answer_disown();
}

void php_lyger_worker_begin(lyger_worker *worker)
{
    php_lyger_serving.worker = worker;
    php_lyger_serving.taken_over = true;
    pthread_atfork(NULL, NULL, forked_by_handler);
    lyger_hub_set_patience(worker, &patience);
    php_lyger_worker_is_worn();
}

static void begin_worker(lyger_worker *worker)
{
    php_lyger_worker_begin(worker);
    drop_boot_output();
    php_lyger_web_settings();
    php_lyger_superglobals_keep();
    php_lyger_boot_keep();
    php_lyger_data_start();
    php_lyger_sapi_take_over();
}

/* Makes the worker an ordinary CLI process again, which is about to end. */
static void end_worker(void)
{
    if (php_lyger_serving.worker) {
        lyger_hub_leave(php_lyger_serving.worker);
        php_lyger_serving.worker = NULL;
    }
    if (php_lyger_serving.taken_over) {
        php_lyger_serving.taken_over = false;
        php_lyger_serving.stopped = true; /* the script of the loop form goes on to its end */
        php_lyger_superglobals_release();
        php_lyger_request_forget();
        sapi_initialize_empty_request();
        php_lyger_sapi_give_back();
        php_lyger_data_stop();
    }
}

/* Ends a worker after a fatal error. PHP has reported it and the client has its 500; the exit status is that
 * of success, because after a crash the supervisor would wait before it starts another worker. */
static ZEND_NORETURN void end_broken(void)
{
    EG(exit_status) = 0;
    zend_bailout();
}

/* Serves one request; false when this worker gets no more requests. */
static bool serve_one(zend_fcall_info *handler, zend_fcall_info_cache *cache, php_lyger_outcome *outcome)
{
    const lyger_hub_request *request = wait_for_request();
    *outcome = PHP_LYGER_SERVED;
    if (!request) {
        return false;
    }
    *outcome = php_lyger_request_handle(request, handler, cache);
    return *outcome == PHP_LYGER_SERVED && !php_lyger_worker_is_worn();
}

/* ---- starting ---- */

static bool refuse(const char *why)
{
    zend_throw_exception(php_lyger_throwable(php_lyger_exception.server), why, 0);
    return false;
}

static bool can_start(void)
{
#ifdef ZTS
    return refuse("The server needs a PHP without thread safety (NTS): its workers are processes");
#else
    if (php_lyger_current.hub) {
        return refuse("The server cannot be started from inside of a request that it serves");
    }
    if (php_lyger_serving.running || php_lyger_serving.taken_over) {
        return refuse("The server is running already");
    }
    if (!php_lyger_web_is_possible()) {
        char why[160];
        snprintf(why, sizeof why, "The server is started on the command line, not under the SAPI \"%s\"",
                 sapi_module.name);
        return refuse(why);
    }
    if (EG(active_fiber)) {
        return refuse("The server cannot be started inside of a fiber: its workers would never leave it");
    }
    return true;
#endif
}

static void write_metrics(void *context, lyger_sink *sink)
{
    (void)context;
    if (php_lyger_cache()) {
        lyger_cache_write_metrics(php_lyger_cache(), sink);
    }
}

static const char *application_name(void)
{
    const char *path = php_lyger_script();
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Fills in the part of the configuration that is the door's, and makes this process the SAPI. */
static void prepare(bool loop)
{
    php_lyger_server *serving = &php_lyger_serving;
    if (!serving->config.name) {
        serving->config.name = application_name();
    }
    serving->config.metrics = write_metrics;
    /* A worker is always told when its client has gone; without cancel_on_disconnect it then does what PHP
     * does (the script ends when it writes). */
    serving->cancel = serving->config.cancel_on_disconnect;
    serving->config.cancel_on_disconnect = true;
    serving->loop = loop;
    php_output_flush_all();
    php_lyger_web_begin(loop);
    serving->running = true;
}

static bool give_up(const lyger_error *error)
{
    php_lyger_serving.running = false;
    php_lyger_web_end();
    php_lyger_options_throw(error, &php_lyger_serving.options);
    return false;
}

/* Runs the server: true in a worker and, with *stopped, in the supervisor when the server has ended. False
 * with an exception. */
static bool run(bool loop, bool *stopped)
{
    php_lyger_server *serving = &php_lyger_serving;
    lyger_server_role role = LYGER_ROLE_STOPPED;
    lyger_worker *worker = NULL;
    lyger_error error;
    prepare(loop);
    lyger_status status = lyger_server_run(&serving->config, &role, &worker, &error);
    if (status != LYGER_OK) {
        return give_up(&error);
    }
    *stopped = serving->stopped = role == LYGER_ROLE_STOPPED;
    if (*stopped) {
        serving->running = false;
        php_lyger_web_end();
    } else {
        begin_worker(worker);
    }
    return true;
}

ZEND_FUNCTION(lyger_start_server)
{
    zend_fcall_info handler;
    zend_fcall_info_cache cache;
    zend_long port = 8000;
    HashTable *options = NULL;
    bool stopped;

    ZEND_PARSE_PARAMETERS_START(1, 3)
        Z_PARAM_FUNC(handler, cache)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(port)
        Z_PARAM_ARRAY_HT(options)
    ZEND_PARSE_PARAMETERS_END();

    if (port < 0 || port > 65535) {
        zend_argument_value_error(2, "must be between 0 and 65535, " ZEND_LONG_FMT " given", port);
        RETURN_THROWS();
    }
    if (!can_start() || !php_lyger_handler_look(&cache)) {
        RETURN_THROWS();
    }
    lyger_server_defaults(&php_lyger_serving.config);
    php_lyger_serving.config.port = (uint16_t)port;
    if (!php_lyger_options_read(options, &php_lyger_serving.config, &php_lyger_serving.options) ||
        !php_lyger_options_check(&php_lyger_serving.config, &php_lyger_serving.options)) {
        RETURN_THROWS();
    }
    if (php_lyger_serving.config.check_only) {
        return;
    }
    if (!run(false, &stopped)) {
        RETURN_THROWS();
    }
    if (stopped) {
        return;
    }
    php_lyger_outcome outcome;
    while (serve_one(&handler, &cache, &outcome)) {
    }
    end_worker();
    if (outcome == PHP_LYGER_BROKEN) {
        end_broken();
    }
    if (!EG(exception)) {
        zend_throw_unwind_exit(); /* a worker never comes back into the application's boot */
    }
}

ZEND_FUNCTION(lyger_stop_server)
{
    ZEND_PARSE_PARAMETERS_NONE();

    if (php_lyger_serving.running && (php_lyger_serving.worker || !php_lyger_serving.taken_over)) {
        lyger_server_stop();
    }
    php_lyger_queue_stop();
}

/* The first lyger_handle_request() starts the server; each worker goes on from there with requests of its
 * own. */
static bool begin_loop(bool *stopped)
{
    *stopped = false;
    if (php_lyger_serving.worker) {
        if (php_lyger_current.hub) {
            return refuse("A request is being handled already");
        }
        return true;
    }
    if (!can_start()) {
        return false;
    }
    lyger_server_defaults(&php_lyger_serving.config);
    return php_lyger_options_read(NULL, &php_lyger_serving.config, &php_lyger_serving.options) &&
           php_lyger_options_check(&php_lyger_serving.config, &php_lyger_serving.options) &&
           run(true, stopped);
}

ZEND_FUNCTION(lyger_handle_request)
{
    static bool last; /* the worker has served enough, or its server has ended */
    zend_fcall_info handler;
    zend_fcall_info_cache cache;
    bool stopped;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_FUNC(handler, cache)
    ZEND_PARSE_PARAMETERS_END();

    if (last) {
        RETURN_FALSE;
    }
    if (!begin_loop(&stopped)) {
        RETURN_THROWS();
    }
    if (stopped) {
        last = true;
        RETURN_FALSE;
    }
    const lyger_hub_request *request = wait_for_request();
    if (!request) {
        last = true;
        end_worker();
        RETURN_FALSE;
    }
    php_lyger_outcome outcome = php_lyger_request_handle(request, &handler, &cache);
    if (outcome == PHP_LYGER_SERVED) {
        if (php_lyger_worker_is_worn()) {
            last = true;
            end_worker();
        }
        RETURN_TRUE;
    }
    last = true;
    end_worker();
    if (outcome == PHP_LYGER_BROKEN) {
        end_broken();
    }
    zend_throw_unwind_exit();
}

ZEND_FUNCTION(lyger_finish_request)
{
    ZEND_PARSE_PARAMETERS_NONE();

    RETURN_BOOL(php_lyger_request_finish());
}

/* Whether a changed file counts in the next request of the script form: not where opcache does not look at
 * files again, and not for what is preloaded. */
static bool scripts_are_read_anew(void)
{
    const char *looks =
        zend_ini_string_ex("opcache.validate_timestamps", strlen("opcache.validate_timestamps"), 0, NULL);
    const char *preload = zend_ini_string_ex("opcache.preload", strlen("opcache.preload"), 0, NULL);
    return (!looks ||
            zend_ini_long("opcache.validate_timestamps", strlen("opcache.validate_timestamps"), 0)) &&
           (!preload || !*preload);
}

ZEND_FUNCTION(lyger_serve_scripts)
{
    php_lyger_server *serving = &php_lyger_serving;
    lyger_error error;

    ZEND_PARSE_PARAMETERS_NONE();

    if (!can_start()) {
        RETURN_THROWS();
    }
    if (!LYGER_G(server).serve) {
        refuse("Scripts are served by the command `lyger serve --root=DIRECTORY`");
        RETURN_THROWS();
    }
    lyger_server_defaults(&serving->config);
    if (!php_lyger_options_read(NULL, &serving->config, &serving->options) ||
        !php_lyger_options_check(&serving->config, &serving->options)) {
        RETURN_THROWS();
    }
    if (!serving->config.document_root) {
        refuse("The option \"document_root\" must name the directory of the scripts");
        RETURN_THROWS();
    }
    serving->config.scripts = serving->scripts = true;
    serving->config.read_anew = scripts_are_read_anew();
    serving->config.name = serving->config.name ? serving->config.name : serving->config.document_root;
    prepare(false);
    if (php_lyger_scripts_serve(&error) != LYGER_OK) {
        serving->scripts = false;
        give_up(&error);
    }
}

/* "-d NAME=VALUE" for each setting and at last for lyger.serve; NULL with an exception: one is no text. The
 * array and its texts live as long as the settings. */
static const char **arguments_of(const HashTable *settings)
{
    const char **arguments =
        safe_emalloc(zend_hash_num_elements(settings), 2 * sizeof *arguments, 3 * sizeof *arguments);
    size_t count = 0;
    zval *setting;
    ZEND_HASH_FOREACH_VAL((HashTable *)settings, setting)
    if (Z_TYPE_P(setting) != IS_STRING || zend_str_has_nul_byte(Z_STR_P(setting))) {
        zend_argument_value_error(1, "must be a list of strings such as \"memory_limit=64M\"");
        efree(arguments);
        return NULL;
    }
    arguments[count++] = "-d";
    arguments[count++] = Z_STRVAL_P(setting);
    ZEND_HASH_FOREACH_END();
    arguments[count++] = "-d";
    arguments[count++] = "lyger.serve=1";
    arguments[count] = NULL;
    return arguments;
}

ZEND_FUNCTION(lyger_restart_to_serve)
{
    HashTable *settings = NULL;
    lyger_error error;

    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_ARRAY_HT(settings)
    ZEND_PARSE_PARAMETERS_END();

    const char **arguments = can_start() ? arguments_of(settings ? settings : &zend_empty_array) : NULL;
    if (!arguments) {
        RETURN_THROWS();
    }
    if (lyger_server_execute_again(arguments, &error) != LYGER_OK) {
        php_lyger_throw(&error);
    }
    efree(arguments);
}

/* ---- the module's life ---- */

const char *php_lyger_server_state(void)
{
    if (php_lyger_serving.worker) {
        return "worker";
    }
    if (php_lyger_serving.stopped) {
        return "stopped";
    }
    return lyger_server_is_reload() ? "reload" : "off";
}

static LYGER_AT_START zend_result module_start(int module_number)
{
    (void)module_number;
    php_lyger_web_module_start();
    if (php_lyger_web_is_possible()) {
        lyger_server_remember();
    }
    return SUCCESS;
}

static LYGER_AT_START void module_stop(void)
{
    php_lyger_web_module_stop();
    php_lyger_data_forget();
}

static void drop_options(void)
{
    if (!Z_ISUNDEF(php_lyger_serving.options)) { /* never in a thread-safe PHP, whose threads share this */
        zval_ptr_dtor(&php_lyger_serving.options);
        ZVAL_UNDEF(&php_lyger_serving.options);
    }
}

/* Ends the worker, however its script ended, before PHP frees what the worker had taken over. */
static LYGER_AT_START void request_stop(void)
{
    if (php_lyger_serving.scripts) {
        php_lyger_request_skip_body();
        drop_options();
        return;
    }
    end_worker();
    php_lyger_boot_release();
    php_lyger_web_end();
    drop_options();
}

static void info(void)
{
    php_info_print_table_row(2, "HTTP server", php_lyger_serving.worker ? "this is a worker" : "not running");
}

const php_lyger_room php_lyger_server_room = {
    .module_start = module_start,
    .module_stop = module_stop,
    .request_start = php_lyger_web_request_start,
    .request_stop = request_stop,
    .info = info,
};
