/*
 * Arrays in the cache: a flat form that is written in one pass over the array and read back without looking
 * anything up twice. Nested arrays are part of it; an array that holds an object anywhere is serialised
 * instead, because the object's identity and hooks are serialize()'s business. References are resolved. The
 * form itself stands in cache/array_form.h.
 */
#ifndef PHP_LYGER_ARRAY_H
#define PHP_LYGER_ARRAY_H

#include "php_lyger.h"
#include "zend_smart_str.h"

/* Appends array to text. False when the array holds something this form cannot (an object, a resource,
 * itself) or memory_limit was reached: then text holds a part of the array, and the caller goes on with
 * serialize() or an error. */
bool php_lyger_array_encode(HashTable *array, smart_str *text);

/* Reads what php_lyger_array_encode() wrote; bytes are aligned to 8. Any bytes are safe: false when the bytes
 * are not an array of this form or memory_limit was reached, and then result is untouched. */
bool php_lyger_array_decode(const char *bytes, size_t len, zval *result);

/* Drops the names that decoding kept for reuse. */
void php_lyger_array_request_stop(void);

#endif
