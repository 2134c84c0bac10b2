/*
 * The hash of keys: 64 bits, seeded per segment so that nobody outside can choose colliding keys. Multiply
 * and fold over 16 bytes a step, the construction of wyhash (Wang Yi, github.com/wangyi-fudan/wyhash, final
 * version). Part of the segment's layout.
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

static inline uint64_t lyger_cache_hash(const char *key, size_t len, uint64_t seed)
{
    /* Odd numbers with 32 bits set in irregular order: square roots of 2, 3 and 5, in 64-bit fractions, made
     * odd. */
    const uint64_t k0 = 0x6A09E667F3BCC909u, k1 = 0xBB67AE8584CAA73Bu, k2 = 0x3C6EF372FE94F82Bu;
    uint64_t a, b, state = seed ^ hash_fold(seed ^ k0, k1);
    size_t left = len;
    for (; left > 16; left -= 16, key += 16) {
        state = hash_fold(hash_read8(key) ^ k1, hash_read8(key + 8) ^ state);
    }
    if (left >= 8) {
        a = hash_read8(key);
        b = hash_read8(key + left - 8);
    } else if (left >= 4) {
        a = hash_read4(key);
        b = hash_read4(key + left - 4);
    } else {
        a = (uint64_t)(unsigned char)key[0] << 16 | (uint64_t)(unsigned char)key[left >> 1] << 8 |
            (unsigned char)key[left - 1];
        b = 0;
    }
    return hash_fold(k2 ^ len, hash_fold(a ^ k1, b ^ state));
}

#endif
