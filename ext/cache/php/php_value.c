#include "php_value.h"

#include "lyger_compat.h"
#include "lyger_error.h"
#include "php_array.h"
#include "php_cache.h"
#include "php_image.h"

#include "ext/standard/basic_functions.h"
#include "ext/standard/php_incomplete_class.h"
#include "ext/standard/php_var.h"
#include "zend_closures.h"
#include "zend_exceptions.h"

/*
 * serialize() turns a resource into 0 without a word and follows a recursive array by reference, so this
 * function looks for both before. It does not look into objects: their own serialisation decides.
 */
const char *php_lyger_value_unstorable(zval *value)
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
        found = php_lyger_value_unstorable(element);
        if (found) {
            break;
        }
    }
    ZEND_HASH_FOREACH_END();
    GC_UNPROTECT_RECURSION(array);
    return found;
}

/* It has no header that could be relied on. */
zend_function *php_lyger_igbinary(const char *name, size_t len)
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

bool php_lyger_pack_igbinary(zend_function *function, zval *value, lyger_cache_value *packed,
                             smart_str *scratch)
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
    const char *reason = php_lyger_value_unstorable(value);
    if (reason) {
        zend_argument_type_error(argument, "must not be or contain %s", reason);
        return false;
    }
    zend_function *function = php_lyger_igbinary(ZEND_STRL("igbinary_serialize"));
    if (function && (php_lyger_pack_igbinary(function, value, packed, scratch) || EG(exception))) {
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
    if (UNEXPECTED(php_lyger_memory_limit_reached())) {
        return false;
    }
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

/* ---- values that cannot be read ---- */

static LYGER_SET_AT_START zend_object *(*create_incomplete)(zend_class_entry *class_entry);

static zend_object *count_incomplete(zend_class_entry *class_entry)
{
    LYGER_G(cache).incomplete++;
    return create_incomplete(class_entry);
}

LYGER_AT_START void php_lyger_value_module_start(void)
{
    create_incomplete = PHP_IC_ENTRY->create_object;
    PHP_IC_ENTRY->create_object = count_incomplete;
}

LYGER_AT_START void php_lyger_value_module_stop(void)
{
    PHP_IC_ENTRY->create_object = create_incomplete;
}

/* The message of an exception, which is then forgotten. NULL when it only ends the script. */
static zend_string *take_exception(void)
{
    zend_object *exception = EG(exception);
    zval rv;
    if (zend_is_unwind_exit(exception) || zend_is_graceful_exit(exception)) {
        return NULL;
    }
    zval *message = zend_read_property_ex(zend_get_exception_base(exception), exception,
                                          ZSTR_KNOWN(ZEND_STR_MESSAGE), true, &rv);
    zend_string *text = strpprintf(0, "%s: %s", ZSTR_VAL(exception->ce->name),
                                   Z_TYPE_P(message) == IS_STRING ? Z_STRVAL_P(message) : "");
    zend_clear_exception();
    return text;
}

/* Treats an entry that cannot be read as a miss and warns of it, with the exception that reading threw, else
 * with `why`. */
static void give_up(const zend_string *key, const char *why, bool warns)
{
    zend_string *thrown = NULL;
    if (php_lyger_memory_limit_reached() || (EG(exception) && !(thrown = take_exception()))) {
        return;
    }
    if (warns) {
        zend_string *name = php_lyger_key_shown(key);
        php_error_docref(NULL, E_WARNING, "The entry \"%s\" cannot be read and counts as a miss: %s",
                         ZSTR_VAL(name), thrown ? ZSTR_VAL(thrown) : why);
        zend_string_release(name);
    }
    if (thrown) {
        zend_string_release(thrown);
    }
}

/* ---- reading ---- */

/* Unserialises into return_value objects of these classes, of any for NULL: NULL, or why the string could not
 * be read; an exception may say more. Consumes string. */
static const char *unserialize(zend_string *string, HashTable *classes, zval *return_value)
{
    const unsigned char *at = (const unsigned char *)ZSTR_VAL(string);
    const unsigned char *end = at + ZSTR_LEN(string);
    php_unserialize_data_t data;
    PHP_VAR_UNSERIALIZE_INIT(data);
    HashTable *before = php_var_unserialize_get_allowed_classes(data); /* of an unserialize() around this */
    php_var_unserialize_set_allowed_classes(data, classes ? classes : before);
    bool whole = php_var_unserialize(return_value, &at, end, &data) && at == end;
    php_var_unserialize_set_allowed_classes(data, before);
    PHP_VAR_UNSERIALIZE_DESTROY(data);
    zend_string_efree(string);
    return whole ? NULL : "unserialize() does not accept it";
}

/* unserialize() for igbinary's format. */
static const char *unserialize_igbinary(zend_string *string, zval *return_value)
{
    zend_function *function = php_lyger_igbinary(ZEND_STRL("igbinary_unserialize"));
    zval text;
    ZVAL_STR(&text, string);
    if (function) {
        zend_call_known_function(function, NULL, NULL, return_value, 1, &text, NULL);
    }
    zend_string_release(string);
    return !function ? "it was written by igbinary, which this PHP has not loaded"
           : Z_TYPE_P(return_value) == IS_ARRAY || Z_TYPE_P(return_value) == IS_OBJECT
               ? NULL /* only arrays and objects are stored in this form */
               : "igbinary_unserialize() does not accept it";
}

/* Decodes the values whose copied bytes are not yet the value; NULL or the reason, as unserialize(). */
static const char *decode(zend_string *string, const lyger_cache_value *value, zval *return_value)
{
    bool whole;
    zend_ulong incomplete = LYGER_G(cache).incomplete;
    const char *why;
    switch (value->type) {
    case LYGER_CACHE_SERIALIZED:
        why = unserialize(string, NULL, return_value);
        break;
    case LYGER_CACHE_IGBINARY:
        why = unserialize_igbinary(string, return_value);
        break;
    case LYGER_CACHE_ARRAY:
        whole = php_lyger_array_decode(ZSTR_VAL(string), ZSTR_LEN(string), return_value);
        zend_string_efree(string);
        return whole ? NULL : "it is damaged";
    default: /* an image; value->bytes is where it lay in the segment */
        whole =
            php_lyger_image_copy(value->type, ZSTR_VAL(string), ZSTR_LEN(string), value->bytes, return_value);
        zend_string_efree(string);
        return whole ? NULL : "it is damaged";
    }
    return why                                       ? why
           : incomplete != LYGER_G(cache).incomplete ? "a class of it does not exist any more"
                                                     : NULL;
}

/* What is found, when `why` (NULL: for no reason) or an exception says that return_value is no value. */
static lyger_cache_found settle(const zend_string *key, const char *why, bool warns, zval *return_value)
{
    if (EXPECTED(!why) && EXPECTED(!EG(exception))) {
        return LYGER_CACHE_HIT;
    }
    zval_ptr_dtor(return_value);
    ZVAL_NULL(return_value);
    give_up(key, why, warns);
    return LYGER_CACHE_NO_ROOM;
}

static lyger_cache_found take_decoded(const zend_string *key, zend_string *string,
                                      const lyger_cache_value *value, zval *return_value,
                                      const php_lyger_reading *how)
{
    ZVAL_NULL(return_value);
    if (how->unserialize && (value->type == LYGER_CACHE_SERIALIZED || value->type == LYGER_CACHE_IGBINARY)) {
        return how->unserialize(value->type, string, return_value) ? LYGER_CACHE_HIT : LYGER_CACHE_NO_ROOM;
    }
    return settle(key, decode(string, value, return_value), how->warns, return_value);
}

/* Makes return_value of a value whose bytes were copied to a string of its own. Consumes string. */
static zend_always_inline lyger_cache_found take_string(const zend_string *key, zend_string *string,
                                                        const lyger_cache_value *value, zval *return_value,
                                                        const php_lyger_reading *how)
{
    ZSTR_VAL(string)[ZSTR_LEN(string)] = '\0';
    if (UNEXPECTED(value->type != LYGER_CACHE_STRING)) {
        return take_decoded(key, string, value, return_value, how);
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

/* Removes the entry whose value is taken: LYGER_CACHE_HIT, LYGER_CACHE_MISS when somebody else was faster,
 * LYGER_CACHE_NO_ROOM with an exception. */
static lyger_cache_found claim(lyger_cache *cache, const zend_string *key, const lyger_cache_sight *seen)
{
    lyger_cache_version version = lyger_cache_version_of(seen);
    lyger_error error;
    bool there;
    if (lyger_cache_remove_version(cache, ZSTR_VAL(key), ZSTR_LEN(key), &version, &there, &error) !=
        LYGER_OK) {
        php_lyger_throw(&error);
        return LYGER_CACHE_NO_ROOM;
    }
    return there ? LYGER_CACHE_HIT : LYGER_CACHE_MISS;
}

/* Makes return_value of the value in sight. LYGER_CACHE_MISS when the entry changed meanwhile: look again. */
static lyger_cache_found take_seen(lyger_cache *cache, const zend_string *key, const lyger_cache_sight *seen,
                                   zval *return_value, const php_lyger_reading *how)
{
    lyger_cache_found claimed = LYGER_CACHE_HIT;
    if (seen->value.type < LYGER_CACHE_STRING) {
        take_scalar(&seen->value, return_value);
        return how->takes ? claim(cache, key, seen) : LYGER_CACHE_HIT;
    }
    if (seen->value.type >= LYGER_CACHE_IN_PLACE && !how->copies && php_lyger_zero_copy() &&
        lyger_cache_pin(cache, seen)) {
        claimed = how->takes ? claim(cache, key, seen) : LYGER_CACHE_HIT;
        if (EXPECTED(claimed == LYGER_CACHE_HIT)) {
            php_lyger_image_use(&seen->value, return_value);
        }
        return claimed;
    }
    zend_string *string = php_lyger_string_alloc(seen->value.len);
    if (UNEXPECTED(!string)) {
        ZVAL_NULL(return_value);
        return LYGER_CACHE_NO_ROOM;
    }
    lyger_racy_read(ZSTR_VAL(string), seen->value.bytes, seen->value.len);
    if (UNEXPECTED(!lyger_cache_confirm(cache, seen))) {
        claimed = LYGER_CACHE_MISS;
    } else if (UNEXPECTED(how->takes)) {
        claimed = claim(cache, key, seen);
    }
    if (EXPECTED(claimed == LYGER_CACHE_HIT)) {
        return take_string(key, string, &seen->value, return_value, how);
    }
    zend_string_efree(string);
    return claimed;
}

static const php_lyger_reading warning = {.warns = true}, silent = {.warns = false};

static zend_always_inline lyger_cache_found fetch(lyger_cache *cache, zend_string *key, zval *return_value,
                                                  const php_lyger_reading *how)
{
    lyger_cache_sight seen;
    lyger_cache_found found = LYGER_CACHE_MISS;
    while (found == LYGER_CACHE_MISS && (how->peeks ? lyger_cache_peek : lyger_cache_see)(
                                            cache, ZSTR_VAL(key), ZSTR_LEN(key), &seen) == LYGER_CACHE_HIT) {
        found = take_seen(cache, key, &seen, return_value, how);
    }
    if (how->version && found == LYGER_CACHE_HIT) {
        *how->version = lyger_cache_version_of(&seen);
    }
    return found;
}

lyger_cache_found php_lyger_value_fetch_any(lyger_cache *cache, zend_string *key, zval *return_value)
{
    return fetch(cache, key, return_value, &warning);
}

lyger_cache_found php_lyger_value_fetch_again(lyger_cache *cache, zend_string *key, zval *return_value)
{
    return fetch(cache, key, return_value, &silent);
}

lyger_cache_found php_lyger_value_fetch_as(lyger_cache *cache, zend_string *key, zval *return_value,
                                           const php_lyger_reading *how)
{
    return fetch(cache, key, return_value, how);
}

lyger_cache_found php_lyger_value_fetch_stale(lyger_cache *cache, zend_string *key, zval *return_value)
{
    lyger_cache_sight seen;
    bool fresh;
    lyger_cache_found found = LYGER_CACHE_MISS;
    while (found == LYGER_CACHE_MISS &&
           lyger_cache_see_stale(cache, ZSTR_VAL(key), ZSTR_LEN(key), &seen, &fresh) == LYGER_CACHE_HIT) {
        found = take_seen(cache, key, &seen, return_value, &silent);
    }
    return found;
}

void php_lyger_value_give_up(const zend_string *key, const char *why)
{
    give_up(key, why, true);
}

lyger_cache_found php_lyger_value_make(const zend_string *key, const lyger_cache_value *value,
                                       HashTable *classes, zval *return_value)
{
    if (value->type < LYGER_CACHE_STRING) {
        take_scalar(value, return_value);
        return LYGER_CACHE_HIT;
    }
    zend_string *string = php_lyger_string_alloc(value->len);
    ZVAL_NULL(return_value);
    if (UNEXPECTED(!string)) {
        return LYGER_CACHE_NO_ROOM;
    }
    memcpy(ZSTR_VAL(string), value->bytes, value->len);
    if (value->type == LYGER_CACHE_STRING) {
        return take_string(key, string, value, return_value, &warning);
    }
    ZSTR_VAL(string)[ZSTR_LEN(string)] = '\0';
    zend_ulong incomplete = LYGER_G(cache).incomplete;
    const char *why = unserialize(string, classes, return_value);
    if (!why && incomplete != LYGER_G(cache).incomplete) {
        why = "a class of it does not exist, or is not one of lyger.cache_far_classes";
    }
    return settle(key, why, true, return_value);
}
