/*
 * Making free memory lie together. In a shard full of entries of mixed sizes, a large entry would have to
 * evict many small ones until neighbours happen to be free; the entries in its way are moved instead.
 */
#ifndef LYGER_CACHE_COMPACT_H
#define LYGER_CACHE_COMPACT_H

#include "shard.h"

/*
 * Takes a block of `size` granules near a place in one of the shard's regions: entries in the way move to
 * free blocks elsewhere, and while no block is free, victims of the policy are evicted, wherever they are. 0
 * when an entry in the way cannot be moved (it is used in place, or pinned), or the region ends too soon.
 */
granule lyger_compact(lyger_cache *cache, shard *s, granule near, uint32_t size, uint64_t now);

#endif
