/*
 * Numbers as JSON text: see jsonout.h.
 */
#include "jsonout.h"
#include "shortest.h"

#include <math.h>

/*
 * The eight decimal digits of a number below 10^8, one in each byte, the first in the lowest byte: halves of
 * four digits, then of two, then of one are divided side by side in one word, by multiplication with a
 * rounded-up reciprocal (Warren, "Hacker's Delight", chapter 10), without a branch.
 */
static inline uint64_t eight_digits(uint32_t value)
{
    uint64_t fours = value / 10000 | (uint64_t)(value % 10000) << 32;
    uint64_t hundreds = fours * 10486 >> 20 & 0x0000007F0000007Fu;
    uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
    uint64_t tens = twos * 103 >> 10 & 0x000F000F000F000Fu;
    return tens | (twos - tens * 10) << 8;
}

static inline void put_eight(char *to, uint64_t digits)
{
    digits |= 0x3030303030303030u;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    digits = __builtin_bswap64(digits);
#endif
    memcpy(to, &digits, 8);
}

/* Writes a number below 10^8 without leading zeros: eight bytes, of which it returns how many count. */
static inline size_t put_up_to_eight(char *to, uint32_t value)
{
    uint64_t digits = eight_digits(value);
    int zeros = __builtin_ctzll(digits | 1ull << 56) / 8;
    put_eight(to, digits >> zeros * 8);
    return 8 - (size_t)zeros;
}

size_t lyger_format_uint(char *to, uint64_t value)
{
    const uint32_t split = 100000000;
    if (value < split) {
        return put_up_to_eight(to, (uint32_t)value);
    }
    uint64_t upper = value / split;
    size_t len;
    if (upper < split) {
        len = put_up_to_eight(to, (uint32_t)upper);
    } else {
        len = put_up_to_eight(to, (uint32_t)(upper / split));
        put_eight(to + len, eight_digits((uint32_t)(upper % split)));
        len += 8;
    }
    put_eight(to + len, eight_digits((uint32_t)(value % split)));
    return len + 8;
}

size_t lyger_format_int(char *to, int64_t value)
{
    const uint64_t negative = value < 0;
    *to = '-';
    return negative + lyger_format_uint(to + negative, ((uint64_t)value ^ (0 - negative)) + negative);
}

#define MOST_DIGITS 17 /* enough for every double (IEEE 754-2008, 5.12.2) */

/* digits[0..count) are 0.d1d2d3… × 10^point. Enough bytes can be read behind digits that every part is copied
 * with one fixed size. */
static char *put_exponent_form(char *to, const char *digits, int count, int point, bool with_point)
{
    int exponent = point - 1;
    *to++ = digits[0];
    if (count > 1 || with_point) {
        *to++ = '.';
        *to = '0';
        if (count > 1) {
            memcpy(to, digits + 1, MOST_DIGITS);
        }
        to += count > 1 ? count - 1 : 1;
    }
    *to++ = 'e';
    *to++ = exponent < 0 ? '-' : '+';
    return to + lyger_format_uint(to, (uint64_t)(exponent < 0 ? -exponent : exponent));
}

static char *put_plain_form(char *to, const char *digits, int count, int point, bool with_point)
{
    if (point <= 0) {
        memcpy(to, "0.000", 5); /* point is above -4 */
        memcpy(to + 2 - point, digits, MOST_DIGITS);
        return to + 2 - point + count;
    }
    memcpy(to, digits, MOST_DIGITS);
    if (count > point) {
        to[point] = '.';
        memcpy(to + point + 1, digits + point, MOST_DIGITS);
        return to + count + 1;
    }
    memset(to + count, '0', (size_t)(point - count));
    memcpy(to + point, ".0", 2);
    return to + point + (with_point ? 2 : 0);
}

/*
 * Whether value = n / 1000 for a whole n, as with most numbers that people write; then *out is it. The
 * quotient is one correctly rounded division (Clinger, "How to Read Floating Point Numbers Accurately",
 * 1990), so when it equals the value, the text reads back as the value. Different decimals of at most 15
 * digits are different doubles, so there is no shorter text.
 */
static inline bool few_places(double value, lyger_decimal *out)
{
    if (!(value < 1e12)) {
        return false;
    }
    uint64_t n = (uint64_t)(int64_t)(value * 1000 + 0.5);
    if ((double)(int64_t)n / 1000 != value) {
        return false;
    }
    int exponent = -3;
    while (exponent < 0 && n % 10 == 0) {
        n /= 10;
        exponent++;
    }
    *out = (lyger_decimal){n, exponent};
    return true;
}

/* Exponents are used when there would be more than whole digits before the point. */
static inline size_t format_double(char *to, double value, int whole, bool plain_point, bool exponent_point)
{
    char digits[LYGER_INT_SIZE + MOST_DIGITS] = "0", *at = to;
    int count = 1, point = 1;
    if (signbit(value)) {
        *at++ = '-';
        value = -value;
    }
    if (value != 0) {
        lyger_decimal decimal;
        if (!few_places(value, &decimal)) {
            decimal = lyger_shortest(value);
        }
        count = (int)lyger_format_uint(digits, decimal.digits);
        point = count + decimal.exponent;
    }
    at = point > whole || point < -3 ? put_exponent_form(at, digits, count, point, exponent_point)
                                     : put_plain_form(at, digits, count, point, plain_point);
    return (size_t)(at - to);
}

size_t lyger_format_double(char *to, double value, bool with_point)
{
    return format_double(to, value, 15, with_point, with_point);
}

size_t lyger_format_double_like_php(char *to, double value, bool zero_fraction)
{
    return format_double(to, value, 17, zero_fraction, true);
}

bool lyger_json_put_double(lyger_sink *sink, double value)
{
    if (isnan(value)) {
        return lyger_sink_put_literal(sink, "\"NaN\"");
    }
    if (isinf(value)) {
        return value > 0 ? lyger_sink_put_literal(sink, "\"Infinity\"")
                         : lyger_sink_put_literal(sink, "\"-Infinity\"");
    }
    if (!lyger_sink_reserve(sink, LYGER_DOUBLE_SIZE)) {
        return false;
    }
    sink->pos += lyger_format_double(sink->pos, value, true);
    return true;
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9') {
        at++;
    }
    return at;
}

bool lyger_json_is_number(const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    if (at < end && *at == '-') {
        at++;
    }
    const char *whole = at;
    at = skip_digits(at, end);
    if (at == whole || (*whole == '0' && at - whole > 1)) {
        return false;
    }
    if (at < end && *at == '.') {
        const char *fraction = ++at;
        at = skip_digits(at, end);
        if (at == fraction) {
            return false;
        }
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-')) {
            at++;
        }
        const char *exponent = at;
        at = skip_digits(at, end);
        if (at == exponent) {
            return false;
        }
    }
    return at == end;
}
