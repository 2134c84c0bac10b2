/*
 * Copies of memory that another process may be changing. The reader checks afterwards whether what it copied
 * was whole and throws it away if not, so a torn copy does no harm; C11 and ThreadSanitizer still call it a
 * race, which is why a build under ThreadSanitizer copies atomic words and every other build uses memcpy.
 */
#ifndef LYGER_CACHE_RACY_H
#define LYGER_CACHE_RACY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define LYGER_UNDER_TSAN 1
#endif
#endif
#ifdef __SANITIZE_THREAD__
#define LYGER_UNDER_TSAN 1
#endif

#ifdef LYGER_UNDER_TSAN

static inline void lyger_racy_read(void *to, const void *from, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        ((char *)to)[i] = (char)atomic_load_explicit((const _Atomic char *)from + i, memory_order_relaxed);
    }
}

static inline void lyger_racy_write(void *to, const void *from, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        atomic_store_explicit((_Atomic char *)to + i, ((const char *)from)[i], memory_order_relaxed);
    }
}

/* To a lower place, which may overlap. */
static inline void lyger_racy_lower(void *to, const void *from, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char byte = atomic_load_explicit((const _Atomic char *)from + i, memory_order_relaxed);
        atomic_store_explicit((_Atomic char *)to + i, byte, memory_order_relaxed);
    }
}

static inline bool lyger_racy_equal(const void *shared, const void *own, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (atomic_load_explicit((const _Atomic char *)shared + i, memory_order_relaxed) !=
            ((const char *)own)[i]) {
            return false;
        }
    }
    return true;
}

#else

static inline void lyger_racy_read(void *to, const void *from, size_t len)
{
    memcpy(to, from, len);
}

static inline void lyger_racy_write(void *to, const void *from, size_t len)
{
    if (len) {
        memcpy(to, from, len);
    }
}

/* To a lower place, which may overlap. */
static inline void lyger_racy_lower(void *to, const void *from, size_t len)
{
    memmove(to, from, len);
}

static inline uint64_t lyger_racy_word(const void *at, size_t size)
{
    uint64_t word = 0;
    memcpy(&word, at, size);
    return word;
}

/* Short keys, which most are, are compared in registers, by words that overlap in the middle. */
static inline bool lyger_racy_equal(const void *shared, const void *own, size_t len)
{
    const char *a = shared, *b = own;
    if (len > 16 || len < 4) {
        return memcmp(a, b, len) == 0;
    }
    if (len >= 8) {
        return ((lyger_racy_word(a, 8) ^ lyger_racy_word(b, 8)) |
                (lyger_racy_word(a + len - 8, 8) ^ lyger_racy_word(b + len - 8, 8))) == 0;
    }
    return ((lyger_racy_word(a, 4) ^ lyger_racy_word(b, 4)) |
            (lyger_racy_word(a + len - 4, 4) ^ lyger_racy_word(b + len - 4, 4))) == 0;
}

#endif
#endif
