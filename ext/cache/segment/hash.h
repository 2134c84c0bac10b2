/*
 * The hash of keys: 64 bits, seeded per segment so that an outsider cannot choose colliding keys. Folded
 * multiplication of 16 bytes a step (Wang Yi's wyhash, github.com/wangyi-fudan/wyhash), one multiplication
 * for up to 16 bytes as in Orson Peters' foldhash (github.com/orlp/foldhash). Part of the segment's layout.
 */
#ifndef LYGER_CACHE_HASH_H
#define LYGER_CACHE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_read8(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static inline uint64_t hash_read4(const char *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* The fractions of the square roots of 2 and 3 in 64 bits: numbers with nothing up their sleeve. */
#define HASH_K0 0x6A09E667F3BCC908u
#define HASH_K1 0xBB67AE8584CAA73Bu

/* What a segment's seed contributes, computed once per view. */
static inline uint64_t lyger_hash_start(uint64_t seed)
{
    return seed ^ hash_fold(seed ^ HASH_K0, HASH_K1);
}

/* len >= 1. The two words of a short key overlap in its middle, and the length keeps keys apart that read the
 * same. */
static inline uint64_t lyger_hash_key(const char *key, size_t len, uint64_t state)
{
    uint64_t a, b;
    size_t left = len;
    for (; left > 16; left -= 16, key += 16) {
        state = hash_fold(hash_read8(key) ^ HASH_K1, hash_read8(key + 8) ^ state);
    }
    if (left >= 8) {
        a = hash_read8(key);
        b = hash_read8(key + left - 8);
    } else if (left >= 4) {
        a = hash_read4(key);
        b = hash_read4(key + left - 4);
    } else {
        a = (uint64_t)(unsigned char)key[0] << 8 | (unsigned char)key[left >> 1];
        b = (unsigned char)key[left - 1];
    }
    uint64_t turned = state >> (len & 63) | state << (-len & 63);
    return hash_fold(a ^ turned, b ^ state ^ HASH_K1);
}

#endif
