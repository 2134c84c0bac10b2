/*
 * Values of the cache as JSON, for who reads them without PHP: an array that PHP stored becomes an array or
 * an object as json_encode() has it, a float keeps its point ("1.0"), so that it stays one.
 */
#ifndef LYGER_ABI_JSON_H
#define LYGER_ABI_JSON_H

#include "cache/cache.h"

#include "base/sink.h"

/*
 * Appends the value as JSON (RFC 8259). Reads LYGER_CACHE_NULL to LYGER_CACHE_ARRAY; any bytes are safe.
 * False with *error when the value has no form in JSON (an object, a reference, text that is not UTF-8, an
 * infinity, arrays nested deeper than 512, igbinary's bytes, a damaged value), and then the sink holds a
 * part; false without an error when the sink refused.
 */
bool lyger_abi_put_json(lyger_sink *sink, const lyger_cache_value *value, lyger_error *error);

#endif
