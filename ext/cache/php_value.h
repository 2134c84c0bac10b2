/*
 * Between PHP values and what the cache stores.
 */
#ifndef PHP_LYGER_VALUE_H
#define PHP_LYGER_VALUE_H

#include "php_lyger.h"
#include "read_fast.h"
#include "zend_smart_str.h"

/*
 * Describes value for lyger_cache_store(); serialised bytes go to scratch, which the caller frees. False with
 * an exception when it cannot be stored; argument is the position to name in it.
 */
bool php_lyger_value_pack(zval *value, uint32_t argument, lyger_cache_value *packed, smart_str *scratch);

/* What the value is or contains that cannot be stored, for a message; NULL when all can. */
const char *php_lyger_value_unstorable(zval *value);

/* Everything that php_lyger_value_fetch() does not deal with itself. */
lyger_cache_found php_lyger_value_fetch_any(lyger_cache *cache, zend_string *key, zval *return_value);

/* As php_lyger_value_fetch(), without the warning: for whoever has had it. */
lyger_cache_found php_lyger_value_fetch_again(lyger_cache *cache, zend_string *key, zval *return_value);

/* The same, also for a value that is no longer fresh but may still be served. */
lyger_cache_found php_lyger_value_fetch_stale(lyger_cache *cache, zend_string *key, zval *return_value);

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

/* memcpy() of so few bytes, at least 16, is not worth a call. */
static zend_always_inline void php_lyger_copy_short(char *to, const char *from, size_t len)
{
    size_t at = 0;
    for (; at + 32 < len; at += 32) {
        memcpy(to + at, from + at, 32);
    }
    if (at + 16 < len) {
        memcpy(to + at, from + at, 16);
    }
    memcpy(to + len - 16, from + len - 16, 16);
}

/* Notes from now on when a value comes back without its class. */
void php_lyger_value_module_start(void);
void php_lyger_value_module_stop(void);

/*
 * Fetches key into return_value. LYGER_CACHE_NO_ROOM stands for a value that is there but can no longer be
 * read, of which PHP has been warned; to the application it is a miss. (Or memory_limit was reached, or the
 * script ends, or a handler of warnings threw: then the script does not go on from here.) Misses and short
 * strings, which most values are, are dealt with here and inlined; everything else is in no such hurry.
 */
static zend_always_inline lyger_cache_found php_lyger_value_fetch(lyger_cache *cache, zend_string *key,
                                                                  zval *return_value)
{
    uint64_t hash = lyger_hash_key(ZSTR_VAL(key), ZSTR_LEN(key), cache->hash_state);
    entry_sight seen;
    glance result = glance_at(cache, hash, ZSTR_VAL(key), ZSTR_LEN(key), &seen, true);
    if (result == GLANCE_MISS) {
        lyger_lane_count(cache, COUNT_MISSES);
        return LYGER_CACHE_MISS;
    }
    size_t len = value_length(seen.lens);
    if (EXPECTED(result == GLANCE_HIT) && EXPECTED(value_type(seen.lens) == LYGER_CACHE_STRING) &&
        EXPECTED(len - 16 < PHP_LYGER_SHORT_MOST - _ZSTR_HEADER_SIZE - 16)) {
        zend_string *string = php_lyger_short_string(len);
        php_lyger_copy_short(ZSTR_VAL(string), value_seen(&seen, ZSTR_LEN(key)), len);
        if (EXPECTED(still_there(&seen))) {
            ZSTR_VAL(string)[len] = '\0';
            ZVAL_NEW_STR(return_value, string);
            lyger_policy_hit(seen.slot);
            lyger_lane_count(cache, COUNT_HITS);
            return LYGER_CACHE_HIT;
        }
        zend_string_efree(string);
    }
    return php_lyger_value_fetch_any(cache, key, return_value);
}

#endif
