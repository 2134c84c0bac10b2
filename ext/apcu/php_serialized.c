/*
 * Values as APCu keeps them. APCu serialises arrays and objects with the serialiser of apc.serializer, PHP's
 * own by default, so that what comes back is what unserialize() gives: shared references stay shared, the
 * next free index is the one after the largest, a class that is gone becomes __PHP_Incomplete_Class,
 * exceptions of
 * __unserialize() are the caller's. Arrays for which the cache's own forms give the same take these.
 */
#include "php_apcu.h"

#include "ext/standard/basic_functions.h"
#include "ext/standard/php_var.h"

#define DEPTH_MOST 256u

static bool is_plain(HashTable *array, unsigned depth);

static bool is_plain_value(zval *value, unsigned depth)
{
    if (Z_ISREF_P(value)) {
        if (Z_REFCOUNT_P(value) > 1) {
            return false; /* it may be there twice */
        }
        value = Z_REFVAL_P(value);
    }
    return Z_TYPE_P(value) <= IS_STRING ||
           (Z_TYPE_P(value) == IS_ARRAY && is_plain(Z_ARRVAL_P(value), depth + 1));
}

/* Whether the array would come back the same from unserialize() and from the cache's own forms. */
static bool is_plain(HashTable *array, unsigned depth)
{
    zend_ulong index;
    zend_string *name;
    zval *value;
    zend_long next = ZEND_LONG_MIN;
    if (depth > DEPTH_MOST) {
        return false;
    }
    ZEND_HASH_FOREACH_KEY_VAL(array, index, name, value)
    {
        if (!is_plain_value(value, depth)) {
            return false;
        }
        if (!name && (zend_long)index >= next) {
            next = (zend_long)index < ZEND_LONG_MAX ? (zend_long)index + 1 : ZEND_LONG_MAX;
        }
    }
    ZEND_HASH_FOREACH_END();
    return array->nNextFreeElement == next;
}

/* igbinary's serializer, when it is what apc.serializer asks for. */
static zend_function *wanted_igbinary(void)
{
    const char *wanted = LYGER_G(apcu).serializer;
    return wanted && strcmp(wanted, "igbinary") == 0 ? php_lyger_igbinary(ZEND_STRL("igbinary_serialize"))
                                                     : NULL;
}

/* Serialises into scratch. The lock keeps a serialize() that the value's own methods call apart from this
 * one. */
static bool serialize(zval *value, smart_str *scratch)
{
    php_serialize_data_t data;
    BG(serialize_lock)++;
    PHP_VAR_SERIALIZE_INIT(data);
    php_var_serialize(scratch, value, &data);
    PHP_VAR_SERIALIZE_DESTROY(data);
    BG(serialize_lock)--;
    return !EG(exception) && scratch->s;
}

static bool pack_serialized(zval *value, lyger_cache_value *packed, smart_str *scratch)
{
    zend_function *function = wanted_igbinary();
    if (function) {
        return php_lyger_pack_igbinary(function, value, packed, scratch);
    }
    if (!serialize(value, scratch)) {
        return false;
    }
    packed->type = LYGER_CACHE_SERIALIZED;
    packed->bytes = ZSTR_VAL(scratch->s);
    packed->len = ZSTR_LEN(scratch->s);
    return true;
}

bool php_lyger_apcu_pack(zval *value, lyger_cache_value *packed, smart_str *scratch)
{
    ZVAL_DEREF(value);
    if (UNEXPECTED(Z_TYPE_P(value) == IS_RESOURCE)) {
        php_error_docref(NULL, E_WARNING, "Cannot store resources in apcu cache");
        return false;
    }
    if (UNEXPECTED(EG(exception)) && Z_TYPE_P(value) == IS_ARRAY) {
        return false; /* APCu's serialiser stores nothing while an exception of an earlier value waits */
    }
    if (Z_TYPE_P(value) == IS_OBJECT || (Z_TYPE_P(value) == IS_ARRAY && !is_plain(Z_ARRVAL_P(value), 0))) {
        return pack_serialized(value, packed, scratch);
    }
    return php_lyger_value_pack(value, 2, packed, scratch);
}

static bool unserialize_igbinary(zend_string *string, zval *return_value)
{
    zend_function *function = php_lyger_igbinary(ZEND_STRL("igbinary_unserialize"));
    zval text;
    ZVAL_STR(&text, string);
    if (function) {
        zend_call_known_function(function, NULL, NULL, return_value, 1, &text, NULL);
    } else {
        php_error_docref(NULL, E_WARNING, "The entry was written by igbinary, which this PHP has not loaded");
    }
    zend_string_release(string);
    return Z_TYPE_P(return_value) == IS_ARRAY || Z_TYPE_P(return_value) == IS_OBJECT;
}

static bool unserialize(lyger_cache_type type, zend_string *string, zval *return_value)
{
    if (type == LYGER_CACHE_IGBINARY) {
        return unserialize_igbinary(string, return_value);
    }
    const unsigned char *begin = (const unsigned char *)ZSTR_VAL(string), *at = begin;
    php_unserialize_data_t data;
    BG(serialize_lock)++;
    PHP_VAR_UNSERIALIZE_INIT(data);
    bool whole = php_var_unserialize(return_value, &at, begin + ZSTR_LEN(string), &data);
    PHP_VAR_UNSERIALIZE_DESTROY(data);
    BG(serialize_lock)--;
    if (!whole) {
        php_error_docref(NULL, E_NOTICE, "Error at offset " ZEND_LONG_FMT " of " ZEND_LONG_FMT " bytes",
                         (zend_long)(at - begin), (zend_long)ZSTR_LEN(string));
        zval_ptr_dtor(return_value);
        ZVAL_NULL(return_value);
    }
    zend_string_release(string);
    return whole;
}

bool php_lyger_apcu_fetch(lyger_cache *cache, zend_string *key, zval *return_value, bool peeks)
{
    const php_lyger_reading how = {.warns = true, .peeks = peeks, .unserialize = unserialize};
    return php_lyger_value_fetch_as(cache, key, return_value, &how) == LYGER_CACHE_HIT;
}
