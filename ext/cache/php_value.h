/*
 * Between PHP values and what the cache stores.
 */
#ifndef PHP_LYGER_VALUE_H
#define PHP_LYGER_VALUE_H

#include "php_lyger.h"
#include "zend_smart_str.h"

/*
 * Describes value for lyger_cache_store(); serialised bytes go to scratch, which the caller frees. False with
 * an exception when it cannot be stored; argument is the position to name in it.
 */
bool php_lyger_value_pack(zval *value, uint32_t argument, lyger_cache_value *packed, smart_str *scratch);

/*
 * Fetches key into return_value. LYGER_CACHE_NO_ROOM stands for a value that was there but threw while it was
 * unserialised.
 */
lyger_cache_found php_lyger_value_fetch(lyger_cache *cache, zend_string *key, zval *return_value);

#endif
