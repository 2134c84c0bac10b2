/*
 * What a segment looks like in memory. Internal to the cache room; the layout number changes with this file.
 *
 *     header | lanes | shards | bucket masks | index buckets | ghost sets | regions of
 * entries
 *
 * Positions of entries are granules: 16-byte units from the start of the segment, 32 bits, so a segment can
 * have 64 GiB. Granule 0 is the header and means "none".
 */
#ifndef LYGER_CACHE_LAYOUT_H
#define LYGER_CACHE_LAYOUT_H

#include "cache.h"

#include <pthread.h>
#include <stdatomic.h>

#define LYGER_CACHE_LAYOUT 1u
#define GRANULE 16u
#define LANE_COUNT 256u
#define BUCKET_SLOTS 7u
#define PROBE_LIMIT 8u   /* buckets that may hold a key */
#define BUCKETS_FIRST 8u /* in use in a new shard; doubled as it fills */
#define GHOST_WAYS 4u
#define ARENA_FIRST_LEVELS 28u
#define ARENA_SECOND_LEVELS 16u
#define QUICK_SIZES 64u /* granules; smaller blocks wait in quick lists when they are freed */
#define QUICK_LIMIT 16u /* blocks in one of them */

typedef uint32_t granule;

typedef struct segment_header {
    char magic[8]; /* written last: a segment without it was never finished */
    uint32_t layout;
    uint32_t lock_size;       /* sizeof(pthread_mutex_t): another C library cannot share the locks */
    uint64_t size;            /* bytes */
    uint64_t seed;            /* of the key hash; random per segment */
    char boot_id[40];         /* monotonic times mean nothing after a restart of the machine */
    uint32_t shard_count;     /* power of two */
    uint32_t bucket_count;    /* per shard at most, power of two */
    uint32_t ghost_count;     /* sets per shard, power of two */
    uint32_t region_granules; /* not a power of two: regions must not fall on the same cache sets */
    uint32_t region_count;
    uint32_t check; /* of the fields from layout to region_count */
    uint64_t lanes_at, shards_at, masks_at, buckets_at, ghosts_at, regions_at; /* bytes from the start */
} segment_header;

/* Counters of one thread, on cache lines of their own. */
typedef enum lane_counter {
    COUNT_HITS,
    COUNT_MISSES,
    COUNT_SETS,
    COUNT_DELETES,
    COUNT_EVICTIONS,
    COUNT_EXPIRATIONS,
    COUNT_RECOVERIES,
    COUNTERS
} lane_counter;

typedef struct lane {
    _Alignas(128) _Atomic uint32_t owner; /* thread id, 0 when free */
    _Atomic uint64_t counters[COUNTERS];
} lane;

typedef struct entry_queue {
    granule head, tail; /* newest, oldest */
    uint64_t granules;
} entry_queue;

typedef enum queue_name { QUEUE_NONE, QUEUE_SMALL, QUEUE_MAIN } queue_name;

/* Only touched under the lock, but for what is atomic: that may be read by anyone. */
typedef struct shard {
    _Alignas(64) pthread_mutex_t lock;
    uint64_t next_stamp;
    _Atomic uint64_t entries;         /* published; relaxed reads outside the lock */
    _Atomic uint64_t used;            /* granules in entries */
    _Atomic uint64_t earliest_expiry; /* ms, a lower bound; 0 when nothing expires */
    uint32_t capacity;                /* granules in the regions of this shard */
    uint32_t regions_active;          /* of those, how many the arena has taken into use */
    entry_queue small, main;
    granule quick[QUICK_SIZES];
    uint8_t quick_length[QUICK_SIZES];
    uint32_t first_bitmap;
    uint16_t second_bitmap[ARENA_FIRST_LEVELS];
    granule free_lists[ARENA_FIRST_LEVELS][ARENA_SECOND_LEVELS];
} shard;

/* One cache line. A slot is tag << 32 | granule, the tag being the upper half of the key's hash; 0 is free.
 */
typedef struct bucket {
    _Alignas(64) _Atomic uint64_t slots[BUCKET_SLOTS];
    _Atomic uint64_t overflow; /* entries that hash here or pass here and were placed in a later bucket */
} bucket;

/* Hashes of entries lately evicted from the small queue, the newest first. */
typedef struct ghost_set {
    uint32_t hashes[GHOST_WAYS];
} ghost_set;

#define BLOCK_FREE 1u      /* this block is free */
#define BLOCK_PREV_FREE 2u /* the block before it is free, and its last four bytes are its size */

/*
 * The head of every block of the arena. `stamp` is the number no other entry ever has, 0 in anything but a
 * published entry. Fields of a published entry do not change, except expires, frequency and, under the lock,
 * flags, queue and links.
 */
typedef struct entry {
    uint32_t size_flags;       /* granules << 2 | flags */
    _Atomic uint8_t frequency; /* hits since it was queued, at most 3 */
    uint8_t queue;             /* queue_name */
    uint8_t collected;         /* only used while a shard is rebuilt */
    uint8_t unused;
    _Atomic uint64_t stamp;
    union {
        _Atomic uint64_t hash;
        struct {
            granule next, prev;
        } free; /* links of a free block */
    };
    _Atomic uint64_t expires; /* ms, 0 = never */
    granule newer, older;     /* links of the queue */
    _Atomic uint64_t lens;    /* value length << 24 | key length << 8 | type */
    char data[];              /* the key, then the value at the next multiple of 8 */
} entry;

_Static_assert(sizeof(bucket) == 64, "a bucket is a cache line");
_Static_assert(sizeof(lane) == 128, "a lane is two cache lines");
_Static_assert(sizeof(entry) == 48, "the head of an entry is part of the layout");

#define BLOCK_LEAST ((sizeof(entry) + GRANULE) / GRANULE) /* granules */

/* This process's view of a segment. */
struct lyger_cache {
    char *base;
    segment_header *header;
    lane *lanes;
    shard *shards;
    _Atomic uint32_t *masks; /* buckets in use - 1 of each shard; read by all, changed when an index grows */
    bucket *buckets;
    ghost_set *ghosts;
    granule regions;     /* where they begin */
    uint64_t hash_state; /* lyger_hash_start() of the segment's seed */
    uint32_t shard_mask, shard_bits, bucket_count;
    size_t size;
    char *path; /* "" when anonymous */
};

static inline entry *entry_at(const lyger_cache *cache, granule at)
{
    return (entry *)(cache->base + (size_t)at * GRANULE);
}

static inline granule granule_of(const lyger_cache *cache, const entry *e)
{
    return (granule)((size_t)((const char *)e - cache->base) / GRANULE);
}

static inline uint32_t block_size(const entry *e)
{
    return e->size_flags >> 2;
}

static inline size_t key_length(uint64_t lens)
{
    return (size_t)(lens >> 8 & 0xFFFF);
}

static inline size_t value_length(uint64_t lens)
{
    return (size_t)(lens >> 24);
}

static inline size_t value_offset(size_t key_len)
{
    return (key_len + 7) & ~(size_t)7;
}

/* Granules of an entry; the lengths fit (lyger_shard_fits). */
static inline uint32_t granules_for(size_t key_len, size_t value_len)
{
    size_t bytes = sizeof(entry) + value_offset(key_len) + value_len;
    size_t granules = (bytes + GRANULE - 1) / GRANULE;
    return (uint32_t)(granules < BLOCK_LEAST ? BLOCK_LEAST : granules);
}

/* Buckets of the shards alternate, so that what is in use stays close together. number < buckets in use. */
static inline bucket *bucket_numbered(const lyger_cache *cache, uint32_t shard_number, uint32_t number)
{
    return cache->buckets + ((size_t)number << cache->shard_bits) + shard_number;
}

static inline bucket *bucket_of(const lyger_cache *cache, const shard *s, uint32_t number)
{
    return bucket_numbered(cache, (uint32_t)(s - cache->shards), number);
}

#endif
