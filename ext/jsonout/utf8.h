/*
 * UTF-8 one character at a time. Internal to the room.
 */
#ifndef LYGER_JSONOUT_UTF8_H
#define LYGER_JSONOUT_UTF8_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t lyger_utf8_tail(const char *at)
{
    return (unsigned char)*at ^ 0x80u; /* below 0x40 for a continuation byte */
}

/* The length of the well-formed multi-byte sequence at the start of at[0..left), 0 when there is none
 * (Unicode 15, table 3-7). left is at least 1. */
static inline size_t lyger_utf8_decode(const char *at, size_t left, uint32_t *point)
{
    uint32_t first = (unsigned char)*at, second, third, fourth;
    if (first < 0xE0) {
        if (first < 0xC2 || left < 2 || (second = lyger_utf8_tail(at + 1)) > 0x3F) {
            return 0;
        }
        *point = (first & 0x1F) << 6 | second;
        return 2;
    }
    if (left < 3 || (second = lyger_utf8_tail(at + 1)) > 0x3F || (third = lyger_utf8_tail(at + 2)) > 0x3F) {
        return 0;
    }
    if (first < 0xF0) {
        *point = (first & 0x0F) << 12 | second << 6 | third;
        return *point < 0x800 || (*point & 0xF800) == 0xD800 ? 0 : 3;
    }
    if (left < 4 || first > 0xF4 || (fourth = lyger_utf8_tail(at + 3)) > 0x3F) {
        return 0;
    }
    *point = (first & 0x07) << 18 | second << 12 | third << 6 | fourth;
    return *point < 0x10000 || *point > 0x10FFFF ? 0 : 4;
}

/*
 * How many bytes of an ill-formed sequence count as one error: as many as its first byte asks for, but none
 * from a byte on that is ASCII or could begin a sequence (Unicode Technical Report 36, section 3.6.1, second
 * strategy, as PHP reads it). at[0..left) begins with a byte that lyger_utf8_decode refused.
 */
static inline size_t lyger_utf8_ill_formed(const char *at, size_t left)
{
    unsigned char first = (unsigned char)*at;
    size_t wanted = first < 0xC2 || first > 0xF4 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    for (size_t i = 1; i < wanted; i++) {
        unsigned char byte;
        if (i >= left || (byte = (unsigned char)at[i]) < 0x80 || (byte >= 0xC2 && byte <= 0xF4)) {
            return i;
        }
    }
    return wanted;
}

#endif
