/*
 * Values that PHP uses where they lie in shared memory (lyger.cache_zero_copy): an image of a string or an
 * array as the engine lays it out, interned and immutable, so that nothing ever writes to it or counts
 * references in it. Fetching one costs the same whatever its size; changing it separates it like any array
 * that is shared.
 *
 * The engine already has interned strings that die with the request (of code that opcache has not stored), so
 * nothing keeps an interned value longer; the pin is released at the end of the request, when every value is
 * gone. Pointers in an image are addresses in the segment, which is why images are only made in anonymous
 * segments: processes that inherit such a segment have it at the same address. A reader that cannot pin an
 * image copies it.
 */
#ifndef PHP_LYGER_IMAGE_H
#define PHP_LYGER_IMAGE_H

#include "php_lyger.h"
#include "zend_smart_str.h"

#define PHP_LYGER_IMAGE_STRING_LEAST 2048 /* bytes; a shorter string is copied as fast */

/* Describes a string for lyger_cache_store(); what the image needs besides the string goes to scratch. */
void php_lyger_image_of_string(zend_string *string, lyger_cache_value *value, smart_str *scratch);

/* Describes an array; false when it holds something that has no image: an object, a resource, itself. */
bool php_lyger_image_of_array(HashTable *array, lyger_cache_value *value, smart_str *scratch);

/* Makes result the value in the segment itself, which the caller has pinned. */
void php_lyger_image_use(const lyger_cache_value *value, zval *result);

/* Copies an image: `bytes` are a copy of it, `at` is where the image lay. False when the image is not
 * whole. */
bool php_lyger_image_copy(lyger_cache_type type, const char *bytes, size_t len, const void *at, zval *result);

#endif
