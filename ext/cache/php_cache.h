/*
 * The cache as the native door sees it.
 */
#ifndef PHP_LYGER_CACHE_H
#define PHP_LYGER_CACHE_H

#include "php_lyger.h"

/* The cache of this process, NULL when it is switched off or could not be opened. Shared by all threads. */
lyger_cache *php_lyger_cache(void);

/* Whether values may be stored and used in place: lyger.cache_zero_copy, in a cache that is not named. */
static inline bool php_lyger_zero_copy(void)
{
    return LYGER_G(cache).zero_copy && !LYGER_G(cache).path[0];
}

#endif
