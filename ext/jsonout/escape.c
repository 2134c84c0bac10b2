#include "jsonout.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define ESCAPE_SIZE 6 /* longest escape: \u001f */

/*
 * Copies bytes that need neither an escape nor a look at UTF-8, that is ASCII without controls, '"' and '\'.
 * Stops at the first other byte or at the end of the text, and returns where. The sink has room for what is
 * left of the text.
 */
static const char *copy_plain(lyger_sink *sink, const char *at, const char *end)
{
    char *to = sink->pos;
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(' ');
    while (end - at >= 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)at);
        /* Signed: a byte of 0x80 and more is below the space too. */
        __m128i special =
            _mm_or_si128(_mm_cmplt_epi8(bytes, space),
                         _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
        unsigned mask = (unsigned)_mm_movemask_epi8(special);
        _mm_storeu_si128((__m128i *)to, bytes);
        if (mask) {
            int plain = __builtin_ctz(mask);
            sink->pos = to + plain;
            return at + plain;
        }
        at += 16;
        to += 16;
    }
#endif
    while (end - at >= 8) {
        const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
        uint64_t bytes;
        memcpy(&bytes, at, 8);
        uint64_t quotes = bytes ^ (ones * '"'), backslashes = bytes ^ (ones * '\\');
        /* A borrow may mark a plain byte above a special one, never miss a special one. */
        if (((bytes - ones * ' ') | (quotes - ones) | (backslashes - ones) | bytes) & high) {
            break;
        }
        memcpy(to, at, 8);
        at += 8;
        to += 8;
    }
    while (at < end && (unsigned char)(*at - ' ') < 0x60 && *at != '"' && *at != '\\') {
        *to++ = *at++;
    }
    sink->pos = to;
    return at;
}

/* The length of the well-formed multi-byte sequence at the start of at[0..left), 0 when there is none.
 * Unicode 15, table 3-7: the second byte's range depends on the first. */
static size_t sequence(const char *at, size_t left)
{
    const unsigned char *byte = (const unsigned char *)at;
    unsigned low = 0x80, high = 0xBF;
    size_t need;
    if (byte[0] >= 0xC2 && byte[0] <= 0xDF) {
        need = 2;
    } else if (byte[0] >= 0xE0 && byte[0] <= 0xEF) {
        need = 3;
        low = byte[0] == 0xE0 ? 0xA0 : 0x80;
        high = byte[0] == 0xED ? 0x9F : 0xBF;
    } else if (byte[0] >= 0xF0 && byte[0] <= 0xF4) {
        need = 4;
        low = byte[0] == 0xF0 ? 0x90 : 0x80;
        high = byte[0] == 0xF4 ? 0x8F : 0xBF;
    } else {
        return 0;
    }
    if (left < need || byte[1] < low || byte[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < need; i++) {
        if ((byte[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return need;
}

static char *put_escape(char *to, unsigned char byte)
{
    static const char hex[] = "0123456789abcdef";
    static const char letters[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    char letter = byte < 32 ? letters[byte] : (char)byte;
    *to++ = '\\';
    if (letter) {
        *to++ = letter;
        return to;
    }
    memcpy(to, "u00", 3);
    to[3] = hex[byte >> 4];
    to[4] = hex[byte & 15];
    return to + 5;
}

lyger_json_outcome lyger_json_put_escaped(lyger_sink *sink, const char *text, size_t len, size_t *bad)
{
    const char *at = text, *end = text + len;
    while (at < end) {
        if (!lyger_sink_reserve(sink, (size_t)(end - at) + ESCAPE_SIZE)) {
            return LYGER_JSON_FULL;
        }
        at = copy_plain(sink, at, end);
        while (at < end && (unsigned char)*at >= 0x80) {
            size_t bytes = sequence(at, (size_t)(end - at));
            if (bytes == 0) {
                *bad = (size_t)(at - text);
                return LYGER_JSON_BAD_UTF8;
            }
            memcpy(sink->pos, at, bytes);
            sink->pos += bytes;
            at += bytes;
        }
        if (at < end && ((unsigned char)*at < ' ' || *at == '"' || *at == '\\')) {
            sink->pos = put_escape(sink->pos, (unsigned char)*at++);
        }
    }
    return LYGER_JSON_OK;
}

lyger_json_outcome lyger_json_put_string(lyger_sink *sink, const char *text, size_t len, size_t *bad)
{
    if (!lyger_sink_put_char(sink, '"')) {
        return LYGER_JSON_FULL;
    }
    lyger_json_outcome outcome = lyger_json_put_escaped(sink, text, len, bad);
    if (outcome == LYGER_JSON_OK && !lyger_sink_put_char(sink, '"')) {
        return LYGER_JSON_FULL;
    }
    return outcome;
}

size_t lyger_utf8_valid(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len) {
        uint64_t bytes;
        while (len - at >= 8 && (memcpy(&bytes, text + at, 8), !(bytes & 0x8080808080808080u))) {
            at += 8;
        }
        while (at < len && (unsigned char)text[at] < 0x80) {
            at++;
        }
        while (at < len && (unsigned char)text[at] >= 0x80) {
            size_t step = sequence(text + at, len - at);
            if (step == 0) {
                return at;
            }
            at += step;
        }
    }
    return len;
}

bool lyger_json_put_base64(lyger_sink *sink, const void *bytes, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *from = bytes;
    if (len > SIZE_MAX / 2 || !lyger_sink_reserve(sink, (len + 2) / 3 * 4 + 2)) {
        return false;
    }
    char *to = sink->pos;
    *to++ = '"';
    for (; len >= 3; len -= 3, from += 3) {
        uint32_t group = (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
        *to++ = digits[group >> 18];
        *to++ = digits[group >> 12 & 63];
        *to++ = digits[group >> 6 & 63];
        *to++ = digits[group & 63];
    }
    if (len > 0) {
        uint32_t group = (uint32_t)from[0] << 16 | (len == 2 ? (uint32_t)from[1] << 8 : 0);
        *to++ = digits[group >> 18];
        *to++ = digits[group >> 12 & 63];
        *to++ = len == 2 ? digits[group >> 6 & 63] : '=';
        *to++ = '=';
    }
    *to++ = '"';
    sink->pos = to;
    return true;
}
