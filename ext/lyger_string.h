/*
 * A sink whose memory is a PHP string: the core writes JSON straight into what the script will hold.
 */
#ifndef LYGER_STRING_H
#define LYGER_STRING_H

#include "php_lyger.h"
#include "base/sink.h"

typedef struct php_lyger_string {
    lyger_sink sink; /* first member */
    zend_string *string;
} php_lyger_string;

void php_lyger_string_init(php_lyger_string *text);

/* The finished string, trimmed to its length; the caller owns it. */
zend_string *php_lyger_string_finish(php_lyger_string *text);

void php_lyger_string_free(php_lyger_string *text);

#endif
