/*
 * The memory of a shard: two-level segregated fit over the shard's regions (region.h; the paper is named in
 * cache.h). Allocation and release take constant time; blocks never cross a region. Blocks below a kilobyte
 * first wait in a quick list of their exact size, because replacing a value frees what the next replacement
 * needs; larger blocks at once, and waiting blocks when memory runs short, are joined with free neighbours.
 * Called under the shard's lock.
 */
#ifndef LYGER_CACHE_ARENA_H
#define LYGER_CACHE_ARENA_H

#include "cache/segment/layout.h"

/* A block of at least `size` granules, its header filled but for the entry's own fields; 0 when no block is
 * that large. Takes an unused region into use when the shard's regions have no such block. */
granule lyger_arena_take(lyger_cache *cache, shard *s, uint32_t size);

void lyger_arena_give(lyger_cache *cache, shard *s, granule at);

/* Joins the blocks that wait in quick lists with their neighbours; false when none waited. */
bool lyger_arena_coalesce(lyger_cache *cache, shard *s);

/* Whether free blocks of `size` granules are in the list with these two indexes. */
bool lyger_arena_lists(uint32_t size, uint32_t first, uint32_t second);

/* Forgets every block; lyger_arena_refill() then makes free blocks of the gaps between live entries. */
void lyger_arena_reset(shard *s);

/* Makes [from, to) within one region a free block; the blocks around it are not free. */
void lyger_arena_refill(lyger_cache *cache, shard *s, granule from, granule to);

/* Ends a region with its sentinel: a block that is never free, so that no block grows past it. */
void lyger_arena_seal(lyger_cache *cache, uint32_t region);

/* The bounds of a region; its end is its sentinel. */
granule lyger_arena_region_start(const lyger_cache *cache, uint32_t region);
granule lyger_arena_region_end(const lyger_cache *cache, uint32_t region);

/* Takes a region that is one free block out of the free lists; false when the region is anything else. */
bool lyger_arena_drop(lyger_cache *cache, shard *s, uint32_t region);

/* Takes the front of the free block at this granule, which is at least so large. */
granule lyger_arena_take_at(lyger_cache *cache, shard *s, granule at, uint32_t size);

/* A free block of the largest list that has any; 0 when nothing is free. */
granule lyger_arena_widest(const shard *s);

/* Takes the whole free block at a granule out of its list; its size in granules. */
uint32_t lyger_arena_seize(lyger_cache *cache, shard *s, granule at);

/* How many granules must lie together for lyger_arena_take() to find `size` granules in them. */
uint32_t lyger_arena_rounded(uint32_t size);

#endif
