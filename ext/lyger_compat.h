/*
 * Differences between PHP versions, all of them, in one place.
 */
#ifndef LYGER_COMPAT_H
#define LYGER_COMPAT_H

#include "php_version.h"

#if PHP_VERSION_ID < 80200
#error "lyger needs PHP 8.2 or newer"
#endif

#endif
