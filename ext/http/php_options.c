#include "php_server.h"
#include "lyger_error.h"

#include "zend_exceptions.h"
#include "zend_smart_str.h"
#include "main/fopen_wrappers.h"
#include "ext/json/php_json.h"
#include "ext/json/php_json_parser.h"

#include <math.h>
#include <stddef.h>

typedef enum kind {
    TEXT,    /* const char *, null or "" for none */
    PATH,    /* the same, within open_basedir; "-" is no path */
    COUNT,   /* uint32_t */
    SECONDS, /* uint32_t of milliseconds, given as int or float */
    BYTES,   /* uint64_t, given as int or as "8M" */
    BYTES32, /* uint32_t */
    FLAG,    /* bool */
    FORMAT,  /* access_log_format */
} kind;

typedef struct option {
    const char *name;
    kind kind;
    size_t at;
    double least, most; /* of numbers, in the unit of the caller */
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
    {"socket_mode", COUNT, AT(socket_mode), 0, 0777},
    {"user", TEXT, AT(user), 0, 0},
    {"group", TEXT, AT(group), 0, 0},
    {"workers", COUNT, AT(workers), 1, LYGER_HUB_WORKERS_MAX / 2 - 4},
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
    {"header_timeout", SECONDS, AT(http.header_timeout), 0.001, DAY},
    {"body_timeout", SECONDS, AT(http.body_timeout), 0.001, DAY},
    {"idle_timeout", SECONDS, AT(http.idle_timeout), 0.001, DAY},
    {"write_timeout", SECONDS, AT(http.write_timeout), 0.001, DAY},
    {"document_root", PATH, AT(document_root), 0, 0},
    {"index", TEXT, AT(index), 0, 0},
    {"follow_symlinks", FLAG, AT(follow_symlinks), 0, 0},
    {"static_caching", TEXT, AT(static_caching), 0, 0},
    {"compress", FLAG, AT(compress), 0, 0},
    {"health_path", TEXT, AT(health_path), 0, 0},
    {"metrics_path", TEXT, AT(metrics_path), 0, 0},
    {"status_path", TEXT, AT(status_path), 0, 0},
    {"access_log", PATH, AT(access_log), 0, 0},
    {"access_log_format", FORMAT, AT(access_log_format), 0, 0},
    {"pid_file", PATH, AT(pid_file), 0, 0},
    {"watch", PATH, AT(watch), 0, 0},
    {"name", TEXT, AT(name), 0, 0},
};
#define OPTION_COUNT (sizeof options / sizeof *options)

/* Where options come from: argument 3, or the environment. */
typedef struct source {
    bool environment;
} source;

static ZEND_ATTRIBUTE_FORMAT(printf, 3, 4) bool refuse(const source *from, zend_class_entry *class_entry,
                                                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    zend_string *text = zend_vstrpprintf(0, format, arguments);
    va_end(arguments);
    if (from->environment) {
        zend_throw_exception_ex(php_lyger_throwable(php_lyger_exception.server), 0,
                                "The environment variable LYGER_OPTIONS %s", ZSTR_VAL(text));
    } else {
        zend_argument_error(class_entry, 3, "%s", ZSTR_VAL(text));
    }
    zend_string_release(text);
    return false;
}

static bool refuse_type(const source *from, const option *option, const char *wanted, const zval *value)
{
    return refuse(from, zend_ce_type_error, "must have %s for option \"%s\", %s given", wanted, option->name,
                  zend_zval_type_name(value));
}

static bool refuse_unknown(const source *from, const char *name)
{
    smart_str known = {0};
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        smart_str_appends(&known, i ? ", " : "");
        smart_str_appends(&known, options[i].name);
    }
    smart_str_0(&known);
    refuse(from, zend_ce_value_error, "has the unknown option \"%s\"; known are %s", name, ZSTR_VAL(known.s));
    smart_str_free(&known);
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
        return refuse_type(from, option, "a string or null", value);
    }
    if (zend_str_has_nul_byte(Z_STR_P(value))) {
        return refuse(from, zend_ce_value_error, "must have no NUL byte in option \"%s\"", option->name);
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
    return refuse(from, zend_ce_value_error,
                  "must have a path within open_basedir for option \"%s\", \"%s\" given", option->name, *to);
}

static bool in_range(const source *from, const option *option, double number)
{
    if (number >= option->least && number <= option->most) {
        return true;
    }
    return refuse(from, zend_ce_value_error, "must be between %.15g and %.15g for option \"%s\", %.15g given",
                  option->least, option->most, option->name, number);
}

static bool read_count(const source *from, const option *option, const zval *value, zend_long *number)
{
    if (Z_TYPE_P(value) != IS_LONG) {
        return refuse_type(from, option, "an int", value);
    }
    *number = Z_LVAL_P(value);
    return in_range(from, option, (double)*number);
}

static bool read_seconds(const source *from, const option *option, const zval *value, uint32_t *milliseconds)
{
    if (Z_TYPE_P(value) != IS_LONG && Z_TYPE_P(value) != IS_DOUBLE) {
        return refuse_type(from, option, "a number of seconds", value);
    }
    double seconds = zval_get_double((zval *)value);
    if (!in_range(from, option, seconds)) {
        return false;
    }
    *milliseconds = (uint32_t)ceil(seconds * 1000);
    return true;
}

static bool read_bytes(const source *from, const option *option, const zval *value, uint64_t *bytes)
{
    zend_string *problem = NULL;
    zend_long number;
    if (Z_TYPE_P(value) == IS_STRING) {
        number = zend_ini_parse_quantity(Z_STR_P(value), &problem);
        if (problem || Z_STRLEN_P(value) == 0) {
            if (problem) {
                zend_string_release(problem);
            }
            return refuse(from, zend_ce_value_error,
                          "must have a number of bytes, such as 65536 or \"8M\", "
                          "for option \"%s\", \"%s\" given",
                          option->name, Z_STRVAL_P(value));
        }
    } else if (Z_TYPE_P(value) == IS_LONG) {
        number = Z_LVAL_P(value);
    } else {
        return refuse_type(from, option, "a number of bytes", value);
    }
    *bytes = (uint64_t)number;
    return in_range(from, option, (double)number);
}

static bool read_format(const source *from, const option *option, const zval *value,
                        lyger_server_config *config)
{
    if (Z_TYPE_P(value) != IS_STRING) {
        return refuse_type(from, option, "a string", value);
    }
    if (zend_string_equals_literal(Z_STR_P(value), "combined")) {
        config->access_log_format = LYGER_LOG_COMBINED;
    } else if (zend_string_equals_literal(Z_STR_P(value), "json")) {
        config->access_log_format = LYGER_LOG_JSON;
    } else if (zend_string_equals_literal(Z_STR_P(value), "terminal")) {
        config->access_log_format = LYGER_LOG_TERMINAL;
    } else {
        return refuse(from, zend_ce_value_error,
                      "has the unknown value \"%s\" for option \"%s\"; known are "
                      "combined, json, terminal",
                      Z_STRVAL_P(value), option->name);
    }
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

static bool read_option(const source *from, const option *option, const zval *value,
                        lyger_server_config *config)
{
    void *to = (char *)config + option->at;
    switch (option->kind) {
    case TEXT:
        return read_text(from, option, value, to);
    case PATH:
        return read_path(from, option, value, to);
    case FLAG:
        if (Z_TYPE_P(value) != IS_TRUE && Z_TYPE_P(value) != IS_FALSE) {
            return refuse_type(from, option, "a bool", value);
        }
        *(bool *)to = Z_TYPE_P(value) == IS_TRUE;
        return true;
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
        return refuse(from, zend_ce_value_error, "cannot have option \"follow_symlinks\" with open_basedir");
    }
    if (config->host && strncmp(config->host, "unix:", 5) == 0 &&
        php_check_open_basedir_ex(config->host + 5, 0) != 0) {
        return refuse(from, zend_ce_value_error,
                      "must have a path within open_basedir for option \"host\", \"%s\" given", config->host);
    }
    return true;
}

bool php_lyger_options_read(HashTable *given, lyger_server_config *config, zval *environment)
{
    const source call = {false}, outside = {true};
    const char *text = getenv("LYGER_OPTIONS");
    if (given && !read_all(&call, given, config)) {
        return false;
    }
    if (!text || !*text) {
        return true;
    }
    zval_ptr_dtor(environment);
    ZVAL_NULL(environment);
    if (php_json_decode_ex(environment, text, strlen(text), PHP_JSON_OBJECT_AS_ARRAY, 16) == FAILURE ||
        Z_TYPE_P(environment) != IS_ARRAY) {
        return refuse(&outside, NULL, "must be a JSON object of server options");
    }
    return read_all(&outside, Z_ARRVAL_P(environment), config);
}
