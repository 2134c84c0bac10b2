/*
 * What a segment looks like in memory. Internal to the cache room; the layout number changes with this file.
 *
 *     header | lanes | pins | shards | holds | tokens | bucket masks | region table | regions | buckets |
 * ghost sets
 *
 * Positions of entries are granules: 16-byte units from the start of the segment, 32 bits, so a segment can
 * have 64 GiB. Granule 0 is the header and means "none".
 */
#ifndef LYGER_CACHE_LAYOUT_H
#define LYGER_CACHE_LAYOUT_H

#include "value.h"

#include <stdatomic.h>

#define LYGER_CACHE_LAYOUT 9u /* changes with this file */
#define GRANULE 16u           /* bytes */
#define LANE_COUNT 256u       /* lanes of a segment, the shared lane 0 included */
#define REGION_MOST 512u      /* regions of a segment, at most */
#define BUCKET_SLOTS 7u       /* slots of a bucket, which fills a cache line */
#define PROBE_LIMIT 8u        /* buckets that may hold a key */
#define BUCKETS_FIRST 8u      /* in use in a new shard; doubled as it fills */
#define GHOST_WAYS 4u         /* ghosts of a set */
#define ARENA_FIRST_LEVELS 28u
#define ARENA_SECOND_LEVELS 16u
#define QUICK_SIZES 64u /* granules; smaller blocks wait in quick lists when they are freed */
#define QUICK_LIMIT 16u /* blocks in one quick list */

#define SEGMENT_BEGUN "lygernew"

typedef uint32_t granule;

/* The thread that holds the lock (lyger_os_thread()), 0 when it is free; see lock.h. */
typedef struct segment_lock {
    _Atomic uint64_t holder;
} segment_lock;

typedef struct segment_header {
    char magic[8]; /* written last; a file that was never finished has SEGMENT_BEGUN there */
    uint32_t layout;
    uint32_t unused;
    uint64_t size;            /* bytes */
    uint64_t seed;            /* of the key hash; random per segment */
    uint64_t thread_space;    /* lyger_os_thread_space(): elsewhere the ids of holders mean nothing */
    char boot_id[40];         /* monotonic times mean nothing after a restart of the machine */
    uint32_t shard_count;     /* power of two */
    uint32_t bucket_count;    /* per shard at most, power of two */
    uint32_t ghost_count;     /* sets per shard, power of two */
    uint32_t hold_count;      /* places for named locks per shard, power of two */
    uint32_t pin_count;       /* pins per lane at most, power of two */
    uint32_t region_granules; /* not a power of two: regions must not fall on the same cache sets */
    uint32_t region_count;
    uint32_t check;                 /* of the fields from layout to region_count */
    _Alignas(64) segment_lock runs; /* held while regions are gathered for a large entry */
    _Atomic uint32_t regions_freed; /* changes whenever a region becomes unused */
    _Atomic uint32_t hand_overs;    /* changes whenever a thread that forks has copied its pins */
    /* See lyger_cache_tell(): when the tally began, and what the lanes had counted until then. */
    _Atomic int64_t tally_began; /* seconds of the wall clock */
    _Atomic uint64_t tally_hits, tally_misses, tally_sets, tally_evictions;
} segment_header;

/* Counters of one thread. */
typedef enum lane_counter {
    COUNT_HITS,
    COUNT_MISSES,
    COUNT_SETS,
    COUNT_DELETES,
    COUNT_EVICTIONS,
    COUNT_EXPIRATIONS,
    COUNT_RECOVERIES,
    COUNT_ANNEX_EVICTIONS, /* of COUNT_EVICTIONS, those of the annex */
    COUNTERS
} lane_counter;

/* What one thread writes while it only reads entries, on cache lines of its own. */
typedef struct lane {
    _Alignas(128) _Atomic uint64_t owner; /* lyger_os_thread(), LANE_HANDED, or 0 when free */
    _Atomic uint64_t counters[COUNTERS];
    _Atomic uint64_t handed_until; /* ms; how long a lane handed to a child waits for it */
    _Atomic uint64_t waits_for;    /* the name of the lease this thread waits for, 0 for none */
    _Atomic uint64_t program;      /* lyger_os_program(): see lyger_os_thread_state() */
    _Atomic uint32_t chunks;       /* of the memory that pins may hold */
} lane;

#define LANE_HANDED UINT64_MAX /* owner of a lane whose thread is being forked */

/* A named lock or lease. Only touched under the lock of its shard, but for the atomic fields, which waiters
 * read. */
typedef struct hold_slot {
    _Atomic uint64_t name; /* hash of the key and the kind, 0 when free */
    uint64_t token;
    _Atomic uint64_t expires; /* ms, 0 = never */
    _Atomic uint64_t owner;   /* lyger_os_thread(), 0 when no thread's any more, or HOLD_OF_BEARER */
} hold_slot;

/* Owner of a lock that belongs to whoever has the token in its hold_token; `token` of its slot is then of no
 * meaning. No thread has this name. */
#define HOLD_OF_BEARER UINT64_MAX

/* Beside each hold_slot, apart from them, so that a search for a name touches few cache lines. */
typedef struct hold_token {
    uint32_t len;
    char bytes[LYGER_CACHE_TOKEN_MAX];
} hold_token;

typedef struct entry_queue {
    granule head, tail; /* newest, oldest */
    uint64_t granules;
} entry_queue;

typedef enum queue_name { QUEUE_NONE, QUEUE_SMALL, QUEUE_MAIN, QUEUE_LIMBO } queue_name;

/* Only touched under its lock, but for the atomic fields, which any thread reads. */
typedef struct shard {
    _Alignas(64) segment_lock lock;
    uint64_t next_stamp;
    _Atomic uint64_t entries;         /* published; relaxed reads outside the lock */
    _Atomic uint64_t annexed;         /* of these, entries of the annex */
    _Atomic uint64_t used;            /* granules in entries */
    _Atomic uint64_t held;            /* granules that were in entries and are still pinned by readers */
    _Atomic uint64_t capacity;        /* granules in this shard's regions and large entries */
    _Atomic uint64_t earliest_expiry; /* ms, a lower bound; 0 when nothing expires */
    uint32_t regions_freed;           /* header's, when the shard last found no unused region */
    uint32_t stores;                  /* wraps */
    granule limbo;                    /* blocks that are still pinned, linked by older */
    _Atomic uint32_t holds_changed;   /* whenever a named lock is given back */
    _Atomic uint32_t holds_awaited;   /* threads that wait for that; a killed one stays counted, which costs a
                                         system call whenever a lock is given back */
    entry_queue small, main;
    uint32_t ghosts_made; /* wraps: the clock by which they age */
    granule quick[QUICK_SIZES];
    uint8_t quick_length[QUICK_SIZES];
    uint32_t first_bitmap;
    uint16_t second_bitmap[ARENA_FIRST_LEVELS];
    granule free_lists[ARENA_FIRST_LEVELS][ARENA_SECOND_LEVELS];
} shard;

/*
 * One cache line. A slot is tag << 32 | granule, the tag being the upper half of the key's hash; 0 is free.
 * The hits of an entry are counted here and not in the entry, because a reader that was held up may write its
 * count late: in the bucket it then counts for another entry, in the entry it would hit the bytes of another
 * value.
 */
typedef _Atomic uint64_t index_slot;

typedef struct bucket {
    _Alignas(64) index_slot slots[BUCKET_SLOTS];
    _Atomic uint8_t frequency[BUCKET_SLOTS]; /* hits since the slot's entry was queued, at most 3 */
    _Atomic uint8_t overflow; /* entries that hash here or pass here and were placed in a later bucket */
} bucket;

/* Entries lately evicted from the small queue, the newest first: 16 bits of the hash, 16 bits of the time. */
typedef struct ghost_set {
    uint32_t ghosts[GHOST_WAYS];
} ghost_set;

/* What a region belongs to, in the region table: kind | value << 3. */
typedef enum region_kind {
    REGION_UNUSED,   /* never used, or no longer */
    REGION_SHARD,    /* value: the number of the shard */
    REGION_RESERVED, /* being gathered by the holder of header->runs */
    REGION_HEAD,     /* begins with a large entry; value: the number of its shard */
    REGION_BODY,     /* continues a large entry; value: the number of that entry's first region */
} region_kind;

#define BLOCK_FREE 1u      /* this block is free */
#define BLOCK_PREV_FREE 2u /* the block before it is free, and its last four bytes are its size */
#define BLOCK_LARGE 3u     /* a large entry: the size is in regions */

/*
 * A stamp: when the entry was placed, in units of 64 ms, a number of that moment, and below it the number of
 * the shard. Stamps of a shard ascend, so that there can be more of a moment: the next ones are then of later
 * moments.
 */
#define STAMP_LIMBO ((uint64_t)1 << 63) /* in the stamp of an entry that is gone but pinned */
#define STAMP_MOMENT 6u                 /* bits of milliseconds in a moment */
#define STAMP_NUMBER 22u                /* bits of the number */

/* Whether it is the stamp of a published entry (published when the stamp was read). */
static inline bool stamp_is_set(uint64_t stamp)
{
    return (int64_t)stamp > 0;
}

/* An expiry: the millisecond when the entry's time is over, and above it for how many seconds more the entry
 * may be served stale. */
#define EXPIRY_BITS 43u
#define EXPIRY_TIME(word) ((word) & (((uint64_t)1 << EXPIRY_BITS) - 1))
#define EXPIRY_STALE(word) ((word) >> EXPIRY_BITS)

/*
 * The head of every block of the arena. `stamp` is a number that no other entry ever has, 0 in every block
 * but a published entry. Fields of a published entry do not change, except expires and, under the lock,
 * flags, queue and links.
 */
typedef struct entry {
    uint32_t size_flags;    /* granules << 2 | flags, or regions << 2 | BLOCK_LARGE */
    uint8_t queue;          /* queue_name */
    uint8_t collected;      /* only used while a shard is rebuilt */
    _Atomic uint16_t extra; /* EXTRA_ACCOUNT, ENTRY_ANNEXED, and what EXTRA_AGE() is of */
    _Atomic uint64_t stamp;
    union {
        _Atomic uint64_t hash;
        struct {
            granule next, prev;
        } free; /* links of a free block */
    };
    _Atomic uint64_t expires; /* 0 = never; see EXPIRY_TIME */
    granule newer, older;     /* links of the queue */
    _Atomic uint64_t lens;    /* value length << 24 | key length << 8 | type */
    char
        data[]; /* the key, then the value at the next multiple of 8, then the account, if any, at the next */
} entry;

_Static_assert(sizeof(bucket) == 64, "a bucket is a cache line");
_Static_assert(sizeof(lane) == 128, "a lane is two cache lines");
_Static_assert(sizeof(entry) == 48, "the head of an entry is part of the layout");

/* In extra. */
#define EXTRA_ACCOUNT 1u /* a lyger_cache_account lies behind the value */
#define ENTRY_ANNEXED 2u /* the entry is of the annex, see lyger_cache_annex() */

/* How much older an entry is than its stamp says, in moments, because it was moved: a number of 9 bits,
 * and above it how far it is shifted. */
#define EXTRA_AGE(extra) ((uint64_t)((extra) >> 2 & 511u) << ((extra) >> 11))

#define ENTRY_LEAST ((uint32_t)((sizeof(entry) + GRANULE) / GRANULE)) /* granules */
#define BLOCK_LEAST 2u /* granules of a free block: size, stamp, links, footer */

/* This process's view of a segment. */
struct lyger_cache {
    char *base;
    segment_header *header;
    lane *lanes;
    _Atomic granule *pins; /* pin_count of lane 0, of lane 1, … */
    shard *shards;
    hold_slot *holds;        /* hold_count of shard 0, of shard 1, … */
    hold_token *tokens;      /* as many */
    _Atomic uint32_t *masks; /* buckets in use - 1 of each shard; changed when an index grows */
    _Atomic uint32_t *table; /* what each region belongs to: see region_kind */
    bucket *buckets;
    ghost_set *ghosts;
    granule regions;         /* where the regions begin */
    uint32_t granules;       /* of all regions */
    uint64_t hash_state;     /* of this view's keys */
    uint64_t hash_states[2]; /* lyger_hash_start() for the application's keys, and for those of the annex */
    uint32_t shard_mask, shard_bits, bucket_count;
    uint32_t block_most; /* granules of the largest entry that fits into a region */
    size_t size;
    char *path;       /* "" when anonymous */
    bool is_annex;    /* this is the view of the annex */
    bool damaged;     /* lyger_cache_verify() found damage */
    char remade[128]; /* lyger_cache_remade() */
};

static inline entry *entry_at(const lyger_cache *cache, granule at)
{
    return (entry *)(cache->base + (size_t)at * GRANULE);
}

/* Whether an entry may begin at this granule: what a damaged word names need not be in the segment. An
 * entry's head, its key and a short value never reach past the segment: see segment.c. */
static inline bool is_in_regions(const lyger_cache *cache, granule at)
{
    return at - cache->regions < cache->granules;
}

static inline granule granule_of(const lyger_cache *cache, const entry *e)
{
    return (granule)((size_t)((const char *)e - cache->base) / GRANULE);
}

static inline bool is_large(const entry *e)
{
    return (e->size_flags & BLOCK_LARGE) == BLOCK_LARGE;
}

/* Granules of any block. */
static inline uint32_t block_size(const lyger_cache *cache, const entry *e)
{
    uint32_t size = e->size_flags >> 2;
    return __builtin_expect(is_large(e), 0) ? size * cache->header->region_granules : size;
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

/* Bytes from the beginning of the value to the end of what is behind it. */
static inline size_t stored_length(size_t value_len, size_t extra)
{
    return extra ? value_offset(value_len) + extra : value_len;
}

/* Bytes behind the value. */
static inline size_t extra_of(const entry *e)
{
    bool has_account = atomic_load_explicit(&e->extra, memory_order_relaxed) & EXTRA_ACCOUNT;
    return has_account ? sizeof(lyger_cache_account) : 0;
}

static inline bool is_annexed(const entry *e)
{
    return (atomic_load_explicit(&e->extra, memory_order_relaxed) & ENTRY_ANNEXED) != 0;
}

static inline lyger_cache_type value_type(uint64_t lens)
{
    return (lyger_cache_type)(lens & 0xFF);
}

/* Granules of an entry whose value has so many bytes, with what is behind it (stored_length()); the lengths
 * were checked by lyger_cache_store(). */
static inline uint32_t granules_for(size_t key_len, size_t stored_len)
{
    size_t bytes = sizeof(entry) + value_offset(key_len) + stored_len;
    size_t granules = (bytes + GRANULE - 1) / GRANULE;
    return (uint32_t)(granules < ENTRY_LEAST ? ENTRY_LEAST : granules);
}

/* Granules of a published entry, by what its head says. */
static inline uint32_t granules_said(const entry *e)
{
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    return granules_for(key_length(lens), stored_length(value_length(lens), extra_of(e)));
}

/* Buckets of the shards alternate, so that what is in use stays close together. number < buckets in use. */
static inline bucket *bucket_numbered(const lyger_cache *cache, uint32_t shard_number, uint32_t number)
{
    return cache->buckets + ((size_t)number << cache->shard_bits) + shard_number;
}

static inline uint32_t number_of_shard(const lyger_cache *cache, const shard *s)
{
    return (uint32_t)(s - cache->shards);
}

static inline bucket *bucket_of(const lyger_cache *cache, const shard *s, uint32_t number)
{
    return bucket_numbered(cache, number_of_shard(cache, s), number);
}

#endif
