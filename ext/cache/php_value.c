#include "php_value.h"

#include "lyger_error.h"
#include "php_cache.h"
#include "php_array.h"
#include "php_image.h"

#include "ext/standard/php_var.h"
#include "zend_closures.h"

/*
 * serialize() turns a resource into 0 without a word and follows a recursive array by reference, so both are
 * looked for before. Objects are asked nothing here: their own serialisation decides.
 */
static const char *unstorable(zval *value)
{
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) == IS_RESOURCE) {
        return "a resource";
    }
    if (Z_TYPE_P(value) == IS_OBJECT) {
        return Z_OBJCE_P(value) == zend_ce_closure ? "a closure" : NULL;
    }
    if (Z_TYPE_P(value) != IS_ARRAY || (GC_FLAGS(Z_ARRVAL_P(value)) & GC_IMMUTABLE)) {
        return NULL;
    }
    HashTable *array = Z_ARRVAL_P(value);
    if (GC_IS_RECURSIVE(array)) {
        return "a recursive array";
    }
    const char *found = NULL;
    zval *element;
    GC_PROTECT_RECURSION(array);
    ZEND_HASH_FOREACH_VAL(array, element)
    {
        found = unstorable(element);
        if (found) {
            break;
        }
    }
    ZEND_HASH_FOREACH_END();
    GC_UNPROTECT_RECURSION(array);
    return found;
}

/* The functions of igbinary, NULL when it is not loaded; it has no header that could be relied on. */
static zend_function *igbinary(const char *name, size_t len)
{
    zval *function = zend_hash_str_find(CG(function_table), name, len);
    return function && Z_FUNC_P(function)->type == ZEND_INTERNAL_FUNCTION ? Z_FUNC_P(function) : NULL;
}

static void pack_text(lyger_cache_type type, lyger_cache_value *packed, const smart_str *scratch)
{
    packed->type = type;
    packed->bytes = ZSTR_VAL(scratch->s);
    packed->len = ZSTR_LEN(scratch->s);
}

static bool pack_igbinary(zend_function *function, zval *value, lyger_cache_value *packed, smart_str *scratch)
{
    zval text;
    ZVAL_UNDEF(&text);
    zend_call_known_function(function, NULL, NULL, &text, 1, value, NULL);
    bool packs = !EG(exception) && Z_TYPE(text) == IS_STRING;
    if (packs) {
        smart_str_append(scratch, Z_STR(text));
        pack_text(LYGER_CACHE_IGBINARY, packed, scratch);
    }
    zval_ptr_dtor(&text);
    return packs;
}

static bool pack_serialized(zval *value, uint32_t argument, lyger_cache_value *packed, smart_str *scratch)
{
    const char *reason = unstorable(value);
    if (reason) {
        zend_argument_type_error(argument, "must not be or contain %s", reason);
        return false;
    }
    zend_function *function = igbinary(ZEND_STRL("igbinary_serialize"));
    if (function && (pack_igbinary(function, value, packed, scratch) || EG(exception))) {
        return !EG(exception);
    }
    php_serialize_data_t data;
    PHP_VAR_SERIALIZE_INIT(data);
    php_var_serialize(scratch, value, &data);
    PHP_VAR_SERIALIZE_DESTROY(data);
    if (EG(exception)) {
        return false;
    }
    pack_text(LYGER_CACHE_SERIALIZED, packed, scratch);
    return true;
}

static bool pack_array(zval *value, uint32_t argument, lyger_cache_value *packed, smart_str *scratch)
{
    if (php_lyger_zero_copy() && php_lyger_image_of_array(Z_ARRVAL_P(value), packed, scratch)) {
        return true;
    }
    if (php_lyger_array_encode(Z_ARRVAL_P(value), scratch)) {
        pack_text(LYGER_CACHE_ARRAY, packed, scratch);
        return true;
    }
    smart_str_free(scratch);
    return pack_serialized(value, argument, packed, scratch);
}

bool php_lyger_value_pack(zval *value, uint32_t argument, lyger_cache_value *packed, smart_str *scratch)
{
    ZVAL_DEREF(value);
    switch (Z_TYPE_P(value)) {
    case IS_STRING:
        if (UNEXPECTED(Z_STRLEN_P(value) >= PHP_LYGER_IMAGE_STRING_LEAST) && php_lyger_zero_copy()) {
            php_lyger_image_of_string(Z_STR_P(value), packed, scratch);
            return true;
        }
        packed->type = LYGER_CACHE_STRING;
        packed->bytes = Z_STRVAL_P(value);
        packed->len = Z_STRLEN_P(value);
        return true;
    case IS_LONG:
        packed->type = LYGER_CACHE_INT;
        packed->as.integer = Z_LVAL_P(value);
        return true;
    case IS_DOUBLE:
        packed->type = LYGER_CACHE_FLOAT;
        packed->as.number = Z_DVAL_P(value);
        return true;
    case IS_TRUE:
    case IS_FALSE:
        packed->type = LYGER_CACHE_BOOL;
        packed->as.integer = Z_TYPE_P(value) == IS_TRUE;
        return true;
    case IS_NULL:
        packed->type = LYGER_CACHE_NULL;
        packed->as.integer = 0;
        return true;
    case IS_ARRAY:
        return pack_array(value, argument, packed, scratch);
    default:
        return pack_serialized(value, argument, packed, scratch);
    }
}

static lyger_cache_found unreadable(zval *return_value)
{
    lyger_error error;
    ZVAL_NULL(return_value);
    lyger_fail(&error, LYGER_E_CACHE, "the stored value cannot be read back");
    php_lyger_throw(&error);
    return LYGER_CACHE_NO_ROOM;
}

/* Consumes string. */
static lyger_cache_found unserialize(zend_string *string, zval *return_value)
{
    const unsigned char *at = (const unsigned char *)ZSTR_VAL(string);
    const unsigned char *end = at + ZSTR_LEN(string);
    php_unserialize_data_t data;
    PHP_VAR_UNSERIALIZE_INIT(data);
    bool whole = php_var_unserialize(return_value, &at, end, &data) && at == end;
    PHP_VAR_UNSERIALIZE_DESTROY(data);
    zend_string_efree(string);
    if (whole && !EG(exception)) {
        return LYGER_CACHE_HIT;
    }
    zval_ptr_dtor(return_value);
    return unreadable(return_value);
}

/* Consumes string. */
static lyger_cache_found unserialize_igbinary(zend_string *string, zval *return_value)
{
    zend_function *function = igbinary(ZEND_STRL("igbinary_unserialize"));
    zval text;
    lyger_error error;
    ZVAL_NULL(return_value);
    ZVAL_STR(&text, string);
    if (function) {
        zend_call_known_function(function, NULL, NULL, return_value, 1, &text, NULL);
    } else {
        lyger_fail(&error, LYGER_E_CACHE,
                   "the stored value was written by igbinary, which this PHP has not loaded");
        php_lyger_throw(&error);
    }
    zend_string_release(string);
    if (EG(exception)) {
        zval_ptr_dtor(return_value);
        ZVAL_NULL(return_value);
        return LYGER_CACHE_NO_ROOM;
    }
    return LYGER_CACHE_HIT;
}

/* Consumes string. */
static lyger_cache_found decode_array(zend_string *string, zval *return_value)
{
    bool whole = php_lyger_array_decode(ZSTR_VAL(string), ZSTR_LEN(string), return_value);
    zend_string_efree(string);
    return whole ? LYGER_CACHE_HIT : unreadable(return_value);
}

/* Consumes string, a copy of the image at. */
static lyger_cache_found copy_image(zend_string *string, lyger_cache_type type, const void *at,
                                    zval *return_value)
{
    bool whole = php_lyger_image_copy(type, ZSTR_VAL(string), ZSTR_LEN(string), at, return_value);
    zend_string_efree(string);
    return whole ? LYGER_CACHE_HIT : unreadable(return_value);
}

/* The values whose copied bytes are not yet the value. Consumes string. */
static lyger_cache_found decode(zend_string *string, const lyger_cache_value *value, zval *return_value)
{
    switch (value->type) {
    case LYGER_CACHE_ARRAY:
        return decode_array(string, return_value);
    case LYGER_CACHE_SERIALIZED:
        ZVAL_NULL(return_value);
        return unserialize(string, return_value);
    case LYGER_CACHE_IGBINARY:
        return unserialize_igbinary(string, return_value);
    default:
        return copy_image(string, value->type, value->bytes, return_value);
    }
}

/* The values that live in a string of their own. Consumes string. */
static zend_always_inline lyger_cache_found take_string(zend_string *string, const lyger_cache_value *value,
                                                        zval *return_value)
{
    ZSTR_VAL(string)[ZSTR_LEN(string)] = '\0';
    if (UNEXPECTED(value->type != LYGER_CACHE_STRING)) {
        return decode(string, value, return_value);
    }
    if (UNEXPECTED(ZSTR_LEN(string) <= 1)) {
        zend_string *interned =
            ZSTR_LEN(string) ? ZSTR_CHAR((unsigned char)ZSTR_VAL(string)[0]) : ZSTR_EMPTY_ALLOC();
        ZVAL_INTERNED_STR(return_value, interned);
        zend_string_efree(string);
        return LYGER_CACHE_HIT;
    }
    ZVAL_NEW_STR(return_value, string);
    return LYGER_CACHE_HIT;
}

static void take_scalar(const lyger_cache_value *value, zval *return_value)
{
    switch (value->type) {
    case LYGER_CACHE_INT:
        ZVAL_LONG(return_value, (zend_long)value->as.integer);
        break;
    case LYGER_CACHE_FLOAT:
        ZVAL_DOUBLE(return_value, value->as.number);
        break;
    case LYGER_CACHE_BOOL:
        ZVAL_BOOL(return_value, value->as.integer != 0);
        break;
    default:
        ZVAL_NULL(return_value);
        break;
    }
}

#if !ZEND_DEBUG
#define TWICE(size) _emalloc_##size, _emalloc_##size
#define FOUR_TIMES(size) TWICE(size), TWICE(size)

const php_lyger_allocate php_lyger_short_blocks[PHP_LYGER_SHORT_MOST / 8] = {
    _emalloc_8,      _emalloc_16,     _emalloc_24,     _emalloc_32,     _emalloc_40, _emalloc_48,
    _emalloc_56,     _emalloc_64,     TWICE(80),       TWICE(96),       TWICE(112),  TWICE(128),
    FOUR_TIMES(160), FOUR_TIMES(192), FOUR_TIMES(224), FOUR_TIMES(256),
};
#endif

/* What is in sight. LYGER_CACHE_MISS when it changed meanwhile: look again. */
static lyger_cache_found take_seen(lyger_cache *cache, const lyger_cache_sight *seen, zval *return_value)
{
    if (seen->value.type < LYGER_CACHE_STRING) {
        take_scalar(&seen->value, return_value);
        return LYGER_CACHE_HIT;
    }
    if (seen->value.type >= LYGER_CACHE_IN_PLACE && php_lyger_zero_copy() && lyger_cache_pin(cache, seen)) {
        php_lyger_image_use(&seen->value, return_value);
        return LYGER_CACHE_HIT;
    }
    zend_string *string = zend_string_alloc(seen->value.len, 0);
    lyger_racy_read(ZSTR_VAL(string), seen->value.bytes, seen->value.len);
    if (EXPECTED(lyger_cache_confirm(cache, seen))) {
        return take_string(string, &seen->value, return_value);
    }
    zend_string_efree(string);
    return LYGER_CACHE_MISS;
}

lyger_cache_found php_lyger_value_fetch_any(lyger_cache *cache, zend_string *key, zval *return_value)
{
    lyger_cache_sight seen;
    lyger_cache_found found = LYGER_CACHE_MISS;
    while (found == LYGER_CACHE_MISS &&
           lyger_cache_see(cache, ZSTR_VAL(key), ZSTR_LEN(key), &seen) == LYGER_CACHE_HIT) {
        found = take_seen(cache, &seen, return_value);
    }
    return found;
}

lyger_cache_found php_lyger_value_fetch_stale(lyger_cache *cache, zend_string *key, zval *return_value)
{
    lyger_cache_sight seen;
    bool fresh;
    lyger_cache_found found = LYGER_CACHE_MISS;
    while (found == LYGER_CACHE_MISS &&
           lyger_cache_see_stale(cache, ZSTR_VAL(key), ZSTR_LEN(key), &seen, &fresh) == LYGER_CACHE_HIT) {
        found = take_seen(cache, &seen, return_value);
    }
    return found;
}
