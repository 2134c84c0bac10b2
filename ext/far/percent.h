/*
 * Inside the far room: %XX in the settings' texts.
 */
#ifndef LYGER_FAR_PERCENT_H
#define LYGER_FAR_PERCENT_H

#include <stdbool.h>
#include <stddef.h>

/* Decodes bytes into to, which has room for `most` and one more. False when that does not suffice, or a %
 * is not followed by two hexadecimal digits. */
bool lyger_far_percent(const char *bytes, size_t len, char *to, size_t most, size_t *to_len);

#endif
