#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void lyger_error_clear(lyger_error *error)
{
    error->status = LYGER_OK;
    error->position = 0;
    error->code = 0;
    error->sqlstate[0] = '\0';
    error->message[0] = '\0';
}

/* The length of text[0..len) without a UTF-8 sequence that the cut at len left incomplete. */
static size_t whole_characters(const char *text, size_t len)
{
    size_t start = len;
    while (start > 0 && len - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) {
        start--;
    }
    if (start == 0) {
        return len;
    }
    unsigned char lead = (unsigned char)text[start - 1];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return len - (start - 1) < need ? start - 1 : len;
}

void lyger_copy_text(char *to, size_t size, const char *text, size_t len)
{
    if (size == 0) {
        return;
    }
    if (len >= size) {
        len = whole_characters(text, size - 1);
    }
    memcpy(to, text, len);
    to[len] = '\0';
}

lyger_status lyger_fail(lyger_error *error, lyger_status status, const char *format, ...)
{
    if (!error) {
        return status;
    }
    va_list args;
    lyger_error_clear(error);
    error->status = status;
    va_start(args, format);
    int written = vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
    if (written >= (int)sizeof error->message) {
        error->message[whole_characters(error->message, sizeof error->message - 1)] = '\0';
    }
    return status;
}
