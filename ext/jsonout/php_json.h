/*
 * json_encode on lyger's writers.
 */
#ifndef LYGER_JSONOUT_PHP_JSON_H
#define LYGER_JSONOUT_PHP_JSON_H

#include "php_lyger.h"

/*
 * The JSON text of value, byte for byte what json_encode writes; the caller owns it. flags are json_encode's,
 * THROW_ON_ERROR means nothing here. *error is json_last_error()'s number: when it is not 0, the text is
 * NULL, or to be thrown away, or, with JSON_PARTIAL_OUTPUT_ON_ERROR, the partial text. NULL with *error 0
 * says that a jsonSerialize() or a property hook threw, or that memory_limit was reached.
 */
zend_string *php_lyger_json_encode(zval *value, int flags, int depth, int *error);

#endif
