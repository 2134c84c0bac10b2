/*
 * What makes the command line's PHP the SAPI "lyger": its name, the functions that web SAPIs have, its
 * settings.
 *
 * `lyger serve` executes PHP with lyger.serve=1. Then the module's start makes the change, before the first
 * file of the application, preloaded ones included, is compiled. A plain script that calls
 * lyger_start_server() becomes a server at run time: code that was compiled before may have "cli" in the
 * place of PHP_SAPI, and keeps it.
 */
#include "php_worker.h"

#include "php_ini.h"
#include "SAPI.h"
#include "zend_constants.h"
#include "zend_ini_scanner.h"

#include <stdlib.h>
#include <unistd.h>

#define NAME "lyger"
#define CLI "cli"
#define MEMORY_LIMIT ((size_t)128 << 20) /* bytes, of a worker whose PHP has no limit */
#define MEMORY_LIMIT_TEXT "128M"

static struct {
    bool command_line;      /* PHP was started as the command line's, whatever its SAPI is called by now */
    bool ours[10];          /* which of the functions are registered */
    zend_string *name;      /* interned for good */
    sapi_module_struct was; /* the former names */
    zval constant;          /* the former value of PHP_SAPI */
    zend_result (*next_post_startup)(void);
} web;

/* ---- the name ---- */

/* Sets the constant PHP_SAPI, which compiled code holds, and the SAPI's name, which php_sapi_name() looks
 * up. */
static void set_name(char *name, char *pretty_name, const zval *constant)
{
    zend_constant *found = zend_hash_str_find_ptr(EG(zend_constants), ZEND_STRL("PHP_SAPI"));
    sapi_module.name = name;
    sapi_module.pretty_name = pretty_name;
    if (found) {
        ZVAL_COPY_VALUE(&found->value, constant);
    }
}

static void take_name(void)
{
    static char name[] = NAME, pretty_name[] = "lyger HTTP server";
    zval constant;
    ZVAL_INTERNED_STR(&constant, web.name);
    set_name(name, pretty_name, &constant);
}

static bool has_name(void)
{
    return strcmp(sapi_module.name, NAME) == 0;
}

/*
 * Runs when opcache has decided whether it works under the SAPI's name, and is about to preload. As root
 * opcache demands opcache.preload_user of every SAPI but the command line's; without that setting the SAPI
 * gets its name only with the request, and preloaded code has the constant.
 */
static zend_result post_startup(void)
{
    const char *user = INI_STR("opcache.preload_user");
    char *name = sapi_module.name, *pretty_name = sapi_module.pretty_name;
    take_name();
    if (geteuid() == 0 && !(user && *user)) {
        sapi_module.name = name;
        sapi_module.pretty_name = pretty_name;
    }
    return web.next_post_startup ? web.next_post_startup() : SUCCESS;
}

bool php_lyger_web_is_possible(void)
{
    return web.command_line;
}

/* ---- functions ---- */

static ZEND_FUNCTION(finish_request)
{
    ZEND_PARSE_PARAMETERS_NONE();

    RETURN_BOOL(php_lyger_request_finish());
}

static ZEND_FUNCTION(request_headers)
{
    ZEND_PARSE_PARAMETERS_NONE();

    php_lyger_data_headers(return_value);
}

/* Adds a field of the answer, "Name: value"; of several with one name the last one is seen. */
static void add_answer_field(void *field, void *fields)
{
    const sapi_header_struct *header = field;
    const char *colon = memchr(header->header, ':', header->header_len);
    size_t len = colon ? (size_t)(colon - header->header) : 0, from = len + 1;
    while (len > 0 && (header->header[len - 1] == ' ' || header->header[len - 1] == '\t')) {
        len--;
    }
    while (from < header->header_len && (header->header[from] == ' ' || header->header[from] == '\t')) {
        from++;
    }
    if (len > 0) {
        zval value;
        ZVAL_STRINGL(&value, header->header + from, header->header_len - from);
        zend_symtable_str_update(fields, header->header, len, &value);
    }
}

static ZEND_FUNCTION(response_headers)
{
    ZEND_PARSE_PARAMETERS_NONE();

    array_init(return_value);
    zend_llist_apply_with_argument(&SG(sapi_headers).headers, add_answer_field, Z_ARRVAL_P(return_value));
}

/*
 * FrankenPHP's function, which Symfony's sendEarlyHints() calls when it is there. A status from 100 to 199 is
 * an interim answer, with another one it sends the head as it stands. The results are FrankenPHP's too:
 * those of SAPI for an interim answer, SUCCESS or FAILURE of PHP for the head.
 */
static ZEND_FUNCTION(headers_send)
{
    zend_long status = 103;

    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(status)
    ZEND_PARSE_PARAMETERS_END();
    if (status < 100 || status > 599 || status == 101) { /* 101 would end HTTP on the connection */
        zend_argument_value_error(1, "must be a status between 100 and 599, but not 101");
        RETURN_THROWS();
    }
    if (status < 200) {
        RETURN_LONG(php_lyger_answer_interim((int)status) ? SAPI_HEADER_SENT_SUCCESSFULLY
                                                          : SAPI_HEADER_SEND_FAILED);
    }
    if (!php_lyger_current.hub) { /* while booting: there is no client */
        RETURN_LONG(FAILURE);
    }
    if (!SG(headers_sent)) {
        SG(sapi_headers).http_response_code = (int)status;
    }
    RETURN_LONG(sapi_send_headers());
}

ZEND_FUNCTION(lyger_handle_request);
ZEND_FUNCTION(frankenphp_log); /* php_log.c */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_log, 0, 1, IS_VOID, 0)
ZEND_ARG_TYPE_INFO(0, message, IS_STRING, 0)
ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, level, IS_LONG, 0, "0")
ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, context, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_headers_send, 0, 0, IS_LONG, 0)
ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, status, IS_LONG, 0, "103")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_request_headers, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_finish_request, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_handle_request, 0, 1, _IS_BOOL, 0)
ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 0)
ZEND_END_ARG_INFO()

/* A function entry whose name is not that of its C function; ZEND_RAW_FENTRY() takes more arguments since
 * 8.4. */
#define ENTRY(name, function, arguments)                                                                     \
    {                                                                                                        \
        .fname = name, .handler = ZEND_FN(function), .arg_info = arguments,                                  \
        .num_args = sizeof arguments / sizeof *arguments - 1                                                 \
    }

/* The first functions are for applications that use FPM's, or FrankenPHP's where they find it. They exist in
 * servers only, because applications take their existence for a sign of one. */
static const zend_function_entry functions[] = {
    ENTRY("fastcgi_finish_request", finish_request, arginfo_finish_request),
    ENTRY("getallheaders", request_headers, arginfo_request_headers),
    ENTRY("apache_request_headers", request_headers, arginfo_request_headers),
    ENTRY("apache_response_headers", response_headers, arginfo_request_headers),
    ENTRY("headers_send", headers_send, arginfo_headers_send),
    ENTRY("frankenphp_handle_request", lyger_handle_request, arginfo_handle_request),
    ENTRY("frankenphp_finish_request", finish_request, arginfo_finish_request),
    ENTRY("frankenphp_request_headers", request_headers, arginfo_request_headers),
    ENTRY("frankenphp_response_headers", response_headers, arginfo_request_headers),
    ENTRY("frankenphp_log", frankenphp_log, arginfo_log),
};
#define FUNCTIONS (sizeof functions / sizeof *functions)
#define FRANKENPHP 5 /* index of FrankenPHP's first function */

/* Whether the administrator disabled a function of that name. PHP itself only removes functions that exist at
 * its start. */
static bool is_disabled(const char *name)
{
    const char *at = INI_STR("disable_functions");
    size_t len = strlen(name);
    while (at && *at) {
        size_t have = strcspn(at, " ,");
        if (have == len && strncasecmp(at, name, len) == 0) {
            return true;
        }
        at += have;
        at += strspn(at, " ,");
    }
    return false;
}

/* Every function has a module: opcache's optimizer asks it how long the function lives. */
static bool register_one(const zend_function_entry *entry, int type)
{
    const zend_function_entry one[] = {*entry, ZEND_FE_END};
    zend_module_entry *current = EG(current_module);
    EG(current_module) = zend_hash_str_find_ptr(&module_registry, ZEND_STRL("lyger"));
    bool added = zend_register_functions(NULL, one, CG(function_table), type) == SUCCESS;
    EG(current_module) = current;
    return added;
}

/* Adds functions one by one: another extension, or the application, may already have one of them. */
static void add_functions(size_t first, size_t end, int type)
{
    for (size_t i = first; i < end; i++) {
        const char *name = functions[i].fname;
        if (!is_disabled(name) && !zend_hash_str_exists(CG(function_table), name, strlen(name))) {
            web.ours[i] = register_one(&functions[i], type);
        }
    }
}

static void remove_functions(size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const zend_function_entry one[] = {functions[i], ZEND_FE_END};
        if (web.ours[i]) {
            zend_unregister_functions(one, 1, CG(function_table));
            web.ours[i] = false;
        }
    }
}

/* FrankenPHP's names of the levels of its log (Go's log/slog has the numbers). */
static void add_constants(void)
{
    const zend_module_entry *module = zend_hash_str_find_ptr(&module_registry, ZEND_STRL("lyger"));
    static const struct {
        const char *name;
        zend_long level;
    } levels[] = {{"FRANKENPHP_LOG_LEVEL_DEBUG", -4},
                  {"FRANKENPHP_LOG_LEVEL_INFO", 0},
                  {"FRANKENPHP_LOG_LEVEL_WARN", 4},
                  {"FRANKENPHP_LOG_LEVEL_ERROR", 8}};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        zend_register_long_constant(levels[i].name, strlen(levels[i].name), levels[i].level, CONST_PERSISTENT,
                                    module->module_number);
    }
}

/* ---- settings ---- */

/* Switches opcache on for the server: by its default opcache serves web SAPIs, but it sees the command
 * line's. A setting in php.ini or on the command line counts more. */
static void want_opcache(void)
{
    zval on;
    ZVAL_NEW_STR(&on, zend_string_init(ZEND_STRL("1"), true));
    if (!zend_hash_str_add(php_ini_get_configuration_hash(), ZEND_STRL("opcache.enable_cli"), &on)) {
        zend_string_free(Z_STR(on));
    }
}

/*
 * Settings that web SAPIs take from php.ini, but that PHP's command line has overwritten with its own values
 * in the only table of them: so the files are read a second time. Sections of php.ini for one path or host
 * are passed over.
 */
extern char *php_ini_opened_path, *php_ini_scanned_files; /* of main/php_ini.c, declared by no header */

static struct {
    const char *name;
    const char *without; /* the value where php.ini says nothing, while an application stays loaded … */
    const char *own;     /* … and PHP's own, in the script form */
    bool is_said;
    char said[32];
} from_php_ini[] = {{.name = "html_errors", .without = "1", .own = "1"},
                    {.name = "implicit_flush", .without = "0", .own = "0"},
                    {.name = "output_buffering", .without = "0", .own = "0"},
                    {.name = "max_execution_time", .without = "0", .own = "30"}};

static void keep_what_is_said(zval *name, zval *value, zval *index, int kind, void *special)
{
    const char *text = name ? Z_STRVAL_P(name) : "";
    if (kind == ZEND_INI_PARSER_SECTION) {
        *(bool *)special = strncasecmp(text, "path", 4) == 0 || strncasecmp(text, "host", 4) == 0;
    }
    if (kind != ZEND_INI_PARSER_ENTRY || *(bool *)special || !value || Z_TYPE_P(value) != IS_STRING) {
        return;
    }
    for (size_t i = 0; i < sizeof from_php_ini / sizeof *from_php_ini; i++) {
        if (strcmp(text, from_php_ini[i].name) == 0 && Z_STRLEN_P(value) < sizeof from_php_ini[i].said) {
            from_php_ini[i].is_said = true;
            memcpy(from_php_ini[i].said, Z_STRVAL_P(value), Z_STRLEN_P(value) + 1);
        }
    }
}

static void read_ini_file(const char *path)
{
    zend_file_handle handle;
    bool special = false;
    FILE *file = fopen(path, "r");
    if (file) {
        zend_stream_init_fp(&handle, file, path);
        zend_parse_ini_file(&handle, true, ZEND_INI_SCANNER_NORMAL, keep_what_is_said, &special);
        zend_destroy_file_handle(&handle);
    }
}

/* Reads php.ini with the rights of the user that started the server: the user that serves may not be allowed
 * to. */
static void read_php_ini(void)
{
    for (size_t i = 0; i < sizeof from_php_ini / sizeof *from_php_ini; i++) {
        from_php_ini[i].is_said = false;
    }
    if (php_ini_opened_path) {
        read_ini_file(php_ini_opened_path);
    }
    char *rest = NULL, *files = php_ini_scanned_files ? estrdup(php_ini_scanned_files) : NULL;
    for (char *path = files ? strtok_r(files, ",\n", &rest) : NULL; path;
         path = strtok_r(NULL, ",\n", &rest)) {
        read_ini_file(path);
    }
    if (files) {
        efree(files);
    }
}

/* Whether -d sets it. PHP's own settings for the command line come first in the text that is searched. */
static bool is_typed(const char *name)
{
    static const char *const own[] = {"html_errors", "register_argc_argv", "implicit_flush",
                                      "output_buffering", "max_execution_time"};
    const char *at = sapi_module.ini_entries;
    size_t len = strlen(name);
    int found = 0;
    while (at && *at) {
        found += strncmp(at, name, len) == 0 && (at[len] == '=' || at[len] == ' ');
        at = strchr(at, '\n');
        at += at ? 1 : 0;
    }
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        found -= strcmp(name, own[i]) == 0;
    }
    return found > 0;
}

/* Sets a web server's default, unless the command line or the application (ini_set()) has set the value. */
static void set_default(const char *name, const char *value)
{
    zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), name, strlen(name));
    if (entry && !entry->modified && !is_typed(name)) {
        zend_alter_ini_entry_chars(entry->name, value, strlen(value), PHP_INI_SYSTEM, PHP_INI_STAGE_RUNTIME);
    }
}

/* Sets memory_limit to PHP's own default when there is none. An application that is large when it has booted
 * gets as much again. */
static void limit_memory(void)
{
    char limit[32];
    size_t used = zend_memory_usage(true) * 2;
    snprintf(limit, sizeof limit, "%zu", used > MEMORY_LIMIT ? used : MEMORY_LIMIT);
    if (PG(memory_limit) <= 0) {
        set_default("memory_limit", used > MEMORY_LIMIT ? limit : MEMORY_LIMIT_TEXT);
    }
}

/* Sets the web server's defaults. register_argc_argv is off: argv would be what a client writes into its
 * query string. */
void php_lyger_web_settings(void)
{
    for (size_t i = 0; i < sizeof from_php_ini / sizeof *from_php_ini; i++) {
        set_default(from_php_ini[i].name,
                    from_php_ini[i].is_said ? from_php_ini[i].said : from_php_ini[i].without);
    }
    set_default("register_argc_argv", "0");
    limit_memory();
    PG(during_request_startup) = false;
}

/* Sets the value that every request begins with, as php.ini does. */
static void set_for_all(const char *name, const char *value)
{
    zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), name, strlen(name));
    if (!entry || is_typed(name)) {
        return;
    }
    zend_string *text = zend_string_init(value, strlen(value), true);
    GC_MAKE_PERSISTENT_LOCAL(text);
    if (entry->on_modify && entry->on_modify(entry, text, entry->mh_arg1, entry->mh_arg2, entry->mh_arg3,
                                             ZEND_INI_STAGE_STARTUP) != SUCCESS) {
        zend_string_release(text);
        return;
    }
    if (entry->value) {
        zend_string_release(entry->value);
    }
    entry->value = text;
}

void php_lyger_web_settings_for_all(void)
{
    for (size_t i = 0; i < sizeof from_php_ini / sizeof *from_php_ini; i++) {
        set_for_all(from_php_ini[i].name,
                    from_php_ini[i].is_said ? from_php_ini[i].said : from_php_ini[i].own);
    }
    set_for_all("register_argc_argv", "0");
    if (PG(memory_limit) < 1) {
        set_for_all("memory_limit", MEMORY_LIMIT_TEXT);
    }
}

/* ---- life ---- */

LYGER_AT_START void php_lyger_web_module_start(void)
{
    const php_lyger_server_globals *settings = &LYGER_G(server);
    web.command_line = strcmp(sapi_module.name, CLI) == 0;
    if (!web.command_line) {
        return;
    }
    web.name = zend_string_init_interned(ZEND_STRL(NAME), true);
    if (settings->serve || settings->frankenphp_api) {
        setenv("FRANKENPHP_WORKER", "1", 0); /* applications ask the environment whether they run there */
        add_functions(FRANKENPHP, FUNCTIONS, MODULE_PERSISTENT);
        add_constants();
    }
    if (settings->serve) {
        add_functions(0, FRANKENPHP, MODULE_PERSISTENT);
        want_opcache();
        web.next_post_startup = zend_post_startup_cb;
        zend_post_startup_cb = post_startup;
    }
}

LYGER_AT_START void php_lyger_web_module_stop(void)
{
    remove_functions(0, FUNCTIONS);
}

LYGER_AT_START void php_lyger_web_request_start(void)
{
    if (UNEXPECTED(LYGER_G(server).serve) && web.command_line && !has_name()) {
        take_name();
    }
}

void php_lyger_web_begin(bool loop)
{
    if (LYGER_G(server).serve && !loop && !LYGER_G(server).frankenphp_api) {
        unsetenv("FRANKENPHP_WORKER"); /* a handler that runs Symfony's front controller is no loop */
    }
    zend_constant *constant = zend_hash_str_find_ptr(EG(zend_constants), ZEND_STRL("PHP_SAPI"));
    read_php_ini();
    if (has_name()) {
        return;
    }
    web.was = sapi_module;
    ZVAL_COPY_VALUE(&web.constant, constant ? &constant->value : &EG(uninitialized_zval));
    take_name();
    add_functions(0, FRANKENPHP, MODULE_TEMPORARY);
}

void php_lyger_web_end(void)
{
    if (web.was.name) {
        set_name(web.was.name, web.was.pretty_name, &web.constant);
        web.was.name = NULL;
        remove_functions(0, FRANKENPHP);
    }
}
