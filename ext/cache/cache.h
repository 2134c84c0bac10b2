/*
 * The cache room: one key-value store in shared memory, for every process that inherits or opens it.
 *
 * Memory. A segment is created by lyger_cache_open(), anonymous (shared with forked children) or as a file
 * that unrelated processes open by path. A fixed number of shards divides keys and memory; each shard has a
 * robust process-shared lock, a two-level segregated fit arena (Masmano et al., "TLSF: a new dynamic memory
 * allocator for real-time systems", ECRTS 2004), a bucketed hash index and two FIFO queues. When a shard is
 * full it evicts by S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023):
 * scan-resistant, and a hit only ever writes when it raises an entry's two-bit counter.
 *
 * Who may enter. Any thread of any process that has the segment mapped. Readers take no lock: an entry never
 * changes while it is published (counters and expiry times are single atomic words), carries a number that no
 * other entry ever has, and a reader that copied bytes of an entry checks that number and the index again
 * before it believes them. Writers lock one shard. A process killed while it holds a lock leaves the shard to
 * the next locker, which rebuilds everything but the index from the index: an entry is live exactly when a
 * slot of the index points to it, and that is one atomic store, so a value is never half there.
 *
 * A lyger_cache is this process's view of a segment; it survives fork() and is valid in the child.
 * Times are milliseconds of the machine's monotonic clock.
 */
#ifndef LYGER_CACHE_CACHE_H
#define LYGER_CACHE_CACHE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LYGER_CACHE_KEY_MAX 65535u           /* bytes; the least is 1 */
#define LYGER_CACHE_TTL_MAX 4294967295u      /* seconds; 0 means no expiry */
#define LYGER_CACHE_SIZE_MIN (1024u * 1024u) /* bytes of a whole segment */

typedef struct lyger_cache lyger_cache;

/* Part of the segment's layout and of the FFI door: never renumbered. */
typedef enum lyger_cache_type {
    LYGER_CACHE_NULL = 0,
    LYGER_CACHE_BOOL = 1,
    LYGER_CACHE_INT = 2,
    LYGER_CACHE_FLOAT = 3,
    LYGER_CACHE_STRING = 4,     /* bytes as they are */
    LYGER_CACHE_SERIALIZED = 5, /* bytes in PHP's serialize() format */
    LYGER_CACHE_ARRAY =
        6, /* bytes in the form of php_array.h; the segment must not outlive the PHP version */
} lyger_cache_type;

typedef struct lyger_cache_value {
    lyger_cache_type type;
    union {
        int64_t integer; /* INT, and BOOL as 0 or 1 */
        double number;   /* FLOAT */
    } as;
    const char *bytes; /* STRING and SERIALIZED; not owned */
    size_t len;
} lyger_cache_value;

typedef enum lyger_cache_found {
    LYGER_CACHE_MISS = 0,
    LYGER_CACHE_HIT = 1,
    LYGER_CACHE_NO_ROOM = -1 /* room() returned NULL */
} lyger_cache_found;

/*
 * A value where it lies in the segment. Its type and length are right, but its bytes may be overwritten at
 * any moment: copy them, then ask lyger_cache_confirm() whether the copy is whole, and only then look at it.
 */
typedef struct lyger_cache_sight {
    lyger_cache_value value;
    /* What confirming compares; of no use to anyone else. */
    const void *entry, *slot;
    uint64_t stamp, word;
} lyger_cache_sight;

/* Where the bytes of a fetched value go: room() returns len writable bytes, or NULL to give up. It may be
 * called again in the same fetch when the entry was replaced meanwhile; what it returned before is then void.
 */
typedef struct lyger_cache_room {
    char *(*room)(void *context, size_t len);
    void *context;
} lyger_cache_room;

typedef enum lyger_cache_mode {
    LYGER_CACHE_REPLACE,   /* store whether or not the key is there */
    LYGER_CACHE_IF_ABSENT, /* store only when it is not */
} lyger_cache_mode;

/*
 * Maps a segment of `bytes` bytes (rounded up to whole pages), anonymous when path is NULL or "", else the
 * file at path: created owner-only when it does not exist, refused when it is not a regular file of this
 * user, is writable by others, or is not a segment of this layout. An existing segment keeps its own size.
 * NULL on failure with LYGER_E_CACHE or LYGER_E_ARGUMENT. Costs no memory until entries are stored.
 */
lyger_cache *lyger_cache_open(size_t bytes, const char *path, lyger_error *error);

/* Unmaps; a named segment stays for others. */
void lyger_cache_close(lyger_cache *cache);

/* Keys are 1 to LYGER_CACHE_KEY_MAX bytes of any value; the caller checks. */

/* LYGER_OK and *stored, or LYGER_E_CACHE when the value is larger than the cache can hold. */
lyger_status lyger_cache_store(lyger_cache *cache, const char *key, size_t key_len,
                               const lyger_cache_value *value, uint32_t ttl, lyger_cache_mode mode,
                               bool *stored, lyger_error *error);

/* LYGER_CACHE_HIT with a sight, or LYGER_CACHE_MISS. A value without bytes needs no confirming. */
lyger_cache_found lyger_cache_see(lyger_cache *cache, const char *key, size_t key_len,
                                  lyger_cache_sight *sight);

/* Whether what was copied since lyger_cache_see() is whole; if not, see again. */
bool lyger_cache_confirm(lyger_cache *cache, const lyger_cache_sight *sight);

/* See, copy and confirm until whole; bytes of STRING and SERIALIZED are in what room gave. */
lyger_cache_found lyger_cache_fetch(lyger_cache *cache, const char *key, size_t key_len,
                                    lyger_cache_value *value, const lyger_cache_room *room);

bool lyger_cache_contains(lyger_cache *cache, const char *key, size_t key_len);
bool lyger_cache_remove(lyger_cache *cache, const char *key, size_t key_len);

/* A new time to live for an entry that is there; false when it is not. */
bool lyger_cache_retime(lyger_cache *cache, const char *key, size_t key_len, uint32_t ttl);

/* Adds by to an integer entry, or creates it with ttl. LYGER_E_CACHE: not an integer, or it would overflow.
 */
lyger_status lyger_cache_add_integer(lyger_cache *cache, const char *key, size_t key_len, int64_t by,
                                     uint32_t ttl, int64_t *result, lyger_error *error);

/* Removes every entry whose key begins with prefix (len 0: every entry). */
void lyger_cache_purge(lyger_cache *cache, const char *prefix, size_t len);

/* Entries that have not expired; reclaims those that have. */
uint64_t lyger_cache_count(lyger_cache *cache);

typedef struct lyger_cache_facts {
    uint64_t entries;        /* not expired */
    uint64_t bytes_total;    /* of the segment */
    uint64_t bytes_capacity; /* for entries, their headers included */
    uint64_t bytes_used;     /* by entries, their headers included */
    uint64_t bytes_free;     /* capacity - used */
    uint64_t hits, misses, sets, deletes;
    uint64_t evictions;       /* entries removed to make room */
    uint64_t expirations;     /* entries removed because their time was over */
    uint64_t lock_recoveries; /* shards rebuilt after a process died in them */
    uint32_t shards;
    const char *path; /* "" when anonymous; owned by the cache */
} lyger_cache_facts;

void lyger_cache_describe(lyger_cache *cache, lyger_cache_facts *facts);

#endif
