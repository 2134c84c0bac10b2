#include "php_cache.h"

#include "lyger_compat.h"
#include "lyger_error.h"
#include "php_array.h"
#include "php_far.h"
#include "php_value.h"

#include "ext/standard/file.h"
#include "ext/standard/info.h"
#include "ext/standard/php_string.h"

#define KEY_SHOWN ((size_t)64) /* bytes of a key in a message */

zend_string *php_lyger_key_shown(const zend_string *key)
{
    bool whole = ZSTR_LEN(key) <= KEY_SHOWN;
    zend_string *part = zend_string_init(ZSTR_VAL(key), whole ? ZSTR_LEN(key) : KEY_SHOWN, 0);
    zend_string *text = php_addcslashes(part, ZEND_STRL("\0..\37\177..\377"));
    zend_string_release(part);
    if (!whole) {
        part = text;
        text = zend_string_concat2(ZSTR_VAL(part), ZSTR_LEN(part), ZEND_STRL("…"));
        zend_string_release(part);
    }
    return text;
}

/* Stores one value; false without an exception when the cache is off or the key was there. */
static bool store(zend_string *key, zval *value, uint32_t value_argument, uint32_t ttl, lyger_cache_mode mode)
{
    lyger_cache *cache = php_lyger_usable_cache();
    lyger_cache_value packed;
    smart_str scratch = {0};
    lyger_error error;
    bool stored = false;
    if (!cache) {
        return false;
    }
    if (php_lyger_value_pack(value, value_argument, &packed, &scratch) &&
        lyger_cache_store(cache, ZSTR_VAL(key), ZSTR_LEN(key), &packed, ttl, 0, mode, &stored, &error) !=
            LYGER_OK) {
        php_lyger_throw(&error);
    }
    smart_str_free(&scratch);
    return stored;
}

static void set(zend_string *key, zval *value, zend_long ttl, lyger_cache_mode mode, zval *return_value)
{
    if (!php_lyger_key_is_valid(key, 1) || !php_lyger_ttl_is_valid(ttl, 3)) {
        RETURN_THROWS();
    }
    if (php_lyger_is_far(key)) {
        php_lyger_far_set(key, value, (uint32_t)ttl, mode == LYGER_CACHE_IF_ABSENT, return_value);
        return;
    }
    RETURN_BOOL(store(key, value, 2, (uint32_t)ttl, mode));
}

static void set_or_add(INTERNAL_FUNCTION_PARAMETERS, lyger_cache_mode mode)
{
    zend_string *key;
    zval *value;
    zend_long ttl = 0;

    ZEND_PARSE_PARAMETERS_START(2, 3)
        Z_PARAM_STR(key)
        Z_PARAM_ZVAL(value)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(ttl)
    ZEND_PARSE_PARAMETERS_END();

    set(key, value, ttl, mode, return_value);
}

ZEND_FUNCTION(lyger_cache_set)
{
    set_or_add(INTERNAL_FUNCTION_PARAM_PASSTHRU, LYGER_CACHE_REPLACE);
}

ZEND_FUNCTION(lyger_cache_add)
{
    set_or_add(INTERNAL_FUNCTION_PARAM_PASSTHRU, LYGER_CACHE_IF_ABSENT);
}

static zend_always_inline void get(zend_string *key, zval *otherwise, zval *return_value)
{
    if (!php_lyger_key_is_valid(key, 1)) {
        RETURN_THROWS();
    }
    if (php_lyger_is_far(key)) {
        if (php_lyger_far_get(key, return_value)) {
            return;
        }
    } else {
        lyger_cache *cache = php_lyger_usable_cache();
        if (cache && EXPECTED(php_lyger_value_fetch(cache, key, return_value) == LYGER_CACHE_HIT)) {
            return;
        }
    }
    if (otherwise) {
        RETURN_COPY(otherwise);
    }
    RETURN_EMPTY_STRING();
}

ZEND_FUNCTION(lyger_cache_get)
{
    zend_string *key;
    zval *otherwise = NULL;

    ZEND_PARSE_PARAMETERS_START(1, 2)
        Z_PARAM_STR(key)
        Z_PARAM_OPTIONAL
        Z_PARAM_ZVAL(otherwise)
    ZEND_PARSE_PARAMETERS_END();

    get(key, otherwise, return_value);
}

ZEND_FUNCTION(lyger_cache_delete)
{
    zend_string *key;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(key)
    ZEND_PARSE_PARAMETERS_END();

    if (!php_lyger_key_is_valid(key, 1)) {
        RETURN_THROWS();
    }
    if (php_lyger_is_far(key)) {
        php_lyger_far_delete(key, return_value);
        return;
    }
    lyger_cache *cache = php_lyger_usable_cache();
    bool there = false;
    lyger_error error;
    if (cache && lyger_cache_remove(cache, ZSTR_VAL(key), ZSTR_LEN(key), &there, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        RETURN_THROWS();
    }
    RETURN_BOOL(there);
}

static void has(zend_string *key, zval *return_value)
{
    if (!php_lyger_key_is_valid(key, 1)) {
        RETURN_THROWS();
    }
    if (php_lyger_is_far(key)) {
        php_lyger_far_has(key, return_value);
        return;
    }
    lyger_cache *cache = php_lyger_usable_cache();
    RETURN_BOOL(cache && lyger_cache_contains(cache, ZSTR_VAL(key), ZSTR_LEN(key)));
}

ZEND_FUNCTION(lyger_cache_has)
{
    zend_string *key;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(key)
    ZEND_PARSE_PARAMETERS_END();

    has(key, return_value);
}

#ifdef PHP_LYGER_FRAMELESS
/* Unpacking an object runs code of the application, which could release the key: the function keeps a
 * reference. */
ZEND_FRAMELESS_FUNCTION(lyger_cache_get, 1)
{
    zend_string *key;
    zval text;

    Z_FLF_PARAM_STR(1, key, text);

    zend_string_addref(key);
    get(key, NULL, return_value);
    zend_string_release(key);
flf_clean:
    Z_FLF_PARAM_FREE_STR(1, text);
}

ZEND_FRAMELESS_FUNCTION(lyger_cache_get, 2)
{
    zend_string *key;
    zval text, otherwise;

    Z_FLF_PARAM_STR(1, key, text);

    zend_string_addref(key);
    ZVAL_COPY(&otherwise, arg2);
    get(key, &otherwise, return_value);
    zval_ptr_dtor(&otherwise);
    zend_string_release(key);
flf_clean:
    Z_FLF_PARAM_FREE_STR(1, text);
}

ZEND_FRAMELESS_FUNCTION(lyger_cache_has, 1)
{
    zend_string *key;
    zval text;

    Z_FLF_PARAM_STR(1, key, text);

    has(key, return_value);
flf_clean:
    Z_FLF_PARAM_FREE_STR(1, text);
}

static void set_kept(zend_string *key, zval *value, zend_long ttl, zval *return_value)
{
    zval kept;
    zend_string_addref(key);
    ZVAL_COPY(&kept, value);
    set(key, &kept, ttl, LYGER_CACHE_REPLACE, return_value);
    zval_ptr_dtor(&kept);
    zend_string_release(key);
}

ZEND_FRAMELESS_FUNCTION(lyger_cache_set, 2)
{
    zend_string *key;
    zval text;

    Z_FLF_PARAM_STR(1, key, text);

    set_kept(key, arg2, 0, return_value);
flf_clean:
    Z_FLF_PARAM_FREE_STR(1, text);
}

ZEND_FRAMELESS_FUNCTION(lyger_cache_set, 3)
{
    zend_string *key;
    zend_long ttl;
    zval text;

    Z_FLF_PARAM_STR(1, key, text);
    Z_FLF_PARAM_LONG(3, ttl);

    set_kept(key, arg2, ttl, return_value);
flf_clean:
    Z_FLF_PARAM_FREE_STR(1, text);
}
#endif

ZEND_FUNCTION(lyger_cache_clear)
{
    zend_string *prefix = NULL;

    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_STR(prefix)
    ZEND_PARSE_PARAMETERS_END();

    lyger_cache *cache = php_lyger_usable_cache();
    lyger_error error;
    if (cache && lyger_cache_purge(cache, prefix ? ZSTR_VAL(prefix) : "", prefix ? ZSTR_LEN(prefix) : 0,
                                   &error) != LYGER_OK) {
        php_lyger_throw(&error);
    } else if (php_lyger_far_prefixes && !EG(exception)) {
        php_lyger_far_clear(prefix);
    }
}

ZEND_FUNCTION(lyger_cache_size)
{
    ZEND_PARSE_PARAMETERS_NONE();

    lyger_cache *cache = php_lyger_usable_cache();
    RETURN_LONG(cache ? (zend_long)lyger_cache_count(cache) : 0);
}

ZEND_FUNCTION(lyger_cache_touch)
{
    zend_string *key;
    zend_long ttl;

    ZEND_PARSE_PARAMETERS_START(2, 2)
        Z_PARAM_STR(key)
        Z_PARAM_LONG(ttl)
    ZEND_PARSE_PARAMETERS_END();

    if (!php_lyger_key_is_valid(key, 1) || !php_lyger_ttl_is_valid(ttl, 2)) {
        RETURN_THROWS();
    }
    if (php_lyger_is_far(key)) {
        php_lyger_far_touch(key, (uint32_t)ttl, return_value);
        return;
    }
    lyger_cache *cache = php_lyger_usable_cache();
    bool there = false;
    lyger_error error;
    if (cache &&
        lyger_cache_retime(cache, ZSTR_VAL(key), ZSTR_LEN(key), (uint32_t)ttl, &there, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        RETURN_THROWS();
    }
    RETURN_BOOL(there);
}

static void add_integer(INTERNAL_FUNCTION_PARAMETERS, bool negate)
{
    zend_string *key;
    zend_long by = 1, ttl = 0;
    int64_t result;
    lyger_error error;

    ZEND_PARSE_PARAMETERS_START(1, 3)
        Z_PARAM_STR(key)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(by)
        Z_PARAM_LONG(ttl)
    ZEND_PARSE_PARAMETERS_END();

    if (!php_lyger_key_is_valid(key, 1) || !php_lyger_ttl_is_valid(ttl, 3)) {
        RETURN_THROWS();
    }
    if (negate && by == ZEND_LONG_MIN) {
        zend_argument_value_error(2, "must be greater than " ZEND_LONG_FMT, by);
        RETURN_THROWS();
    }
    if (php_lyger_is_far(key)) {
        php_lyger_far_add_integer(key, negate ? -by : by, (uint32_t)ttl, return_value);
        return;
    }
    lyger_cache *cache = php_lyger_needed_cache("there is nowhere to count");
    if (!cache) {
        RETURN_THROWS();
    }
    if (lyger_cache_add_integer(cache, ZSTR_VAL(key), ZSTR_LEN(key), negate ? -by : by, (uint32_t)ttl,
                                &result, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        RETURN_THROWS();
    }
    RETURN_LONG((zend_long)result);
}

ZEND_FUNCTION(lyger_cache_increment)
{
    add_integer(INTERNAL_FUNCTION_PARAM_PASSTHRU, false);
}

ZEND_FUNCTION(lyger_cache_decrement)
{
    add_integer(INTERNAL_FUNCTION_PARAM_PASSTHRU, true);
}

static LYGER_AT_START zend_result module_start(int module_number)
{
    (void)module_number;
    php_lyger_value_module_start();
    php_lyger_open_module_start();
    php_lyger_far_module_start();
    php_lyger_sessions_module_start();
    return SUCCESS;
}

static LYGER_AT_START void module_stop(void)
{
    php_lyger_far_module_stop();
    php_lyger_open_module_stop();
    php_lyger_value_module_stop();
}

static void unpin(void)
{
    if (php_lyger_process_cache) {
        lyger_cache_unpin(php_lyger_process_cache);
    }
}

static LYGER_AT_START void request_start(void)
{
    unpin();
    php_lyger_open_request_start();
    php_lyger_far_request_start();
}

/*
 * The room's hook after a request's values are gone, where pins are released. The names of stream wrappers
 * and filters that the request registered live a little longer, and no hook comes after them: a request that
 * registered any leaves its pins to the next request.
 */
static LYGER_AT_START void request_gone(void)
{
    if (php_lyger_process_cache) {
        lyger_cache_end_request(php_lyger_process_cache);
    }
    if (!FG(stream_wrappers) && !FG(stream_filters)) {
        unpin();
    }
}

static LYGER_AT_START void request_stop(void)
{
    php_lyger_array_request_stop();
    php_lyger_far_request_stop();
    if (php_lyger_process_cache) {
        lyger_cache_end_request(php_lyger_process_cache);
    }
}

static void info(void)
{
    php_lyger_open_info();
    php_lyger_far_info();
    php_lyger_sessions_info();
}

const php_lyger_room php_lyger_cache_room = {
    .module_start = module_start,
    .module_stop = module_stop,
    .request_start = request_start,
    .request_stop = request_stop,
    .request_gone = request_gone,
    .info = info,
};
