#include "compact.h"

#include "arena.h"
#include "policy.h"
#include "region.h"

/* The memory that is being cleared: [from, from + have) is taken. */
typedef struct clearing {
    granule start, end; /* of the region */
    granule from;
    uint32_t have, wanted;
} clearing;

/* The block that `near` is in, or, where `wanted` granules from there would pass the region's end, the last
 * block before it from which they fit. */
static granule block_around(const lyger_cache *cache, const clearing *c, granule near)
{
    granule found = c->start;
    for (granule at = c->start; at <= near && at + c->wanted <= c->end;
         at += block_size(cache, entry_at(cache, at))) {
        found = at;
    }
    return found;
}

static bool is_movable(const entry *e)
{
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    return (e->queue == QUEUE_SMALL || e->queue == QUEUE_MAIN) &&
           atomic_load_explicit(&e->stamp, memory_order_relaxed) && value_type(lens) < LYGER_CACHE_IN_PLACE;
}

static void seize(lyger_cache *cache, shard *s, clearing *c)
{
    uint32_t more = lyger_arena_seize(cache, s, c->from + c->have);
    if (c->have) {
        entry_at(cache, c->from)->size_flags += more << 2;
    }
    c->have += more;
}

/* Makes the next block of the clearing free; false when its entry cannot be moved. */
static bool push_on(lyger_cache *cache, shard *s, clearing *c, uint64_t now)
{
    if (!is_movable(entry_at(cache, c->from + c->have))) {
        return false;
    }
    if (!lyger_shard_move(cache, s, c->from + c->have)) {
        index_slot *victim = lyger_policy_victim(cache, s);
        if (!victim) {
            return false;
        }
        lyger_shard_evict(cache, s, victim, now);
    }
    lyger_arena_coalesce(cache, s);
    if (!c->have) {
        /* The freed block may have joined the block before it. */
        c->from = block_around(cache, c, c->from);
    }
    return true;
}

granule lyger_compact(lyger_cache *cache, shard *s, granule near, uint32_t size, uint64_t now)
{
    uint32_t region = region_of(cache, near);
    clearing c = {.start = lyger_arena_region_start(cache, region),
                  .end = lyger_arena_region_end(cache, region),
                  .wanted = lyger_arena_rounded(size)};
    lyger_arena_coalesce(cache, s);
    if (c.start + c.wanted > c.end) {
        return 0;
    }
    c.from = block_around(cache, &c, near);
    while (c.have < c.wanted) {
        const entry *next = entry_at(cache, c.from + c.have);
        if (next->size_flags & BLOCK_FREE) {
            seize(cache, s, &c);
        } else if (!push_on(cache, s, &c, now)) {
            break;
        }
    }
    if (c.have) {
        atomic_store_explicit(&entry_at(cache, c.from)->stamp, 0, memory_order_relaxed);
        lyger_arena_give(cache, s, c.from);
        lyger_arena_coalesce(cache, s);
    }
    return c.have < c.wanted ? 0 : lyger_arena_take(cache, s, size);
}
