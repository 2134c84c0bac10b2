#include "boundary.h"

#include <string.h>

/* Rust is compared with the loops of this file. gcc vectorises such loops at -O3 only, rustc and clang at the
 * optimisation level that they are built with anyway. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

_Static_assert(offsetof(lyger_probe_record, id) == 0 && offsetof(lyger_probe_record, value) == 8 &&
                   offsetof(lyger_probe_record, flag) == 16 && sizeof(lyger_probe_record) == 24,
               "lyger_probe.h states this layout");

/* ---- strings ---- */

size_t lyger_boundary_nul_scan(const char *text)
{
    return strlen(text);
}

static bool continues(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The length of the UTF-8 sequence that begins with a byte above 0x7F, 0 when there is none (RFC 3629,
 * section 4). */
static size_t sequence(const unsigned char *at, size_t left)
{
    unsigned char first = at[0];
    if (first >= 0xC2 && first <= 0xDF) {
        return left >= 2 && continues(at[1]) ? 2 : 0;
    }
    if (left < 3 || !continues(at[1]) || !continues(at[2])) {
        return 0;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        bool overlong = first == 0xE0 && at[1] < 0xA0;
        bool surrogate = first == 0xED && at[1] > 0x9F;
        return overlong || surrogate ? 0 : 3;
    }
    bool range = first >= 0xF0 && first <= 0xF4 && left >= 4 && continues(at[3]);
    bool overlong = first == 0xF0 && at[1] < 0x90;
    bool beyond = first == 0xF4 && at[1] > 0x8F;
    return range && !overlong && !beyond ? 4 : 0;
}

bool lyger_boundary_utf8(const char *text, size_t len)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t i = 0;
    while (i < len) {
        uint64_t eight;
        if (len - i >= sizeof eight) {
            memcpy(&eight, at + i, sizeof eight);
            if ((eight & 0x8080808080808080u) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        size_t length = at[i] < 0x80 ? 1 : sequence(at + i, len - i);
        if (length == 0) {
            return false;
        }
        i += length;
    }
    return true;
}

void lyger_boundary_fill(char *to, size_t len)
{
    memset(to, 'x', len);
}

/* Eight bytes at a time, from the end of `from` to the start of `to`, then the remaining bytes. */
void lyger_boundary_reverse(char *to, const char *from, size_t len)
{
    uint64_t eight;
    for (; len >= sizeof eight; len -= sizeof eight, to += sizeof eight) {
        memcpy(&eight, from + len - sizeof eight, sizeof eight);
        eight = __builtin_bswap64(eight);
        memcpy(to, &eight, sizeof eight);
    }
    for (size_t i = 0; i < len; i++) {
        to[i] = from[len - 1 - i];
    }
}

/* ---- buffers ---- */

static unsigned digit(char byte)
{
    return (unsigned char)(byte - '0') < 10;
}

/* In blocks whose count fits into a byte, so that a vector register counts as many lanes as it has bytes. */
size_t lyger_boundary_digits(const char *bytes, size_t len)
{
    enum { BLOCK = 240 };
    size_t digits = 0;
    for (; len >= BLOCK; bytes += BLOCK, len -= BLOCK) {
        uint8_t block = 0;
        for (size_t i = 0; i < BLOCK; i++) {
            block = (uint8_t)(block + digit(bytes[i]));
        }
        digits += block;
    }
    for (size_t i = 0; i < len; i++) {
        digits += digit(bytes[i]);
    }
    return digits;
}

static uint64_t integer(const char *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* Four sums, so that no addition waits for the one before it. */
int64_t lyger_boundary_sum(const void *packed, size_t count)
{
    const char *at = packed;
    uint64_t a = 0, b = 0, c = 0, d = 0;
    for (; count >= 4; count -= 4, at += 32) {
        a += integer(at);
        b += integer(at + 8);
        c += integer(at + 16);
        d += integer(at + 24);
    }
    for (; count > 0; count--, at += 8) {
        a += integer(at);
    }
    return (int64_t)(a + b + c + d);
}

/* ---- callbacks and errors ---- */

bool lyger_boundary_each(bool (*call)(void *context, int64_t value, int64_t *result), void *context,
                         size_t count, int64_t *sum)
{
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t result = 0;
        if (!call(context, (int64_t)i, &result)) {
            return false;
        }
        total += (uint64_t)result;
    }
    *sum = (int64_t)total;
    return true;
}

lyger_status lyger_boundary_check(int64_t value, lyger_error *error)
{
    if (value >= 0) {
        return LYGER_OK;
    }
    return lyger_fail(error, LYGER_E_ARGUMENT, "%lld is below 0", (long long)value);
}
