#include "jsonout.h"
#include "escape.h"
#include "utf8.h"

#include "base/cpu.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* A byte's class: the LYGER_JSON_… bit of the style under which it cannot be copied, or LOOK. */
#define LOOK 0x80 /* controls, '"', '\\' and everything above ASCII */
#define MARKUP (LYGER_JSON_TAG | LYGER_JSON_AMP | LYGER_JSON_APOS)
#define CLASSES (LYGER_JSON_SLASH | MARKUP)

static const unsigned char byte_class[256] = {
    [0 ... 31] = LOOK,        ['"'] = LOOK,           ['\\'] = LOOK,          [0x80 ... 0xFF] = LOOK,
    ['/'] = LYGER_JSON_SLASH, ['<'] = LYGER_JSON_TAG, ['>'] = LYGER_JSON_TAG, ['&'] = LYGER_JSON_AMP,
    ['\''] = LYGER_JSON_APOS,
};

static inline bool is_plain(char byte, unsigned style)
{
    return !(byte_class[(unsigned char)byte] & ((style & CLASSES) | LOOK));
}

#if defined(__SSE2__)
/* A bit for each byte that is not plain; markup counts only when `markup` asks for it. */
static inline unsigned find_special(__m128i bytes, unsigned style, bool markup)
{
    const char quote = '"'; /* stands in for what the style leaves alone */
    const __m128i slash = _mm_set1_epi8(style & LYGER_JSON_SLASH ? '/' : quote);
    /* The comparison is signed: a byte of 0x80 and more is below the space too. */
    __m128i special = _mm_or_si128(
        _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')),
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(quote)),
                     _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')), _mm_cmpeq_epi8(bytes, slash))));
    if (markup) {
        char less = style & LYGER_JSON_TAG ? '<' : quote, more = style & LYGER_JSON_TAG ? '>' : quote;
        char amp = style & LYGER_JSON_AMP ? '&' : quote, apos = style & LYGER_JSON_APOS ? '\'' : quote;
        special = _mm_or_si128(special, _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(less)),
                                                     _mm_cmpeq_epi8(bytes, _mm_set1_epi8(more))));
        special = _mm_or_si128(special, _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(amp)),
                                                     _mm_cmpeq_epi8(bytes, _mm_set1_epi8(apos))));
    }
    return (unsigned)_mm_movemask_epi8(special);
}

/* Copies 8 to 16 bytes as two overlapping halves; returns how many of them come before a special one. */
static inline size_t copy_halves(char *to, const char *at, size_t len, unsigned style, bool markup)
{
    __m128i first = _mm_loadl_epi64((const __m128i *)at);
    __m128i last = _mm_loadl_epi64((const __m128i *)(at + len - 8));
    _mm_storel_epi64((__m128i *)to, first);
    _mm_storel_epi64((__m128i *)(to + len - 8), last);
    unsigned special = find_special(_mm_unpacklo_epi64(first, last), style, markup);
    if (__builtin_expect(!special, 1)) {
        return len;
    }
    size_t found = (size_t)__builtin_ctz(special);
    return found < 8 ? found : len - 16 + found;
}

/* copy_halves() for 4 to 8 bytes. */
static inline size_t copy_quarters(char *to, const char *at, size_t len, unsigned style, bool markup)
{
    int first, last;
    memcpy(&first, at, 4);
    memcpy(&last, at + len - 4, 4);
    memcpy(to, &first, 4);
    memcpy(to + len - 4, &last, 4);
    __m128i bytes = _mm_unpacklo_epi32(_mm_cvtsi32_si128(first), _mm_cvtsi32_si128(last));
    unsigned special = find_special(bytes, style, markup) & 0xFF; /* the upper half is zeros */
    if (__builtin_expect(!special, 1)) {
        return len;
    }
    size_t found = (size_t)__builtin_ctz(special);
    return found < 4 ? found : len - 8 + found;
}
#endif

/* How many bytes come before the first that is not plain; the plain bytes are copied, and bytes after them
 * may be. */
static inline __attribute__((always_inline)) size_t copy_plain_as(char *to, const char *at, size_t len,
                                                                  unsigned style, bool markup)
{
    size_t done = 0;
#if defined(__SSE2__)
    if (len >= 16) {
        do {
            __m128i bytes = _mm_loadu_si128((const __m128i *)(at + done));
            _mm_storeu_si128((__m128i *)(to + done), bytes);
            unsigned special = find_special(bytes, style, markup);
            if (special) {
                return done + (size_t)__builtin_ctz(special);
            }
            done += 16;
        } while (len - done >= 16);
        if (done == len) {
            return len;
        }
        /* The last block overlaps the one before, which is plain. */
        return len - 16 + copy_halves(to + len - 16, at + len - 16, 16, style, markup);
    }
    if (len >= 8) {
        return copy_halves(to, at, len, style, markup);
    }
    if (len >= 4) {
        return copy_quarters(to, at, len, style, markup);
    }
#else
    (void)markup; /* is_plain() tells markup by the style */
#endif
    while (done < len && is_plain(at[done], style)) {
        to[done] = at[done];
        done++;
    }
    return done;
}

static inline __attribute__((always_inline)) size_t copy_plain(char *to, const char *at, size_t len,
                                                               unsigned style)
{
    return __builtin_expect(style & MARKUP, 0) ? copy_plain_as(to, at, len, style, true)
                                               : copy_plain_as(to, at, len, style, false);
}

static inline char *put_unit(char *to, uint32_t unit)
{
    static const char pairs[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                                "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
                                "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
                                "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
                                "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
                                "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
                                "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
                                "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
    memcpy(to, "\\u", 2);
    memcpy(to + 2, pairs + (unit >> 8) * 2, 2);
    memcpy(to + 4, pairs + (unit & 0xFF) * 2, 2);
    return to + 6;
}

/* A character as one escape or, beyond the basic plane, as two (RFC 8259 section 7). */
static inline char *put_escaped_point(char *to, uint32_t point)
{
    if (point >= 0x10000) {
        to = put_unit(to, 0xD7C0 + (point >> 10));
        point = 0xDC00 | (point & 0x3FF);
    }
    return put_unit(to, point);
}

static inline bool is_escaped(uint32_t point, unsigned style)
{
    return (style & LYGER_JSON_NON_ASCII) || ((style & LYGER_JSON_LINES) && (point | 1) == 0x2029);
}

/* Writes what stands for an ill-formed sequence in a style that does not refuse it. */
static char *put_replacement(char *to, unsigned style)
{
    if (style & LYGER_JSON_SKIP_BAD) {
        return to;
    }
    if (style & LYGER_JSON_NON_ASCII) {
        return put_unit(to, 0xFFFD);
    }
    memcpy(to, "\xEF\xBF\xBD", 3);
    return to + 3;
}

#define PLAIN_RUN 16 /* this many plain bytes in a row are better copied in blocks */

/* Writes character by character until a run of plain characters comes, or the sink has to be asked for more;
 * *at moves on. */
static lyger_json_outcome put_characters(lyger_sink *sink, const char **at, const char *end, unsigned style)
{
    const char *from = *at;
    char *to = sink->pos;
    lyger_json_outcome outcome = LYGER_JSON_OK;
    for (int plain = 0; from < end && plain < PLAIN_RUN;) {
        size_t left = (size_t)(end - from), bytes = 1;
        uint32_t point;
        if ((size_t)(sink->end - to) < left + LYGER_JSON_ESCAPE_SIZE) {
            break;
        }
        if (is_plain(*from, style)) {
            *to++ = *from;
            plain++;
        } else if ((unsigned char)*from < 0x80) {
            to = lyger_json_put_escape(to, (unsigned char)*from, style);
        } else if ((bytes = lyger_utf8_decode(from, left, &point)) > 0) {
            if (is_escaped(point, style)) {
                to = put_escaped_point(to, point);
                plain = 0;
            } else {
                memcpy(to, from, bytes);
                to += bytes;
                plain++;
            }
        } else if (style & (LYGER_JSON_SKIP_BAD | LYGER_JSON_REPLACE_BAD)) {
            to = put_replacement(to, style);
            bytes = lyger_utf8_ill_formed(from, left);
        } else {
            outcome = LYGER_JSON_BAD_UTF8;
            break;
        }
        from += bytes;
    }
    sink->pos = to;
    *at = from;
    return outcome;
}

/* Writes the text after its first plain bytes. */
static __attribute__((noinline)) lyger_json_outcome put_rest(lyger_sink *sink, const char **from,
                                                             const char *end, unsigned style)
{
    const char *at = *from;
    lyger_json_outcome outcome = LYGER_JSON_OK;
    while (at < end) {
        if (!lyger_sink_reserve(sink, (size_t)(end - at) + LYGER_JSON_ESCAPE_SIZE)) {
            outcome = LYGER_JSON_FULL;
            break;
        }
#if defined(__x86_64__) || defined(__i386__)
        if (end - at >= LYGER_JSON_BLOCK && lyger_cpu_simd() >= LYGER_SIMD_AVX2) {
            at = lyger_json_copy_avx2(sink, at, end, style);
            if (!lyger_sink_reserve(sink, (size_t)(end - at) + LYGER_JSON_ESCAPE_SIZE)) {
                outcome = LYGER_JSON_FULL;
                break;
            }
        }
#endif
        size_t plain = copy_plain(sink->pos, at, (size_t)(end - at), style);
        sink->pos += plain;
        at += plain;
        outcome = put_characters(sink, &at, end, style);
        if (outcome != LYGER_JSON_OK) {
            break;
        }
    }
    *from = at;
    return outcome;
}

lyger_json_outcome lyger_json_put_escaped(lyger_sink *sink, const char *text, size_t len, size_t *bad)
{
    const char *at = text;
    lyger_json_outcome outcome = put_rest(sink, &at, text + len, 0);
    *bad = (size_t)(at - text);
    return outcome;
}

char *lyger_json_write_short(char *to, const char *text, size_t len, unsigned style)
{
    *to++ = '"';
    if (__builtin_expect(copy_plain(to, text, len, style) != len, 0)) {
        return NULL;
    }
    to[len] = '"';
    return to + len + 1;
}

lyger_json_outcome lyger_json_put_styled(lyger_sink *sink, const char *text, size_t len, unsigned style,
                                         size_t *bad)
{
    if (!lyger_sink_reserve(sink, len + LYGER_JSON_ESCAPE_SIZE)) {
        return LYGER_JSON_FULL;
    }
    *sink->pos++ = '"';
    size_t plain = len <= LYGER_JSON_SHORT ? copy_plain(sink->pos, text, len, style) : 0;
    sink->pos += plain;
    const char *at = text + plain;
    lyger_json_outcome outcome = plain == len ? LYGER_JSON_OK : put_rest(sink, &at, text + len, style);
    *bad = (size_t)(at - text);
    return outcome == LYGER_JSON_OK && !lyger_sink_put_char(sink, '"') ? LYGER_JSON_FULL : outcome;
}

lyger_json_outcome lyger_json_put_string(lyger_sink *sink, const char *text, size_t len, size_t *bad)
{
    return lyger_json_put_styled(sink, text, len, 0, bad);
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
            uint32_t point;
            size_t step = lyger_utf8_decode(text + at, len - at, &point);
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
