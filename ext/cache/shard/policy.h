/*
 * Which entry goes when a shard is full: S3-FIFO (the paper is named in cache.h). A new entry enters the
 * small queue, a tenth of the memory; an entry that is hit there twice moves on to the main queue, the others
 * are evicted and remembered as ghosts, and a ghost that comes back enters the main queue at once. Called
 * under the shard's lock, but for lyger_policy_hit().
 */
#ifndef LYGER_CACHE_POLICY_H
#define LYGER_CACHE_POLICY_H

#include "index.h"

#define FREQUENCY_MAX 3

/* Queues a new entry whose block and hash are set; its slot is published later. */
void lyger_policy_admit(lyger_cache *cache, shard *s, granule at);

/* Puts an entry back at the newest end of a queue, as a rebuild does. */
void lyger_policy_restore(lyger_cache *cache, shard *s, granule at, queue_name name);

/* Gives a new entry the place of the one it replaces. */
void lyger_policy_replace(lyger_cache *cache, shard *s, granule old, granule at);

/* Gives an entry that was moved the place that it had in its queue; `had` is the size of its old block. */
void lyger_policy_moved(lyger_cache *cache, shard *s, granule at, queue_name name, granule newer,
                        granule older, uint32_t had);

/* Takes an entry out of its queue. */
void lyger_policy_forget(lyger_cache *cache, shard *s, granule at);

/* The slot of the entry to evict, still queued; NULL when the shard is empty. */
index_slot *lyger_policy_victim(lyger_cache *cache, shard *s);

/* Remembers that a small-queue entry was evicted. */
void lyger_policy_remember(lyger_cache *cache, shard *s, uint64_t hash);

/* Notes a hit. Any thread, no lock: a lost update only costs a little precision. */
static inline void lyger_policy_hit(const index_slot *slot)
{
    _Atomic uint8_t *hits = frequency_of(slot);
    uint8_t frequency = atomic_load_explicit(hits, memory_order_relaxed);
    if (frequency < FREQUENCY_MAX) {
        atomic_store_explicit(hits, (uint8_t)(frequency + 1), memory_order_relaxed);
    }
}

#endif
