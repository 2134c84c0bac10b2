/* The text of JSON strings in blocks of 32 bytes. The target is an attribute rather than a compiler option,
 * so that one build serves every machine. */
#include "escape.h"
#include "jsonout.h"

#if defined(__x86_64__) || defined(__i386__)

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i both_halves(const unsigned char *sixteen)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)sixteen));
}

/*
 * Bytes that cannot be copied are found by two table look-ups, of the lower and of the upper half of a byte
 * (Mula and Lemire, "Faster Base64 Encoding and Decoding using AVX2 Instructions", 2018, classify so): each
 * upper half that such bytes have is one bit, and a byte cannot be copied when the table of its lower half
 * has that bit.
 */
enum { CONTROL = 1, ROW_2 = 2, ROW_3 = 4, ROW_5 = 8, NON_ASCII = 128 };

/* clang-format off */
#define LOWER_HALVES(slash, tag, amp, apos)                                                                  \
    {ALL, ALL, ALL | ROW_2, ALL, ALL, ALL, ALL | (amp), ALL | (apos), ALL, ALL, ALL, ALL,                    \
     ALL | ROW_5 | (tag), ALL, ALL | (tag), ALL | (slash)}
#define ALL (CONTROL | NON_ASCII)
/* clang-format on */

/* By the style's first four bits: slash, tag, amp, apos. */
static const unsigned char lower_halves[16][16] = {
    LOWER_HALVES(0, 0, 0, 0),
    LOWER_HALVES(ROW_2, 0, 0, 0),
    LOWER_HALVES(0, ROW_3, 0, 0),
    LOWER_HALVES(ROW_2, ROW_3, 0, 0),
    LOWER_HALVES(0, 0, ROW_2, 0),
    LOWER_HALVES(ROW_2, 0, ROW_2, 0),
    LOWER_HALVES(0, ROW_3, ROW_2, 0),
    LOWER_HALVES(ROW_2, ROW_3, ROW_2, 0),
    LOWER_HALVES(0, 0, 0, ROW_2),
    LOWER_HALVES(ROW_2, 0, 0, ROW_2),
    LOWER_HALVES(0, ROW_3, 0, ROW_2),
    LOWER_HALVES(ROW_2, ROW_3, 0, ROW_2),
    LOWER_HALVES(0, 0, ROW_2, ROW_2),
    LOWER_HALVES(ROW_2, 0, ROW_2, ROW_2),
    LOWER_HALVES(0, ROW_3, ROW_2, ROW_2),
    LOWER_HALVES(ROW_2, ROW_3, ROW_2, ROW_2),
};

static const unsigned char upper_halves[2][16] = {
    {CONTROL, CONTROL, ROW_2, ROW_3, 0, ROW_5},
    {CONTROL, CONTROL, ROW_2, ROW_3, 0, ROW_5, 0, 0, NON_ASCII, NON_ASCII, NON_ASCII, NON_ASCII, NON_ASCII,
     NON_ASCII, NON_ASCII, NON_ASCII},
};

typedef struct special_tables {
    __m256i lower, upper;
} special_tables;

AVX2 static inline special_tables special_bytes(unsigned style)
{
    return (special_tables){both_halves(lower_halves[style & 15]),
                            both_halves(upper_halves[(style & LYGER_JSON_NON_ASCII) != 0])};
}

AVX2 static inline __m256i upper_half(__m256i bytes)
{
    return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));
}

AVX2 static inline unsigned find_special(special_tables tables, __m256i bytes)
{
    __m256i lower = _mm256_shuffle_epi8(tables.lower, _mm256_and_si256(bytes, _mm256_set1_epi8(15)));
    __m256i upper = _mm256_shuffle_epi8(tables.upper, upper_half(bytes));
    __m256i plain = _mm256_cmpeq_epi8(_mm256_and_si256(lower, upper), _mm256_setzero_si256());
    return ~(unsigned)_mm256_movemask_epi8(plain);
}

/* The bytes that stand count places before those of bytes; before holds the preceding block. */
#define SHIFTED(bytes, before, count)                                                                        \
    _mm256_alignr_epi8((bytes), _mm256_permute2x128_si256((before), (bytes), 0x21), 16 - (count))

/*
 * Ill-formed UTF-8, after Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (2021).
 * Nearly every error shows in two neighbouring bytes: in both halves of the first and in the upper half of
 * the second. Each table says which errors its half allows; what all three allow is an error. Two
 * continuation bytes in a row are one unless a lead two or three bytes before wants them.
 */
enum {
    TOO_SHORT = 1 << 0,  /* a lead without its continuation */
    TOO_LONG = 1 << 1,   /* ASCII followed by a continuation */
    OVERLONG_3 = 1 << 2, /* below U+0800 in three bytes */
    TOO_LARGE = 1 << 3,  /* above U+10FFFF, the second byte being 0x90 and more */
    SURROGATE = 1 << 4,  /* U+D800 to U+DFFF */
    OVERLONG_2 = 1 << 5, /* below U+0080 in two bytes */
    OVERLONG_4 = 1 << 6, /* below U+10000 in four bytes; and above U+10FFFF by its lead, 0xF5 and more */
    TWO_TAILS = 1 << 7,  /* two continuations */
    ANY_LOWER = TOO_SHORT | TOO_LONG | TWO_TAILS, /* the lower half of the first byte does not matter */
    BY_LEAD = ANY_LOWER | TOO_LARGE | OVERLONG_4,
    BY_TAIL = TOO_LONG | OVERLONG_2 | TWO_TAILS,
};

AVX2 static inline __m256i utf8_errors(__m256i bytes, __m256i before)
{
    static const unsigned char first_upper[16] = {
        TOO_LONG,
        TOO_LONG,
        TOO_LONG,
        TOO_LONG,
        TOO_LONG,
        TOO_LONG,
        TOO_LONG,
        TOO_LONG,
        TWO_TAILS,
        TWO_TAILS,
        TWO_TAILS,
        TWO_TAILS,
        TOO_SHORT | OVERLONG_2,
        TOO_SHORT,
        TOO_SHORT | OVERLONG_3 | SURROGATE,
        TOO_SHORT | TOO_LARGE | OVERLONG_4,
    };
    static const unsigned char first_lower[16] = {
        ANY_LOWER | OVERLONG_2 | OVERLONG_3 | OVERLONG_4,
        ANY_LOWER | OVERLONG_2,
        ANY_LOWER,
        ANY_LOWER,
        ANY_LOWER | TOO_LARGE,
        BY_LEAD,
        BY_LEAD,
        BY_LEAD,
        BY_LEAD,
        BY_LEAD,
        BY_LEAD,
        BY_LEAD,
        BY_LEAD,
        BY_LEAD | SURROGATE,
        BY_LEAD,
        BY_LEAD,
    };
    static const unsigned char second_upper[16] = {
        TOO_SHORT,
        TOO_SHORT,
        TOO_SHORT,
        TOO_SHORT,
        TOO_SHORT,
        TOO_SHORT,
        TOO_SHORT,
        TOO_SHORT,
        BY_TAIL | OVERLONG_3 | OVERLONG_4,
        BY_TAIL | OVERLONG_3 | TOO_LARGE,
        BY_TAIL | SURROGATE | TOO_LARGE,
        BY_TAIL | SURROGATE | TOO_LARGE,
        TOO_SHORT,
        TOO_SHORT,
        TOO_SHORT,
        TOO_SHORT,
    };
    __m256i first = SHIFTED(bytes, before, 1);
    __m256i pair =
        _mm256_and_si256(_mm256_and_si256(_mm256_shuffle_epi8(both_halves(first_upper), upper_half(first)),
                                          _mm256_shuffle_epi8(both_halves(first_lower),
                                                              _mm256_and_si256(first, _mm256_set1_epi8(15)))),
                         _mm256_shuffle_epi8(both_halves(second_upper), upper_half(bytes)));
    /* Saturating: the high bit is left for 0xE0 and more two bytes before, 0xF0 and more three before. */
    __m256i third = _mm256_subs_epu8(SHIFTED(bytes, before, 2), _mm256_set1_epi8(0xE0 - 0x80));
    __m256i fourth = _mm256_subs_epu8(SHIFTED(bytes, before, 3), _mm256_set1_epi8(0xF0 - 0x80));
    __m256i wanted = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(pair, wanted);
}

/* The last bytes of U+2028 and U+2029: E2 80 A8 and E2 80 A9. */
AVX2 static inline unsigned find_line_ends(__m256i bytes, __m256i before)
{
    __m256i third =
        _mm256_cmpeq_epi8(_mm256_or_si256(bytes, _mm256_set1_epi8(1)), _mm256_set1_epi8((char)0xA9));
    __m256i second = _mm256_cmpeq_epi8(SHIFTED(bytes, before, 1), _mm256_set1_epi8((char)0x80));
    __m256i first = _mm256_cmpeq_epi8(SHIFTED(bytes, before, 2), _mm256_set1_epi8((char)0xE2));
    return (unsigned)_mm256_movemask_epi8(_mm256_and_si256(_mm256_and_si256(first, second), third));
}

/* at, or the lead of the character that at cuts. The bytes before at are well-formed but for that
 * character. */
static const char *character_start(const char *start, const char *at)
{
    for (int back = 1; back <= 3 && at - start >= back; back++) {
        unsigned char byte = (unsigned char)at[-back];
        if (byte >= 0xC0) {
            return byte >= (back == 1 ? 0xC0 : back == 2 ? 0xE0 : 0xF0) ? at - back : at;
        }
    }
    return at;
}

/* Whether a block's bytes up to place limit, that of the first special byte, are characters that can stand.
 * If not, the first other character has to be found character by character. */
AVX2 static inline bool well_formed(__m256i bytes, __m256i before, int limit, unsigned style)
{
    /* A character that the special byte cuts shows as an error at that byte. */
    unsigned looked_at = limit >= 31 ? ~0u : (2u << limit) - 1;
    __m256i good = _mm256_cmpeq_epi8(utf8_errors(bytes, before), _mm256_setzero_si256());
    if (~(unsigned)_mm256_movemask_epi8(good) & looked_at) {
        return false;
    }
    return !(style & LYGER_JSON_LINES) || !(find_line_ends(bytes, before) & looked_at);
}

AVX2 const char *lyger_json_copy_avx2(lyger_sink *sink, const char *at, const char *end, unsigned style)
{
    const special_tables tables = special_bytes(style);
    const char *start = at; /* where the bytes copied as they are begin: behind the last escape */
    char *to = sink->pos;
    __m256i before = _mm256_setzero_si256();
    bool wide = false; /* the preceding block has bytes above ASCII */
    while (end - at >= LYGER_JSON_BLOCK) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)at);
        _mm256_storeu_si256((__m256i *)to, bytes);
        unsigned special = find_special(tables, bytes), high = (unsigned)_mm256_movemask_epi8(bytes);
        int plain = special ? __builtin_ctz(special) : LYGER_JSON_BLOCK;
        if (__builtin_expect((high && !(style & LYGER_JSON_NON_ASCII)) || wide, 0) &&
            !well_formed(bytes, before, plain, style)) {
            break;
        }
        at += plain;
        to += plain;
        before = bytes;
        wide = high != 0;
        if (special) {
            if ((unsigned char)*at >= 0x80) {
                break;
            }
            to = lyger_json_put_escape(to, (unsigned char)*at++, style);
            start = at;
            before = _mm256_setzero_si256();
            wide = false;
            if (sink->end - to < end - at + LYGER_JSON_ESCAPE_SIZE) {
                break;
            }
        }
    }
    const char *stopped = character_start(start, at);
    sink->pos = to - (at - stopped);
    return stopped;
}

#endif
