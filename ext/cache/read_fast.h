/*
 * The way nearly every read goes, to be inlined where it pays: the key in its home bucket, in the first slot
 * that has its tag, nothing changing meanwhile, no expiry that has come. A caller that gets GLANCE_AGAIN
 * takes the long way (read.c).
 */
#ifndef LYGER_CACHE_READ_FAST_H
#define LYGER_CACHE_READ_FAST_H

#include "cache/segment/hash.h"
#include "cache/shard/index.h"
#include "cache/segment/lane.h"
#include "cache/system/os.h"
#include "cache/shard/policy.h"
#include "cache/segment/racy.h"
#include "cache/shard/shard.h"
#include "cache/segment/sight.h"
#include "cache/segment/step.h"

typedef enum glance { GLANCE_MISS, GLANCE_HIT, GLANCE_AGAIN } glance;

static inline const char *value_seen(const entry_sight *seen, size_t key_len)
{
    return seen->e->data + value_offset(key_len);
}

/* Whether the entry ends within the segment: damaged lengths may say anything. */
static inline bool ends_in_segment(const lyger_cache *cache, const entry_sight *seen)
{
    size_t begins = (size_t)(value_seen(seen, key_length(seen->lens)) - cache->base);
    return value_length(seen->lens) <= cache->size - begins;
}

/*
 * Looks at the entry of one slot whose tag fits: GLANCE_HIT when it has this key, and its lengths are right.
 * Until still_there() has confirmed them the lengths may be anything, but a key never reaches past the
 * segment: see segment.c. A caller that confirms (`confirms`) calls still_there() itself before it believes
 * anything, and bears with any length. The whole hash is compared because the slot may lead into the middle
 * of a value, whose bytes may look like a stamp and like the key, but not like the key's hash.
 */
static READ_INLINE glance look_at(const lyger_cache *cache, index_slot *slot, uint64_t word, uint64_t hash,
                                  const char *key, size_t key_len, entry_sight *seen, bool confirms)
{
    const entry *e = entry_at(cache, slot_granule(word));
    if (__builtin_expect(!is_in_regions(cache, slot_granule(word)), 0)) {
        return GLANCE_MISS;
    }
    /* The value is wanted next; by the time its length is known, its cache lines are on their way. */
    __builtin_prefetch((const char *)e + 64);
    __builtin_prefetch((const char *)e + 128);
    lyger_step(STEP_SLOT_READ);
    seen->e = e;
    seen->slot = slot;
    seen->word = word;
    seen->stamp = atomic_load_explicit(&e->stamp, memory_order_acquire);
    seen->lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    seen->expires = expiry_of(e);
    lyger_step(STEP_STAMP_READ);
    bool same = atomic_load_explicit(&e->hash, memory_order_relaxed) == hash &&
                key_length(seen->lens) == key_len && lyger_racy_equal(e->data, key, key_len);
    lyger_step(STEP_KEY_COMPARED);
    if (__builtin_expect(!stamp_is_set(seen->stamp), 0) ||
        (!confirms && __builtin_expect(!still_there(seen) || !ends_in_segment(cache, seen), 0))) {
        return GLANCE_AGAIN;
    }
    return same ? GLANCE_HIT : GLANCE_MISS;
}

static inline bool expired(const entry_sight *seen)
{
    return __builtin_expect(seen->expires != 0, 0) && expiry_over(seen->expires, lyger_os_milliseconds());
}

static READ_INLINE glance glance_at(const lyger_cache *cache, uint64_t hash, const char *key, size_t key_len,
                                    entry_sight *seen, bool confirms)
{
    uint32_t number = shard_number_of(cache, hash);
    uint32_t mask = atomic_load_explicit(&cache->masks[number], memory_order_acquire);
    bucket *b = bucket_numbered(cache, number, home_bucket(hash) & mask & (cache->bucket_count - 1));
    uint32_t slots = matching_slots(b, (uint32_t)(hash >> 32));
    if (__builtin_expect(slots != 0, 1)) {
        index_slot *slot = &b->slots[__builtin_ctz(slots)];
        uint64_t word = atomic_load_explicit(slot, memory_order_acquire);
        bool hit =
            look_at(cache, slot, word, hash, key, key_len, seen, confirms) == GLANCE_HIT && !expired(seen);
        return hit ? GLANCE_HIT : GLANCE_AGAIN;
    }
    lyger_step(STEP_BUCKET_READ);
    bool nowhere_else = atomic_load_explicit(&b->overflow, memory_order_acquire) == 0 &&
                        atomic_load_explicit(&cache->masks[number], memory_order_relaxed) == mask;
    return nowhere_else ? GLANCE_MISS : GLANCE_AGAIN;
}

/* memcpy() of so few bytes, at least 16, is not worth a call. */
static READ_INLINE void copy_short(char *to, const char *from, size_t len)
{
#ifdef LYGER_UNDER_TSAN
    lyger_racy_read(to, from, len);
#else
    size_t at = 0;
    for (; at + 32 < len; at += 32) {
        memcpy(to + at, from + at, 32);
    }
    if (at + 16 < len) {
        memcpy(to + at, from + at, 16);
    }
    memcpy(to + len - 16, from + len - 16, 16);
#endif
}

#define SHORT_LEAST 16u /* bytes */

/* Makes room for a short string of len bytes. */
typedef char *(*short_room)(void *context, size_t len);

/*
 * GLANCE_HIT with the whole string of 16 bytes to `most` in what room() gave, counted; GLANCE_MISS, not
 * counted; GLANCE_AGAIN: the long way has the answer, and what room() gave, if it was called, is of no use.
 */
static READ_INLINE glance fetch_short(lyger_cache *cache, const char *key, size_t key_len, size_t most,
                                      short_room room, void *context)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    entry_sight seen;
    glance result = glance_at(cache, hash, key, key_len, &seen, true);
    if (result != GLANCE_HIT) {
        return result;
    }
    size_t len = value_length(seen.lens);
    if (__builtin_expect(
            value_type(seen.lens) != LYGER_CACHE_STRING || len - SHORT_LEAST > most - SHORT_LEAST, 0)) {
        return GLANCE_AGAIN;
    }
    copy_short(room(context, len), value_seen(&seen, key_len), len);
    lyger_step(STEP_COPIED);
    if (__builtin_expect(!still_there(&seen), 0)) {
        return GLANCE_AGAIN;
    }
    lyger_policy_hit(seen.slot);
    lyger_lane_count(cache, COUNT_HITS);
    return GLANCE_HIT;
}

#endif
