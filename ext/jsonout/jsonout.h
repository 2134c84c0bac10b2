/*
 * JSON out: the pieces that every JSON writer of lyger is made of. They append to a sink and own nothing; any
 * thread may use them on its own sink. No locale changes what they write.
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
 * text[0..len) as a JSON string with its quotes: RFC 8259 section 7, the short escapes where they exist,
 * \u00XX for the other control characters, everything else as it is. Validates UTF-8 in the same pass
 * (Unicode 15, table 3-7). Never reads outside text[0..len).
 */
lyger_json_outcome lyger_json_put_string(lyger_sink *sink, const char *text, size_t len, size_t *bad);

/* The same without the quotes. */
lyger_json_outcome lyger_json_put_escaped(lyger_sink *sink, const char *text, size_t len, size_t *bad);

/* The length of the longest prefix of text[0..len) that is well-formed UTF-8: len when all of it is. */
size_t lyger_utf8_valid(const char *text, size_t len);

/* bytes[0..len) as a JSON string in base64 (RFC 4648 section 4, with padding). False when the sink is full.
 */
bool lyger_json_put_base64(lyger_sink *sink, const void *bytes, size_t len);

#define LYGER_INT_SIZE 20    /* most characters of a 64-bit integer, sign included */
#define LYGER_DOUBLE_SIZE 32 /* more than the longest double */

/* Decimal text into LYGER_INT_SIZE bytes, not NUL-terminated; returns its length. */
size_t lyger_format_int(char *to, int64_t value);
size_t lyger_format_uint(char *to, uint64_t value);

/*
 * The shortest decimal text that reads back as the same double, into LYGER_DOUBLE_SIZE bytes, not
 * NUL-terminated; returns its length. value is finite. with_point keeps a fraction ("1.0", "1.0e+25") so that
 * readers see a float; without it "1", "1e+25". Exponents are used from 1e15 on and below 1e-4, as PHP and
 * SQLite do.
 */
size_t lyger_format_double(char *to, double value, bool with_point);

static inline bool lyger_json_put_int(lyger_sink *sink, int64_t value)
{
    if (!lyger_sink_reserve(sink, LYGER_INT_SIZE)) {
        return false;
    }
    sink->pos += lyger_format_int(sink->pos, value);
    return true;
}

/* A finite double with_point; an infinity as "Infinity" or "-Infinity" and a NaN as "NaN", with quotes, which
 * is what PostgreSQL makes of them. */
bool lyger_json_put_double(lyger_sink *sink, double value);

/* Whether text[0..len) is a number by RFC 8259 section 6. */
bool lyger_json_is_number(const char *text, size_t len);

#endif
