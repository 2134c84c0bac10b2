/*
 * What escape.c and escape_avx2.c share, which write the text of JSON strings. Internal to the room.
 */
#ifndef LYGER_JSONOUT_ESCAPE_H
#define LYGER_JSONOUT_ESCAPE_H

#include "jsonout.h"

/* Room for the longest text of one character, a surrogate pair in two escapes, and a quote. */
#define LYGER_JSON_ESCAPE_SIZE 16

/* Writes the escape of an ASCII character that cannot stand as it is: eight bytes, of which it returns the
 * end of those that count. */
static inline char *lyger_json_put_escape(char *to, unsigned char byte, unsigned style)
{
    static const char letters[128] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n',  ['\f'] = 'f',
                                      ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\', ['/'] = '/'};
    char letter = letters[byte];
    if (__builtin_expect(!letter || (byte == '"' && (style & LYGER_JSON_QUOT)), 0)) {
        memcpy(to, "\\u00", 4);
        to[4] = "01234567"[byte >> 4];
        /* json_encode has lower case for controls and upper case for markup. */
        to[5] = byte < ' ' ? "0123456789abcdef"[byte & 15] : "0123456789ABCDEF"[byte & 15];
        return to + 6;
    }
    to[0] = '\\';
    to[1] = letter;
    return to + 2;
}

/*
 * Writes from at on, in blocks of 32 bytes, and returns where it stopped: always between two characters,
 * everything before it well-formed UTF-8 that the style leaves as it is, or ASCII that it escaped. It may
 * stop before any other character, before the last bytes, and where the sink, which it never asks for more,
 * has no room for the rest of the text and LYGER_JSON_ESCAPE_SIZE.
 */
const char *lyger_json_copy_avx2(lyger_sink *sink, const char *at, const char *end, unsigned style);

#define LYGER_JSON_BLOCK 32

#endif
