/*
 * Values that are served although their time is over. This is off every hot path: what is copied is decoded
 * case by case, without the short cuts of php_value.c.
 */
#include "php_stale.h"

#include "lyger_error.h"
#include "php_array.h"
#include "php_cache.h"
#include "php_image.h"
#include "racy.h"

#include "ext/standard/php_var.h"

static bool unserialize(const zend_string *bytes, zval *result)
{
    const unsigned char *at = (const unsigned char *)ZSTR_VAL(bytes), *end = at + ZSTR_LEN(bytes);
    php_unserialize_data_t data;
    PHP_VAR_UNSERIALIZE_INIT(data);
    bool whole = php_var_unserialize(result, &at, end, &data) && at == end;
    PHP_VAR_UNSERIALIZE_DESTROY(data);
    return whole;
}

static bool unserialize_igbinary(zend_string *bytes, zval *result)
{
    zend_function *function = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("igbinary_unserialize"));
    zval text;
    if (!function) {
        return false;
    }
    ZVAL_STR(&text, bytes);
    zend_call_known_function(function, NULL, NULL, result, 1, &text, NULL);
    return true;
}

/* False when bytes, a copy of what seen shows, are not a value that this PHP reads. */
static bool decode(zend_string *bytes, const lyger_cache_sight *seen, zval *result)
{
    switch (seen->value.type) {
    case LYGER_CACHE_STRING:
        ZVAL_STR_COPY(result, bytes);
        return true;
    case LYGER_CACHE_ARRAY:
        return php_lyger_array_decode(ZSTR_VAL(bytes), ZSTR_LEN(bytes), result);
    case LYGER_CACHE_SERIALIZED:
        return unserialize(bytes, result);
    case LYGER_CACHE_IGBINARY:
        return unserialize_igbinary(bytes, result);
    default:
        return php_lyger_image_copy(seen->value.type, ZSTR_VAL(bytes), ZSTR_LEN(bytes), seen->value.bytes,
                                    result);
    }
}

static lyger_cache_found take(zend_string *bytes, const lyger_cache_sight *seen, zval *return_value)
{
    lyger_error error;
    ZVAL_NULL(return_value);
    bool whole = decode(bytes, seen, return_value);
    zend_string_release(bytes);
    if (whole && !EG(exception)) {
        return LYGER_CACHE_HIT;
    }
    zval_ptr_dtor(return_value);
    ZVAL_NULL(return_value);
    lyger_fail(&error, LYGER_E_CACHE, "the stored value cannot be read back");
    php_lyger_throw(&error);
    return LYGER_CACHE_NO_ROOM;
}

static void take_scalar(const lyger_cache_value *value, zval *return_value)
{
    if (value->type == LYGER_CACHE_INT) {
        ZVAL_LONG(return_value, (zend_long)value->as.integer);
    } else if (value->type == LYGER_CACHE_FLOAT) {
        ZVAL_DOUBLE(return_value, value->as.number);
    } else if (value->type == LYGER_CACHE_BOOL) {
        ZVAL_BOOL(return_value, value->as.integer != 0);
    } else {
        ZVAL_NULL(return_value);
    }
}

lyger_cache_found php_lyger_stale_fetch(lyger_cache *cache, zend_string *key, zval *return_value)
{
    lyger_cache_sight seen;
    bool fresh;
    while (lyger_cache_see_stale(cache, ZSTR_VAL(key), ZSTR_LEN(key), &seen, &fresh) == LYGER_CACHE_HIT) {
        if (seen.value.type < LYGER_CACHE_STRING) {
            take_scalar(&seen.value, return_value);
            return LYGER_CACHE_HIT;
        }
        if (seen.value.type >= LYGER_CACHE_IN_PLACE && php_lyger_zero_copy() &&
            lyger_cache_pin(cache, &seen)) {
            php_lyger_image_use(&seen.value, return_value);
            return LYGER_CACHE_HIT;
        }
        zend_string *bytes = zend_string_alloc(seen.value.len, 0);
        lyger_racy_read(ZSTR_VAL(bytes), seen.value.bytes, seen.value.len);
        ZSTR_VAL(bytes)[ZSTR_LEN(bytes)] = '\0';
        if (lyger_cache_confirm(cache, &seen)) {
            return take(bytes, &seen, return_value);
        }
        zend_string_efree(bytes);
    }
    return LYGER_CACHE_MISS;
}
