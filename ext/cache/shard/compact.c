#include "compact.h"

#include "arena.h"
#include "region.h"

#define MOVED_MOST 64u    /* granules moved for a granule that is wanted, */
#define MOVED_LEAST 8192u /* and at least so many */
#define SEEN_MOST 4096u   /* blocks */

typedef struct bubble {
    granule at, from; /* the free block, and the block to look at next */
    uint64_t moved;   /* granules */
    uint32_t seen;    /* blocks */
} bubble;

static bool is_movable(const entry *e)
{
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    return (e->queue == QUEUE_SMALL || e->queue == QUEUE_MAIN) &&
           atomic_load_explicit(&e->stamp, memory_order_relaxed) && value_type(lens) < LYGER_CACHE_IN_PLACE;
}

static uint32_t size_at(const lyger_cache *cache, granule at)
{
    return block_size(cache, entry_at(cache, at));
}

/* Where the shard's next region begins; after the last one comes the first. */
static granule region_after(const lyger_cache *cache, const shard *s, uint32_t region)
{
    uint32_t count = cache->header->region_count, own = region_word(REGION_SHARD, number_of_shard(cache, s));
    uint32_t next = region;
    for (uint32_t i = 0; i < count; i++) {
        next = next + 1 < count ? next + 1 : 0;
        if (atomic_load_explicit(&cache->table[next], memory_order_relaxed) == own) {
            break;
        }
    }
    return lyger_arena_region_start(cache, next);
}

/* Moves the entry at b->from to the front of the bubble, which is large enough. The hole that the entry
 * leaves joins what is free around it, and is the bubble from then on when it is wider. */
static void take_in(lyger_cache *cache, shard *s, bubble *b, uint32_t size)
{
    uint32_t rest = size_at(cache, b->at) - size;
    granule hole = b->from, to = b->at;
    const entry *e = entry_at(cache, hole);
    if (e->size_flags & BLOCK_PREV_FREE) {
        hole -= *(const uint32_t *)(const void *)((const char *)e - sizeof(uint32_t));
    }
    bool adjacent = hole == to;
    granule left = rest >= BLOCK_LEAST ? to + size : 0;
    lyger_shard_move_to(cache, s, b->from, lyger_arena_take_at(cache, s, to, size));
    lyger_arena_coalesce(cache, s);
    if (adjacent) {
        hole = left ? left : b->from;
        left = 0;
    }
    b->from = hole + size_at(cache, hole);
    b->at = !left || size_at(cache, hole) > rest ? hole : left;
}

static void go_on(lyger_cache *cache, shard *s, bubble *b)
{
    const entry *e = entry_at(cache, b->from);
    uint32_t have = size_at(cache, b->at), size = block_size(cache, e);
    b->seen++;
    if (size == 0) {
        b->from = region_after(cache, s, region_of(cache, b->from));
    } else if (e->size_flags & BLOCK_FREE) {
        b->at = size > have ? b->from : b->at;
        b->from += size;
    } else if (is_movable(e) && granules_said(e) <= have) {
        b->moved += size;
        take_in(cache, s, b, granules_said(e));
    } else if (is_movable(e) && b->from == b->at + have) {
        b->moved += size;
        b->at = lyger_shard_slide(cache, s, b->from, b->at);
        b->from = b->at + size_at(cache, b->at);
    } else {
        b->from += size;
    }
}

granule lyger_compact(lyger_cache *cache, shard *s, uint32_t size)
{
    lyger_arena_coalesce(cache, s);
    bubble b = {.at = lyger_arena_widest(s)};
    uint32_t wanted = lyger_arena_rounded(size);
    uint64_t most = (uint64_t)size * MOVED_MOST + MOVED_LEAST;
    if (!b.at) {
        return 0;
    }
    b.from = b.at + size_at(cache, b.at);
    while (size_at(cache, b.at) < wanted) {
        if (b.moved > most || b.seen > SEEN_MOST) {
            return 0;
        }
        go_on(cache, s, &b);
    }
    return lyger_arena_take(cache, s, size);
}
