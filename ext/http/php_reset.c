/*
 * What a request must not leave behind for the next one, which may be another user's.
 *
 * The application is kept on purpose: classes, functions, constants, globals, static variables, autoloaders,
 * open files. Everything else that PHP resets at the end of a request goes back to what it was when the
 * application had booted. What an application changes while it boots stays, as if it were in php.ini.
 *
 * Most requests change nothing, and then each item costs a comparison.
 */
#include "php_server.h"
#include "lyger_compat.h"

#include "php_ini.h"
#include "php_output.h"
#include "SAPI.h"
#include "ext/date/php_date.h"
#include "ext/json/php_json.h"
#include "ext/pcre/php_pcre.h"
#include "ext/session/php_session.h"
#include "ext/standard/basic_functions.h"
#include "ext/standard/file.h"
#include "ext/standard/php_filestat.h"
#include "ext/standard/url_scanner_ex.h"
#if __has_include("ext/mbstring/mbstring.h")
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-compare" /* in its headers */
#include "ext/mbstring/mbstring.h"
#pragma GCC diagnostic pop
#define HAS_MBSTRING 1
#endif

#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

/* An extension's globals, and what they were when nothing had been done with them. */
typedef struct extension {
    zend_module_entry *module; /* NULL: not there */
    void *globals;
    void *image; /* a copy of them */
} extension;

/* Error and exception handlers: the current one and those it has replaced. */
typedef struct handlers {
    zval current;
    uint32_t count;
    zval *replaced;
    int *reporting; /* error levels of replaced; NULL for exceptions */
} handlers;

static struct {
    bool kept;
    HashTable *ini; /* changed while booting */
    struct {
        zend_string *value;
        int modifiable;
    } * ini_originals;
    HashTable *shutdown_functions;
    HashTable environment; /* putenv() while booting */
    mode_t umask;
    int bg_umask;
    char directory[MAXPATHLEN];
    char *locale;
    bool locale_changed;
    zend_string *ctype;
    char *timezone;
    handlers errors, exceptions;
    int error_handler_reporting;
    int error_reporting;
    uint32_t ticks;
    uint32_t wrappers, filters;
    HashTable *wrapper_copy;
    bool has_filters;
    php_stream_context *context;
    extension session, libxml, filter, random;
    zval *session_handlers; /* what session_set_save_handler() was given */
    bool libxml_errors_kept;
    bool session_ended;
    zend_date_globals *date;
    zend_function *openssl_error_string;
    zend_ini_entry *assert_callback; /* NULL: not to be touched */
#ifdef HAS_MBSTRING
    zend_mbstring_globals *mbstring, mbstring_image;
#endif
} boot;

/* ---- extensions ---- */

static void *globals_of(const zend_module_entry *module)
{
#ifdef ZTS
    (void)module;
    return NULL; /* no server there */
#else
    return module->globals_ptr;
#endif
}

static zend_module_entry *module_of(const char *name)
{
    return zend_hash_str_find_ptr(&module_registry, name, strlen(name));
}

static void take_image(extension *of)
{
    if (of->module && of->globals) {
        memcpy(of->image, of->globals, of->module->globals_size);
    }
}

static void know(extension *to, const char *name)
{
    to->module = module_of(name);
    to->globals = to->module ? globals_of(to->module) : NULL;
    to->image = to->globals ? emalloc(to->module->globals_size) : NULL;
    take_image(to);
}

static bool is_touched(const extension *of)
{
    return of->globals && memcmp(of->image, of->globals, of->module->globals_size) != 0;
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

static void call(const char *name, zval *result, zval *argument)
{
    zend_function *function = zend_hash_str_find_ptr(CG(function_table), name, strlen(name));
    ZVAL_UNDEF(result);
    if (function && !EG(exception)) {
        zend_call_known_function(function, NULL, NULL, result, argument ? 1 : 0, argument, NULL);
    }
}

/* The handlers that session_set_save_handler() was given are zvals, one after the other; how many depends on
 * PHP's version. */
#define SESSION_HANDLERS (sizeof(((php_ps_globals *)NULL)->mod_user_names) / sizeof(zval))

static zval *session_handlers(void)
{
    return (zval *)&((php_ps_globals *)boot.session.globals)->mod_user_names;
}

static void keep_session(void)
{
    know(&boot.session, "session");
    if (!boot.session.globals) {
        return;
    }
    if (((php_ps_globals *)boot.session.globals)->session_status == php_session_active) {
        stop(&boot.session); /* a session of the application's boot is nobody's */
        start(&boot.session);
        take_image(&boot.session);
    }
    boot.session_handlers = safe_emalloc(SESSION_HANDLERS, sizeof(zval), 0);
    for (size_t i = 0; i < SESSION_HANDLERS; i++) {
        ZVAL_COPY(&boot.session_handlers[i], &session_handlers()[i]);
    }
}

/* Writes the session. PHP drops the handlers with it; those of the boot come back. */
static void end_session(void)
{
    if (!is_touched(&boot.session)) {
        return;
    }
    stop(&boot.session);
    for (size_t i = 0; !php_lyger_serving.loop && i < SESSION_HANDLERS; i++) {
        ZVAL_COPY(&session_handlers()[i], &boot.session_handlers[i]);
    }
    boot.session_ended = true;
}

void php_lyger_extensions_end(void)
{
    end_session();
    stop(&boot.filter);
}

void php_lyger_extensions_begin(void)
{
    if (boot.session_ended) {
        boot.session_ended = false;
        start(&boot.session);
        take_image(&boot.session);
    }
    start(&boot.random); /* whoever needs mt_rand() is seeded anew, and no two processes alike */
}

static void restore_libxml(void)
{
    zval on, ignored;
    if (is_touched(&boot.libxml)) {
        stop(&boot.libxml);
        if (boot.libxml.module->post_deactivate_func) {
            boot.libxml.module->post_deactivate_func();
        }
        start(&boot.libxml);
        if (boot.libxml_errors_kept) {
            ZVAL_TRUE(&on);
            call("libxml_use_internal_errors", &ignored, &on);
        }
        take_image(&boot.libxml);
    } else if (boot.libxml_errors_kept) {
        call("libxml_clear_errors", &ignored, NULL);
    }
}

static void keep_libxml(void)
{
    zval kept;
    know(&boot.libxml, "libxml");
    if (boot.libxml.module) {
        call("libxml_use_internal_errors", &kept, NULL);
        boot.libxml_errors_kept = Z_TYPE(kept) == IS_TRUE;
    }
}

static void restore_mbstring(void)
{
#ifdef HAS_MBSTRING
    zend_mbstring_globals *now = boot.mbstring, *then = &boot.mbstring_image;
    if (!now) {
        return;
    }
    now->current_internal_encoding = then->current_internal_encoding;
    now->internal_encoding_set = then->internal_encoding_set;
    now->current_http_output_encoding = then->current_http_output_encoding;
    now->http_output_set = then->http_output_set;
    now->language = then->language;
    now->current_filter_illegal_mode = then->current_filter_illegal_mode;
    now->current_filter_illegal_substchar = then->current_filter_illegal_substchar;
    now->illegalchars = 0;
    if (now->current_detect_order_list != then->current_detect_order_list) {
        size_t size = then->current_detect_order_list_size * sizeof *then->current_detect_order_list;
        efree((void *)now->current_detect_order_list);
        now->current_detect_order_list = emalloc(size);
        memcpy((void *)now->current_detect_order_list, then->detect_order_list, size);
        now->current_detect_order_list_size = then->current_detect_order_list_size;
        then->current_detect_order_list = now->current_detect_order_list;
    }
#endif
}

/* detect_order_list of the image is a copy of the current one: the list itself is freed when it is changed.
 */
static void keep_mbstring(void)
{
#ifdef HAS_MBSTRING
    zend_module_entry *module = module_of("mbstring");
    boot.mbstring = module ? globals_of(module) : NULL;
    if (boot.mbstring) {
        boot.mbstring_image = *boot.mbstring;
        size_t size =
            boot.mbstring->current_detect_order_list_size * sizeof *boot.mbstring->current_detect_order_list;
        boot.mbstring_image.detect_order_list = emalloc(size + 1);
        memcpy((void *)boot.mbstring_image.detect_order_list, boot.mbstring->current_detect_order_list, size);
    }
#endif
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

/* ---- assert() ---- */

/* assert_options() is deprecated and says so since 8.3; here nobody shall hear it. */
static void keep_assert(void)
{
    zval handler, callback, option;
    zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), ZEND_STRL("assert.callback"));
    int reporting = EG(error_reporting);
    ZVAL_COPY_VALUE(&handler, &EG(user_error_handler));
    ZVAL_UNDEF(&EG(user_error_handler));
    EG(error_reporting) = 0;
    ZVAL_LONG(&option, 2); /* ASSERT_CALLBACK */
    call("assert_options", &callback, &option);
    EG(error_reporting) = reporting;
    ZVAL_COPY_VALUE(&EG(user_error_handler), &handler);
    if (Z_TYPE(callback) == IS_NULL) { /* one that the application has set while booting stays as it is */
        boot.assert_callback = entry;
    }
    zval_ptr_dtor(&callback);
}

/* The callback that assert_options() was given: the setting's own hook drops it. */
static void restore_assert(void)
{
    zend_ini_entry *entry = boot.assert_callback;
    if (entry && entry->on_modify) {
        entry->on_modify(entry, entry->value, entry->mh_arg1, entry->mh_arg2, entry->mh_arg3,
                         ZEND_INI_STAGE_RUNTIME);
    }
}

/* ---- settings ---- */

/*
 * What was changed while booting becomes the original value, so that the end of a request, and ini_restore(),
 * go back to it and no further.
 */
static void keep_ini(void)
{
    zend_ini_entry *entry;
    uint32_t i = 0;
    boot.ini = EG(modified_ini_directives);
    EG(modified_ini_directives) = NULL;
    if (!boot.ini) {
        return;
    }
    boot.ini_originals = safe_emalloc(zend_hash_num_elements(boot.ini), sizeof *boot.ini_originals, 0);
    ZEND_HASH_FOREACH_PTR(boot.ini, entry)
    boot.ini_originals[i].value = entry->orig_value;
    boot.ini_originals[i++].modifiable = entry->orig_modifiable;
    entry->orig_value = NULL;
    entry->orig_modifiable = 0;
    entry->modified = 0;
    ZEND_HASH_FOREACH_END();
}

/* PHP frees the values itself, as those of an ordinary script. */
static void release_ini(void)
{
    zend_ini_entry *entry;
    uint32_t i = 0;
    zend_ini_deactivate();
    EG(modified_ini_directives) = boot.ini;
    if (!boot.ini) {
        return;
    }
    ZEND_HASH_FOREACH_PTR(boot.ini, entry)
    entry->orig_value = boot.ini_originals[i].value;
    entry->orig_modifiable = (uint8_t)boot.ini_originals[i++].modifiable;
    entry->modified = 1;
    ZEND_HASH_FOREACH_END();
    efree(boot.ini_originals);
    boot.ini = NULL;
}

static void restore_locale(void)
{
    if (EXPECTED(!BG(locale_changed))) {
        return;
    }
    BG(locale_changed) = 0;
    setlocale(LC_ALL, boot.locale);
    zend_reset_lc_ctype_locale();
    zend_update_current_locale();
    if (BG(ctype_string) != boot.ctype) {
        if (BG(ctype_string)) {
            zend_string_release(BG(ctype_string));
        }
        BG(ctype_string) = boot.ctype ? zend_string_copy(boot.ctype) : NULL;
    }
}

static void restore_timezone(void)
{
    char **now = &boot.date->timezone;
    if (!*now == !boot.timezone && (!*now || strcmp(*now, boot.timezone) == 0)) {
        return;
    }
    if (*now) {
        efree(*now);
    }
    *now = boot.timezone ? estrdup(boot.timezone) : NULL;
}

static void restore_process(void)
{
    char directory[MAXPATHLEN];
    if (BG(umask) != -1) {
        umask(boot.umask);
        BG(umask) = -1;
    }
    if (!getcwd(directory, sizeof directory) || strcmp(directory, boot.directory) != 0) {
        if (chdir(boot.directory) != 0) {
            sapi_module.sapi_error(E_WARNING, "The directory %s is gone", boot.directory);
        }
    }
    if (zend_hash_num_elements(&BG(putenv_ht)) > 0) {
        zend_hash_clean(&BG(putenv_ht));
    }
}

/* ---- handlers ---- */

static void keep_handlers(handlers *to, const zval *current, const zend_stack *replaced,
                          const zend_stack *reporting)
{
    ZVAL_COPY(&to->current, current);
    to->count = (uint32_t)zend_stack_count(replaced);
    to->replaced = to->count ? safe_emalloc(to->count, sizeof(zval), 0) : NULL;
    to->reporting = to->count && reporting ? safe_emalloc(to->count, sizeof(int), 0) : NULL;
    for (uint32_t i = 0; i < to->count; i++) {
        ZVAL_COPY(&to->replaced[i], (zval *)zend_stack_base(replaced) + i);
        if (reporting) {
            to->reporting[i] = ((int *)zend_stack_base(reporting))[i];
        }
    }
}

static bool same_handlers(const handlers *then, const zval *current, const zend_stack *replaced)
{
    bool same = zend_stack_count(replaced) == (int)then->count &&
                zend_is_identical((zval *)current, (zval *)&then->current);
    for (uint32_t i = 0; same && i < then->count; i++) {
        same = zend_is_identical((zval *)zend_stack_base(replaced) + i, &then->replaced[i]);
    }
    return same;
}

static void restore_handlers(const handlers *then, zval *current, zend_stack *replaced, zend_stack *reporting)
{
    zval last;
    if (EXPECTED(same_handlers(then, current, replaced))) {
        return;
    }
    ZVAL_COPY_VALUE(&last, current);
    ZVAL_COPY(current, &then->current);
    zval_ptr_dtor(&last);
    while (!zend_stack_is_empty(replaced)) {
        ZVAL_COPY_VALUE(&last, (zval *)zend_stack_top(replaced));
        zend_stack_del_top(replaced);
        if (reporting) {
            zend_stack_del_top(reporting);
        }
        zval_ptr_dtor(&last);
    }
    for (uint32_t i = 0; i < then->count; i++) {
        zval again;
        ZVAL_COPY(&again, &then->replaced[i]);
        zend_stack_push(replaced, &again);
        if (reporting) {
            zend_stack_push(reporting, &then->reporting[i]);
        }
    }
}

static void restore_all_handlers(void)
{
    restore_handlers(&boot.errors, &EG(user_error_handler), &EG(user_error_handlers),
                     &EG(user_error_handlers_error_reporting));
    EG(user_error_handler_error_reporting) = boot.error_handler_reporting;
    restore_handlers(&boot.exceptions, &EG(user_exception_handler), &EG(user_exception_handlers), NULL);
    while (BG(user_tick_functions) && zend_llist_count(BG(user_tick_functions)) > boot.ticks) {
        zend_llist_remove_tail(BG(user_tick_functions));
    }
}

/* ---- streams ---- */

static void drop_table(HashTable **table)
{
    if (*table) {
        zend_hash_destroy(*table);
        efree(*table);
        *table = NULL;
    }
}

static uint32_t entries(const HashTable *table)
{
    return table ? table->nNumUsed + table->nNumOfElements : 0;
}

/* A wrapper that was not there at the boot, NULL when there is none. */
static zend_string *strange_wrapper(void)
{
    HashTable *known =
        boot.wrapper_copy ? boot.wrapper_copy : php_stream_get_url_stream_wrappers_hash_global();
    zend_string *name;
    if (FG(stream_wrappers)) {
        ZEND_HASH_FOREACH_STR_KEY(FG(stream_wrappers), name)
        if (name && !zend_hash_exists(known, name)) {
            return zend_string_copy(name);
        }
        ZEND_HASH_FOREACH_END();
    }
    return NULL;
}

static void restore_wrappers(void)
{
    zend_string *name;
    if (EXPECTED(entries(FG(stream_wrappers)) == boot.wrappers)) {
        return;
    }
    while ((name = strange_wrapper())) { /* its resource goes with it */
        zval argument, ignored;
        ZVAL_STR(&argument, name);
        call("stream_wrapper_unregister", &ignored, &argument);
        zend_hash_del(FG(stream_wrappers), name);
        zend_string_release(name);
    }
    drop_table(&FG(stream_wrappers));
    if (boot.wrapper_copy) {
        ALLOC_HASHTABLE(FG(stream_wrappers));
        zend_hash_init(FG(stream_wrappers), 8, NULL, NULL, 0);
        zend_hash_copy(FG(stream_wrappers), boot.wrapper_copy, NULL);
        boot.wrappers = entries(FG(stream_wrappers));
    }
}

static void restore_streams(void)
{
    restore_wrappers();
    if (!boot.has_filters && UNEXPECTED(FG(stream_filters) || BG(user_filter_map))) {
        drop_table(&FG(stream_filters));
        drop_table(&BG(user_filter_map));
    }
    if (UNEXPECTED(FG(default_context) != boot.context)) {
        zend_list_delete(FG(default_context)->res);
        FG(default_context) = boot.context;
    }
}

/* ---- small things ---- */

static void forget_last_error(void)
{
    if (EXPECTED(!PG(last_error_message))) {
        return;
    }
    PG(last_error_type) = 0;
    PG(last_error_lineno) = 0;
    zend_string_release(PG(last_error_message));
    PG(last_error_message) = NULL;
    if (PG(last_error_file)) {
        zend_string_release(PG(last_error_file));
        PG(last_error_file) = NULL;
    }
}

static void forget_small_things(void)
{
    forget_last_error();
    if (BG(strtok_string)) {
        zend_string_release(BG(strtok_string));
        BG(strtok_string) = NULL;
        BG(strtok_last) = NULL;
    }
    php_clear_stat_cache(0, NULL, 0);
    JSON_G(error_code) = PHP_JSON_ERROR_NONE;
    PCRE_G(error_code) = PHP_PCRE_NO_ERROR;
    if (UNEXPECTED(BG(url_adapt_output_ex).active || BG(url_adapt_session_ex).active)) {
        php_url_scanner_reset_vars();
        php_url_scanner_reset_session_vars();
    }
}

/* ---- all of it ---- */

static void keep_process(void)
{
    boot.bg_umask = BG(umask);
    boot.umask = umask(0);
    umask(boot.umask);
    BG(umask) = -1;
    if (!getcwd(boot.directory, sizeof boot.directory)) {
        strcpy(boot.directory, "/");
    }
    boot.environment = BG(putenv_ht);
    zend_hash_init(&BG(putenv_ht), 1, NULL, boot.environment.pDestructor, 0);
    boot.locale = estrdup(setlocale(LC_ALL, NULL));
    boot.locale_changed = BG(locale_changed);
    boot.ctype = BG(ctype_string) ? zend_string_copy(BG(ctype_string)) : NULL;
    BG(locale_changed) = 0;
    boot.date = globals_of(module_of("date"));
    boot.timezone = boot.date->timezone ? estrdup(boot.date->timezone) : NULL;
}

static void keep_streams(void)
{
    boot.wrappers = entries(FG(stream_wrappers));
    if (FG(stream_wrappers)) {
        boot.wrapper_copy = zend_array_dup(FG(stream_wrappers));
    }
    boot.has_filters = FG(stream_filters) || BG(user_filter_map);
    boot.context = FG(default_context);
}

static void set_default(const char *name, size_t len, const char *value)
{
    zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), name, len);
    if (entry && !entry->modified) { /* by the application, which then means it */
        zend_alter_ini_entry_chars(entry->name, value, strlen(value), PHP_INI_SYSTEM, PHP_INI_STAGE_RUNTIME);
    }
}

/* As a web server's SAPI has them; the command line's are for a terminal. argv would be what a client writes
 * into its query string. */
static void change_defaults(void)
{
    set_default(ZEND_STRL("html_errors"), "1");
    set_default(ZEND_STRL("implicit_flush"), "0");
    set_default(ZEND_STRL("register_argc_argv"), "0");
    PG(during_request_startup) = false;
}

void php_lyger_boot_keep(void)
{
    boot.kept = true;
    change_defaults();
    keep_ini();
    if (!php_lyger_serving.loop) {
        boot.shutdown_functions = BG(user_shutdown_function_names);
        BG(user_shutdown_function_names) = NULL;
    }
    keep_process();
    keep_handlers(&boot.errors, &EG(user_error_handler), &EG(user_error_handlers),
                  &EG(user_error_handlers_error_reporting));
    keep_handlers(&boot.exceptions, &EG(user_exception_handler), &EG(user_exception_handlers), NULL);
    boot.error_handler_reporting = EG(user_error_handler_error_reporting);
    boot.error_reporting = EG(error_reporting);
    boot.ticks = BG(user_tick_functions) ? (uint32_t)zend_llist_count(BG(user_tick_functions)) : 0;
    keep_streams();
    know(&boot.filter, "filter");
    stop(&boot.filter); /* the first request's sapi_activate() would forget the boot's variables, not free
                           them */
    know(&boot.random, "random");
    keep_session();
    keep_libxml();
    keep_mbstring();
    keep_assert();
    forget_last_error(); /* the boot's would be the first request's */
    boot.openssl_error_string = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("openssl_error_string"));
}

void php_lyger_boot_restore(void)
{
    zend_ini_deactivate();
    EG(error_reporting) = boot.error_reporting;
    restore_all_handlers();
    restore_locale();
    restore_timezone();
    restore_process();
    restore_streams();
    restore_libxml();
    restore_mbstring();
    restore_openssl();
    restore_assert();
    forget_small_things();
}

static void forget_image(extension *of)
{
    if (of->image) {
        efree(of->image);
    }
    memset(of, 0, sizeof *of);
}

static void forget_handlers(handlers *of)
{
    zval_ptr_dtor(&of->current);
    for (uint32_t i = 0; i < of->count; i++) {
        zval_ptr_dtor(&of->replaced[i]);
    }
    if (of->replaced) {
        efree(of->replaced);
    }
    if (of->reporting) {
        efree(of->reporting);
    }
    memset(of, 0, sizeof *of);
}

static void forget_session_handlers(void)
{
    for (size_t i = 0; boot.session_handlers && i < SESSION_HANDLERS; i++) {
        zval_ptr_dtor(&boot.session_handlers[i]);
    }
    if (boot.session_handlers) {
        efree(boot.session_handlers);
        boot.session_handlers = NULL;
    }
}

/* What was copied only to compare with it. */
static void forget_copies(void)
{
    forget_session_handlers();
    forget_image(&boot.session);
    forget_image(&boot.libxml);
    forget_image(&boot.filter);
    forget_image(&boot.random);
    forget_handlers(&boot.errors);
    forget_handlers(&boot.exceptions);
    drop_table(&boot.wrapper_copy);
    efree(boot.locale);
    if (boot.timezone) {
        efree(boot.timezone);
    }
    if (boot.ctype) {
        zend_string_release(boot.ctype);
    }
#ifdef HAS_MBSTRING
    if (boot.mbstring) {
        efree((void *)boot.mbstring_image.detect_order_list);
        boot.mbstring = NULL;
    }
#endif
}

void php_lyger_boot_release(void)
{
    if (!boot.kept) {
        return;
    }
    boot.kept = false;
    forget_copies();
    release_ini();
    if (!php_lyger_serving.loop) {
        if (BG(user_shutdown_function_names)) {
            php_free_shutdown_functions();
        }
        BG(user_shutdown_function_names) = boot.shutdown_functions;
    }
    zend_hash_destroy(&BG(putenv_ht));
    BG(putenv_ht) = boot.environment;
    if (BG(umask) == -1) {
        BG(umask) = boot.bg_umask;
    }
    BG(locale_changed) = BG(locale_changed) || boot.locale_changed;
}
