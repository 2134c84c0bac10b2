/*
 * Reading without a lock. The fast path handles what nearly every read is: the key in its home bucket,
 * nothing changing meanwhile. Everything else goes to find(), which repeats until it has a whole answer.
 */
#include "hash.h"
#include "index.h"
#include "lane.h"
#include "os.h"
#include "policy.h"
#include "racy.h"
#include "shard.h"

#define OPTIMISTIC_TRIES 64 /* after which a reader that keeps being overtaken takes the lock */

/* Everything read before this was the entry's own when the index and the stamp are still what they were. */
static inline bool still_there(const lyger_cache_sight *seen)
{
    const entry *e = seen->entry;
    const index_slot *slot = seen->slot;
    atomic_thread_fence(memory_order_acquire);
    return atomic_load_explicit(&e->stamp, memory_order_relaxed) == seen->stamp &&
           atomic_load_explicit(slot, memory_order_relaxed) == seen->word;
}

static inline bool expired(const lyger_cache_sight *seen)
{
    uint64_t expires = expiry_of(seen->entry);
    return expires && expiry_over(expires, lyger_os_milliseconds());
}

typedef enum glance { GLANCE_MISS, GLANCE_HIT, GLANCE_AGAIN } glance;

/* Looks at the entry of one slot whose tag fits. A hit is what still_there() said after key and lengths were
 * read. */
static inline glance look(lyger_cache *cache, index_slot *slot, uint64_t word, const char *key,
                          size_t key_len, lyger_cache_sight *seen)
{
    entry *e = entry_at(cache, slot_granule(word));
    seen->entry = e;
    seen->slot = slot;
    seen->word = word;
    seen->stamp = atomic_load_explicit(&e->stamp, memory_order_acquire);
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    /* Until still_there() has said so, the lengths may be anything. */
    bool same = key_length(lens) == key_len && e->data + key_len <= cache->base + cache->size &&
                lyger_racy_equal(e->data, key, key_len);
    seen->value.type = (lyger_cache_type)(lens & 0xFF);
    seen->value.len = value_length(lens);
    seen->value.bytes = e->data + value_offset(key_len);
    if (seen->value.type < LYGER_CACHE_STRING) {
        const _Atomic int64_t *number = (const _Atomic int64_t *)(const void *)seen->value.bytes;
        seen->value.as.integer = same ? atomic_load_explicit(number, memory_order_relaxed) : 0;
    }
    if (__builtin_expect(!seen->stamp || !still_there(seen), 0)) {
        return GLANCE_AGAIN;
    }
    return same ? GLANCE_HIT : GLANCE_MISS;
}

/* Finds a key without a lock. */
static glance search(lyger_cache *cache, shard *s, uint64_t hash, const char *key, size_t key_len,
                     lyger_cache_sight *seen)
{
    uint32_t mask = atomic_load_explicit(bucket_mask_of(cache, s), memory_order_acquire);
    uint32_t number = home_bucket(hash);
    for (uint32_t probe = 0; probe < PROBE_LIMIT; probe++, number++) {
        bucket *b = bucket_of(cache, s, number & mask);
        for (uint32_t i = 0; i < BUCKET_SLOTS; i++) {
            uint64_t word = atomic_load_explicit(&b->slots[i], memory_order_acquire);
            if (word >> 32 != hash >> 32 || !word) {
                continue;
            }
            glance result = look(cache, &b->slots[i], word, key, key_len, seen);
            if (result != GLANCE_MISS) {
                return result;
            }
        }
        if (atomic_load_explicit(&b->overflow, memory_order_acquire) == 0) {
            break;
        }
    }
    /* The slot may have moved to buckets that were not in use when this began. */
    return atomic_load_explicit(bucket_mask_of(cache, s), memory_order_relaxed) == mask ? GLANCE_MISS
                                                                                        : GLANCE_AGAIN;
}

/* An expired entry is a miss for the reader; whoever finds it first and is in nobody's way removes it. */
static void reclaim(lyger_cache *cache, shard *s, uint64_t hash, const char *key, size_t key_len)
{
    if (!lyger_shard_try_lock(cache, s)) {
        return;
    }
    index_slot *slot = lyger_index_find(cache, s, hash, key, key_len);
    if (slot &&
        expiry_gone(expiry_of(entry_at(cache, slot_granule(atomic_load(slot)))), lyger_os_milliseconds())) {
        lyger_shard_drop(cache, s, slot);
        lyger_lane_count(cache, COUNT_EXPIRATIONS);
    }
    lyger_shard_unlock(s);
}

static bool key_is_indexed(lyger_cache *cache, shard *s, uint64_t hash, const char *key, size_t key_len)
{
    if (!lyger_shard_lock(cache, s, NULL)) {
        return true;
    }
    bool there = lyger_index_find(cache, s, hash, key, key_len) != NULL;
    lyger_shard_unlock(s);
    return there;
}

/* The whole search, expired or not. After many tries that writers of this key overtook, the lock decides
 * about a miss. */
static bool find_any(lyger_cache *cache, shard *s, uint64_t hash, const char *key, size_t key_len,
                     lyger_cache_sight *seen)
{
    glance result;
    for (unsigned tries = 1; (result = search(cache, s, hash, key, key_len, seen)) == GLANCE_AGAIN; tries++) {
        if (tries % OPTIMISTIC_TRIES == 0 && !key_is_indexed(cache, s, hash, key, key_len)) {
            return false;
        }
    }
    return result == GLANCE_HIT;
}

static __attribute__((noinline)) bool find(lyger_cache *cache, uint64_t hash, const char *key, size_t key_len,
                                           lyger_cache_sight *seen)
{
    shard *s = shard_of(cache, hash);
    if (!find_any(cache, s, hash, key, key_len, seen)) {
        return false;
    }
    if (expired(seen)) {
        reclaim(cache, s, hash, key, key_len);
        return false;
    }
    return true;
}

/* What nearly every read is: the key in the first slot of its home bucket that has its tag, nothing changing.
 */
static inline glance search_fast(lyger_cache *cache, uint64_t hash, const char *key, size_t key_len,
                                 lyger_cache_sight *seen)
{
    uint32_t number = shard_number_of(cache, hash);
    uint32_t mask = atomic_load_explicit(&cache->masks[number], memory_order_acquire);
    bucket *b = bucket_numbered(cache, number, home_bucket(hash) & mask);
    uint32_t slots = matching_slots(b, (uint32_t)(hash >> 32));
    if (slots) {
        index_slot *slot = &b->slots[__builtin_ctz(slots)];
        uint64_t word = atomic_load_explicit(slot, memory_order_acquire);
        bool hit = word && look(cache, slot, word, key, key_len, seen) == GLANCE_HIT && !expired(seen);
        return hit ? GLANCE_HIT : GLANCE_AGAIN;
    }
    bool nowhere_else = atomic_load_explicit(&b->overflow, memory_order_acquire) == 0 &&
                        atomic_load_explicit(&cache->masks[number], memory_order_relaxed) == mask;
    return nowhere_else ? GLANCE_MISS : GLANCE_AGAIN;
}

lyger_cache_found lyger_cache_see(lyger_cache *cache, const char *key, size_t key_len,
                                  lyger_cache_sight *sight)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    glance result = search_fast(cache, hash, key, key_len, sight);
    if (__builtin_expect(result == GLANCE_AGAIN, 0)) {
        result = find(cache, hash, key, key_len, sight) ? GLANCE_HIT : GLANCE_MISS;
    }
    if (result == GLANCE_MISS) {
        lyger_lane_count(cache, COUNT_MISSES);
        return LYGER_CACHE_MISS;
    }
    lyger_policy_hit(sight->slot);
    lyger_lane_count(cache, COUNT_HITS);
    return LYGER_CACHE_HIT;
}

lyger_cache_found lyger_cache_see_stale(lyger_cache *cache, const char *key, size_t key_len,
                                        lyger_cache_sight *sight, bool *fresh)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    bool found = find_any(cache, shard_of(cache, hash), hash, key, key_len, sight);
    if (found && expiry_gone(expiry_of(sight->entry), lyger_os_milliseconds())) {
        reclaim(cache, shard_of(cache, hash), hash, key, key_len);
        found = false;
    }
    if (!found) {
        lyger_lane_count(cache, COUNT_MISSES);
        return LYGER_CACHE_MISS;
    }
    *fresh = !expired(sight);
    lyger_policy_hit(sight->slot);
    lyger_lane_count(cache, COUNT_HITS);
    return LYGER_CACHE_HIT;
}

bool lyger_cache_confirm(lyger_cache *cache, const lyger_cache_sight *sight)
{
    (void)cache;
    return still_there(sight);
}

lyger_cache_found lyger_cache_fetch(lyger_cache *cache, const char *key, size_t key_len,
                                    lyger_cache_value *value, const lyger_cache_room *room)
{
    lyger_cache_sight sight;
    while (lyger_cache_see(cache, key, key_len, &sight) == LYGER_CACHE_HIT) {
        *value = sight.value;
        if (value->type < LYGER_CACHE_STRING) {
            return LYGER_CACHE_HIT;
        }
        char *to = room->room(room->context, value->len);
        if (!to) {
            return LYGER_CACHE_NO_ROOM;
        }
        lyger_racy_read(to, sight.value.bytes, value->len);
        value->bytes = to;
        if (lyger_cache_confirm(cache, &sight)) {
            return LYGER_CACHE_HIT;
        }
    }
    return LYGER_CACHE_MISS;
}

bool lyger_cache_contains(lyger_cache *cache, const char *key, size_t key_len)
{
    lyger_cache_sight sight;
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    return find(cache, hash, key, key_len, &sight);
}
