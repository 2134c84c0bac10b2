/*
 * Where a shard finds its entries: buckets of one cache line with seven slots. An entry sits in its home
 * bucket or in one of the next seven. The buckets in use double as the shard fills, so that a small cache
 * stays dense. A growing index copies the slots that must move, publishes the new number of buckets, and only
 * then removes the old slots: a reader that finds no entry looks whether the number changed meanwhile, and if
 * not, the key had none. Changes are made under the shard's lock; any thread reads slots.
 */
#ifndef LYGER_CACHE_INDEX_H
#define LYGER_CACHE_INDEX_H

#include "cache/segment/layout.h"
#include "cache/segment/racy.h"

#if defined(__SSE2__) && !defined(LYGER_UNDER_TSAN)
#include <emmintrin.h>
#endif

/* The counter of the hits of the slot's entry. */
static inline _Atomic uint8_t *frequency_of(const index_slot *slot)
{
    bucket *b = (bucket *)((uintptr_t)slot & ~(uintptr_t)(sizeof(bucket) - 1));
    return &b->frequency[slot - b->slots];
}

static inline uint64_t slot_word(uint64_t hash, granule at)
{
    return (hash & 0xFFFFFFFF00000000u) | at;
}

/* In place of the granule while the entry's bytes are on their way to another place that overlaps the old one
 * (lyger_shard_slide()). Readers wait; where the mover died, the entry is lost. */
#define SLOT_MOVING ((granule)1)

static inline granule slot_granule(uint64_t word)
{
    return (granule)word;
}

/* The number of the home bucket within the shard, before the mask. */
static inline uint32_t home_bucket(uint64_t hash)
{
    return (uint32_t)(hash >> 8);
}

/* Buckets in use - 1. */
static inline _Atomic uint32_t *bucket_mask_of(const lyger_cache *cache, const shard *s)
{
    return &cache->masks[number_of_shard(cache, s)];
}

/* Bit i is set when slot i has this tag; the caller bears a bit too many (an empty slot and tag 0). */
static inline uint32_t matching_slots(const bucket *b, uint32_t tag)
{
#if defined(__SSE2__) && !defined(LYGER_UNDER_TSAN)
    /* Each slot is one aligned 8-byte lane, which x86 loads whole; loads are not reordered with each other.
     */
    const __m128i wanted = _mm_set1_epi32((int)tag);
    const __m128 *words = (const __m128 *)b->slots;
    __m128i low = _mm_castps_si128(_mm_shuffle_ps(words[0], words[1], _MM_SHUFFLE(3, 1, 3, 1)));
    __m128i high = _mm_castps_si128(_mm_shuffle_ps(words[2], words[3], _MM_SHUFFLE(3, 1, 3, 1)));
    int first = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(low, wanted)));
    int second = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(high, wanted)));
    return (uint32_t)(first | second << 4) & ((1u << BUCKET_SLOTS) - 1);
#else
    uint32_t slots = 0;
    for (uint32_t i = 0; i < BUCKET_SLOTS; i++) {
        slots |= (uint32_t)(atomic_load_explicit(&b->slots[i], memory_order_acquire) >> 32 == tag) << i;
    }
    return slots;
#endif
}

/* Under the lock: the slot of the entry with this key, NULL when there is none. */
index_slot *lyger_index_find(lyger_cache *cache, shard *s, uint64_t hash, const char *key, size_t key_len);

/* Under the lock: the slot that points to an entry that is published. */
index_slot *lyger_index_slot_of(lyger_cache *cache, shard *s, granule at);

/* Under the lock: points a free slot to the entry, which is then published; false when there is no free slot.
 */
bool lyger_index_publish(lyger_cache *cache, shard *s, uint64_t hash, granule at);

/* Under the lock: the slot of another entry that occupies a place where an entry with this hash could go. */
index_slot *lyger_index_occupant(lyger_cache *cache, shard *s, uint64_t hash);

/* Under the lock: empties a slot. */
void lyger_index_withdraw(lyger_cache *cache, shard *s, index_slot *slot, uint64_t hash);

/* Under the lock: doubles the buckets when they are well filled. */
void lyger_index_grow(lyger_cache *cache, shard *s);

/* Under the lock: doubles the buckets; false when all are in use or an entry finds no slot among them. */
bool lyger_index_double(lyger_cache *cache, shard *s);

/* Under the lock, after a crash: every published entry once, linked by `newer`; drops the second slots that a
 * growth left behind. */
granule lyger_index_collect(lyger_cache *cache, shard *s);

/* Under the lock, after a crash: counts every bucket's overflow again. */
void lyger_index_recount(lyger_cache *cache, shard *s);

#endif
