/*
 * The script form: any PHP application, unmodified. Each request runs the script that its path names
 * (script_path.h), at global scope, between PHP's own request start and shutdown, as under PHP-FPM.
 *
 *   supervisor  `lyger serve --root=DIRECTORY` calls lyger_serve_scripts(). When everything that can fail has
 *               been done, the supervisor ends the PHP request of that command (leave_boot()) and becomes a
 *               process without one: it holds no lock of opcache, and no value of a script.
 *   worker      forked from the supervisor, loops over one request after the other (serve_one()) and ends its
 *               process (end_process()). It never returns into the command's script, whose memory is gone.
 *
 * So nothing lives from one request to the next but what lives under PHP-FPM: opcache's scripts, preloaded
 * code, persistent connections, caches.
 */
#include "php_worker.h"
#include "php_user_ini.h"
#include "lyger_compat.h"
#include "lyger_error.h"
#include "script_path.h"

#include "SAPI.h"
#include "php_output.h"
#include "php_variables.h"
#include "zend_exceptions.h"
#include "zend_signal.h"
#include "main/php_main.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define IDLE_TIME 1000 /* ms between two looks whether the worker is to end */
#define SIGNALS 32     /* those that pcntl_signal() may change */

static struct {
    bool left_boot; /* the command's request has ended */
    lyger_scripts where;
    lyger_script found;
    bool filter_is_filled; /* in this request */
    bool signals_changed;  /* in this request, by pcntl */
    sigset_t mask;         /* as it was when the worker began, like these */
    struct sigaction signals[SIGNALS];
} scripts;

/* ---- leaving the request of the command ---- */

/* Keeps this library's code in memory: php_module_shutdown() unloads extensions, and this file's functions go
 * on after it. */
static void pin_library(void)
{
    Dl_info info;
    if (dladdr((void *)pin_library, &info) && info.dli_fname) {
        dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
    }
}

/*
 * Called by lyger_server_run() before the first fork. A process inside of a PHP request holds opcache's read
 * lock: an opcache_reset() would wait for it, and after opcache.force_restart_timeout kill it.
 */
static void leave_boot(void *context)
{
    (void)context;
    scripts.left_boot = true;
    pin_library();
    php_lyger_data_start(); /* here, because PHP interns the names of the environment in a request only */
#ifdef ZEND_SIGNALS
    SIGG(reset) = 0; /* otherwise each request's start would take the signals of the server back */
#endif
    zend_first_try
    {
        php_request_shutdown(NULL);
    }
    zend_end_try();
    SG(options) &= ~SAPI_OPTION_NO_CHDIR;
    memset(&SG(request_info), 0, sizeof SG(request_info)); /* a request has no command line */
    php_lyger_web_settings_for_all();
}

/* Ends this process as a SAPI does. */
static ZEND_NORETURN void end_process(int status)
{
    php_lyger_data_stop();
    zend_first_try
    {
        php_module_shutdown();
    }
    zend_end_try();
    sapi_shutdown();
    exit(status);
}

/* ---- functions of PHP that are heard ---- */

/*
 * What few requests call and every request would have to pay for. filter_input(INPUT_SERVER, …) looks into an
 * array of its own, which PHP fills variable by variable while it makes $_SERVER. What pcntl sets, PHP does
 * not undo at the end of a request.
 */
static const char *const heard_names[] = {"filter_input", "filter_input_array", "filter_has_var",
                                          "pcntl_signal", "pcntl_sigprocmask",  "pcntl_sigwaitinfo",
                                          "pcntl_alarm"};
#define HEARD (sizeof heard_names / sizeof *heard_names)
#define HEARD_OF_FILTER 3        /* the first so many */
static zif_handler heard[HEARD]; /* PHP's own */

static size_t number_of(const zend_function *function)
{
    size_t i = 0;
    while (i < HEARD - 1 &&
           !zend_string_equals_cstr(function->common.function_name, heard_names[i], strlen(heard_names[i]))) {
        i++;
    }
    return i;
}

static ZEND_FUNCTION(heard)
{
    size_t i = number_of(EX(func));
    if (i >= HEARD_OF_FILTER) {
        scripts.signals_changed = true;
    } else if (!scripts.filter_is_filled) {
        scripts.filter_is_filled = true;
        zend_is_auto_global_str(ZEND_STRL("_SERVER"));
        php_lyger_give_to_filter();
    }
    heard[i](execute_data, return_value);
}

static void hear_functions(void)
{
    for (size_t i = 0; i < HEARD; i++) {
        heard[i] = php_lyger_replace(heard_names[i], ZEND_FN(heard));
    }
}

/* ---- a request ---- */

/* Answers without PHP. */
static void answer_plainly(int status, const char *fields, const char *text)
{
    lyger_worker *worker = php_lyger_serving.worker;
    size_t len = strlen(text);
    if (lyger_hub_head(worker, status, len, fields, strlen(fields))) {
        lyger_hub_data(worker, text, len);
    }
    lyger_hub_complete(worker);
}

static void add_slash(const lyger_hub_request *request)
{
    const lyger_http_request *parsed = request->parsed;
    size_t room = strlen(scripts.found.name) + parsed->query.len + 64;
    char *fields = emalloc(room);
    snprintf(fields, room, "Location: %s%s%.*s\r\nContent-Type: text/plain\r\n", scripts.found.name,
             parsed->has_query ? "?" : "", (int)parsed->query.len, request->head + parsed->query.at);
    answer_plainly(301, fields, "");
    efree(fields);
}

/* Finds the script; false when the request is answered already. */
static bool find_script(const lyger_hub_request *request)
{
    static const char text[] = "Content-Type: text/plain; charset=UTF-8\r\n";
    const lyger_http_request *parsed = request->parsed;
    lyger_scripts_refresh(&scripts.where, (time_t)request->arrived_at);
    switch (lyger_script_find(&scripts.where, request->head + parsed->path.at, parsed->path.len,
                              &scripts.found)) {
    case LYGER_SCRIPT_RUN:
        return true;
    case LYGER_SCRIPT_SLASH:
        add_slash(request);
        return false;
    case LYGER_SCRIPT_FORBIDDEN:
        answer_plainly(403, text, "Access denied.\n");
        return false;
    case LYGER_SCRIPT_BAD:
        answer_plainly(400, text, "Bad request.\n");
        return false;
    case LYGER_SCRIPT_NONE:
        break;
    }
    answer_plainly(404, text, "File not found.\n");
    return false;
}

static void describe(const lyger_hub_request *request)
{
    php_lyger_request *current = &php_lyger_current;
    const lyger_script *found = &scripts.found;
    sapi_request_info *info = &SG(request_info);
    scripts.filter_is_filled = false;
    php_lyger_answer_begin();
    php_lyger_request_read(request);
    current->script_name = zend_string_init(found->name, strlen(found->name), false);
    current->script_file = zend_string_init(found->file, strlen(found->file), false);
    current->path_info = found->info[0] ? zend_string_init(found->info, strlen(found->info), false) : NULL;
    info->request_method = ZSTR_VAL(current->method);
    info->query_string = ZSTR_VAL(current->query);
    info->request_uri = ZSTR_VAL(current->script_name);
    info->path_translated = ZSTR_VAL(current->script_file);
    info->content_type = current->type ? ZSTR_VAL(current->type) : NULL;
    info->content_length = (zend_long)request->body_len;
    SG(server_context) = current;
    SG(sapi_headers).http_response_code = 200;
    php_handle_auth_data(current->authorization ? ZSTR_VAL(current->authorization) : NULL);
    EG(exit_status) = 0;
}

/* sapi_activate(): before PHP reads the body and the extensions begin the request. */
static int begin(void)
{
    if (php_lyger_current.hub) {
        php_lyger_user_ini_activate(scripts.where.root, ZSTR_VAL(php_lyger_current.script_file),
                                    ZSTR_VAL(php_lyger_current.host));
    }
    return SUCCESS;
}

/* sapi_deactivate(): the output layer has ended; the strings of the request are about to be freed with PHP's
 * heap. */
static int end(void)
{
    if (php_lyger_current.hub) {
        php_lyger_answer_end(true);
        php_lyger_request_forget();
        memset(&SG(request_info), 0, offsetof(sapi_request_info, request_body));
        SG(request_info).content_type = NULL;
        SG(server_context) = NULL;
    }
    return SUCCESS;
}

static void execute(void)
{
    zend_file_handle handle;
    zend_stream_init_filename_ex(&handle, php_lyger_current.script_file);
    handle.primary_script = 1;
    php_lyger_current.handling = true;
    php_execute_script(&handle);
    php_lyger_current.handling = false;
    zend_destroy_file_handle(&handle);
}

/* Undoes what pcntl has set in the request. */
static void restore_signals(void)
{
    struct sigaction now;
    if (EXPECTED(!scripts.signals_changed)) {
        return;
    }
    scripts.signals_changed = false;
    alarm(0);
    sigprocmask(SIG_SETMASK, &scripts.mask, NULL);
    for (int i = 1; i < SIGNALS; i++) {
        if (sigaction(i, NULL, &now) == 0 && now.sa_handler != scripts.signals[i].sa_handler &&
            i != SIGPROF) {
            sigaction(i, &scripts.signals[i], NULL);
        }
    }
}

static void keep_signals(void)
{
    sigprocmask(SIG_SETMASK, NULL, &scripts.mask);
    for (int i = 1; i < SIGNALS; i++) {
        sigaction(i, NULL, &scripts.signals[i]);
    }
}

/* Runs the script between PHP's request start and shutdown. */
static void run_script(const lyger_hub_request *request)
{
    describe(request);
    zend_first_try
    {
        if (php_request_startup() == SUCCESS) {
            execute();
        } else {
            php_lyger_answer_fail();
        }
    }
    zend_end_try();
    php_lyger_current.handling = false;
    zend_first_try
    {
        php_request_shutdown(NULL);
    }
    zend_end_try();
    restore_signals();
}

/* In a process that the script has forked: it has no hub, and is not the loop's. */
static void end_fork(void)
{
    if (!php_lyger_serving.worker) {
        end_process(EG(exit_status));
    }
}

static bool serve_one(void)
{
    const lyger_hub_request *request;
    lyger_worker *worker = php_lyger_serving.worker;
    lyger_taken taken;
    do {
        taken = lyger_hub_take(worker, IDLE_TIME, &request);
    } while (taken == LYGER_TAKEN_LATER);
    if (taken == LYGER_TAKEN_STOP) {
        return false;
    }
    if (find_script(request)) {
        run_script(request);
        end_fork();
    }
    return !php_lyger_worker_is_worn();
}

/* ---- a worker's life ---- */

static void take_over(void)
{
    php_lyger_sapi_take_over();
    sapi_module.activate = begin;
    sapi_module.deactivate = end;
    hear_functions();
    keep_signals();
}

static ZEND_NORETURN void be_worker(lyger_worker *worker)
{
    php_lyger_worker_begin(worker);
    take_over();
    while (serve_one()) {
    }
    lyger_hub_leave(php_lyger_serving.worker);
    php_lyger_serving.worker = NULL;
    end_process(0);
}

/* The server has ended, or did not come up: in the supervisor or a booted parent, which has no request any
 * more. */
static ZEND_NORETURN void end_supervisor(lyger_status status, const lyger_error *error)
{
    if (status != LYGER_OK) {
        fprintf(stderr, "lyger: %s\n", error->message);
    }
    end_process(status == LYGER_OK ? 0 : 1);
}

lyger_status php_lyger_scripts_serve(lyger_error *error)
{
    lyger_server_config *config = &php_lyger_serving.config;
    lyger_server_role role = LYGER_ROLE_STOPPED;
    lyger_worker *worker = NULL;
    php_lyger_options_own(config);
    if (!lyger_scripts_init(&scripts.where, config->document_root, config->front)) {
        return lyger_fail(error, LYGER_E_SERVER, "document_root must be a directory: %s", strerror(errno));
    }
    config->before_fork = leave_boot;
    lyger_status status = lyger_server_run(config, &role, &worker, error);
    if (status == LYGER_OK && role == LYGER_ROLE_WORKER) {
        be_worker(worker);
    }
    if (scripts.left_boot) {
        end_supervisor(status, error);
    }
    return status;
}
