/*
 * Fetching what lyger_cache_remember() may serve while another process computes the new value.
 */
#ifndef PHP_LYGER_STALE_H
#define PHP_LYGER_STALE_H

#include "php_lyger.h"

/* As php_lyger_value_fetch(), and also for a value that is no longer fresh but may still be served. */
lyger_cache_found php_lyger_stale_fetch(lyger_cache *cache, zend_string *key, zval *return_value);

#endif
