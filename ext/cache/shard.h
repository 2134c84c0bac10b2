/*
 * One shard, locked: storing, removing, evicting, and rebuilding after a process died in it.
 */
#ifndef LYGER_CACHE_SHARD_H
#define LYGER_CACHE_SHARD_H

#include "index.h"
#include "layout.h"

static inline uint32_t shard_number_of(const lyger_cache *cache, uint64_t hash)
{
    return (uint32_t)hash & cache->shard_mask;
}

static inline shard *shard_of(const lyger_cache *cache, uint64_t hash)
{
    return &cache->shards[shard_number_of(cache, hash)];
}

/* Locks; rebuilds the shard first when its last holder died. */
void lyger_shard_lock(lyger_cache *cache, shard *s);

/* The same without waiting: false when somebody holds it. */
bool lyger_shard_try_lock(lyger_cache *cache, shard *s);

void lyger_shard_unlock(shard *s);

/* What store needs to know of an entry. */
typedef struct entry_draft {
    uint64_t hash;
    const char *key;
    size_t key_len;
    lyger_cache_type type;
    const void *bytes; /* of the value as it lies in the segment */
    size_t len;
    uint64_t expires; /* ms, 0 = never */
} entry_draft;

/* Whether a shard can ever hold an entry of these lengths. */
bool lyger_shard_fits(const lyger_cache *cache, size_t key_len, size_t value_len);

/* Stores, replacing an entry of the same key, evicting what must go. */
void lyger_shard_store(lyger_cache *cache, shard *s, const entry_draft *draft);

/* Removes the entry that slot points to. */
void lyger_shard_drop(lyger_cache *cache, shard *s, index_slot *slot);

/* Removes every entry that `condemned` says yes to; also what has expired. */
typedef bool (*shard_condemn)(const entry *e, void *context);
void lyger_shard_sweep(lyger_cache *cache, shard *s, uint64_t now, shard_condemn condemned, void *context);

/* Records that something in the shard expires then. */
void lyger_shard_note_expiry(shard *s, uint64_t expires);

static inline bool entry_expired(const entry *e, uint64_t now)
{
    uint64_t expires = atomic_load_explicit(&e->expires, memory_order_relaxed);
    return expires && expires <= now;
}

#endif
