/*
 * Options of a call, of the environment and of `lyger serve`, read into a lyger_server_config.
 */
#include "php_worker.h"
#include "lyger_error.h"
#include "lyger_ini.h"
#include "server/sendfile_places.h"

#include "SAPI.h"
#include "zend_exceptions.h"
#include "zend_smart_str.h"
#include "main/fopen_wrappers.h"
#include "ext/json/php_json.h"
#include "ext/json/php_json_parser.h"

#include <math.h>
#include <stddef.h>

typedef enum kind {
    TEXT,    /* const char *, null or "" for none */
    PATH,    /* a TEXT that is a path within open_basedir, or "-" */
    PLACES,  /* a TEXT as sendfile_places.h has it, with directories within open_basedir */
    COUNT,   /* uint32_t */
    SECONDS, /* uint32_t of milliseconds, given as int or float */
    BYTES,   /* uint64_t, given as int or as "8M" */
    BYTES32, /* uint32_t */
    MODE,    /* uint32_t of permissions, given as int or as "0660" */
    FLAG,    /* bool */
    FORMAT,  /* access_log_format */
    WORKERS, /* uint32_t workers, and workers_least where a text such as "2..16" is given */
} kind;

typedef struct option {
    const char *name;
    kind kind;
    size_t at;
    double least, most; /* limits of numbers, in the caller's unit */
} option;

#define AT(member) offsetof(lyger_server_config, member)
#define DAY 86400.0 /* seconds */
#define MUCH 1e15   /* bytes */

/* In the order of the documentation; names of sizes and times are those that PHP's users know. */
static const option options[] = {
    {"host", TEXT, AT(host), 0, 0},
    {"port", COUNT, AT(port), 0, 65535},
    {"backlog", COUNT, AT(backlog), 1, 65535},
    {"reuse_port", FLAG, AT(reuse_port), 0, 0},
    {"socket_mode", MODE, AT(socket_mode), 0, 0777},
    {"user", TEXT, AT(user), 0, 0},
    {"group", TEXT, AT(group), 0, 0},
    {"workers", WORKERS, AT(workers), 1, LYGER_HUB_WORKERS_MAX / 2 - 4},
    {"max_requests", COUNT, AT(max_requests), 0, 4e9},
    {"max_requests_jitter", COUNT, AT(max_requests_jitter), 0, 4e9},
    {"memory_limit", BYTES, AT(memory_limit), 0, MUCH},
    {"request_timeout", SECONDS, AT(request_timeout), 0, DAY},
    {"kill_timeout", SECONDS, AT(kill_timeout), 0.001, DAY},
    {"queue_limit", COUNT, AT(queue_limit), 0, 64000},
    {"grace", SECONDS, AT(grace), 0, DAY},
    {"boot_timeout", SECONDS, AT(boot_timeout), 0.001, DAY},
    {"cancel_on_disconnect", FLAG, AT(cancel_on_disconnect), 0, 0},
    {"max_connections", COUNT, AT(http.max_connections), 1, 1048576},
    {"max_request_line", BYTES32, AT(http.limits.request_line), 64, 1 << 20},
    {"max_head", BYTES32, AT(http.limits.head), 256, 1 << 19},
    {"max_fields", COUNT, AT(http.limits.fields), 1, LYGER_HTTP_FIELDS_MAX},
    {"max_body_size", BYTES, AT(http.max_body), 0, MUCH},
    {"body_in_memory", BYTES, AT(body_in_memory), 0, MUCH},
    {"body_directory", PATH, AT(body_directory), 0, 0},
    {"response_buffer", BYTES, AT(response_buffer), 4096, 1 << 30},
    {"response_spool", BYTES, AT(response_spool), 0, MUCH},
    {"spool_limit", BYTES, AT(spool_limit), 0, MUCH},
    {"connection_memory", BYTES, AT(http.memory), 1 << 20, 1e12},
    {"header_timeout", SECONDS, AT(http.header_timeout), 0.001, DAY},
    {"body_timeout", SECONDS, AT(http.body_timeout), 0.001, DAY},
    {"body_rate", BYTES32, AT(http.body_rate), 1, 1 << 30},
    {"idle_timeout", SECONDS, AT(http.idle_timeout), 0.001, DAY},
    {"write_timeout", SECONDS, AT(http.write_timeout), 0.001, DAY},
    {"document_root", PATH, AT(document_root), 0, 0},
    {"index", TEXT, AT(index), 0, 0},
    {"front", TEXT, AT(front), 0, 0},
    {"follow_symlinks", FLAG, AT(follow_symlinks), 0, 0},
    {"sendfile", PLACES, AT(sendfile_places), 0, 0},
    {"static_caching", TEXT, AT(static_caching), 0, 0},
    {"compress", FLAG, AT(compress), 0, 0},
    {"trust_proxy", TEXT, AT(trust_proxy), 0, 0},
    {"health_path", TEXT, AT(health_path), 0, 0},
    {"metrics_path", TEXT, AT(metrics_path), 0, 0},
    {"metrics_public", FLAG, AT(metrics_public), 0, 0},
    {"status_path", TEXT, AT(status_path), 0, 0},
    {"access_log", PATH, AT(access_log), 0, 0},
    {"access_log_format", FORMAT, AT(access_log_format), 0, 0},
    {"pid_file", PATH, AT(pid_file), 0, 0},
    {"watch", PATH, AT(watch), 0, 0},
    {"browser_reload", FLAG, AT(browser_reload), 0, 0},
    {"name", TEXT, AT(name), 0, 0},
    {"check_only", FLAG, AT(check_only), 0, 0},
};
#define OPTION_COUNT (sizeof options / sizeof *options)

/* Where options come from: argument 3, or LYGER_OPTIONS, which `lyger serve` fills too. */
typedef struct source {
    bool environment;
    const HashTable *typed; /* from `lyger serve`: an option's name => what was typed for it; else NULL */
} source;

static const char *typed_as(const source *from, const char *name)
{
    const zval *typed = from->typed ? zend_hash_str_find(from->typed, name, strlen(name)) : NULL;
    return typed && Z_TYPE_P(typed) == IS_STRING ? Z_STRVAL_P(typed) : NULL;
}

/* Refuses an option in the words of the place where it was given: a command's option as it was typed, a
 * call's in PHP's own words. Always false. */
static bool refuse(const source *from, zend_class_entry *class_entry, const char *name, const char *rule,
                   const char *given)
{
    const char *typed = typed_as(from, name);
    if (typed) {
        zend_throw_exception_ex(php_lyger_throwable(php_lyger_exception.server), 0, "%s %s, %s given", typed,
                                rule, given);
    } else if (from->environment) {
        zend_throw_exception_ex(php_lyger_throwable(php_lyger_exception.server), 0,
                                "The environment variable LYGER_OPTIONS: option \"%s\" %s, %s given", name,
                                rule, given);
    } else {
        zend_argument_error(class_entry, 3, "%s for option \"%s\", %s given", rule, name, given);
    }
    return false;
}

/* Refuses a value: names the value as it was given, or, where its type is wrong, the type in PHP's own
 * words. */
static bool refuse_value(const source *from, zend_class_entry *class_entry, const option *option,
                         const char *rule, const zval *value)
{
    char given[160];
    if (!from->environment && class_entry == zend_ce_type_error) {
        return refuse(from, class_entry, option->name, rule, zend_zval_type_name(value));
    }
    switch (Z_TYPE_P(value)) {
    case IS_STRING:
        snprintf(given, sizeof given, Z_STRLEN_P(value) > 100 ? "\"%.100s…\"" : "\"%.100s\"",
                 Z_STRVAL_P(value));
        break;
    case IS_LONG:
        snprintf(given, sizeof given, ZEND_LONG_FMT, Z_LVAL_P(value));
        break;
    case IS_DOUBLE:
        snprintf(given, sizeof given, "%.15g", Z_DVAL_P(value));
        break;
    case IS_TRUE: /* from `lyger serve`: an option without "=" */
        strcpy(given, typed_as(from, option->name) ? "nothing" : "true");
        break;
    default:
        snprintf(given, sizeof given, "%s", zend_zval_type_name(value));
    }
    return refuse(from, class_entry, option->name, rule, given);
}

/* How many letters differ, as far as a slip of the finger goes (Levenshtein's distance, cut off). */
static size_t distance(const char *one, const char *other)
{
    size_t row[32], len = strlen(other);
    if (len >= sizeof row / sizeof *row) {
        return len;
    }
    for (size_t k = 0; k <= len; k++) {
        row[k] = k;
    }
    for (size_t i = 0; one[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t k = 1; k <= len; k++) {
            size_t replaced = diagonal + (one[i] != other[k - 1]);
            diagonal = row[k];
            row[k] = MIN(replaced, MIN(row[k], row[k - 1]) + 1);
        }
    }
    return row[len];
}

/* Appends an option's name, with dashes as a command has it. */
static void append_name(smart_str *to, const char *name, bool dashes)
{
    smart_str_appends(to, dashes ? "--" : "\"");
    for (; *name; name++) {
        smart_str_appendc(to, dashes && *name == '_' ? '-' : *name);
    }
    smart_str_appends(to, dashes ? "" : "\"");
}

static bool refuse_unknown(const source *from, const char *name)
{
    const char *typed = typed_as(from, name);
    smart_str more = {0};
    for (size_t i = 0; i < OPTION_COUNT && !more.s; i++) {
        if (distance(name, options[i].name) <= 2) {
            smart_str_appends(&more, "; did you mean ");
            append_name(&more, options[i].name, typed);
            smart_str_appendc(&more, '?');
        }
    }
    bool guessed = more.s != NULL;
    smart_str_appends(&more, typed && guessed ? ""
                             : typed          ? "; `lyger help` lists them"
                             : guessed        ? " Known are "
                                              : "; known are ");
    for (size_t i = 0; i < OPTION_COUNT && !typed; i++) {
        smart_str_appends(&more, i ? ", " : "");
        smart_str_appends(&more, options[i].name);
    }
    smart_str_0(&more);
    if (typed) {
        zend_throw_exception_ex(php_lyger_throwable(php_lyger_exception.server), 0, "there is no option %s%s",
                                typed, ZSTR_VAL(more.s));
    } else if (from->environment) {
        zend_throw_exception_ex(php_lyger_throwable(php_lyger_exception.server), 0,
                                "The environment variable LYGER_OPTIONS has the unknown option \"%s\"%s",
                                name, ZSTR_VAL(more.s));
    } else {
        zend_argument_value_error(3, "has the unknown option \"%s\"%s", name, ZSTR_VAL(more.s));
    }
    smart_str_free(&more);
    return false;
}

/* ---- values ---- */

static bool read_text(const source *from, const option *option, const zval *value, const char **to)
{
    if (Z_TYPE_P(value) == IS_NULL) {
        *to = NULL;
        return true;
    }
    if (Z_TYPE_P(value) != IS_STRING) {
        return refuse_value(from, zend_ce_type_error, option, "must be a string or null", value);
    }
    if (zend_str_has_nul_byte(Z_STR_P(value))) {
        return refuse(from, zend_ce_value_error, option->name, "must have no NUL byte", "one");
    }
    *to = Z_STRLEN_P(value) > 0 ? Z_STRVAL_P(value) : NULL;
    return true;
}

static bool read_path(const source *from, const option *option, const zval *value, const char **to)
{
    if (!read_text(from, option, value, to)) {
        return false;
    }
    if (!*to || strcmp(*to, "-") == 0 || php_check_open_basedir_ex(*to, 0) == 0) {
        return true;
    }
    return refuse_value(from, zend_ce_value_error, option, "must be a path within open_basedir", value);
}

static bool read_places(const source *from, const option *option, const zval *value, const char **to)
{
    char directory[LYGER_SENDFILE_PATH_SIZE];
    lyger_sendfile_place place;
    if (!read_text(from, option, value, to)) {
        return false;
    }
    for (const char *text = *to; lyger_sendfile_next(&text, &place);) {
        lyger_sendfile_directory(&place, directory);
        if (php_check_open_basedir_ex(directory, 0) != 0) {
            return refuse_value(from, zend_ce_value_error, option, "must be directories within open_basedir",
                                value);
        }
    }
    return true;
}

static bool in_range(const source *from, const option *option, double number, const zval *value)
{
    char rule[96];
    if (number >= option->least && number <= option->most) {
        return true;
    }
    /* A least value below one second only excludes 0, so it is printed with its digits. */
    snprintf(rule, sizeof rule, "must be between %.15g and %.0f%s", option->least, option->most,
             option->kind == SECONDS                            ? " seconds"
             : option->kind == BYTES || option->kind == BYTES32 ? " bytes"
                                                                : "");
    return refuse_value(from, zend_ce_value_error, option, rule, value);
}

static bool read_count(const source *from, const option *option, const zval *value, zend_long *number)
{
    if (Z_TYPE_P(value) != IS_LONG) {
        return refuse_value(from, zend_ce_type_error, option,
                            typed_as(from, option->name) ? "must be a whole number" : "must be an int",
                            value);
    }
    *number = Z_LVAL_P(value);
    return in_range(from, option, (double)*number, value);
}

/* Reads permissions as chmod(1) does: text is octal, with or without a leading 0; PHP's 0660 is an int
 * already. */
static bool read_mode(const source *from, const option *option, const zval *value, uint32_t *mode)
{
    zend_long number = -1;
    if (Z_TYPE_P(value) == IS_LONG) {
        number = Z_LVAL_P(value);
    } else if (Z_TYPE_P(value) == IS_STRING && Z_STRLEN_P(value) > 0 && Z_STRLEN_P(value) < 6 &&
               strspn(Z_STRVAL_P(value), "01234567") == Z_STRLEN_P(value)) {
        number = (zend_long)strtol(Z_STRVAL_P(value), NULL, 8);
    }
    if (number < 0 || number > 0777) {
        return refuse_value(from, zend_ce_value_error, option,
                            "must be permissions between 0 and 0777, such as 0660", value);
    }
    *mode = (uint32_t)number;
    return true;
}

static bool read_seconds(const source *from, const option *option, const zval *value, uint32_t *milliseconds)
{
    if (Z_TYPE_P(value) != IS_LONG && Z_TYPE_P(value) != IS_DOUBLE) {
        return refuse_value(from, zend_ce_type_error, option,
                            typed_as(from, option->name) ? "must be a number of seconds"
                                                         : "must be a number of seconds (int or float)",
                            value);
    }
    double seconds = zval_get_double((zval *)value);
    if (!in_range(from, option, seconds, value)) {
        return false;
    }
    *milliseconds = (uint32_t)ceil(seconds * 1000);
    return true;
}

static bool read_bytes(const source *from, const option *option, const zval *value, uint64_t *bytes)
{
    static const char rule[] = "must be a number of bytes, such as 65536, \"64K\" or \"8M\"";
    zend_long number;
    if (Z_TYPE_P(value) == IS_STRING) {
        if (!php_lyger_read_size(Z_STR_P(value), &number)) {
            return refuse_value(from, zend_ce_value_error, option, rule, value);
        }
    } else if (Z_TYPE_P(value) == IS_LONG) {
        number = Z_LVAL_P(value);
    } else {
        return refuse_value(from, zend_ce_type_error, option, rule, value);
    }
    *bytes = (uint64_t)number;
    return in_range(from, option, (double)number, value);
}

static bool read_format(const source *from, const option *option, const zval *value,
                        lyger_server_config *config)
{
    static const char *const names[] = {
        [LYGER_LOG_COMBINED] = "combined", [LYGER_LOG_JSON] = "json", [LYGER_LOG_TERMINAL] = "terminal"};
    for (size_t i = 0; Z_TYPE_P(value) == IS_STRING && i < sizeof names / sizeof *names; i++) {
        if (strcmp(Z_STRVAL_P(value), names[i]) == 0) {
            config->access_log_format = i;
            return true;
        }
    }
    return refuse_value(from, Z_TYPE_P(value) == IS_STRING ? zend_ce_value_error : zend_ce_type_error, option,
                        "must be \"combined\", \"json\" or \"terminal\"", value);
}

/* A number, or two with ".." between them. */
static bool read_workers(const source *from, const option *option, const zval *value,
                         lyger_server_config *config)
{
    zend_long number;
    const char *text = Z_TYPE_P(value) == IS_STRING ? Z_STRVAL_P(value) : "", *between = strstr(text, "..");
    char *end;
    config->workers_least = 0;
    if (!between) {
        if (!read_count(from, option, value, &number)) {
            return false;
        }
        config->workers = (uint32_t)number;
        return true;
    }
    zend_ulong least = strtoul(text, &end, 10), most = strtoul(between + 2, NULL, 10);
    bool digits = end == between && strspn(text, "0123456789.") == strlen(text) &&
                  strspn(between + 2, "0123456789") == strlen(between + 2);
    if (!digits || least < 1 || least > most || most > (zend_ulong)option->most) {
        char rule[96];
        snprintf(rule, sizeof rule, "must be a number, or two such as 2..16, between 1 and %.0f",
                 option->most);
        return refuse_value(from, zend_ce_value_error, option, rule, value);
    }
    config->workers_least = (uint32_t)least;
    config->workers = (uint32_t)most;
    return true;
}

static bool read_flag(const source *from, const option *option, const zval *value, bool *to)
{
    if (Z_TYPE_P(value) != IS_TRUE && Z_TYPE_P(value) != IS_FALSE) {
        return refuse_value(from, zend_ce_type_error, option, "must be true or false", value);
    }
    *to = Z_TYPE_P(value) == IS_TRUE;
    return true;
}

static bool read_number(const source *from, const option *option, const zval *value, void *to)
{
    zend_long number = 0;
    uint64_t bytes = 0;
    switch (option->kind) {
    case SECONDS:
        return read_seconds(from, option, value, to);
    case BYTES:
        return read_bytes(from, option, value, to);
    case BYTES32:
        if (!read_bytes(from, option, value, &bytes)) {
            return false;
        }
        *(uint32_t *)to = (uint32_t)bytes;
        return true;
    default:
        if (!read_count(from, option, value, &number)) {
            return false;
        }
        if (option->at == AT(port)) {
            *(uint16_t *)to = (uint16_t)number;
        } else {
            *(uint32_t *)to = (uint32_t)number;
        }
        return true;
    }
}

/* Converts a value that was typed, which is text, to the type that the option takes. */
static const zval *of_text(const option *option, const zval *value, zval *room)
{
    zend_long number;
    double fraction;
    if (Z_TYPE_P(value) != IS_STRING) {
        return value;
    }
    const char *text = Z_STRVAL_P(value);
    if (option->kind == COUNT || option->kind == SECONDS || option->kind == WORKERS) {
        switch (is_numeric_string(text, Z_STRLEN_P(value), &number, &fraction, false)) {
        case IS_LONG:
            ZVAL_LONG(room, number);
            return room;
        case IS_DOUBLE:
            ZVAL_DOUBLE(room, fraction);
            return room;
        }
    } else if (option->kind == FLAG) {
        bool yes = zend_ini_parse_bool(Z_STR_P(value));
        bool no = strcmp(text, "0") == 0 || strcmp(text, "off") == 0 || strcmp(text, "no") == 0 ||
                  strcmp(text, "false") == 0;
        if (yes || no) {
            ZVAL_BOOL(room, yes);
            return room;
        }
    } else if (strcmp(text, "null") == 0) {
        ZVAL_NULL(room);
        return room;
    }
    return value;
}

static bool read_option(const source *from, const option *option, const zval *value,
                        lyger_server_config *config)
{
    void *to = (char *)config + option->at;
    zval room;
    if (typed_as(from, option->name)) {
        value = of_text(option, value, &room);
    }
    switch (option->kind) {
    case TEXT:
        return read_text(from, option, value, to);
    case PATH:
        return read_path(from, option, value, to);
    case PLACES:
        return read_places(from, option, value, to);
    case FLAG:
        return read_flag(from, option, value, to);
    case MODE:
        return read_mode(from, option, value, to);
    case WORKERS:
        return read_workers(from, option, value, config);
    case FORMAT:
        return read_format(from, option, value, config);
    default:
        return read_number(from, option, value, to);
    }
}

static bool read_all(const source *from, HashTable *given, lyger_server_config *config)
{
    zend_ulong index;
    zend_string *name;
    zval *value;
    ZEND_HASH_FOREACH_KEY_VAL(given, index, name, value)
    const option *found = NULL;
    char number[24];
    if (from->environment && name && ZSTR_LEN(name) == 0) {
        continue;
    }
    for (size_t i = 0; name && !found && i < OPTION_COUNT; i++) {
        found = strcmp(options[i].name, ZSTR_VAL(name)) == 0 ? &options[i] : NULL;
    }
    if (!found) {
        snprintf(number, sizeof number, ZEND_LONG_FMT, (zend_long)index);
        return refuse_unknown(from, name ? ZSTR_VAL(name) : number);
    }
    ZVAL_DEREF(value);
    if (!read_option(from, found, value, config)) {
        return false;
    }
    ZEND_HASH_FOREACH_END();
    if (config->follow_symlinks && PG(open_basedir) && *PG(open_basedir)) {
        return refuse(from, zend_ce_value_error, "follow_symlinks", "must be false where open_basedir is set",
                      "true");
    }
    if (config->host && strncmp(config->host, "unix:", 5) == 0 &&
        php_check_open_basedir_ex(config->host + 5, 0) != 0) {
        return refuse(from, zend_ce_value_error, "host", "must be a path within open_basedir", config->host);
    }
    return true;
}

/* How the options of `lyger serve` were typed, which it puts under the name "". NULL: they do not come from
 * that command. */
static const HashTable *typed_options(const zval *environment)
{
    const zval *typed = Z_TYPE_P(environment) == IS_ARRAY
                            ? zend_hash_find(Z_ARRVAL_P(environment), ZSTR_EMPTY_ALLOC())
                            : NULL;
    return typed && Z_TYPE_P(typed) == IS_ARRAY ? Z_ARRVAL_P(typed) : NULL;
}

/* Reads the options in the environment into *to. */
static bool read_environment(zval *to, source *from)
{
    const char *text = getenv("LYGER_OPTIONS");
    if (!text || !*text) {
        ZVAL_EMPTY_ARRAY(to);
        return true;
    }
    if (php_json_decode_ex(to, text, strlen(text), PHP_JSON_OBJECT_AS_ARRAY, 16) == FAILURE ||
        Z_TYPE_P(to) != IS_ARRAY) {
        zend_throw_exception(
            php_lyger_throwable(php_lyger_exception.server),
            "The environment variable LYGER_OPTIONS must be a JSON object of server options, such as "
            "{\"port\": 8000, \"workers\": 4}",
            0);
        return false;
    }
    from->typed = typed_options(to);
    return true;
}

bool php_lyger_options_read(HashTable *given, lyger_server_config *config, zval *environment)
{
    const source call = {false, NULL};
    source outside = {true, NULL};
    /* The front process refuses bodies that PHP would not take. */
    config->http.max_body = SG(post_max_size) > 0 ? (uint64_t)SG(post_max_size) : INT64_MAX;
    if (given && !read_all(&call, given, config)) {
        return false;
    }
    zval_ptr_dtor(environment);
    ZVAL_NULL(environment);
    return read_environment(environment, &outside) && read_all(&outside, Z_ARRVAL_P(environment), config);
}

void php_lyger_options_throw(const lyger_error *error, const zval *environment)
{
    source outside = {true, typed_options(environment)};
    char name[32];
    size_t len = strcspn(error->message, " ");
    snprintf(name, sizeof name, "%.*s", (int)MIN(len, sizeof name - 1), error->message);
    const char *typed = typed_as(&outside, name);
    if (typed) {
        zend_throw_exception_ex(php_lyger_throwable(php_lyger_exception.server), 0, "%s%s", typed,
                                error->message + len);
    } else {
        php_lyger_throw(error);
    }
}

void php_lyger_options_own(lyger_server_config *config)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const char **text = (const char **)(void *)((char *)config + options[i].at);
        if ((options[i].kind == TEXT || options[i].kind == PATH) && *text) {
            *text = pestrdup(*text, true);
        }
    }
}

bool php_lyger_options_check(const lyger_server_config *config, const zval *environment)
{
    lyger_error error;
    if (lyger_server_check(config, &error) == LYGER_OK) {
        return true;
    }
    php_lyger_options_throw(&error, environment);
    return false;
}
