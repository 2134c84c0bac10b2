/*
 * Differences between PHP versions, all of them, in one place.
 */
#ifndef LYGER_COMPAT_H
#define LYGER_COMPAT_H

#include "php.h"

#if PHP_VERSION_ID < 80200
#error "lyger needs PHP 8.2 or newer"
#endif

/*
 * memory_limit. Until 8.2.34 the allocator leaves by longjmp when it is reached. From 8.2.35 on it gives the
 * memory, notes that the script is to end when the internal function returns, and kills the process at twice
 * the limit; an allocation that may fail says no instead.
 */

/* Whether memory_limit was passed and PHP is about to end the script; older versions end it at once. */
static inline bool php_lyger_memory_limit_reached(void)
{
#ifdef ZEND_HAS_OOM
    return ZEND_HAS_OOM();
#else
    return false;
#endif
}

/* zend_string_extend() for a string of this request that nobody shares; NULL, and string as it was, when
 * memory_limit does not allow it. */
static inline zend_string *php_lyger_string_extend(zend_string *string, size_t len)
{
#ifdef ZEND_HAS_OOM
    zend_string *extended = ferealloc2(string, ZEND_MM_ALIGNED_SIZE(_ZSTR_STRUCT_SIZE(len)),
                                       ZEND_MM_ALIGNED_SIZE(_ZSTR_STRUCT_SIZE(ZSTR_LEN(string))), true);
    if (extended) {
        ZSTR_LEN(extended) = len;
        zend_string_forget_hash_val(extended);
    }
    return extended;
#else
    return zend_string_extend(string, len, false);
#endif
}

#endif
