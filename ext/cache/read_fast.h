/*
 * The way nearly every read goes, to be inlined where it pays: the key in its home bucket, in the first slot
 * that has its tag, nothing changing meanwhile, no expiry that has come. Whoever gets GLANCE_AGAIN takes the
 * long way (read.c).
 */
#ifndef LYGER_CACHE_READ_FAST_H
#define LYGER_CACHE_READ_FAST_H

#include "hash.h"
#include "index.h"
#include "lane.h"
#include "os.h"
#include "policy.h"
#include "racy.h"
#include "shard.h"

#define READ_INLINE inline __attribute__((always_inline))

typedef enum glance { GLANCE_MISS, GLANCE_HIT, GLANCE_AGAIN } glance;

/* What was seen of an entry, and what tells whether it is still there. */
typedef struct entry_sight {
    const entry *e;
    index_slot *slot;
    uint64_t word, stamp, lens;
} entry_sight;

/* Everything read before this was the entry's own when the index and the stamp are still what they were. */
static READ_INLINE bool still_there(const entry_sight *seen)
{
    atomic_thread_fence(memory_order_acquire);
    return atomic_load_explicit(&seen->e->stamp, memory_order_relaxed) == seen->stamp &&
           atomic_load_explicit(seen->slot, memory_order_relaxed) == seen->word;
}

static inline const char *value_seen(const entry_sight *seen, size_t key_len)
{
    return seen->e->data + value_offset(key_len);
}

/*
 * Looks at the entry of one slot whose tag fits: GLANCE_HIT when it has this key, and its lengths are right.
 * Until still_there() has said so the lengths may be anything, but a key never reaches past the segment: see
 * segment.c. A caller that confirms asks that itself, before it believes anything, and bears with any length.
 */
static READ_INLINE glance look_at(const lyger_cache *cache, index_slot *slot, uint64_t word, const char *key,
                                  size_t key_len, entry_sight *seen, bool confirms)
{
    const entry *e = entry_at(cache, slot_granule(word));
    /* The value is wanted next; by the time its length is known it is on its way. */
    __builtin_prefetch((const char *)e + 64);
    __builtin_prefetch((const char *)e + 128);
    seen->e = e;
    seen->slot = slot;
    seen->word = word;
    seen->stamp = atomic_load_explicit(&e->stamp, memory_order_acquire);
    seen->lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    bool same = key_length(seen->lens) == key_len && lyger_racy_equal(e->data, key, key_len);
    if (!confirms && __builtin_expect(!seen->stamp || !still_there(seen), 0)) {
        return GLANCE_AGAIN;
    }
    return same ? GLANCE_HIT : GLANCE_MISS;
}

static inline bool expired(const entry_sight *seen)
{
    uint64_t expires = expiry_of(seen->e);
    return __builtin_expect(expires != 0, 0) && expiry_over(expires, lyger_os_milliseconds());
}

static READ_INLINE glance glance_at(const lyger_cache *cache, uint64_t hash, const char *key, size_t key_len,
                                    entry_sight *seen, bool confirms)
{
    uint32_t number = shard_number_of(cache, hash);
    uint32_t mask = atomic_load_explicit(&cache->masks[number], memory_order_acquire);
    bucket *b = bucket_numbered(cache, number, home_bucket(hash) & mask);
    uint32_t slots = matching_slots(b, (uint32_t)(hash >> 32));
    if (__builtin_expect(slots != 0, 1)) {
        index_slot *slot = &b->slots[__builtin_ctz(slots)];
        uint64_t word = atomic_load_explicit(slot, memory_order_acquire);
        bool hit =
            word && look_at(cache, slot, word, key, key_len, seen, confirms) == GLANCE_HIT && !expired(seen);
        return hit ? GLANCE_HIT : GLANCE_AGAIN;
    }
    bool nowhere_else = atomic_load_explicit(&b->overflow, memory_order_acquire) == 0 &&
                        atomic_load_explicit(&cache->masks[number], memory_order_relaxed) == mask;
    return nowhere_else ? GLANCE_MISS : GLANCE_AGAIN;
}

#endif
