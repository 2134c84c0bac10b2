/*
 * Values that describe themselves: length, key, a number, then words that follow from these, so that a torn,
 * foreign or changed value shows wherever it is damaged. The tests of the cache share them.
 */
#ifndef LYGER_TESTS_CACHE_CONTENT_H
#define LYGER_TESTS_CACHE_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct content_head {
    uint64_t len;    /* of everything */
    uint64_t key;    /* content_key() */
    uint64_t number; /* chosen by the writer */
} content_head;

#define CONTENT_LEAST sizeof(content_head)

static inline uint64_t content_mix(uint64_t n)
{
    n = (n ^ n >> 30) * 0xBF58476D1CE4E5B9u; /* splitmix64 (Steele, Lea, Flood, OOPSLA 2014) */
    n = (n ^ n >> 27) * 0x94D049BB133111EBu;
    return n ^ n >> 31;
}

static inline uint64_t content_key(const char *key, size_t len)
{
    uint64_t n = len;
    for (size_t i = 0; i < len; i++) {
        n = content_mix(n ^ (unsigned char)key[i]);
    }
    return n;
}

static inline uint64_t content_word(const content_head *head, size_t at)
{
    return (head->key ^ head->number * 0x9E3779B97F4A7C15u) + at * 0xD6E8FEB86659FD93u + head->len;
}

/* Fills to[0..len); len >= CONTENT_LEAST. */
static inline void content_fill(char *to, size_t len, uint64_t key, uint64_t number)
{
    content_head head = {len, key, number};
    memcpy(to, &head, sizeof head);
    for (size_t at = sizeof head; at < len; at += 8) {
        uint64_t word = content_word(&head, at);
        memcpy(to + at, &word, len - at < 8 ? len - at : 8);
    }
}

/* Whether it is what content_fill() made for this key; its number through *number when asked for. */
static inline bool content_whole(const char *from, size_t len, uint64_t key, uint64_t *number)
{
    content_head head;
    if (len < sizeof head) {
        return false;
    }
    memcpy(&head, from, sizeof head);
    if (head.len != len || head.key != key) {
        return false;
    }
    for (size_t at = sizeof head; at < len; at += 8) {
        uint64_t word = content_word(&head, at);
        if (memcmp(from + at, &word, len - at < 8 ? len - at : 8) != 0) {
            return false;
        }
    }
    if (number) {
        *number = head.number;
    }
    return true;
}

#endif
