/*
 * APCu's functions and its class over lyger's cache, with lyger.apcu_api=1: a door of its own beside
 * lyger_cache_*, for applications that were written for APCu. Entries are in the same cache and under the
 * same keys; those that APCu's functions stored have an account (cache.h), and only these are listed, counted
 * and cleared by APCu's functions. Nothing here owns memory or is shared between threads but what the cache
 * is.
 *
 * php_apcu.c registers and has the settings, php_entry.c the functions that store and fetch, php_serialized.c
 * turns values into what is stored and back, php_inspection.c tells figures, php_iterator.c is APCUIterator.
 * The semantics are those of APCu 5.1; docs/apcu.md lists what differs, and why.
 */
#ifndef PHP_LYGER_APCU_H
#define PHP_LYGER_APCU_H

#include "cache/php/php_cache.h"
#include "cache/php/php_value.h"

#include "SAPI.h"

enum {
    PHP_LYGER_APC_LIST_ACTIVE = 1,
    PHP_LYGER_APC_LIST_DELETED = 2,
};

#define PHP_LYGER_APC_ITER_TYPE (1L << 0)
#define PHP_LYGER_APC_ITER_KEY (1L << 1)
#define PHP_LYGER_APC_ITER_VALUE (1L << 2)
#define PHP_LYGER_APC_ITER_NUM_HITS (1L << 3)
#define PHP_LYGER_APC_ITER_MTIME (1L << 4)
#define PHP_LYGER_APC_ITER_CTIME (1L << 5)
#define PHP_LYGER_APC_ITER_DTIME (1L << 6)
#define PHP_LYGER_APC_ITER_ATIME (1L << 7)
#define PHP_LYGER_APC_ITER_REFCOUNT (1L << 8)
#define PHP_LYGER_APC_ITER_MEM_SIZE (1L << 9)
#define PHP_LYGER_APC_ITER_TTL (1L << 10)
#define PHP_LYGER_APC_ITER_NONE 0L
#define PHP_LYGER_APC_ITER_ALL 0xFFFFFFFFL

/* Before the settings are registered: apc.shm_size is the default of lyger.cache_size. */
void php_lyger_apcu_take_size(void);

/* Whether APCu would work here: not on the command line, unless apc.enable_cli says so. */
static zend_always_inline bool php_lyger_apcu_is_on(void)
{
    const php_lyger_apcu_globals *set = &LYGER_G(apcu);
    return EXPECTED(set->enabled) && (EXPECTED(set->enable_cli) || strcmp(sapi_module.name, "cli") != 0);
}

/* NULL where APCu would be switched off, or there is no cache. */
static zend_always_inline lyger_cache *php_lyger_apcu_cache(void)
{
    return php_lyger_apcu_is_on() ? php_lyger_cache() : NULL;
}

/* Seconds of the wall clock; with apc.use_request_time, when the request began. */
int64_t php_lyger_apcu_now(void);

/* Warns of what went wrong in the core; APCu's functions throw nothing. */
void php_lyger_apcu_warn(const lyger_error *error);

/* ---- keys ---- */

/* What stands in the cache for APCu's empty key; persistent. */
extern zend_string *php_lyger_apcu_empty_key;

/* The key as the cache has it; NULL when the cache can have no such key. Borrowed. */
static zend_always_inline zend_string *php_lyger_apcu_key(zend_string *key)
{
    if (EXPECTED(ZSTR_LEN(key) - 1 < LYGER_CACHE_KEY_MAX)) {
        return key;
    }
    return ZSTR_LEN(key) == 0 ? php_lyger_apcu_empty_key : NULL;
}

/* The key as APCu has it; the caller releases it. */
zend_string *php_lyger_apcu_key_shown(const char *key, size_t len);

bool php_lyger_apcu_delete(lyger_cache *cache, zend_string *key);

/* ---- values ---- */

/* Describes value for the cache; false when it cannot be stored, with APCu's warning or an exception. The
 * caller frees scratch. */
bool php_lyger_apcu_pack(zval *value, lyger_cache_value *packed, smart_str *scratch);

/* Fetches; counts nothing when it only peeks. False for a miss and for what cannot be unserialised. */
bool php_lyger_apcu_fetch(lyger_cache *cache, zend_string *key, zval *return_value, bool peeks);

/* ---- APCUIterator ---- */

/* Makes class_entry the class APCUIterator. */
void php_lyger_apcu_iterator_register(zend_class_entry *class_entry);

/* apcu_delete() of an object: false, and an error, when it is no APCUIterator. */
bool php_lyger_apcu_iterator_delete(zend_object *object);

#endif
