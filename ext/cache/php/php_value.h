/*
 * Between PHP values and what the cache stores.
 */
#ifndef PHP_LYGER_VALUE_H
#define PHP_LYGER_VALUE_H

#include "php_lyger.h"
#include "cache/read_fast.h"
#include "zend_smart_str.h"

/*
 * Describes value for lyger_cache_store(); serialised bytes go to scratch, which the caller frees. False with
 * an exception when the value cannot be stored; argument is the position that the exception names.
 */
bool php_lyger_value_pack(zval *value, uint32_t argument, lyger_cache_value *packed, smart_str *scratch);

/* igbinary's function of that name, NULL when the extension is not loaded; and what it makes of a value,
 * false when it fails. For scratch see php_lyger_value_pack(). */
zend_function *php_lyger_igbinary(const char *name, size_t len);
bool php_lyger_pack_igbinary(zend_function *function, zval *value, lyger_cache_value *packed,
                             smart_str *scratch);

/* What the value is or contains that cannot be stored, for a message; NULL when everything can. */
const char *php_lyger_value_unstorable(zval *value);

/* The part of php_lyger_value_fetch() that is not inlined: every value but misses and short strings. */
lyger_cache_found php_lyger_value_fetch_any(lyger_cache *cache, zend_string *key, zval *return_value);

/* As php_lyger_value_fetch(), without the warning of an unreadable value: for a caller that has warned
 * before. */
lyger_cache_found php_lyger_value_fetch_again(lyger_cache *cache, zend_string *key, zval *return_value);

/* As php_lyger_value_fetch(), also for a value that is no longer fresh but may still be served. */
lyger_cache_found php_lyger_value_fetch_stale(lyger_cache *cache, zend_string *key, zval *return_value);

/* How a value is read. */
typedef struct php_lyger_reading {
    bool warns;  /* of a value that cannot be read */
    bool peeks;  /* counts neither hit nor miss */
    bool takes;  /* removes the entry: nobody else gets its value in this way; may end in an exception */
    bool copies; /* uses nothing in place */
    lyger_cache_version *version; /* NULL, or becomes that of the value that was read */
    /* NULL, or what makes return_value, which is null, of serialised bytes: false when there is no value.
     * Consumes string. */
    bool (*unserialize)(lyger_cache_type type, zend_string *string, zval *return_value);
} php_lyger_reading;

/* As php_lyger_value_fetch(), in another way; nothing of it is inlined. */
lyger_cache_found php_lyger_value_fetch_as(lyger_cache *cache, zend_string *key, zval *return_value,
                                           const php_lyger_reading *how);

/*
 * Makes return_value of a value that lies elsewhere: a scalar, a string, or serialised bytes in which only
 * objects of these classes (names in lower case) may be; NULL: of all. LYGER_CACHE_HIT or
 * LYGER_CACHE_NO_ROOM, as php_lyger_value_fetch(), with the same warning. The bytes may be gone when code of
 * the application runs.
 */
lyger_cache_found php_lyger_value_make(const zend_string *key, const lyger_cache_value *value,
                                       HashTable *classes, zval *return_value);

/* Warns of an entry that cannot be read. */
void php_lyger_value_give_up(const zend_string *key, const char *why);

#define PHP_LYGER_SHORT_MOST 256 /* bytes of a short string's whole block */

#if ZEND_DEBUG
#define php_lyger_short_string(len) zend_string_alloc(len, false)
#else

typedef void *(*php_lyger_allocate)(void);

/* The engine's allocators of fixed sizes, by (bytes - 1) / 8. */
extern const php_lyger_allocate php_lyger_short_blocks[PHP_LYGER_SHORT_MOST / 8];

/* zend_string_alloc() without the steps in which emalloc() looks for the size class. */
static zend_always_inline zend_string *php_lyger_short_string(size_t len)
{
    zend_string *string = php_lyger_short_blocks[(_ZSTR_STRUCT_SIZE(len) - 1) / 8]();
    GC_SET_REFCOUNT(string, 1);
    GC_TYPE_INFO(string) = GC_STRING;
    ZSTR_H(string) = 0;
    ZSTR_LEN(string) = len;
    return string;
}

#endif

/* Room for fetch_short(). */
static zend_always_inline char *php_lyger_short_room(void *context, size_t len)
{
    zend_string **string = (zend_string **)context;
    *string = php_lyger_short_string(len);
    return ZSTR_VAL(*string);
}

/* From now on notes when an unserialised object has no class. */
void php_lyger_value_module_start(void);
void php_lyger_value_module_stop(void);

/* The part of php_lyger_value_fetch() that is inlined: misses, which are counted, and short strings.
 * GLANCE_AGAIN: the value is another one, and must be fetched otherwise. */
static zend_always_inline glance php_lyger_value_glance(lyger_cache *cache, zend_string *key,
                                                        zval *return_value)
{
    zend_string *string = NULL;
    glance result = fetch_short(cache, ZSTR_VAL(key), ZSTR_LEN(key),
                                PHP_LYGER_SHORT_MOST - _ZSTR_HEADER_SIZE - 1, php_lyger_short_room, &string);
    if (EXPECTED(result == GLANCE_HIT)) {
        ZSTR_VAL(string)[ZSTR_LEN(string)] = '\0';
        ZVAL_NEW_STR(return_value, string);
    } else if (result == GLANCE_MISS) {
        lyger_lane_count(cache, COUNT_MISSES);
    } else if (string) {
        zend_string_efree(string);
    }
    return result;
}

/*
 * Fetches key into return_value. LYGER_CACHE_NO_ROOM stands for a value that is there but can no longer be
 * read, of which PHP has been warned; to the application it is a miss. (Or memory_limit was reached, or the
 * script ends, or a handler of warnings threw: then the script does not go on from here.) Misses and short
 * strings, which most values are, are dealt with here and inlined; everything else is in no such hurry.
 */
static zend_always_inline lyger_cache_found php_lyger_value_fetch(lyger_cache *cache, zend_string *key,
                                                                  zval *return_value)
{
    glance result = php_lyger_value_glance(cache, key, return_value);
    return EXPECTED(result == GLANCE_HIT) ? LYGER_CACHE_HIT
           : result == GLANCE_MISS        ? LYGER_CACHE_MISS
                                          : php_lyger_value_fetch_any(cache, key, return_value);
}

#endif
