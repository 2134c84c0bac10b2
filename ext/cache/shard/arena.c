#include "arena.h"

#include "region.h"

#include <string.h>

#define SECOND_BITS 4u /* log2 of ARENA_SECOND_LEVELS */

typedef struct list_index {
    uint32_t first, second;
} list_index;

/* Stores a link of a free list. It lies where an entry has its hash, which a late reader may still read (and
 * then throws away), so the store is atomic. */
static inline void set_link(granule *link, granule at)
{
    __atomic_store_n(link, at, __ATOMIC_RELAXED);
}

static uint32_t log2_floor(uint32_t n)
{
    return 31u - (uint32_t)__builtin_clz(n);
}

/* The list that holds blocks of this size: exact below 16 granules, then 16 lists for each power of two. */
static list_index list_of(uint32_t size)
{
    if (size < ARENA_SECOND_LEVELS) {
        return (list_index){0, size};
    }
    uint32_t log = log2_floor(size);
    return (list_index){log - SECOND_BITS + 1, (size >> (log - SECOND_BITS)) & (ARENA_SECOND_LEVELS - 1)};
}

bool lyger_arena_lists(uint32_t size, uint32_t first, uint32_t second)
{
    list_index list = list_of(size);
    return list.first == first && list.second == second;
}

granule lyger_arena_region_start(const lyger_cache *cache, uint32_t region)
{
    return cache->regions + (region * cache->header->region_granules);
}

granule lyger_arena_region_end(const lyger_cache *cache, uint32_t region)
{
    return lyger_arena_region_start(cache, region + 1) - 1;
}

/* Granules of a block in this arena, where no block is BLOCK_LARGE. */
static uint32_t small_size(const entry *block)
{
    return block->size_flags >> 2;
}

/* The block after [at, at + size); at the end of the region that is the sentinel. */
static entry *block_after(const lyger_cache *cache, granule at, uint32_t size)
{
    return entry_at(cache, at + size);
}

/* Where a free block of `size` granules keeps its size for the block after it. */
static uint32_t *footer(const lyger_cache *cache, granule at, uint32_t size)
{
    return (uint32_t *)(cache->base + (size_t)(at + size) * GRANULE - sizeof(uint32_t));
}

static void link_free(lyger_cache *cache, shard *s, granule at, uint32_t size)
{
    list_index list = list_of(size);
    granule head = s->free_lists[list.first][list.second];
    entry *block = entry_at(cache, at);
    set_link(&block->free.next, head);
    set_link(&block->free.prev, 0);
    if (head) {
        set_link(&entry_at(cache, head)->free.prev, at);
    }
    s->free_lists[list.first][list.second] = at;
    s->second_bitmap[list.first] |= (uint16_t)(1u << list.second);
    s->first_bitmap |= 1u << list.first;
}

static void unlink_free(lyger_cache *cache, shard *s, granule at)
{
    entry *block = entry_at(cache, at);
    list_index list = list_of(small_size(block));
    if (block->free.next) {
        set_link(&entry_at(cache, block->free.next)->free.prev, block->free.prev);
    }
    if (block->free.prev) {
        set_link(&entry_at(cache, block->free.prev)->free.next, block->free.next);
        return;
    }
    s->free_lists[list.first][list.second] = block->free.next;
    if (!block->free.next) {
        s->second_bitmap[list.first] &= (uint16_t) ~(1u << list.second);
        if (!s->second_bitmap[list.first]) {
            s->first_bitmap &= ~(1u << list.first);
        }
    }
}

/* Makes a free block; the block before it is not free, so BLOCK_PREV_FREE stays unset. */
static void make_free(lyger_cache *cache, shard *s, granule at, uint32_t size)
{
    entry *block = entry_at(cache, at);
    block->size_flags = size << 2 | BLOCK_FREE;
    atomic_store_explicit(&block->stamp, 0, memory_order_relaxed);
    *footer(cache, at, size) = size;
    block_after(cache, at, size)->size_flags |= BLOCK_PREV_FREE;
    link_free(cache, s, at, size);
}

/* Takes an unused region into use; false when no region is unused. */
static bool activate_region(lyger_cache *cache, shard *s)
{
    uint32_t region = lyger_region_acquire(cache, s);
    if (region == cache->header->region_count) {
        return false;
    }
    lyger_arena_seal(cache, region);
    lyger_arena_refill(cache, s, lyger_arena_region_start(cache, region),
                       lyger_arena_region_end(cache, region));
    return true;
}

/* The first block of a list whose blocks are all large enough; 0 when those lists are empty. */
static granule find_free(const shard *s, uint32_t size)
{
    if (size >= ARENA_SECOND_LEVELS) {
        size += (1u << (log2_floor(size) - SECOND_BITS)) - 1;
    }
    list_index list = list_of(size);
    if (list.first >= ARENA_FIRST_LEVELS) {
        return 0;
    }
    uint32_t seconds = s->second_bitmap[list.first] & (~0u << list.second);
    if (!seconds) {
        uint32_t firsts = list.first + 1 < 32 ? s->first_bitmap & (~0u << (list.first + 1)) : 0;
        if (!firsts) {
            return 0;
        }
        list.first = (uint32_t)__builtin_ctz(firsts);
        seconds = s->second_bitmap[list.first];
    }
    return s->free_lists[list.first][__builtin_ctz(seconds)];
}

granule lyger_arena_take(lyger_cache *cache, shard *s, uint32_t size)
{
    if (size < QUICK_SIZES && s->quick[size]) {
        granule quick = s->quick[size];
        s->quick[size] = entry_at(cache, quick)->free.next;
        s->quick_length[size]--;
        return quick;
    }
    granule at = find_free(s, size);
    if (!at && activate_region(cache, s)) {
        at = find_free(s, size);
    }
    return at ? lyger_arena_take_at(cache, s, at, size) : 0;
}

granule lyger_arena_take_at(lyger_cache *cache, shard *s, granule at, uint32_t size)
{
    entry *block = entry_at(cache, at);
    uint32_t whole = small_size(block);
    unlink_free(cache, s, at);
    if (whole - size >= BLOCK_LEAST) {
        block->size_flags = size << 2;
        make_free(cache, s, at + size, whole - size);
    } else {
        block->size_flags = whole << 2;
        block_after(cache, at, whole)->size_flags &= ~BLOCK_PREV_FREE;
    }
    return at;
}

static void join(lyger_cache *cache, shard *s, granule at)
{
    entry *block = entry_at(cache, at);
    uint32_t size = small_size(block);
    entry *after = block_after(cache, at, size);
    if (after->size_flags & BLOCK_FREE) {
        unlink_free(cache, s, at + size);
        size += small_size(after);
    }
    if (block->size_flags & BLOCK_PREV_FREE) {
        uint32_t before = *(uint32_t *)((char *)block - sizeof(uint32_t));
        at -= before;
        unlink_free(cache, s, at);
        size += before;
    }
    make_free(cache, s, at, size);
}

void lyger_arena_give(lyger_cache *cache, shard *s, granule at)
{
    entry *block = entry_at(cache, at);
    uint32_t size = small_size(block);
    if (size >= QUICK_SIZES || s->quick_length[size] == QUICK_LIMIT) {
        join(cache, s, at);
        return;
    }
    set_link(&block->free.next, s->quick[size]);
    s->quick[size] = at;
    s->quick_length[size]++;
}

/* Empties the quick list of one size. */
static void join_quick(lyger_cache *cache, shard *s, uint32_t size)
{
    granule at = s->quick[size];
    s->quick[size] = 0;
    s->quick_length[size] = 0;
    while (at) {
        granule next = entry_at(cache, at)->free.next;
        join(cache, s, at);
        at = next;
    }
}

bool lyger_arena_coalesce(lyger_cache *cache, shard *s)
{
    bool any = false;
    for (uint32_t first = 0; first < QUICK_SIZES; first += sizeof(uint64_t)) {
        uint64_t lengths; /* most lists are empty: eight at a time */
        memcpy(&lengths, &s->quick_length[first], sizeof lengths);
        for (uint32_t size = first; lengths && size < first + sizeof lengths; size++) {
            any = any || s->quick[size];
            join_quick(cache, s, size);
        }
    }
    return any;
}

void lyger_arena_seal(lyger_cache *cache, uint32_t region)
{
    entry_at(cache, lyger_arena_region_end(cache, region))->size_flags = 0;
}

bool lyger_arena_drop(lyger_cache *cache, shard *s, uint32_t region)
{
    granule start = lyger_arena_region_start(cache, region);
    const entry *block = entry_at(cache, start);
    bool whole = (block->size_flags & BLOCK_FREE) &&
                 start + small_size(block) == lyger_arena_region_end(cache, region);
    if (whole) {
        unlink_free(cache, s, start);
    }
    return whole;
}

void lyger_arena_reset(shard *s)
{
    memset(s->quick, 0, sizeof s->quick);
    memset(s->quick_length, 0, sizeof s->quick_length);
    s->first_bitmap = 0;
    memset(s->second_bitmap, 0, sizeof s->second_bitmap);
    memset(s->free_lists, 0, sizeof s->free_lists);
}

void lyger_arena_refill(lyger_cache *cache, shard *s, granule from, granule to)
{
    if (from < to) {
        make_free(cache, s, from, to - from);
    }
}

uint32_t lyger_arena_seize(lyger_cache *cache, shard *s, granule at)
{
    entry *block = entry_at(cache, at);
    uint32_t size = small_size(block);
    unlink_free(cache, s, at);
    block->size_flags = size << 2;
    block_after(cache, at, size)->size_flags &= ~BLOCK_PREV_FREE;
    return size;
}

granule lyger_arena_widest(const shard *s)
{
    if (!s->first_bitmap) {
        return 0;
    }
    uint32_t first = log2_floor(s->first_bitmap);
    return s->free_lists[first][log2_floor(s->second_bitmap[first])];
}

uint32_t lyger_arena_rounded(uint32_t size)
{
    uint32_t step = size < ARENA_SECOND_LEVELS ? 1 : 1u << (log2_floor(size) - SECOND_BITS);
    return (size + step - 1) / step * step;
}
