/*
 * Reading without a lock: a glance first (read_fast.h), then a search that repeats until it has a whole
 * answer.
 */
#include "account.h"
#include "cache/segment/pin.h"

#ifdef LYGER_TEST_HOOKS
void (*lyger_cache_step)(cache_step step);
#endif

#define TRIES_MOST 1000000
#define OPTIMISTIC_TRIES 64 /* after which a reader that keeps being overtaken takes the lock */

/* Finds a key without a lock. */
static glance search(lyger_cache *cache, shard *s, uint64_t hash, const char *key, size_t key_len,
                     entry_sight *seen)
{
    uint32_t mask = atomic_load_explicit(bucket_mask_of(cache, s), memory_order_acquire),
             most = cache->bucket_count - 1;
    uint32_t number = home_bucket(hash);
    for (uint32_t probe = 0; probe < PROBE_LIMIT; probe++, number++) {
        bucket *b = bucket_of(cache, s, number & mask & most);
        for (uint32_t i = 0; i < BUCKET_SLOTS; i++) {
            uint64_t word = atomic_load_explicit(&b->slots[i], memory_order_acquire);
            if (word >> 32 != hash >> 32 || !word) {
                continue;
            }
            if (slot_granule(word) == SLOT_MOVING) {
                return GLANCE_AGAIN;
            }
            glance result = look_at(cache, &b->slots[i], word, hash, key, key_len, seen, false);
            if (result != GLANCE_MISS) {
                return result;
            }
        }
        lyger_step(STEP_BUCKET_READ);
        if (atomic_load_explicit(&b->overflow, memory_order_acquire) == 0) {
            break;
        }
    }
    /* A growth may have moved the slot to buckets that were not in use when the search began. */
    return atomic_load_explicit(bucket_mask_of(cache, s), memory_order_relaxed) == mask ? GLANCE_MISS
                                                                                        : GLANCE_AGAIN;
}

/* Removes an expired entry, which is a miss for the reader, when the shard's lock is free. */
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

/* Whether it makes sense to search again: not when, under the lock, there is no such key, or its entry is
 * damaged. Does not wait for the lock: its holder writes, or the lock is damaged, and the search goes on. */
static bool is_readable(lyger_cache *cache, shard *s, uint64_t hash, const char *key, size_t key_len)
{
    if (!lyger_shard_try_lock(cache, s)) {
        return true;
    }
    entry_sight seen;
    bool readable =
        search(cache, s, hash, key, key_len, &seen) == GLANCE_HIT; /* search() checks what it follows */
    lyger_shard_unlock(s);
    return readable;
}

/* The whole search, for an entry that may be expired. After many tries that writers of this key overtook, a
 * look under the lock decides whether it is a miss; after very many, which only damage can cause, it is a
 * miss. */
static bool find_any(lyger_cache *cache, shard *s, uint64_t hash, const char *key, size_t key_len,
                     entry_sight *seen)
{
    glance result;
    for (unsigned tries = 1; (result = search(cache, s, hash, key, key_len, seen)) == GLANCE_AGAIN; tries++) {
        if (tries % OPTIMISTIC_TRIES == 0) {
            if (tries >= TRIES_MOST || !is_readable(cache, s, hash, key, key_len)) {
                return false;
            }
            lyger_os_yield();
        }
    }
    return result == GLANCE_HIT;
}

static __attribute__((noinline)) bool find(lyger_cache *cache, uint64_t hash, const char *key, size_t key_len,
                                           entry_sight *seen)
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

/* Describes the entry that was seen; false when the slot went to another entry while an integer was read. */
static bool describe_seen(const entry_sight *seen, lyger_cache_sight *sight)
{
    lyger_step(STEP_SIGHTED);
    sight->entry = seen->e;
    sight->slot = seen->slot;
    sight->stamp = seen->stamp;
    sight->word = seen->word;
    sight->value.type = value_type(seen->lens);
    sight->value.len = value_length(seen->lens);
    sight->value.bytes = value_seen(seen, key_length(seen->lens));
    if (sight->value.type < LYGER_CACHE_STRING) {
        const _Atomic int64_t *number = (const _Atomic int64_t *)(const void *)sight->value.bytes;
        sight->value.as.integer = atomic_load_explicit(number, memory_order_relaxed);
        return still_there(seen);
    }
    return true;
}

static READ_INLINE lyger_cache_found see(lyger_cache *cache, const char *key, size_t key_len,
                                         lyger_cache_sight *sight, bool counts)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    entry_sight seen;
    glance result = glance_at(cache, hash, key, key_len, &seen, false);
    do {
        if (result == GLANCE_AGAIN) {
            result = find(cache, hash, key, key_len, &seen) ? GLANCE_HIT : GLANCE_MISS;
        }
        if (result == GLANCE_MISS) {
            if (counts) {
                lyger_lane_count(cache, COUNT_MISSES);
            }
            return LYGER_CACHE_MISS;
        }
        result = GLANCE_AGAIN;
    } while (!describe_seen(&seen, sight));
    if (counts) {
        lyger_policy_hit(seen.slot);
        lyger_lane_count(cache, COUNT_HITS);
    }
    return LYGER_CACHE_HIT;
}

lyger_cache_found lyger_cache_see(lyger_cache *cache, const char *key, size_t key_len,
                                  lyger_cache_sight *sight)
{
    return see(cache, key, key_len, sight, true);
}

lyger_cache_found lyger_cache_peek(lyger_cache *cache, const char *key, size_t key_len,
                                   lyger_cache_sight *sight)
{
    return see(cache, key, key_len, sight, false);
}

lyger_cache_found lyger_cache_see_stale(lyger_cache *cache, const char *key, size_t key_len,
                                        lyger_cache_sight *sight, bool *fresh)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    shard *s = shard_of(cache, hash);
    entry_sight seen;
    do {
        bool found = find_any(cache, s, hash, key, key_len, &seen);
        if (found && expiry_gone(seen.expires, lyger_os_milliseconds())) {
            reclaim(cache, s, hash, key, key_len);
            found = false;
        }
        if (!found) {
            lyger_lane_count(cache, COUNT_MISSES);
            return LYGER_CACHE_MISS;
        }
        *fresh = !expired(&seen);
    } while (!describe_seen(&seen, sight));
    lyger_policy_hit(seen.slot);
    lyger_lane_count(cache, COUNT_HITS);
    return LYGER_CACHE_HIT;
}

bool lyger_cache_confirm(lyger_cache *cache, const lyger_cache_sight *sight)
{
    (void)cache;
    lyger_step(STEP_COPIED);
    return sight_is_whole(sight);
}

bool lyger_cache_pin(lyger_cache *cache, const lyger_cache_sight *sight)
{
    return lyger_pin_take(cache, sight);
}

void lyger_cache_unpin(lyger_cache *cache)
{
    if (lyger_pin_any()) {
        lyger_pin_release(cache);
    }
}

typedef lyger_cache_found looker(lyger_cache *, const char *, size_t, lyger_cache_sight *);

static lyger_cache_found see_fresh_or_stale(lyger_cache *cache, const char *key, size_t key_len,
                                            lyger_cache_sight *sight)
{
    bool fresh;
    return lyger_cache_see_stale(cache, key, key_len, sight, &fresh);
}

static lyger_cache_found fetch(lyger_cache *cache, const char *key, size_t key_len, looker *look,
                               lyger_cache_sight *seen, lyger_cache_value *value,
                               const lyger_cache_room *room)
{
    while (look(cache, key, key_len, seen) == LYGER_CACHE_HIT) {
        *value = seen->value;
        if (value->type < LYGER_CACHE_STRING) {
            return LYGER_CACHE_HIT;
        }
        char *to = room->room(room->context, value->len);
        if (!to) {
            return LYGER_CACHE_NO_ROOM;
        }
        lyger_racy_read(to, seen->value.bytes, value->len);
        value->bytes = to;
        if (lyger_cache_confirm(cache, seen)) {
            return LYGER_CACHE_HIT;
        }
    }
    return LYGER_CACHE_MISS;
}

lyger_cache_found lyger_cache_fetch(lyger_cache *cache, const char *key, size_t key_len,
                                    lyger_cache_value *value, const lyger_cache_room *room)
{
    lyger_cache_sight seen;
    return fetch(cache, key, key_len, lyger_cache_see, &seen, value, room);
}

lyger_cache_found lyger_cache_fetch_stale(lyger_cache *cache, const char *key, size_t key_len,
                                          lyger_cache_value *value, const lyger_cache_room *room)
{
    lyger_cache_sight seen;
    return fetch(cache, key, key_len, see_fresh_or_stale, &seen, value, room);
}

void lyger_cache_count_read(lyger_cache *cache, bool hit)
{
    lyger_lane_count(cache, hit ? COUNT_HITS : COUNT_MISSES);
}

lyger_cache_version lyger_cache_version_of(const lyger_cache_sight *sight)
{
    return (lyger_cache_version){
        .number = sight->stamp,
        .integer = sight->value.type == LYGER_CACHE_INT ? sight->value.as.integer : 0,
    };
}

lyger_cache_found lyger_cache_fetch_version(lyger_cache *cache, const char *key, size_t key_len,
                                            lyger_cache_value *value, lyger_cache_version *version,
                                            const lyger_cache_room *room)
{
    lyger_cache_sight seen;
    lyger_cache_found found = fetch(cache, key, key_len, lyger_cache_peek, &seen, value, room);
    if (found == LYGER_CACHE_HIT) {
        *version = lyger_cache_version_of(&seen);
    }
    return found;
}

bool lyger_cache_contains(lyger_cache *cache, const char *key, size_t key_len)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    entry_sight seen;
    glance result = glance_at(cache, hash, key, key_len, &seen, false);
    return result == GLANCE_AGAIN ? find(cache, hash, key, key_len, &seen) : result == GLANCE_HIT;
}

bool lyger_cache_inspect(lyger_cache *cache, const char *key, size_t key_len, lyger_cache_details *details)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    entry_sight seen;
    do {
        if (!find(cache, hash, key, key_len, &seen)) {
            return false;
        }
        lyger_account_describe(cache, &seen, details);
    } while (!still_there(&seen));
    return true;
}
