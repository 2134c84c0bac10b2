/*
 * One shard, locked: storing, removing, evicting, and rebuilding after a process died in it.
 */
#ifndef LYGER_CACHE_SHARD_H
#define LYGER_CACHE_SHARD_H

#include "index.h"
#include "cache/segment/layout.h"

static inline uint32_t shard_number_of(const lyger_cache *cache, uint64_t hash)
{
    return (uint32_t)hash & cache->shard_mask;
}

static inline shard *shard_of(const lyger_cache *cache, uint64_t hash)
{
    return &cache->shards[shard_number_of(cache, hash)];
}

/* Locks the shard, and rebuilds it when its last holder died. False with LYGER_E_CACHE when the holder is
 * stopped or does not let go. */
bool lyger_shard_lock(lyger_cache *cache, shard *s, lyger_error *error);

/* lyger_shard_lock() without waiting: false when another thread holds the lock. */
bool lyger_shard_try_lock(lyger_cache *cache, shard *s);

void lyger_shard_unlock(shard *s);

/* Makes everything but the index again from the index; the caller has inherited the lock. */
void lyger_shard_rebuild(lyger_cache *cache, shard *s);

/* What lyger_shard_store() needs to know of an entry. */
typedef struct entry_draft {
    uint64_t hash;
    const char *key;
    size_t key_len;
    lyger_cache_type type;
    const char *bytes;
    size_t bytes_len;
    const lyger_cache_image *image;     /* NULL when the value is just the bytes */
    size_t len;                         /* of the value as it lies in the segment */
    const lyger_cache_account *account; /* NULL: none is behind the value */
    size_t stored;                      /* stored_length() */
    uint64_t expires;                   /* as entry.expires */
    bool annexed;                       /* of the annex */
    bool if_absent;                     /* wanted only when the key has no entry */
    const lyger_cache_version *version; /* not NULL: wanted only in place of that version */
} entry_draft;

/* Whether the draft is wanted now, under the lock. */
bool lyger_shard_wants(lyger_cache *cache, shard *s, const entry_draft *draft);

/* Whether the slot's entry is of that version, under the lock. */
bool lyger_shard_has_version(lyger_cache *cache, index_slot *slot, const lyger_cache_version *version);

/* How many ms ago an entry with that stamp and extra was stored. */
uint64_t lyger_shard_age(const lyger_cache *cache, uint64_t stamp, uint16_t extra);

/* Stores, replacing an entry of the same key, evicting what must go. False when there is nothing to evict: no
 * region is left to this shard, or readers have pinned what is in them. */
bool lyger_shard_store(lyger_cache *cache, shard *s, const entry_draft *draft);

/* The two halves of storing: filling a block that has its size, which needs no lock, and publishing it as the
 * entry of its key. */
void lyger_shard_write(lyger_cache *cache, granule at, const entry_draft *draft);
void lyger_shard_publish(lyger_cache *cache, shard *s, granule at, const entry_draft *draft);

/* The slot of the key's entry, NULL when there is none; drops an expired entry. */
index_slot *lyger_shard_find_live(lyger_cache *cache, shard *s, uint64_t hash, const char *key,
                                  size_t key_len);

/* Removes the entry that slot points to. */
void lyger_shard_drop(lyger_cache *cache, shard *s, index_slot *slot);

/* Moves an entry that is not used in place to a block that was taken for it; its readers look again, as after
 * a replacement. */
void lyger_shard_move_to(lyger_cache *cache, shard *s, granule at, granule to);

/* Moves an entry that is not used in place down into the free block right before it, which may be smaller
 * than the entry; where the free block then begins. Readers of the entry wait until it has moved. */
granule lyger_shard_slide(lyger_cache *cache, shard *s, granule at, granule to);

/* Evicts the large entry that begins at this granule. */
void lyger_shard_evict_large(lyger_cache *cache, shard *s, granule at);

/* Evicts every entry in a region of this shard and joins its memory. */
void lyger_shard_vacate(lyger_cache *cache, shard *s, uint32_t region);

/* Frees the entries in limbo that no reader has pinned any more. */
void lyger_shard_reap(lyger_cache *cache, shard *s);

/* Removes every entry that `condemned` says yes to and every expired entry, and does what lyger_shard_reap()
 * does. Returns how many entries have expired but may still be served stale. */
typedef bool (*shard_condemn)(const entry *e, void *context);
uint64_t lyger_shard_sweep(lyger_cache *cache, shard *s, uint64_t now, shard_condemn condemned,
                           void *context);

/* Records when an entry of the shard expires; expires is as entry.expires. */
void lyger_shard_note_expiry(shard *s, uint64_t expires);

static inline bool expiry_over(uint64_t expires, uint64_t now)
{
    return expires && EXPIRY_TIME(expires) <= now;
}

/* Whether the entry's time is over and it must not be served stale any more. */
static inline bool expiry_gone(uint64_t expires, uint64_t now)
{
    return expires && EXPIRY_TIME(expires) + EXPIRY_STALE(expires) * 1000u <= now;
}

static inline uint64_t expiry_of(const entry *e)
{
    return atomic_load_explicit(&e->expires, memory_order_relaxed);
}

#endif
