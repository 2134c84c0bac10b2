/*
 * Whose memory is whose. The segment behind the index is divided into regions. A shard takes an unused region
 * when its arena is full; an entry that is too large for a region gets a run of neighbouring regions, which
 * are emptied for it. Every region has a word in the table that says whose it is, and each of those words
 * changes by one atomic store, so that whoever comes after a process that died knows what to free.
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

/* Under the shard's lock: gives it an unused region, or region_count when there is none. */
uint32_t lyger_region_acquire(lyger_cache *cache, shard *s);

/* How many regions an entry of so many granules needs. */
uint32_t lyger_region_run(const lyger_cache *cache, uint64_t granules);

/* header->runs: nothing is gathered but by who holds it. What a holder that died had gathered is freed. */
bool lyger_region_lock(lyger_cache *cache, lyger_error *error);
void lyger_region_unlock(lyger_cache *cache);

/* Stores an entry that is too large for a region. Takes the locks. */
lyger_status lyger_region_store(lyger_cache *cache, shard *s, const entry_draft *draft, bool if_absent,
                                bool *stored, lyger_error *error);

/* Under the shard's lock: frees the regions of a large entry that is withdrawn. */
void lyger_region_free_run(lyger_cache *cache, granule at);

/* Makes an unused region for a shard that has none to evict from. Takes the locks. */
lyger_status lyger_region_relieve(lyger_cache *cache, lyger_error *error);

/*
 * Under a shard's lock: frees what a thread had gathered that died while it did; false when there was
 * nothing. Never waits, so the order of the locks does not matter. Looks after the thread every few
 * milliseconds.
 */
bool lyger_region_salvage(lyger_cache *cache, uint64_t now);

/* Under the lock of a shard whose holder died: unmarks its large entries (entry.collected), and later frees
 * the runs of those that are not marked: nothing points to them. */
void lyger_region_unmark(lyger_cache *cache, const shard *s);
void lyger_region_recover(lyger_cache *cache, const shard *s);

#endif
