/*
 * The native door's reading and changing in one step: what was read is replaced or removed only if it is
 * still there.
 */
#include "php_cache.h"

#include "lyger_compat.h"
#include "lyger_error.h"
#include "php_far.h"
#include "php_value.h"

/* Fetches and removes; false with an exception or when there is no value. */
static bool take(lyger_cache *cache, zend_string *key, zval *return_value)
{
    static const php_lyger_reading taking = {.warns = true, .peeks = true, .takes = true};
    lyger_cache_found found = php_lyger_value_fetch_as(cache, key, return_value, &taking);
    lyger_cache_count_read(cache, found == LYGER_CACHE_HIT);
    return found == LYGER_CACHE_HIT;
}

ZEND_FUNCTION(lyger_cache_take)
{
    zend_string *key;
    zval *otherwise = NULL;

    ZEND_PARSE_PARAMETERS_START(1, 2)
        Z_PARAM_STR(key)
        Z_PARAM_OPTIONAL
        Z_PARAM_ZVAL(otherwise)
    ZEND_PARSE_PARAMETERS_END();

    if (!php_lyger_key_is_valid(key, 1)) {
        RETURN_THROWS();
    }
    bool far = php_lyger_is_far(key);
    lyger_cache *cache = far ? NULL : php_lyger_usable_cache();
    if (far ? php_lyger_far_take(key, return_value) : cache && take(cache, key, return_value)) {
        return;
    }
    if (EG(exception)) {
        RETURN_THROWS();
    }
    if (otherwise) {
        RETURN_COPY(otherwise);
    }
    RETURN_NULL();
}

/* Whether the key's value is identical to the expected one, and its version. Nothing is locked while the
 * value is decoded, which may run code of the application. */
static bool is_expected(lyger_cache *cache, zend_string *key, zval *expected, lyger_cache_version *version)
{
    zval current;
    php_lyger_reading how = {.warns = true, .peeks = true, .copies = true, .version = version};
    if (php_lyger_value_fetch_as(cache, key, &current, &how) != LYGER_CACHE_HIT) {
        return false;
    }
    bool same = zend_is_identical(&current, expected);
    zval_ptr_dtor(&current);
    return same && !EG(exception);
}

/* Replaces the expected value, as often as it takes until it is another one. */
static bool exchange(lyger_cache *cache, zend_string *key, zval *expected, const lyger_cache_value *value,
                     uint32_t ttl)
{
    lyger_cache_version version;
    lyger_error error;
    bool stored = false;
    while (!stored && is_expected(cache, key, expected, &version)) {
        if (lyger_cache_exchange(cache, ZSTR_VAL(key), ZSTR_LEN(key), &version, value, ttl, &stored,
                                 &error) != LYGER_OK) {
            php_lyger_throw(&error);
            break;
        }
    }
    return stored;
}

ZEND_FUNCTION(lyger_cache_compare_and_set)
{
    zend_string *key;
    zval *expected, *value;
    zend_long ttl = 0;
    lyger_cache_value packed;
    smart_str scratch = {0};

    ZEND_PARSE_PARAMETERS_START(3, 4)
        Z_PARAM_STR(key)
        Z_PARAM_ZVAL(expected)
        Z_PARAM_ZVAL(value)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(ttl)
    ZEND_PARSE_PARAMETERS_END();

    if (!php_lyger_key_is_valid(key, 1) || !php_lyger_ttl_is_valid(ttl, 4)) {
        RETURN_THROWS();
    }
    if (php_lyger_is_far(key)) {
        php_lyger_far_exchange(key, expected, value, (uint32_t)ttl, return_value);
        return;
    }
    lyger_cache *cache = php_lyger_usable_cache();
    RETVAL_FALSE;
    if (cache && php_lyger_value_pack(value, 3, &packed, &scratch)) {
        RETVAL_BOOL(exchange(cache, key, expected, &packed, (uint32_t)ttl));
    }
    smart_str_free(&scratch);
}

ZEND_FUNCTION(lyger_cache_compare_and_delete)
{
    zend_string *key;
    zval *expected;
    lyger_cache_version version;
    lyger_error error;
    bool there = false;

    ZEND_PARSE_PARAMETERS_START(2, 2)
        Z_PARAM_STR(key)
        Z_PARAM_ZVAL(expected)
    ZEND_PARSE_PARAMETERS_END();

    if (!php_lyger_key_is_valid(key, 1)) {
        RETURN_THROWS();
    }
    if (php_lyger_is_far(key)) {
        php_lyger_far_exchange(key, expected, NULL, 0, return_value);
        return;
    }
    lyger_cache *cache = php_lyger_usable_cache();
    while (cache && !there && is_expected(cache, key, expected, &version)) {
        if (lyger_cache_remove_version(cache, ZSTR_VAL(key), ZSTR_LEN(key), &version, &there, &error) !=
            LYGER_OK) {
            php_lyger_throw(&error);
            RETURN_THROWS();
        }
    }
    RETURN_BOOL(there);
}

ZEND_FUNCTION(lyger_cache_entry)
{
    zend_string *key;
    lyger_cache_details details;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(key)
    ZEND_PARSE_PARAMETERS_END();

    if (!php_lyger_key_is_valid(key, 1)) {
        RETURN_THROWS();
    }
    if (php_lyger_is_far(key)) {
        php_lyger_far_entry(key, return_value);
        return;
    }
    lyger_cache *cache = php_lyger_usable_cache();
    if (!cache || !lyger_cache_inspect(cache, ZSTR_VAL(key), ZSTR_LEN(key), &details)) {
        RETURN_NULL();
    }
    array_init(return_value);
    add_assoc_string(return_value, "type", lyger_cache_type_name(&details));
    add_assoc_long(return_value, "bytes", (zend_long)details.bytes);
    add_assoc_long(return_value, "ttl", (zend_long)((details.left + 999) / 1000));
    add_assoc_long(return_value, "age", (zend_long)(details.age / 1000));
    add_assoc_long(return_value, "hits", details.hits);
}
