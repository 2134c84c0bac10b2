/*
 * Moving entries together when a shard has memory enough, but not in one piece: the widest free block travels
 * upwards through the shard's regions like a bubble. What lies behind it moves to its front, and every hole
 * that it meets joins it. It passes values that are used in place, and the ends of regions, by taking in the
 * entries behind them.
 */
#ifndef LYGER_CACHE_COMPACT_H
#define LYGER_CACHE_COMPACT_H

#include "shard.h"

/* Under the lock, for a shard that has no block of `size` granules: such a block, or 0 when moving entries
 * together would cost too much. Evicts nothing. */
granule lyger_compact(lyger_cache *cache, shard *s, uint32_t size);

#endif
