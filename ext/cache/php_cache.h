/*
 * The cache as the native door sees it.
 */
#ifndef PHP_LYGER_CACHE_H
#define PHP_LYGER_CACHE_H

#include "php_lyger.h"

/* The cache of this process, NULL when it is switched off or could not be opened. Shared by all threads. */
lyger_cache *php_lyger_cache(void);

#endif
