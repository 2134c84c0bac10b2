/*
 * Differences between PHP versions, all of them, in one place.
 */
#ifndef LYGER_COMPAT_H
#define LYGER_COMPAT_H

#include "php.h"

#if PHP_VERSION_ID < 80200
#error "lyger needs PHP 8.2 or newer"
#endif

/* Whether memory_limit was passed and PHP is about to end the script; older versions end it at once. */
static inline bool php_lyger_memory_limit_reached(void)
{
#ifdef ZEND_HAS_OOM
    return ZEND_HAS_OOM();
#else
    return false;
#endif
}

#endif
