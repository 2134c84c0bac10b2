/*
 * The cache as the native door sees it: php_cache.c has entries and the room's hooks, php_batch.c many
 * entries at once, php_open.c which cache this process uses, php_hold.c locks and remembering, php_inspect.c
 * figures and keys, php_sessions.c PHP's sessions.
 */
#ifndef PHP_LYGER_CACHE_H
#define PHP_LYGER_CACHE_H

#include "php_lyger.h"

/* The cache of this process, NULL when it is switched off, could not be opened or has not been used yet.
 * Shared by all threads. */
extern lyger_cache *php_lyger_process_cache;

/* Makes the cache of a process that has not used it yet. NULL when there is none. */
lyger_cache *php_lyger_make_waiting_cache(void);

static inline lyger_cache *php_lyger_cache(void)
{
    return EXPECTED(php_lyger_process_cache) ? php_lyger_process_cache : php_lyger_make_waiting_cache();
}

/* Returns NULL. When the cache could not be opened, the first call throws the reason; later calls treat the
 * cache as switched off. */
lyger_cache *php_lyger_no_cache(void);

static zend_always_inline lyger_cache *php_lyger_usable_cache(void)
{
    return EXPECTED(php_lyger_process_cache) ? php_lyger_process_cache : php_lyger_no_cache();
}

/* The cache, for functions that are useless without one: NULL with an exception that says why there is none,
 * and the consequence. */
lyger_cache *php_lyger_needed_cache(const char *consequence);

/* Why there is no cache, when there is none. */
const char *php_lyger_why_no_cache(void);

/* The hooks of php_sessions.c. */
void php_lyger_sessions_module_start(void);
void php_lyger_sessions_info(void);

/* The hooks of php_open.c. */
void php_lyger_open_module_start(void);
void php_lyger_open_module_stop(void);
void php_lyger_open_request_start(void);
void php_lyger_open_info(void);

/* False with an exception that names the argument. */
static inline bool php_lyger_key_is_valid(const zend_string *key, uint32_t argument)
{
    if (EXPECTED(ZSTR_LEN(key) - 1 < LYGER_CACHE_KEY_MAX)) {
        return true;
    }
    zend_argument_value_error(argument, "must be 1 to %u bytes long, %zu given", LYGER_CACHE_KEY_MAX,
                              ZSTR_LEN(key));
    return false;
}

static inline bool php_lyger_ttl_is_valid(zend_long ttl, uint32_t argument)
{
    if (EXPECTED(ttl >= 0 && (zend_ulong)ttl <= LYGER_CACHE_TTL_MAX)) {
        return true;
    }
    zend_argument_value_error(argument, "must be between 0 and %u seconds, " ZEND_LONG_FMT " given",
                              LYGER_CACHE_TTL_MAX, ttl);
    return false;
}

/* The key as messages show it: printable and not too long. The caller releases it. */
zend_string *php_lyger_key_shown(const zend_string *key);

/* Makes class_entry, Lyger\CacheKeys, the class of what lyger_cache_keys() returns. */
void php_lyger_cache_keys_register(zend_class_entry *class_entry);

/* Whether values may be stored and used in place: lyger.cache_zero_copy, in a cache that is not named. */
static inline bool php_lyger_zero_copy(void)
{
    return LYGER_G(cache).zero_copy && !LYGER_G(cache).path[0];
}

#endif
