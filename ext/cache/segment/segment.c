#include "segment.h"

#include "hash.h"
#include "cache/system/os.h"

#include <string.h>
#include <time.h>

#define MAGIC "lyger\x01\r\n"
#define PAGE 4096u           /* bytes */
#define LINE 64u             /* bytes; a region is an odd number of cache lines */
#define REGION_LEAST 65536u  /* bytes */
#define REGION_SKEW 4800u    /* bytes; 75 cache lines: regions start on different sets and pages */
#define REGIONS_WANTED 32u   /* how finely a segment is divided, when it is large enough */
#define REGIONS_PER_SHARD 4u /* wanted: few shards keep what is stored together close together */
#define SHARDS_LEAST 4u      /* a power of two, like SHARDS_MAX */
#define SHARDS_MAX 64u
#define BYTES_PER_BUCKET 512u /* of entries: 73 bytes an entry when every slot is used */
#define BYTES_PER_HOLD 16384u /* of the segment, for a named lock, which needs two places: see hold.c */
#define BYTES_PER_PIN 131072u /* of the segment, for a pin of each lane */
#define PINS_LEAST 32u        /* of a lane; a power of two, like PINS_MOST */
#define PINS_MOST 512u
#define SEGMENT_MAX ((uint64_t)1 << 36) /* 2^32 granules */

static uint64_t round_up(uint64_t n, uint64_t to)
{
    return (n + to - 1) / to * to;
}

static uint64_t power_of_two_at_most(uint64_t n)
{
    return (uint64_t)1 << (63 - __builtin_clzll(n | 1));
}

static uint64_t power_of_two_at_least(uint64_t n)
{
    uint64_t below = power_of_two_at_most(n);
    return below == n ? n : below * 2;
}

/* FNV-1a (Fowler, Noll, Vo) over the fields that must not change: finds damage, not malice. */
static uint32_t header_check(const segment_header *header)
{
    const unsigned char *at = (const unsigned char *)&header->layout;
    const unsigned char *end = (const unsigned char *)&header->check;
    uint32_t check = 2166136261u;
    for (; at < end; at++) {
        check = (check ^ *at) * 16777619u;
    }
    return check;
}

/*
 * Where the parts of a segment begin, in bytes; everything follows from the counts. The index comes last: it
 * is larger than the longest key, so that a reader that takes the length of a key from an entry that is just
 * being overwritten stays within the segment.
 */
typedef struct segment_places {
    uint64_t lanes, pins, shards, holds, tokens, masks, table, buckets, ghosts, regions, end;
} segment_places;

static segment_places places_of(const segment_header *header)
{
    segment_places at;
    uint64_t shards = header->shard_count;
    at.lanes = PAGE;
    at.pins = at.lanes + LANE_COUNT * sizeof(lane);
    at.shards = at.pins + (uint64_t)LANE_COUNT * header->pin_count * sizeof(granule);
    at.holds = at.shards + shards * sizeof(shard);
    at.tokens = at.holds + shards * header->hold_count * sizeof(hold_slot);
    at.masks = at.tokens + shards * header->hold_count * sizeof(hold_token);
    at.table = round_up(at.masks + shards * sizeof(uint32_t), 64);
    at.regions = round_up(at.table + header->region_count * sizeof(uint32_t), PAGE);
    at.buckets =
        round_up(at.regions + header->region_count * ((uint64_t)GRANULE * header->region_granules), PAGE);
    at.ghosts = at.buckets + shards * header->bucket_count * sizeof(bucket);
    at.end = at.ghosts + shards * header->ghost_count * sizeof(ghost_set);
    return at;
}

static uint32_t clamp(uint64_t n, uint32_t least, uint32_t most)
{
    return n < least ? least : n > most ? most : (uint32_t)n;
}

/* Divides the size: regions and shards first, then as many regions as fit beside the index. */
static void plan(segment_header *header, uint64_t size)
{
    uint64_t region = power_of_two_at_most(size / REGIONS_WANTED);
    if (region < REGION_LEAST) {
        region = REGION_LEAST;
    }
    uint64_t regions = size / region;
    uint32_t shards = clamp(power_of_two_at_least(regions / REGIONS_PER_SHARD), SHARDS_LEAST, SHARDS_MAX);
    header->size = size;
    header->region_granules = (uint32_t)((region + REGION_SKEW) / GRANULE);
    header->shard_count = shards;
    header->bucket_count = (uint32_t)power_of_two_at_most(size / shards / BYTES_PER_BUCKET);
    header->ghost_count = header->bucket_count;
    header->hold_count = (uint32_t)(2 * power_of_two_at_least(size / shards / BYTES_PER_HOLD));
    header->pin_count = clamp(power_of_two_at_most(size / BYTES_PER_PIN), PINS_LEAST, PINS_MOST);
    header->region_count = (uint32_t)regions;
    while (places_of(header).end > size) {
        header->region_count--;
    }
    /* Every shard can have as many; what they do not need makes them larger. */
    header->region_count -= header->region_count % shards;
    uint64_t taken = (uint64_t)header->region_count * GRANULE * header->region_granules;
    uint64_t lines = (size - (places_of(header).end - taken)) / header->region_count / LINE;
    header->region_granules = (uint32_t)((lines - 1) | 1) * (LINE / GRANULE);
    while (places_of(header).end > size) {
        header->region_granules -= 2 * (LINE / GRANULE);
    }
}

lyger_status lyger_segment_format(void *base, size_t size, lyger_error *error)
{
    if (size < LYGER_CACHE_SIZE_MIN || (uint64_t)size > SEGMENT_MAX) {
        return lyger_fail(error, LYGER_E_CACHE, "the cache must have %zu bytes to %llu, %zu asked for",
                          LYGER_CACHE_SIZE_MIN, (unsigned long long)SEGMENT_MAX, size);
    }
    segment_header *header = base;
    header->layout = LYGER_CACHE_LAYOUT;
    plan(header, size);
    header->thread_space = lyger_os_thread_space();
    lyger_os_boot_id(header->boot_id, sizeof header->boot_id);
    lyger_status status = lyger_os_random(&header->seed, sizeof header->seed, error);
    if (status != LYGER_OK) {
        return status;
    }
    lyger_cache view;
    lyger_segment_view(&view, base);
    for (uint32_t i = 0; i < header->shard_count; i++) {
        view.shards[i].next_stamp = 1;
        atomic_store_explicit(&view.masks[i], BUCKETS_FIRST - 1, memory_order_relaxed);
    }
    atomic_store_explicit(&header->regions_freed, 1, memory_order_relaxed);
    atomic_store_explicit(&header->tally_began, (int64_t)time(NULL), memory_order_relaxed);
    header->check = header_check(header);
    atomic_thread_fence(memory_order_release);
    memcpy(header->magic, MAGIC, sizeof header->magic);
    return LYGER_OK;
}

/* Everything about the layout follows from the size. */
static bool same_plan(const segment_header *a, const segment_header *b)
{
    return a->size == b->size && a->shard_count == b->shard_count && a->bucket_count == b->bucket_count &&
           a->ghost_count == b->ghost_count && a->hold_count == b->hold_count &&
           a->pin_count == b->pin_count && a->region_granules == b->region_granules &&
           a->region_count == b->region_count;
}

segment_state lyger_segment_check(const void *base, size_t size, size_t wanted)
{
    const segment_header *header = base;
    if (size >= sizeof header->magic && memcmp(base, SEGMENT_BEGUN, sizeof header->magic) == 0) {
        return SEGMENT_OBSOLETE;
    }
    if (size < sizeof *header || memcmp(header->magic, MAGIC, sizeof header->magic) != 0) {
        return SEGMENT_FOREIGN;
    }
    char boot_id[sizeof header->boot_id];
    lyger_os_boot_id(boot_id, sizeof boot_id);
    if (header->layout != LYGER_CACHE_LAYOUT || strncmp(boot_id, header->boot_id, sizeof boot_id) != 0) {
        return SEGMENT_OBSOLETE;
    }
    segment_header planned = {0};
    if (size >= LYGER_CACHE_SIZE_MIN) {
        plan(&planned, size);
    }
    if (header->check != header_check(header) || header->size != size || !same_plan(header, &planned)) {
        return SEGMENT_DAMAGED;
    }
    return header->thread_space == lyger_os_thread_space() && size == wanted ? SEGMENT_SOUND
                                                                             : SEGMENT_OBSOLETE;
}

/* The granules of the largest block that the arena of an empty shard is sure to have: what is left of a
 * region beside its sentinel, rounded down to a size that a list of free blocks begins with. */
static uint32_t largest_block(uint32_t region_granules)
{
    uint32_t size = region_granules - 1;
    uint32_t unit = (0x80000000u >> __builtin_clz(size)) / ARENA_SECOND_LEVELS;
    return size / unit * unit;
}

void lyger_segment_view(lyger_cache *cache, void *base)
{
    segment_header *header = base;
    segment_places at = places_of(header);
    cache->base = base;
    cache->header = header;
    cache->size = (size_t)header->size;
    cache->lanes = (lane *)(cache->base + at.lanes);
    cache->pins = (_Atomic granule *)(cache->base + at.pins);
    cache->shards = (shard *)(cache->base + at.shards);
    cache->holds = (hold_slot *)(cache->base + at.holds);
    cache->tokens = (hold_token *)(cache->base + at.tokens);
    cache->masks = (_Atomic uint32_t *)(cache->base + at.masks);
    cache->table = (_Atomic uint32_t *)(cache->base + at.table);
    cache->buckets = (bucket *)(cache->base + at.buckets);
    cache->ghosts = (ghost_set *)(cache->base + at.ghosts);
    cache->regions = (granule)(at.regions / GRANULE);
    cache->granules = header->region_count * header->region_granules;
    cache->hash_states[0] = lyger_hash_start(header->seed);
    cache->hash_states[1] = lyger_hash_start(~header->seed);
    cache->hash_state = cache->hash_states[0];
    cache->shard_mask = header->shard_count - 1;
    cache->shard_bits = (uint32_t)__builtin_ctz(header->shard_count);
    cache->bucket_count = header->bucket_count;
    cache->block_most = largest_block(header->region_granules);
}
