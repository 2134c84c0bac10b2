/*
 * The cache room: one key-value store in shared memory, for every process that inherits or opens it.
 *
 * Memory. A segment is created by lyger_cache_open(), anonymous (shared with forked children) or as a file
 * that unrelated processes open by path. A fixed number of shards divides the keys; each has a lock, a
 * bucketed hash index, a two-level segregated fit arena (Masmano et al., "TLSF: a new dynamic memory
 * allocator for real-time systems", ECRTS 2004) over regions that it takes as it needs them, and two FIFO
 * queues. When a shard is full it evicts by S3-FIFO (Yang et al., "FIFO queues are all you need for cache
 * eviction", SOSP 2023): scan-resistant, and a hit only ever writes when it raises a two-bit counter. An
 * entry that is larger than a region gets neighbouring regions to itself, up to all of them.
 *
 * Access. Any thread of any process that has the segment mapped. Readers take no lock: an entry never changes
 * while it is published (counts and expiry times are single atomic words), carries a number that no other
 * entry ever has, and a reader that copied bytes of an entry checks that number and the index again before it
 * believes them. Writers lock one shard. A process killed while it holds a lock leaves the shard to the next
 * locker, which rebuilds everything but the index from the index: an entry is live exactly when a slot of the
 * index points to it, and that is one atomic store, so a value is never half there. While the holder of a
 * lock is stopped (SIGSTOP), readers go on, and writers of that shard get an error in half a second; that is
 * what LYGER_E_CACHE means where no other reason is given below.
 *
 * A lyger_cache is this process's view of a segment; it survives fork() and is valid in the child.
 * Times are milliseconds of the machine's monotonic clock, read anew by each call.
 */
#ifndef LYGER_CACHE_CACHE_H
#define LYGER_CACHE_CACHE_H

#include "cache/segment/value.h"

typedef enum lyger_cache_found {
    LYGER_CACHE_MISS = 0,
    LYGER_CACHE_HIT = 1,
    LYGER_CACHE_NO_ROOM = -1 /* room() returned NULL */
} lyger_cache_found;

/* Where the bytes of a fetched value go: room() returns len writable bytes, or NULL to give up. The fetch
 * calls room() again when the entry was replaced meanwhile; the bytes it returned before are then void. */
typedef struct lyger_cache_room {
    char *(*room)(void *context, size_t len);
    void *context;
} lyger_cache_room;

typedef enum lyger_cache_mode {
    LYGER_CACHE_REPLACE,   /* store whether or not the key is there */
    LYGER_CACHE_IF_ABSENT, /* store only when the key is not there */
} lyger_cache_mode;

/* Where a cache is, and which users may use it. */
typedef struct lyger_cache_place {
    size_t bytes;      /* of the segment; rounded up to whole pages */
    const char *path;  /* of a file; NULL or "" for an anonymous segment, shared with forked children */
    unsigned mode;     /* of the file: 0600 (and 0), or 0660: also for a group */
    const char *group; /* name or number; with one, the mode is 0660. NULL or "": this process's */
} lyger_cache_place;

/*
 * Maps the segment of that place. A file that does not exist is made, with all its room reserved; a file of
 * another layout or size, of before the machine was started, or of another pid namespace is made anew, as its
 * contents are only a cache, and so is a damaged file (lyger_cache_remade() tells). Processes that use the
 * old file keep it. Refused are a file that is no segment, and a file that is another user's or that users
 * besides the owner and the group may reach. NULL on failure with LYGER_E_CACHE or LYGER_E_ARGUMENT. An
 * anonymous segment costs no memory until entries are stored.
 */
lyger_cache *lyger_cache_open_at(const lyger_cache_place *place, lyger_error *error);

/* lyger_cache_open_at() with mode 0600. */
lyger_cache *lyger_cache_open(size_t bytes, const char *path, lyger_error *error);

/* What was wrong with the damaged file in whose place this cache's file was made; "" when no file was
 * damaged. */
const char *lyger_cache_remade(const lyger_cache *cache);

/*
 * Anonymous segments for what a server forks into pools of processes: the server sets them aside before it
 * knows its pools and their users, at no cost but addresses, and each pool gets one for itself.
 */
typedef struct lyger_cache_pools lyger_cache_pools;

/* Room for segments of up to so many bytes. NULL on failure. */
lyger_cache_pools *lyger_cache_pools_make(size_t bytes, lyger_error *error);

/*
 * The segment of the pool of that name and of this process's user. The pool's first process makes it, with
 * its own `bytes`. `alone`: the segments of other pools are unmapped, so that nothing in this process can
 * ever reach them.
 */
lyger_cache *lyger_cache_pools_open(lyger_cache_pools *pools, const char *pool, size_t bytes, bool alone,
                                    lyger_error *error);

/* Call after the cache that lyger_cache_pools_open() gave was closed. NULL is allowed. */
void lyger_cache_pools_close(lyger_cache_pools *pools);

/*
 * For an extension that is loaded only after the server forked its processes: a named segment that the
 * processes of this user and of the pool of that name have in common. Its file is in a directory that is only
 * this user's.
 */
lyger_cache *lyger_cache_open_own(const char *pool, size_t bytes, lyger_error *error);

/*
 * The annex: a second set of keys in the same segment, for what is not the application's cache though it
 * shares its memory (PHP's sessions). All functions work on it as on a cache, and see, count and clear only
 * what is in it; those of the application's keys do not see it. What lyger_cache_describe() says of bytes,
 * hits, sets and so on is of both. Owned by the cache, not to be closed.
 */
lyger_cache *lyger_cache_annex(lyger_cache *cache);

/* A number that all processes with this segment have in common, and no others. */
uint64_t lyger_cache_identity(const lyger_cache *cache);

/* Unmaps the segment; a named one stays for other processes. */
void lyger_cache_close(lyger_cache *cache);

/* Keys are 1 to LYGER_CACHE_KEY_MAX bytes of any value; the caller checks. */

/*
 * LYGER_OK and *stored, or LYGER_E_CACHE when the value is larger than the cache can hold, LYGER_E_ARGUMENT
 * when it is of an in-place type and the cache is a file. ttl and stale are seconds: for `stale` seconds
 * after its ttl, up to LYGER_CACHE_STALE_MAX, lyger_cache_see_stale() still finds the entry.
 */
lyger_status lyger_cache_store(lyger_cache *cache, const char *key, size_t key_len,
                               const lyger_cache_value *value, uint32_t ttl, uint32_t stale,
                               lyger_cache_mode mode, bool *stored, lyger_error *error);

/* LYGER_CACHE_HIT with a sight, or LYGER_CACHE_MISS. A value without bytes needs no confirming. */
lyger_cache_found lyger_cache_see(lyger_cache *cache, const char *key, size_t key_len,
                                  lyger_cache_sight *sight);

/* lyger_cache_see() that also finds a value whose time to live is over while it may be served stale; *fresh
 * says whether its time to live is not over. */
lyger_cache_found lyger_cache_see_stale(lyger_cache *cache, const char *key, size_t key_len,
                                        lyger_cache_sight *sight, bool *fresh);

/* Whether what was copied since lyger_cache_see() is whole; if not, call lyger_cache_see() again. */
bool lyger_cache_confirm(lyger_cache *cache, const lyger_cache_sight *sight);

/*
 * Keeps the value in sight where it is until this thread calls lyger_cache_unpin(), whatever happens to the
 * entry. False when that is not possible (too much is pinned, the entry has changed, its type is not one that
 * is used in place, or the segment is a file): copy it instead. A forked child keeps what its parent had
 * pinned until it calls lyger_cache_unpin() itself, or ends.
 */
bool lyger_cache_pin(lyger_cache *cache, const lyger_cache_sight *sight);
void lyger_cache_unpin(lyger_cache *cache);

/* Sees, copies and confirms until the copy is whole; the value's bytes, if it has any, are in what room()
 * gave. */
lyger_cache_found lyger_cache_fetch(lyger_cache *cache, const char *key, size_t key_len,
                                    lyger_cache_value *value, const lyger_cache_room *room);

/* lyger_cache_fetch() that also finds a value that is no longer fresh but may still be served stale. */
lyger_cache_found lyger_cache_fetch_stale(lyger_cache *cache, const char *key, size_t key_len,
                                          lyger_cache_value *value, const lyger_cache_room *room);

bool lyger_cache_contains(lyger_cache *cache, const char *key, size_t key_len);

/* The version of what is in sight. */
lyger_cache_version lyger_cache_version_of(const lyger_cache_sight *sight);

/* lyger_cache_fetch() that counts neither a hit nor a miss, and tells the version. */
lyger_cache_found lyger_cache_fetch_version(lyger_cache *cache, const char *key, size_t key_len,
                                            lyger_cache_value *value, lyger_cache_version *version,
                                            const lyger_cache_room *room);

/* Counts a hit, or a miss, for a caller whose search did not. */
void lyger_cache_count_read(lyger_cache *cache, bool hit);

/* lyger_cache_store() in place of that version; *stored: whether it still was the key's. */
lyger_status lyger_cache_exchange(lyger_cache *cache, const char *key, size_t key_len,
                                  const lyger_cache_version *version, const lyger_cache_value *value,
                                  uint32_t ttl, bool *stored, lyger_error *error);

/* Removes that version; *there: whether it still was the key's. */
lyger_status lyger_cache_remove_version(lyger_cache *cache, const char *key, size_t key_len,
                                        const lyger_cache_version *version, bool *there, lyger_error *error);

/* Removes an entry; *there: whether there was one. */
lyger_status lyger_cache_remove(lyger_cache *cache, const char *key, size_t key_len, bool *there,
                                lyger_error *error);

/* Gives an entry a new time to live, in seconds; *there: whether there was one. */
lyger_status lyger_cache_retime(lyger_cache *cache, const char *key, size_t key_len, uint32_t ttl,
                                bool *there, lyger_error *error);

/* Adds `by` to an integer entry, or creates it with ttl. LYGER_E_CACHE: the entry is not an integer, or the
 * sum would overflow. */
lyger_status lyger_cache_add_integer(lyger_cache *cache, const char *key, size_t key_len, int64_t by,
                                     uint32_t ttl, int64_t *result, lyger_error *error);

/* Removes every entry whose key begins with prefix (len 0: every entry), one shard after the other. */
lyger_status lyger_cache_purge(lyger_cache *cache, const char *prefix, size_t len, lyger_error *error);

/* Counts the entries that have not expired. In shards that no thread has locked it also reclaims expired
 * entries and removed ones that no reader has pinned any more. */
uint64_t lyger_cache_count(lyger_cache *cache);

/* ---- entries with an account ---- */

/* lyger_cache_store() of an entry with an account, which lives so many milliseconds; 0, and what is more than
 * LYGER_CACHE_TTL_MAX seconds: for good. */
lyger_status lyger_cache_store_account(lyger_cache *cache, const char *key, size_t key_len,
                                       const lyger_cache_value *value, uint64_t lifetime,
                                       const lyger_cache_account *account, lyger_cache_mode mode,
                                       bool *stored, lyger_error *error);

/* A change of an integer: to old + operand, which wraps around; or, when it compares, to operand where old
 * is expected. */
typedef struct lyger_cache_update {
    int64_t operand, expected;
    bool compares;
    uint32_t modified; /* for the entry's account, if it has one */
} lyger_cache_update;

typedef enum lyger_cache_updated {
    LYGER_CACHE_UPDATED,
    LYGER_CACHE_NOT_EXPECTED, /* the integer is not the expected one */
    LYGER_CACHE_NO_INTEGER,   /* the value is of another type */
    LYGER_CACHE_NO_ENTRY,
} lyger_cache_updated;

/* Changes an integer atomically; *result is the new one. */
lyger_status lyger_cache_update_integer(lyger_cache *cache, const char *key, size_t key_len,
                                        const lyger_cache_update *update, lyger_cache_updated *updated,
                                        int64_t *result, lyger_error *error);

/* Removes every entry that has an account, one shard after the other, and begins the tally anew: see
 * lyger_cache_tell(). began: seconds of the wall clock. */
lyger_status lyger_cache_purge_accounts(lyger_cache *cache, int64_t began, lyger_error *error);

/* What all threads counted since the tally began: with the segment, or when lyger_cache_purge_accounts() was
 * called. All entries count, also those without an account. */
typedef struct lyger_cache_tally {
    int64_t began; /* seconds of the wall clock */
    uint64_t hits, misses, sets, evictions;
} lyger_cache_tally;

void lyger_cache_tell(const lyger_cache *cache, lyger_cache_tally *tally);

/* lyger_cache_see() that counts neither a hit nor a miss. */
lyger_cache_found lyger_cache_peek(lyger_cache *cache, const char *key, size_t key_len,
                                   lyger_cache_sight *sight);

typedef struct lyger_cache_details {
    bool accounted; /* whether it has an account; else that is zero */
    lyger_cache_account account;
    lyger_cache_type type;
    size_t len;     /* bytes of the value */
    uint64_t bytes; /* of the whole entry */
    uint32_t hits;  /* since it was last queued, counted up to 3 */
    uint64_t slot;  /* the number of its bucket among those of all shards */
    uint64_t age;   /* ms since it was stored, up to a tenth of a second too many; moving costs precision */
    uint64_t left;  /* ms until its time to live is over, 0: it does not end */
    char begins[8]; /* the first bytes of the value, zeros behind its end */
} lyger_cache_details;

/* "null", "bool", "int", "float", "string", "array" or "object": what the entry's value is in PHP. */
const char *lyger_cache_type_name(const lyger_cache_details *details);

/* Whether there is such an entry; describes it, and counts nothing. */
bool lyger_cache_inspect(lyger_cache *cache, const char *key, size_t key_len, lyger_cache_details *details);

/* ---- named locks ---- */

/*
 * LOCK: belongs to the bearer of its token, until it is given back or its time is over. A lock whose token is
 * a number that was made for it is also free at once when the thread that took it dies before
 * lyger_cache_end_request(); one that was taken with a token of the caller's own does not ask for threads.
 * LEASE: held by a thread while it
 * computes a value, until the lease is given back, lyger_cache_end_request(), or the thread dies. A key names
 * a lock, a lease, a session and an entry independently: clearing and eviction leave all but the entry alone.
 * SESSION: held by a thread, as a lease, but lyger_cache_end_request() leaves it: PHP writes sessions after
 * that.
 */
typedef enum lyger_cache_kind { LYGER_CACHE_LOCK, LYGER_CACHE_LEASE, LYGER_CACHE_SESSION } lyger_cache_kind;

typedef struct lyger_cache_token {
    size_t len; /* 0: nobody's */
    char bytes[LYGER_CACHE_TOKEN_MAX];
} lyger_cache_token;

/* The text of a token that is a number: with it the functions that take a text find the lock. */
void lyger_cache_token_text(uint64_t number, lyger_cache_token *token);

/* One attempt, ttl in seconds, 0 for no end: a *token other than 0 when the lock was free. LYGER_E_CACHE also
 * when the cache has no room for more locks (one for 16 KiB of cache). */
lyger_status lyger_cache_lock(lyger_cache *cache, const char *key, size_t key_len, uint32_t ttl,
                              uint64_t *token, lyger_error *error);

/*
 * One attempt with a token of the caller's own, 1 to LYGER_CACHE_TOKEN_MAX bytes. *got also when the lock is
 * held with this token already: then its time begins anew with ttl, and from now on it is held as with a
 * token of the caller's own.
 */
lyger_status lyger_cache_lock_as(lyger_cache *cache, const char *key, size_t key_len, uint32_t ttl,
                                 const char *token, size_t token_len, bool *got, lyger_error *error);

/* Gives a lock back, whoever has it when token is NULL; *held: whether it was held with that token until
 * now. */
lyger_status lyger_cache_unlock(lyger_cache *cache, const char *key, size_t key_len, const char *token,
                                size_t token_len, bool *held, lyger_error *error);

/* Lets the time of a lock begin anew with ttl seconds, 0 for no end; *held: whether it is held with that
 * token. */
lyger_status lyger_cache_lock_extend(lyger_cache *cache, const char *key, size_t key_len, const char *token,
                                     size_t token_len, uint32_t ttl, bool *held, lyger_error *error);

/* The token with which the lock is held now. */
lyger_status lyger_cache_lock_owner(lyger_cache *cache, const char *key, size_t key_len,
                                    lyger_cache_token *token, lyger_error *error);

/* One attempt at a lease, as lyger_cache_lock(); LYGER_E_CACHE also when this thread holds the lease
 * already. */
lyger_status lyger_cache_lease(lyger_cache *cache, const char *key, size_t key_len, uint64_t *token,
                               lyger_error *error);

/* One attempt at the lock of a session, as lyger_cache_lock(); the same token when this thread has it. */
lyger_status lyger_cache_lock_session(lyger_cache *cache, const char *key, size_t key_len, uint64_t *token,
                                      lyger_error *error);

/* Gives back a lease or session, or a lock whose token is a number; *held: whether it was held with that
 * token until now. */
lyger_status lyger_cache_give_back(lyger_cache *cache, const char *key, size_t key_len, lyger_cache_kind kind,
                                   uint64_t token, bool *held, lyger_error *error);

/*
 * Waits for any of them: returns when it may be free, after so many milliseconds, or when a signal came;
 * then try again. LYGER_E_CACHE when threads that hold leases or sessions wait for each other in a circle;
 * one of these threads gets it.
 */
lyger_status lyger_cache_wait(lyger_cache *cache, const char *key, size_t key_len, lyger_cache_kind kind,
                              uint32_t milliseconds, lyger_error *error);

/* Gives back this thread's leases; its locks live on until their time is over, even when the thread dies. */
void lyger_cache_end_request(lyger_cache *cache);

/* ---- looking inside ---- */

/* The position of a walk over the keys; begin with zeros. */
typedef struct lyger_cache_walk {
    uint32_t shard, bucket;
} lyger_cache_walk;

/* Gets a key, which the visitor must copy; false ends the walk. */
typedef bool (*lyger_cache_visitor)(const char *key, size_t key_len, void *context);

/*
 * Calls visit with the keys of some entries that begin with prefix and have not expired, and moves walk on;
 * false when the walk was at its end. No lock is taken. A key that is there from the first call to the last
 * is visited, twice when the index grew meanwhile; a key that comes or goes meanwhile may be visited.
 */
bool lyger_cache_walk_on(lyger_cache *cache, lyger_cache_walk *walk, const char *prefix, size_t len,
                         lyger_cache_visitor visit, void *context);

/* As lyger_cache_visitor, with the details of the entry. */
typedef bool (*lyger_cache_account_visitor)(const char *key, size_t key_len,
                                            const lyger_cache_details *details, void *context);

/* lyger_cache_walk_on() over the entries that have an account. */
bool lyger_cache_walk_accounts(lyger_cache *cache, lyger_cache_walk *walk, lyger_cache_account_visitor visit,
                               void *context);

/* Calls visit with the place, in bytes from the start of the segment, and the bytes of every piece of memory
 * that is free; false ends it. Locks one shard after the other. */
typedef bool (*lyger_cache_free_visitor)(uint64_t offset, uint64_t bytes, void *context);
lyger_status lyger_cache_each_free(lyger_cache *cache, lyger_cache_free_visitor visit, void *context,
                                   lyger_error *error);

typedef struct lyger_cache_facts {
    uint64_t entries;        /* not expired */
    uint64_t bytes_total;    /* of the segment */
    uint64_t bytes_capacity; /* for entries, their headers included */
    uint64_t bytes_used;     /* by entries, their headers included */
    uint64_t bytes_held;     /* of removed entries that readers still have pinned */
    uint64_t bytes_free;     /* capacity - used - held */
    uint64_t hits, misses, sets, deletes;
    uint64_t evictions;       /* entries removed to make room */
    uint64_t expirations;     /* entries removed because their time was over */
    uint64_t lock_recoveries; /* shards rebuilt after a process died in them */
    uint64_t annexed;         /* entries of the annex, not counted above as entries */
    uint64_t annex_evictions; /* of evictions, those of such entries */
    uint32_t shards;
    uint32_t regions, regions_unused;
    const char *path; /* "" when anonymous; owned by the cache */
} lyger_cache_facts;

void lyger_cache_describe(lyger_cache *cache, lyger_cache_facts *facts);

typedef struct lyger_cache_shard_facts {
    uint64_t entries, bytes_capacity, bytes_used, bytes_held;
    uint64_t bytes_small, bytes_main; /* of bytes_used, in each queue */
    uint32_t buckets;                 /* of the index, in use */
    uint32_t regions;                 /* with small entries */
} lyger_cache_shard_facts;

/* number < facts.shards. No lock is taken: the figures may be of different moments. */
void lyger_cache_describe_shard(lyger_cache *cache, uint32_t number, lyger_cache_shard_facts *facts);

#define LYGER_CACHE_CLASSES 32u

/* Blocks of 2^i * 32 to 2^i * 64 - 1 bytes, for class i; removed entries that readers have pinned are in no
 * class. */
typedef struct lyger_cache_class_facts {
    uint64_t entries, bytes_used;
    uint64_t free_blocks, bytes_free;
} lyger_cache_class_facts;

/* Walks over every block, locking one shard after the other. */
lyger_status lyger_cache_describe_classes(lyger_cache *cache,
                                          lyger_cache_class_facts classes[LYGER_CACHE_CLASSES],
                                          lyger_error *error);

#endif
