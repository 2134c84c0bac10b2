#include "segment.h"

#include "hash.h"
#include "os.h"

#include <string.h>

#define MAGIC "lyger\x01\r\n"
#define PAGE 4096u
#define REGION_LEAST 65536u  /* bytes */
#define REGION_SKEW 4800u    /* bytes; 75 cache lines: regions start on different sets and pages */
#define REGIONS_WANTED 128u  /* how finely a segment is divided, when it is large enough */
#define REGIONS_PER_SHARD 8u /* wanted: few shards keep what is stored together close together */
#define SHARDS_LEAST 4u
#define SHARDS_MAX 64u
#define BYTES_PER_BUCKET 512u           /* of entries: 73 bytes an entry when every slot is used */
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

/* FNV-1a (Fowler, Noll, Vo) over the fields that must not change: tells damage, not malice. */
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

/* Positions follow from the counts, so a damaged position cannot lead outside. */
static uint64_t place(segment_header *header)
{
    uint64_t buckets = (uint64_t)header->shard_count * header->bucket_count;
    uint64_t ghosts = (uint64_t)header->shard_count * header->ghost_count;
    header->lanes_at = PAGE;
    header->shards_at = header->lanes_at + LANE_COUNT * sizeof(lane);
    header->masks_at = header->shards_at + header->shard_count * sizeof(shard);
    header->buckets_at = round_up(header->masks_at + header->shard_count * sizeof(uint32_t), PAGE);
    header->ghosts_at = header->buckets_at + buckets * sizeof(bucket);
    header->regions_at = round_up(header->ghosts_at + ghosts * sizeof(ghost_set), PAGE);
    return header->regions_at + header->region_count * ((uint64_t)GRANULE * header->region_granules);
}

/* Divides the size: regions and shards first, then as many regions as fit beside the index. */
static void plan(segment_header *header, uint64_t size)
{
    uint64_t region = power_of_two_at_most(size / REGIONS_WANTED);
    if (region < REGION_LEAST) {
        region = REGION_LEAST;
    }
    uint64_t regions = size / region;
    uint64_t shards = power_of_two_at_least(regions / REGIONS_PER_SHARD);
    if (shards < SHARDS_LEAST) {
        shards = SHARDS_LEAST;
    }
    if (shards > SHARDS_MAX) {
        shards = SHARDS_MAX;
    }
    header->size = size;
    header->region_granules = (uint32_t)((region + REGION_SKEW) / GRANULE);
    header->shard_count = (uint32_t)shards;
    header->bucket_count = (uint32_t)power_of_two_at_most(size / shards / BYTES_PER_BUCKET);
    header->ghost_count = header->bucket_count;
    header->region_count = (uint32_t)regions;
    while (place(header) > size) {
        header->region_count--;
    }
}

static lyger_status format_shard(lyger_cache *cache, uint32_t number, lyger_error *error)
{
    shard *s = &cache->shards[number];
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    int failed = pthread_mutex_init(&s->lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
    if (failed) {
        return lyger_fail(error, LYGER_E_CACHE, "cannot make a lock in the cache: %s", strerror(failed));
    }
    s->next_stamp = 1;
    atomic_store_explicit(&cache->masks[number], BUCKETS_FIRST - 1, memory_order_relaxed);
    for (uint32_t region = number; region < cache->header->region_count;
         region += cache->header->shard_count) {
        s->capacity += cache->header->region_granules;
    }
    return LYGER_OK;
}

lyger_status lyger_segment_format(void *base, size_t size, lyger_error *error)
{
    if (size < LYGER_CACHE_SIZE_MIN || (uint64_t)size > SEGMENT_MAX) {
        return lyger_fail(error, LYGER_E_CACHE, "the cache must have %u bytes to %llu, %zu asked for",
                          LYGER_CACHE_SIZE_MIN, (unsigned long long)SEGMENT_MAX, size);
    }
    segment_header *header = base;
    header->layout = LYGER_CACHE_LAYOUT;
    header->lock_size = sizeof(pthread_mutex_t);
    plan(header, size);
    lyger_os_boot_id(header->boot_id, sizeof header->boot_id);
    lyger_status status = lyger_os_random(&header->seed, sizeof header->seed, error);
    lyger_cache view;
    lyger_segment_view(&view, base);
    for (uint32_t i = 0; status == LYGER_OK && i < header->shard_count; i++) {
        status = format_shard(&view, i, error);
    }
    if (status == LYGER_OK) {
        header->check = header_check(header);
        atomic_thread_fence(memory_order_release);
        memcpy(header->magic, MAGIC, sizeof header->magic);
    }
    return status;
}

lyger_status lyger_segment_check(const void *base, size_t size, const char *path, lyger_error *error)
{
    const segment_header *header = base;
    if (size < LYGER_CACHE_SIZE_MIN || memcmp(header->magic, MAGIC, sizeof header->magic) != 0) {
        return lyger_fail(error, LYGER_E_CACHE, "cache path \"%s\" is not a lyger cache segment", path);
    }
    if (header->layout != LYGER_CACHE_LAYOUT || header->lock_size != sizeof(pthread_mutex_t)) {
        return lyger_fail(error, LYGER_E_CACHE,
                          "cache path \"%s\" has layout %u, this lyger has layout %u: remove the file", path,
                          header->layout, LYGER_CACHE_LAYOUT);
    }
    if (header->check != header_check(header) || header->size != size) {
        return lyger_fail(error, LYGER_E_CACHE, "cache path \"%s\" is damaged: remove the file", path);
    }
    char boot_id[sizeof header->boot_id];
    lyger_os_boot_id(boot_id, sizeof boot_id);
    if (strncmp(boot_id, header->boot_id, sizeof boot_id) != 0) {
        return lyger_fail(error, LYGER_E_CACHE,
                          "cache path \"%s\" was made before this machine started: remove the file", path);
    }
    return LYGER_OK;
}

void lyger_segment_view(lyger_cache *cache, void *base)
{
    segment_header *header = base;
    segment_header placed = *header;
    place(&placed);
    cache->base = base;
    cache->header = header;
    cache->size = (size_t)header->size;
    cache->lanes = (lane *)(cache->base + placed.lanes_at);
    cache->shards = (shard *)(cache->base + placed.shards_at);
    cache->masks = (_Atomic uint32_t *)(cache->base + placed.masks_at);
    cache->buckets = (bucket *)(cache->base + placed.buckets_at);
    cache->ghosts = (ghost_set *)(cache->base + placed.ghosts_at);
    cache->regions = (granule)(placed.regions_at / GRANULE);
    cache->hash_state = lyger_hash_start(header->seed);
    cache->shard_mask = header->shard_count - 1;
    cache->shard_bits = (uint32_t)__builtin_ctz(header->shard_count);
    cache->bucket_count = header->bucket_count;
}
