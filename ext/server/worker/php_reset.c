/*
 * Resets what a request must not leave behind for the next request, which may be another user's.
 *
 * The application is kept on purpose: classes, functions, constants, globals, static variables, autoloaders,
 * open files. Everything else that PHP resets at the end of a request goes back to its state when the
 * application had booted. What an application changes while it boots stays, as if it were in php.ini.
 *
 * Most requests change nothing, and then each item costs a comparison.
 */
#include "php_worker.h"
#include "lyger_compat.h"

#include "php_ini.h"
#include "php_output.h"
#include "SAPI.h"
#include "ext/date/php_date.h"
#include "ext/json/php_json.h"
#include "ext/pcre/php_pcre.h"
#include "ext/standard/basic_functions.h"
#include "ext/standard/file.h"
#include "ext/standard/php_filestat.h"
#include "ext/standard/url_scanner_ex.h"

#include <locale.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

/* Error and exception handlers: the current one and the stack of replaced ones. */
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
    bool has_log;
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
    HashTable carried; /* schemes that a request has registered */
    bool has_filters;
    php_stream_context *context;
    zend_date_globals *date;
} boot;

/* ---- settings ---- */

/*
 * A setting that was changed while booting gets its new value as its original value, so that the end of a
 * request, and ini_restore(), go back to that and no further.
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

/* Gives the settings that the boot changed back to PHP, which frees their values itself, as those of an
 * ordinary script. */
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
    if (BG(umask) != -1) {
        umask(boot.umask);
        BG(umask) = -1;
    }
    if (UNEXPECTED(php_lyger_take_heard(PHP_LYGER_HEARD_DIRECTORY)) && chdir(boot.directory) != 0) {
        sapi_module.sapi_error(E_WARNING, "The directory %s is gone", boot.directory);
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

/*
 * A wrapper of a new scheme stays, as its class does: libraries note in static variables that they have
 * registered theirs. A later request may register such a scheme again, as if it were the first.
 */
static zif_handler register_wrapper; /* PHP's stream_wrapper_register() */

static ZEND_FUNCTION(register_wrapper_again)
{
    zval *scheme = ZEND_NUM_ARGS() >= 2 ? ZEND_CALL_ARG(execute_data, 1) : NULL, ignored;
    if (scheme && Z_TYPE_P(scheme) == IS_STRING && zend_hash_exists(&boot.carried, Z_STR_P(scheme))) {
        zend_hash_del(&boot.carried, Z_STR_P(scheme));
        boot.wrappers = UINT32_MAX; /* the table may have as many entries as before */
        php_lyger_call("stream_wrapper_unregister", &ignored, scheme);
    }
    register_wrapper(execute_data, return_value);
}

static void hear_wrappers(void)
{
    register_wrapper = php_lyger_replace("stream_wrapper_register", ZEND_FN(register_wrapper_again));
    php_lyger_replace("stream_register_wrapper", ZEND_FN(register_wrapper_again)); /* an alias */
}

static void forget_wrappers(void)
{
    php_lyger_replace("stream_wrapper_register", register_wrapper);
    php_lyger_replace("stream_register_wrapper", register_wrapper);
}

static HashTable *wrappers_of_the_boot(void)
{
    return boot.wrapper_copy ? boot.wrapper_copy : php_stream_get_url_stream_wrappers_hash_global();
}

/* Makes the table of wrappers anew: those of the boot, and those of new schemes. */
static void restore_wrappers(void)
{
    zend_string *name;
    php_stream_wrapper *wrapper;
    HashTable *now = FG(stream_wrappers);
    if (EXPECTED(entries(now) == boot.wrappers)) {
        return;
    }
    zend_hash_clean(&boot.carried);
    ALLOC_HASHTABLE(FG(stream_wrappers));
    zend_hash_init(FG(stream_wrappers), 8, NULL, NULL, 0);
    zend_hash_copy(FG(stream_wrappers), wrappers_of_the_boot(), NULL);
    ZEND_HASH_FOREACH_STR_KEY_PTR(now, name, wrapper)
    if (name && zend_hash_add_ptr(FG(stream_wrappers), name, wrapper)) {
        zend_hash_add_empty_element(&boot.carried, name);
    }
    ZEND_HASH_FOREACH_END();
    drop_table(&now);
    boot.wrappers = entries(FG(stream_wrappers));
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

/* Closes the syslog that a request opened, when the application had not opened one while booting; its name
 * and options, which closelog() leaves, are reset too, or the next request's messages would have them. */
static void close_log(void)
{
    if (UNEXPECTED(BG(syslog_device) && !boot.has_log)) {
        openlog(NULL, 0, LOG_USER);
        closelog();
        free(BG(syslog_device));
        BG(syslog_device) = NULL;
    }
}

static void forget_small_things(void)
{
    forget_last_error();
    close_log();
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
    boot.has_log = BG(syslog_device) != NULL;
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
    boot.date = php_lyger_globals_of("date");
    boot.timezone = boot.date->timezone ? estrdup(boot.date->timezone) : NULL;
}

static void keep_streams(void)
{
    boot.wrappers = entries(FG(stream_wrappers));
    if (FG(stream_wrappers)) {
        boot.wrapper_copy = zend_array_dup(FG(stream_wrappers));
    }
    zend_hash_init(&boot.carried, 8, NULL, NULL, 0);
    hear_wrappers();
    boot.has_filters = FG(stream_filters) || BG(user_filter_map);
    boot.context = FG(default_context);
}

void php_lyger_boot_keep(void)
{
    boot.kept = true;
    php_lyger_memory_keep();
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
    php_lyger_extensions_keep();
    forget_last_error(); /* otherwise the first request would see the boot's last error */
}

void php_lyger_boot_call_shutdown_functions(void)
{
    HashTable *own = BG(user_shutdown_function_names);
    if (!boot.shutdown_functions) {
        return;
    }
    BG(user_shutdown_function_names) = boot.shutdown_functions;
    boot.shutdown_functions = NULL;
    php_call_shutdown_functions();
    php_free_shutdown_functions();
    BG(user_shutdown_function_names) = own;
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
    php_lyger_extensions_restore();
    forget_small_things();
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

/* Frees the copies that were made only to be compared. */
static void forget_copies(void)
{
    php_lyger_extensions_release();
    forget_handlers(&boot.errors);
    forget_handlers(&boot.exceptions);
    drop_table(&boot.wrapper_copy);
    zend_hash_destroy(&boot.carried);
    forget_wrappers();
    efree(boot.locale);
    if (boot.timezone) {
        efree(boot.timezone);
    }
    if (boot.ctype) {
        zend_string_release(boot.ctype);
    }
}

LYGER_AT_START void php_lyger_boot_release(void)
{
    if (!boot.kept) {
        return;
    }
    boot.kept = false;
    php_lyger_memory_release();
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
