/*
 * JSON out: the pieces that every JSON writer of lyger is made of. The writers append to a sink and own
 * nothing; any thread may use them on its own sink. No locale changes what they write.
 */
#ifndef LYGER_JSONOUT_JSONOUT_H
#define LYGER_JSONOUT_JSONOUT_H

#include "base/sink.h"

#include <stdint.h>

typedef enum lyger_json_outcome {
    LYGER_JSON_OK,
    LYGER_JSON_FULL,     /* the sink refused; it holds a part */
    LYGER_JSON_BAD_UTF8, /* *bad is the offset of the first byte of the ill-formed sequence */
} lyger_json_outcome;

/*
 * Writes text[0..len) as a JSON string with its quotes: RFC 8259 section 7, the short escapes where they
 * exist, \u00XX for the other control characters, all other characters as they are. Validates UTF-8 in the
 * same pass (Unicode 15, table 3-7). Never reads outside text[0..len).
 */
lyger_json_outcome lyger_json_put_string(lyger_sink *sink, const char *text, size_t len, size_t *bad);

/* lyger_json_put_string() without the quotes. */
lyger_json_outcome lyger_json_put_escaped(lyger_sink *sink, const char *text, size_t len, size_t *bad);

/*
 * What lyger_json_put_styled does differently from lyger_json_put_string, in bits: json_encode's flags. 0:
 * nothing.
 */
enum {
    LYGER_JSON_SLASH = 1 << 0,     /* "/" is written as "\/" */
    LYGER_JSON_TAG = 1 << 1,       /* "<" and ">" as \u003C and \u003E */
    LYGER_JSON_AMP = 1 << 2,       /* "&" as \u0026 */
    LYGER_JSON_APOS = 1 << 3,      /* "'" as \u0027 */
    LYGER_JSON_QUOT = 1 << 4,      /* '"' as \u0022 */
    LYGER_JSON_NON_ASCII = 1 << 5, /* everything above ASCII as \uXXXX, lower case, in UTF-16 */
    LYGER_JSON_LINES = 1 << 6,     /* U+2028 and U+2029 as \uXXXX: JavaScript once took them for line ends */
    LYGER_JSON_SKIP_BAD = 1 << 8,  /* ill-formed UTF-8 is left out; wins over LYGER_JSON_REPLACE_BAD */
    LYGER_JSON_REPLACE_BAD = 1 << 9, /* ill-formed UTF-8 becomes U+FFFD */
};

/* Writes text[0..len) as a JSON string with its quotes, in a style of these bits. */
lyger_json_outcome lyger_json_put_styled(lyger_sink *sink, const char *text, size_t len, unsigned style,
                                         size_t *bad);

#define LYGER_JSON_SHORT 64

/* Writes a text of at most LYGER_JSON_SHORT bytes, with quotes, to memory that has room for len + 2: returns
 * behind the closing quote. NULL when a byte cannot stand as it is: then call lyger_json_put_styled. */
char *lyger_json_write_short(char *to, const char *text, size_t len, unsigned style);

/* The length of the longest prefix of text[0..len) that is well-formed UTF-8: len when all of it is. */
size_t lyger_utf8_valid(const char *text, size_t len);

/* Writes bytes[0..len) as a JSON string in base64 (RFC 4648 section 4, with padding). False when the sink is
 * full. */
bool lyger_json_put_base64(lyger_sink *sink, const void *bytes, size_t len);

#define LYGER_INT_SIZE 20    /* most characters of a 64-bit integer, sign included */
#define LYGER_DOUBLE_SIZE 40 /* more than the longest double */

/* Writes decimal text into LYGER_INT_SIZE bytes, not NUL-terminated; returns the text's length. Bytes behind
 * the text may change. */
size_t lyger_format_int(char *to, int64_t value);
size_t lyger_format_uint(char *to, uint64_t value);

/*
 * Writes the shortest decimal text that reads back as the same double into LYGER_DOUBLE_SIZE bytes, not
 * NUL-terminated; returns the text's length. value is finite. with_point keeps a fraction ("1.0", "1.0e+25")
 * so that readers see a float; without it "1", "1e+25". Exponents are used from 1e15 on and below 1e-4, as
 * PHP and SQLite do.
 */
size_t lyger_format_double(char *to, double value, bool with_point);

/* lyger_format_double() as PHP writes doubles under serialize_precision = -1: exponents from 1e17 on and
 * below 1e-4, always with a point ("1.0e+25"); without one, zero_fraction ends a number in ".0". */
size_t lyger_format_double_like_php(char *to, double value, bool zero_fraction);

static inline bool lyger_json_put_int(lyger_sink *sink, int64_t value)
{
    if (!lyger_sink_reserve(sink, LYGER_INT_SIZE)) {
        return false;
    }
    sink->pos += lyger_format_int(sink->pos, value);
    return true;
}

/* Writes a finite double with_point; an infinity as "Infinity" or "-Infinity" and a NaN as "NaN", with
 * quotes, as PostgreSQL does. */
bool lyger_json_put_double(lyger_sink *sink, double value);

/* Whether text[0..len) is a number by RFC 8259 section 6. */
bool lyger_json_is_number(const char *text, size_t len);

#endif
