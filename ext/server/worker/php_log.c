/*
 * frankenphp_log(): a line of JSON on standard error, where the server's own lines go and a log collector
 * reads, with the names that Caddy's log has: level, ts (seconds), msg, then the context.
 */
#include "php_worker.h"
#include "lyger_error.h"
#include "jsonout/php_json.h"

#include "SAPI.h"
#include "ext/json/php_json.h"

#include <time.h>
#include <unistd.h>

#define FLAGS                                                                                                \
    (PHP_JSON_UNESCAPED_SLASHES | PHP_JSON_UNESCAPED_UNICODE | PHP_JSON_INVALID_UTF8_SUBSTITUTE |            \
     PHP_JSON_PARTIAL_OUTPUT_ON_ERROR | PHP_JSON_PRESERVE_ZERO_FRACTION)
#define DEPTH 64

/* The level's name: Go's log/slog has levels between the four that have one. */
static const char *level_name(zend_long level)
{
    if (level < 0) {
        return "debug";
    }
    return level < 4 ? "info" : level < 8 ? "warn" : "error";
}

/* Adds the context; a name that the line has already stands below "context.". */
static void add_context(zval *line, HashTable *context)
{
    zend_string *name;
    zend_ulong number;
    zval *value;
    ZEND_HASH_FOREACH_KEY_VAL(context, number, name, value)
    zend_string *key = name ? zend_string_copy(name) : zend_long_to_str((zend_long)number);
    if (zend_symtable_exists(Z_ARRVAL_P(line), key)) {
        zend_string *other = zend_string_concat2(ZEND_STRL("context."), ZSTR_VAL(key), ZSTR_LEN(key));
        zend_string_release(key);
        key = other;
    }
    Z_TRY_ADDREF_P(value);
    zend_symtable_update(Z_ARRVAL_P(line), key, value);
    zend_string_release(key);
    ZEND_HASH_FOREACH_END();
}

/* Writes the line at once, so that lines of several workers do not mix. */
static void write_line(const zend_string *text)
{
    zend_string *line = zend_string_concat2(ZSTR_VAL(text), ZSTR_LEN(text), "\n", 1);
    const char *at = ZSTR_VAL(line), *end = at + ZSTR_LEN(line);
    while (at < end) {
        ssize_t n = write(STDERR_FILENO, at, (size_t)(end - at));
        if (n < 0 && errno != EINTR) {
            break;
        }
        at += n > 0 ? n : 0;
    }
    zend_string_release(line);
}

ZEND_FUNCTION(frankenphp_log)
{
    zend_string *message;
    zend_long level = 0;
    HashTable *context = NULL;
    struct timespec now;
    zval line;
    int error;

    ZEND_PARSE_PARAMETERS_START(1, 3)
        Z_PARAM_STR(message)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(level)
        Z_PARAM_ARRAY_HT(context)
    ZEND_PARSE_PARAMETERS_END();

    clock_gettime(CLOCK_REALTIME, &now);
    array_init(&line);
    add_assoc_string(&line, "level", level_name(level));
    add_assoc_double(&line, "ts", (double)(now.tv_sec * 1000 + now.tv_nsec / 1000000) / 1000);
    add_assoc_str(&line, "msg", zend_string_copy(message));
    if (context) {
        add_context(&line, context);
    }
    zend_string *text = php_lyger_json_encode(&line, FLAGS, DEPTH, &error);
    if (text) {
        write_line(text);
        zend_string_release(text);
    }
    zval_ptr_dtor(&line);
}
