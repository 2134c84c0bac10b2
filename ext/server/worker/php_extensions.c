/*
 * Extensions that keep something of a request in C: the worker stops and starts each, or sets it, as PHP does
 * between two requests, and then tells it again what the application told it while booting.
 *
 * The list is by hand: what an extension frees at the end of a request may be in use by the booted
 * application, so an extension that is not in the list is left alone. scripts/test-state compares all
 * extensions with PHP-FPM.
 */
#include "php_worker.h"

#include "SAPI.h"
#include "php_streams.h"
#include "zend_exceptions.h"
#include "ext/date/php_date.h"
#include "ext/session/php_session.h"
#if __has_include("ext/mbstring/mbstring.h")
#ifndef HAVE_MBREGEX
#define HAVE_MBREGEX 1 /* for mbstring's header; the size of its globals says whether it is true */
#endif
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-compare" /* in its headers */
#include "ext/mbstring/mbstring.h"
#pragma GCC diagnostic pop
#define HAS_MBSTRING 1
#endif

#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#define SIGNALS 32 /* the signals that pcntl_signal_get_handler() knows */

/* What is done with an extension. ENDS: its end of a request, before the answer has ended. BEGINS: its start,
 * when the next request begins. RESTARTS: both between two requests, and only when its globals have
 * changed. */
enum { ENDS = 1, BEGINS = 2, RESTARTS = 4 };

typedef struct extension {
    const char *name;
    int what;
    zend_module_entry *module; /* NULL: the extension is not loaded */
    void *globals;
    void *image; /* a copy of its globals before a request touched them */
} extension;

static extension extensions[] = {
    {.name = "filter", .what = ENDS},        /* the variables as they came */
    {.name = "zlib", .what = ENDS | BEGINS}, /* the coding negotiated; zlib.output_compression begins */
    {.name = "tidy", .what = ENDS | BEGINS}, /* tidy.clean_output begins */
    {.name = "imap", .what = ENDS},          /* errors that were not fetched are reported */
    {.name = "readline", .what = ENDS},      /* callbacks */
    {.name = "random", .what = BEGINS},      /* mt_rand() is seeded anew, and no two processes alike */
    {.name = "intl", .what = RESTARTS},      /* the last error */
    {.name = "gmp", .what = RESTARTS},       /* the seed */
    {.name = "mysqli", .what = RESTARTS},    /* the last connection's error, what is reported how */
    {.name = "sockets", .what = RESTARTS},   /* the text of the last error */
    {.name = "odbc", .what = RESTARTS},      /* the last error */
    {.name = "soap", .what = RESTARTS},      /* whether errors become faults */
    {.name = "mbstring", .what = RESTARTS},  /* encodings; of mb_ereg() options, search, compiled patterns */
    {.name = "libxml", .what = 0},           {.name = "session", .what = 0}, {.name = "pcntl", .what = 0},
};

#define EXTENSIONS (sizeof extensions / sizeof *extensions)

/* A PHP function that gets a setting when called without an argument, and sets it when called with one. After
 * a request it is called with the value that it gave when the application had booted. */
typedef struct answer {
    const char *function;
    const char *of; /* the extension whose restart loses it; NULL: compared when it was called */
    zval booted;
} answer;

static answer answers[] = {
    {.function = "spl_autoload_extensions", .of = NULL},
    {.function = "pcntl_async_signals", .of = "pcntl"},
    {.function = "mb_internal_encoding", .of = "mbstring"},
    {.function = "mb_http_output", .of = "mbstring"},
    {.function = "mb_detect_order", .of = "mbstring"},
    {.function = "mb_regex_encoding", .of = "mbstring"},
    {.function = "mb_substitute_character", .of = "mbstring"},
    {.function = "mb_regex_set_options", .of = "mbstring"},
};

#define ANSWERS (sizeof answers / sizeof *answers)

static struct {
    extension *session, *libxml, *mysqli, *soap, *sockets, *mbstring, *pcntl;
    zval *session_handlers; /* the handlers that session_set_save_handler() was given */
    bool session_ended;
    bool libxml_errors_kept;
    zval reported;    /* mysqli_report() */
    zval soap_errors; /* use_soap_error_handler() */
    zend_date_globals *date;
    zend_module_entry *date_module;
    zend_function *openssl_error_string;
    zend_ini_entry *assert_callback; /* NULL: not to be touched */
    void *patterns, *patterns_image; /* mbstring's state of mb_ereg(), opaque, and a copy of it */
    size_t patterns_size;
    zend_function *signal, *signal_handler;
    bool signals_used; /* a handler was set, whose end may leave signals blocked */
    struct {
        zval handler;          /* undefined: not to be touched */
        struct sigaction php;  /* the action that PHP's table has, and */
        struct sigaction real; /* the kernel's action */
        bool looked_at;        /* a request has set it once: pcntl's globals do not change the next time */
    } signals[SIGNALS];
    sigset_t mask;
    zend_long resources; /* the number that the next resource would have had when the last request ended */
} boot;

/* ---- PHP ---- */

void *php_lyger_globals_of(const char *module)
{
#ifdef ZTS
    (void)module;
    return NULL; /* a thread-safe PHP has no server */
#else
    zend_module_entry *entry = zend_hash_str_find_ptr(&module_registry, module, strlen(module));
    return entry ? entry->globals_ptr : NULL;
#endif
}

zif_handler php_lyger_replace(const char *name, zif_handler by)
{
    zend_function *found = zend_hash_str_find_ptr(CG(function_table), name, strlen(name));
    if (!found || found->type != ZEND_INTERNAL_FUNCTION) {
        return NULL;
    }
    zif_handler own = found->internal_function.handler;
    found->internal_function.handler = by;
    return own;
}

void php_lyger_call(const char *name, zval *result, zval *argument)
{
    zend_function *function = zend_hash_str_find_ptr(CG(function_table), name, strlen(name));
    ZVAL_UNDEF(result);
    if (function && !EG(exception)) {
        zend_call_known_function(function, NULL, NULL, result, argument ? 1 : 0, argument, NULL);
    }
}

/* ---- functions that are heard ---- */

/*
 * What these have changed is to be undone after a request, and few requests call any: the worker hears them
 * instead of asking the system after every request whether something has changed.
 */
static struct {
    const char *name;
    php_lyger_heard kind;
    zif_handler own; /* PHP's; NULL: there is no such function */
} heard[] = {
    {"chdir", PHP_LYGER_HEARD_DIRECTORY, NULL},
    {"chroot", PHP_LYGER_HEARD_DIRECTORY, NULL},
    {"spl_autoload_extensions", PHP_LYGER_HEARD_AUTOLOAD, NULL},
    {"pcntl_alarm", PHP_LYGER_HEARD_SIGNALS, NULL},
    {"pcntl_sigprocmask", PHP_LYGER_HEARD_SIGNALS, NULL},
    {"pcntl_sigwaitinfo", PHP_LYGER_HEARD_SIGNALS, NULL},
    {"pcntl_sigtimedwait", PHP_LYGER_HEARD_SIGNALS, NULL},
};

#define HEARD (sizeof heard / sizeof *heard)

static unsigned were_heard; /* kinds, as bits */

static ZEND_FUNCTION(note_and_call)
{
    size_t i = 0;
    while (i < HEARD - 1 &&
           !zend_string_equals_cstr(EX(func)->common.function_name, heard[i].name, strlen(heard[i].name))) {
        i++;
    }
    were_heard |= 1u << heard[i].kind;
    heard[i].own(execute_data, return_value);
}

static void hear(void)
{
    for (size_t i = 0; i < HEARD; i++) {
        heard[i].own = php_lyger_replace(heard[i].name, ZEND_FN(note_and_call));
    }
    were_heard = 0;
}

static void hear_no_more(void)
{
    for (size_t i = 0; i < HEARD; i++) {
        if (heard[i].own) {
            php_lyger_replace(heard[i].name, heard[i].own);
        }
    }
}

bool php_lyger_take_heard(php_lyger_heard kind)
{
    bool was = were_heard & 1u << kind;
    were_heard &= ~(1u << kind);
    return was;
}

/* Calls a function with an argument and ignores its result. */
static void tell(const char *name, zval *argument)
{
    zval ignored;
    php_lyger_call(name, &ignored, argument);
    zval_ptr_dtor(&ignored);
}

/* ---- what all have ---- */

static void take_image(extension *of)
{
    if (of->image) {
        memcpy(of->image, of->globals, of->module->globals_size);
    }
}

static bool is_touched(const extension *of)
{
    return of->image && memcmp(of->image, of->globals, of->module->globals_size) != 0;
}

static void know(extension *to)
{
    to->module = zend_hash_str_find_ptr(&module_registry, to->name, strlen(to->name));
    to->globals = php_lyger_globals_of(to->name);
    to->image = to->globals && !(to->what & (ENDS | BEGINS)) ? emalloc(to->module->globals_size) : NULL;
    take_image(to);
}

/* The extension of that name in the list; NULL: not loaded. */
static extension *named(const char *name)
{
    for (size_t i = 0; i < EXTENSIONS; i++) {
        if (strcmp(extensions[i].name, name) == 0 && extensions[i].module) {
            return &extensions[i];
        }
    }
    return NULL;
}

static void stop(const extension *of)
{
    if (of->module && of->module->request_shutdown_func) {
        of->module->request_shutdown_func(of->module->type, of->module->module_number);
    }
}

static void start(const extension *of)
{
    if (of->module && of->module->request_startup_func) {
        of->module->request_startup_func(of->module->type, of->module->module_number);
    }
}

static void keep_answers(void)
{
    for (size_t i = 0; i < ANSWERS; i++) {
        php_lyger_call(answers[i].function, &answers[i].booted, NULL);
    }
}

/* Restores the settings of an extension that has restarted, or, with NULL, those that are compared after each
 * request. */
static void restore_answers(const char *of)
{
    for (size_t i = 0; i < ANSWERS; i++) {
        bool asked = of && answers[i].of ? strcmp(of, answers[i].of) == 0 : of == answers[i].of;
        zval now;
        if (!asked || Z_ISUNDEF(answers[i].booted)) {
            continue;
        }
        php_lyger_call(answers[i].function, &now, NULL);
        if (!Z_ISUNDEF(now) && !zend_is_identical(&now, &answers[i].booted)) {
            tell(answers[i].function, &answers[i].booted);
        }
        zval_ptr_dtor(&now);
    }
}

/* ---- session ---- */

/* The handlers that session_set_save_handler() was given are zvals, one after the other; how many depends on
 * PHP's version. */
#define SESSION_HANDLERS (sizeof(((php_ps_globals *)NULL)->mod_user_names) / sizeof(zval))

static php_ps_globals *session(void)
{
    return boot.session ? boot.session->globals : NULL;
}

static zval *session_handlers(void)
{
    return (zval *)&session()->mod_user_names;
}

/* Starts the session module without session.auto_start, which is for a request. */
static void start_session_module(void)
{
    bool automatic = session()->auto_start;
    session()->auto_start = false;
    start(boot.session);
    session()->auto_start = automatic;
    take_image(boot.session);
}

static void keep_session(void)
{
    if (!session()) {
        return;
    }
    if (session()->session_status == php_session_active) {
        stop(boot.session); /* a session of the application's boot belongs to no client */
        start_session_module();
    }
    boot.session_handlers = safe_emalloc(SESSION_HANDLERS, sizeof(zval), 0);
    for (size_t i = 0; i < SESSION_HANDLERS; i++) {
        ZVAL_COPY(&boot.session_handlers[i], &session_handlers()[i]);
    }
}

/* Takes the place of the handlers that PHP drops when a session ends: those of the boot or, in the loop form,
 * whose handlers stay as a request left them, the present ones. */
static void give_session_handlers_back(zval *handlers)
{
    for (size_t i = 0; i < SESSION_HANDLERS; i++) {
        zval_ptr_dtor(&session_handlers()[i]);
        ZVAL_COPY_VALUE(&session_handlers()[i], &handlers[i]);
    }
}

/* Ends the session, which writes it. */
static void end_session(void)
{
    zval handlers[SESSION_HANDLERS];
    if (!boot.session || !is_touched(boot.session)) {
        return;
    }
    for (size_t i = 0; i < SESSION_HANDLERS; i++) {
        ZVAL_COPY(&handlers[i], php_lyger_serving.loop ? &session_handlers()[i] : &boot.session_handlers[i]);
    }
    stop(boot.session);
    give_session_handlers_back(handlers);
    boot.session_ended = true;
}

static void begin_session(void)
{
    if (boot.session_ended) {
        boot.session_ended = false;
        start_session_module();
    }
    if (session() && UNEXPECTED(session()->auto_start)) {
        start(boot.session);
    }
}

static void forget_session(void)
{
    for (size_t i = 0; boot.session_handlers && i < SESSION_HANDLERS; i++) {
        zval_ptr_dtor(&boot.session_handlers[i]);
    }
    if (boot.session_handlers) {
        efree(boot.session_handlers);
    }
}

/* ---- libxml, OpenSSL, date: errors that are kept ---- */

static void restore_libxml(void)
{
    zval on;
    if (!boot.libxml) {
        return;
    }
    if (is_touched(boot.libxml)) {
        stop(boot.libxml);
        if (boot.libxml->module->post_deactivate_func) {
            boot.libxml->module->post_deactivate_func();
        }
        start(boot.libxml);
        if (boot.libxml_errors_kept) {
            ZVAL_TRUE(&on);
            tell("libxml_use_internal_errors", &on);
        }
        take_image(boot.libxml);
    } else if (boot.libxml_errors_kept) {
        tell("libxml_clear_errors", NULL);
    }
}

static void keep_libxml(void)
{
    zval kept;
    if (boot.libxml) {
        php_lyger_call("libxml_use_internal_errors", &kept, NULL);
        boot.libxml_errors_kept = Z_TYPE(kept) == IS_TRUE;
    }
}

static void restore_openssl(void)
{
    zval text;
    bool more = boot.openssl_error_string != NULL;
    while (more && !EG(exception)) {
        ZVAL_UNDEF(&text);
        zend_call_known_function(boot.openssl_error_string, NULL, NULL, &text, 0, NULL, NULL);
        more = Z_TYPE(text) == IS_STRING;
        zval_ptr_dtor(&text);
    }
}

/* Resets what date_get_last_errors() says, by the module's own end of a request. The time zones that this
 * would free are put aside: objects of the application have them. */
static void restore_date(void)
{
    if (UNEXPECTED(boot.date->last_errors)) {
        HashTable *zones = boot.date->tzcache;
        boot.date->tzcache = NULL;
        boot.date_module->post_deactivate_func();
        boot.date->tzcache = zones;
    }
}

/* ---- mbstring ---- */

/* Notes mb_ereg()'s state, which is a block of its own, whose size only the allocator knows. */
static void keep_patterns(void)
{
#ifdef HAS_MBSTRING
    const extension *of = boot.mbstring;
    if (of && of->globals && of->module->globals_size == sizeof(zend_mbstring_globals)) {
        boot.patterns = ((zend_mbstring_globals *)of->globals)->mb_regex_globals;
        boot.patterns_size = boot.patterns ? malloc_usable_size(boot.patterns) : 0;
        boot.patterns_image = boot.patterns ? emalloc(boot.patterns_size) : NULL;
    }
#endif
}

static void take_patterns(void)
{
    if (boot.patterns) {
        memcpy(boot.patterns_image, boot.patterns, boot.patterns_size);
    }
}

static bool patterns_are_touched(void)
{
    return boot.patterns && memcmp(boot.patterns_image, boot.patterns, boot.patterns_size) != 0;
}

/* ---- assert() ---- */

/* Notes assert.callback, unless the application has set a callback while booting. assert_options() warns
 * since 8.3 that it is deprecated; the warning is suppressed. */
static void keep_assert(void)
{
    zval handler, callback, option;
    zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), ZEND_STRL("assert.callback"));
    int reporting = EG(error_reporting);
    ZVAL_COPY_VALUE(&handler, &EG(user_error_handler));
    ZVAL_UNDEF(&EG(user_error_handler));
    EG(error_reporting) = 0;
    ZVAL_LONG(&option, 2); /* ASSERT_CALLBACK */
    php_lyger_call("assert_options", &callback, &option);
    EG(error_reporting) = reporting;
    ZVAL_COPY_VALUE(&EG(user_error_handler), &handler);
    if (Z_TYPE(callback) == IS_NULL) { /* a callback that the boot has set is left alone */
        boot.assert_callback = entry;
    }
    zval_ptr_dtor(&callback);
}

/* Drops the callback that a request gave to assert_options(), through the setting's own hook. */
static void restore_assert(void)
{
    zend_ini_entry *entry = boot.assert_callback;
    if (entry && entry->on_modify) {
        entry->on_modify(entry, entry->value, entry->mh_arg1, entry->mh_arg2, entry->mh_arg3,
                         ZEND_INI_STAGE_RUNTIME);
    }
}

/* ---- signals ---- */

static void handler_of(int number, zval *handler)
{
    zval argument;
    ZVAL_LONG(&argument, number);
    ZVAL_UNDEF(handler);
    zend_call_known_function(boot.signal_handler, NULL, NULL, handler, 1, &argument, NULL);
}

static void keep_signals(void)
{
    boot.signal = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("pcntl_signal"));
    boot.signal_handler = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("pcntl_signal_get_handler"));
    if (!boot.signal || !boot.signal_handler) {
        boot.pcntl = NULL;
    }
    for (int i = 1; boot.pcntl && i < SIGNALS; i++) {
        handler_of(i, &boot.signals[i].handler);
        const zval *booted = &boot.signals[i].handler;
        boot.signals[i].looked_at = Z_TYPE_P(booted) != IS_LONG || Z_LVAL_P(booted) != 0;
        boot.signals_used |= boot.signals[i].looked_at;
        zend_sigaction(i, NULL, &boot.signals[i].php);
        sigaction(i, NULL, &boot.signals[i].real);
    }
    sigprocmask(SIG_SETMASK, NULL, &boot.mask);
}

/* Restores a signal: the handler that pcntl_signal() has, the action in PHP's table, and the kernel's. */
static void restore_signal(int number)
{
    zval now, arguments[2], ignored;
    handler_of(number, &now);
    if (!zend_is_identical(&now, &boot.signals[number].handler)) {
        ZVAL_LONG(&arguments[0], number);
        ZVAL_COPY_VALUE(&arguments[1], &boot.signals[number].handler);
        zend_call_known_function(boot.signal, NULL, NULL, &ignored, 2, arguments, NULL);
        boot.signals[number].looked_at = true;
        zend_sigaction(number, &boot.signals[number].php, NULL);
        sigaction(number, &boot.signals[number].real, NULL);
    }
    zval_ptr_dtor(&now);
}

static void restore_signals(void)
{
    if (!boot.pcntl) {
        return;
    }
    bool touched = is_touched(boot.pcntl);
    boot.signals_used |= touched;
    if (UNEXPECTED(php_lyger_take_heard(PHP_LYGER_HEARD_SIGNALS) || boot.signals_used)) {
        alarm(0);
        sigprocmask(SIG_SETMASK, &boot.mask, NULL);
    }
    for (int i = 1; i < SIGNALS && !EG(exception); i++) {
        if (UNEXPECTED(touched || boot.signals[i].looked_at)) {
            restore_signal(i);
        }
    }
    if (UNEXPECTED(touched)) {
        restore_answers("pcntl");
        take_image(boot.pcntl);
    }
}

static void forget_signals(void)
{
    for (int i = 1; boot.pcntl && i < SIGNALS; i++) {
        zval_ptr_dtor(&boot.signals[i].handler);
    }
}

/* ---- directories ---- */

/* Closes the directory that readdir() reads without an argument, which is the last one opened and which PHP
 * keeps open for that. A directory of which the application has a handle is left alone. */
static void restore_directory(void)
{
    zend_resource *resource;
    bool kept = false;
    if (EXPECTED(EG(regular_list).nNextFreeElement == boot.resources)) {
        return;
    }
    ZEND_HASH_FOREACH_PTR(&EG(regular_list), resource)
    php_stream *stream = resource->ptr;
    kept = kept || (resource->handle >= boot.resources && resource->type == php_file_le_stream() && stream &&
                    (stream->flags & PHP_STREAM_FLAG_IS_DIR) && GC_REFCOUNT(resource) == 1);
    ZEND_HASH_FOREACH_END();
    if (UNEXPECTED(kept) && !EG(exception)) {
        tell("closedir", NULL);
        zend_clear_exception(); /* the resource was another stream, and no directory is open */
    }
    boot.resources = EG(regular_list).nNextFreeElement;
}

/* ---- extensions that restart ---- */

/* Notes settings for which no function exists that only gets them. */
static void keep_settings(void)
{
    zend_class_entry *driver = zend_hash_str_find_ptr(CG(class_table), ZEND_STRL("mysqli_driver"));
    zval object, value, on;
    ZVAL_UNDEF(&boot.reported);
    ZVAL_UNDEF(&boot.soap_errors);
    if (driver && object_init_ex(&object, driver) == SUCCESS) {
        zval *mode = zend_read_property(driver, Z_OBJ(object), ZEND_STRL("report_mode"), true, &value);
        ZVAL_LONG(&boot.reported, zval_get_long(mode));
        zval_ptr_dtor(&object);
    }
    if (boot.soap) {
        ZVAL_TRUE(&on);
        php_lyger_call("use_soap_error_handler", &boot.soap_errors, &on);
        tell("use_soap_error_handler", &boot.soap_errors);
    }
}

static void restore_settings(const extension *of)
{
    if (of == boot.mysqli && !Z_ISUNDEF(boot.reported)) {
        tell("mysqli_report", &boot.reported);
    } else if (of == boot.soap && !Z_ISUNDEF(boot.soap_errors)) {
        tell("use_soap_error_handler", &boot.soap_errors);
    } else if (of == boot.sockets) {
        tell("socket_clear_error", NULL);
    }
}

static void restart_those_touched(void)
{
    for (size_t i = 0; i < EXTENSIONS; i++) {
        extension *of = &extensions[i];
        bool patterns = of == boot.mbstring && patterns_are_touched();
        if ((of->what & RESTARTS) && UNEXPECTED(patterns || is_touched(of))) {
            stop(of);
            start(of);
            restore_settings(of);
            restore_answers(of->name);
            take_image(of);
            if (of == boot.mbstring) { /* a touched state must not pass for the untouched one */
                take_patterns();
            }
        }
    }
}

/* ---- all of them ---- */

void php_lyger_extensions_end(void)
{
    end_session();
    for (size_t i = 0; i < EXTENSIONS; i++) {
        if (extensions[i].what & ENDS) {
            stop(&extensions[i]);
        }
    }
}

void php_lyger_extensions_begin(void)
{
    begin_session();
    for (size_t i = 0; i < EXTENSIONS; i++) {
        if (extensions[i].what & BEGINS) {
            start(&extensions[i]);
        }
    }
}

void php_lyger_extensions_keep(void)
{
    for (size_t i = 0; i < EXTENSIONS; i++) {
        know(&extensions[i]);
        if (extensions[i].what & ENDS) {
            stop(&extensions[i]); /* what an extension keeps of the boot is not for a request */
        }
    }
    boot.session = named("session");
    boot.libxml = named("libxml");
    boot.mysqli = named("mysqli");
    boot.soap = named("soap");
    boot.sockets = named("sockets");
    boot.mbstring = named("mbstring");
    boot.pcntl = named("pcntl");
    boot.date = php_lyger_globals_of("date");
    boot.date_module = zend_hash_str_find_ptr(&module_registry, ZEND_STRL("date"));
    boot.openssl_error_string = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("openssl_error_string"));
    keep_session();
    keep_libxml();
    keep_assert();
    keep_settings();
    keep_answers();
    keep_signals();
    boot.resources = EG(regular_list).nNextFreeElement;
    keep_patterns();
    take_patterns();
    hear();
}

void php_lyger_extensions_restore(void)
{
    restore_libxml();
    restore_openssl();
    restore_date();
    restore_assert();
    restart_those_touched();
    if (UNEXPECTED(php_lyger_take_heard(PHP_LYGER_HEARD_AUTOLOAD))) {
        restore_answers(NULL);
    }
    restore_signals();
    restore_directory();
}

void php_lyger_extensions_release(void)
{
    hear_no_more();
    forget_session();
    forget_signals();
    for (size_t i = 0; i < EXTENSIONS; i++) {
        if (extensions[i].image) {
            efree(extensions[i].image);
            extensions[i].image = NULL;
        }
    }
    for (size_t i = 0; i < ANSWERS; i++) {
        zval_ptr_dtor(&answers[i].booted);
        ZVAL_UNDEF(&answers[i].booted);
    }
    if (boot.patterns) {
        efree(boot.patterns_image);
    }
    memset(&boot, 0, sizeof boot);
}
