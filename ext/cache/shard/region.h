/*
 * Which shard or large entry has which memory. The segment behind the index is divided into regions. A shard
 * takes an unused region when its arena is full; an entry that is too large for a region gets a run of
 * neighbouring regions, which are emptied for it. Every region has a word in the region table that says what
 * it belongs to, and each word changes by one atomic store, so that the process that repairs after a crash
 * knows what to free.
 *
 * Locks: header->runs before a shard's, never the other way round. A shard's regions are given up under its
 * lock, a large entry's under that of the shard that indexes it; an unused region is taken by compare and
 * exchange.
 */
#ifndef LYGER_CACHE_REGION_H
#define LYGER_CACHE_REGION_H

#include "shard.h"

static inline region_kind kind_of_region(uint32_t word)
{
    return (region_kind)(word & 7u);
}

static inline uint32_t value_of_region(uint32_t word)
{
    return word >> 3;
}

static inline uint32_t region_word(region_kind kind, uint32_t value)
{
    return (uint32_t)kind | value << 3;
}

/* The region that a granule is in. */
static inline uint32_t region_of(const lyger_cache *cache, granule at)
{
    return (at - cache->regions) / cache->header->region_granules;
}

/* Under the shard's lock: gives the shard an unused region; its number, or region_count when none is
 * unused. */
uint32_t lyger_region_acquire(lyger_cache *cache, shard *s);

/* How many regions an entry of so many granules needs. */
uint32_t lyger_region_run(const lyger_cache *cache, uint64_t granules);

/* The lock header->runs, without which no thread gathers regions. Taking it frees what a dead holder had
 * gathered. */
bool lyger_region_lock(lyger_cache *cache, lyger_error *error);
void lyger_region_unlock(lyger_cache *cache);

/* Stores an entry that is too large for a region. Takes the locks. */
lyger_status lyger_region_store(lyger_cache *cache, shard *s, const entry_draft *draft, bool *stored,
                                lyger_error *error);

/* Under the shard's lock: frees the regions of a large entry that is withdrawn. */
void lyger_region_free_run(lyger_cache *cache, granule at);

/* Makes an unused region for a shard that has nothing to evict. Takes the locks. */
lyger_status lyger_region_relieve(lyger_cache *cache, lyger_error *error);

/*
 * Under a shard's lock: frees the regions that a dead thread had gathered; false when there were none. Never
 * waits, so the order of the locks does not matter. Asks only every few milliseconds whether the thread that
 * gathers still lives.
 */
bool lyger_region_salvage(lyger_cache *cache, uint64_t now);

/* Under the lock of a shard whose holder died: unmarks its large entries (entry.collected), and, after the
 * rebuild has marked those in the index, frees the runs of the unmarked ones, to which nothing points. */
void lyger_region_unmark(lyger_cache *cache, const shard *s);
void lyger_region_recover(lyger_cache *cache, const shard *s);

#endif
