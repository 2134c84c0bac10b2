/*
 * Making and opening the segments of a place: in a file that processes find by its path, or anonymous.
 */
#include "cache.h"

#include "cache/segment/hash.h"
#include "cache/segment/lane.h"
#include "cache/segment/lock.h"
#include "cache/system/os.h"
#include "cache/segment/segment.h"
#include "cache/shard/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 16u /* to open a file that no other process makes anew meanwhile */

/* ---- views ---- */

/* A view of nothing yet. The annex's is behind it. */
static lyger_cache *make_view(const char *path, lyger_error *error)
{
    lyger_cache *cache = calloc(2, sizeof *cache);
    if (!cache || !(cache->path = strdup(path))) {
        free(cache);
        lyger_fail(error, LYGER_E_MEMORY, "out of memory");
        return NULL;
    }
    return cache;
}

static void view(lyger_cache *cache, void *base)
{
    lyger_cache *annex = cache + 1;
    lyger_segment_view(cache, base);
    *annex = *cache;
    annex->is_annex = true;
    annex->hash_state = cache->hash_states[1];
}

lyger_cache *lyger_cache_annex(lyger_cache *cache)
{
    return cache->is_annex ? cache : cache + 1;
}

/* 40 bits of a hash: too few to find the seed from, which must stay unknown to whoever chooses keys. */
uint64_t lyger_cache_identity(const lyger_cache *cache)
{
    static const char what[] = "the identity of this segment";
    return lyger_hash_key(what, sizeof what - 1, cache->hash_states[0]) >> 24;
}

/* ---- files ---- */

/* Makes a segment in an empty file. When that fails, the file is dropped. */
static lyger_status make_in(lyger_cache *cache, lyger_os_file *file, size_t size, void **base,
                            lyger_error *error)
{
    lyger_status status = lyger_os_fill_file(file, cache->path, size, SEGMENT_BEGUN, error);
    if (status == LYGER_OK) {
        status = lyger_os_map_file(file, cache->path, base, error);
    }
    if (status == LYGER_OK && (status = lyger_segment_format(*base, size, error)) != LYGER_OK) {
        lyger_os_unmap(*base, size);
    }
    if (status != LYGER_OK) {
        lyger_os_drop_file(file, cache->path, NULL);
    }
    return status;
}

static void note_damage(lyger_cache *cache, const char *what)
{
    strncpy(cache->remade, what, sizeof cache->remade - 1);
}

/* Maps the segment in a file that is not empty. *again when the file was dropped, and a new one is to be
 * made. */
static lyger_status take_file(lyger_cache *cache, const lyger_os_file *file, size_t size, void **base,
                              bool *again, lyger_error *error)
{
    lyger_status status = lyger_os_map_file(file, cache->path, base, error);
    if (status != LYGER_OK) {
        return status;
    }
    segment_state state = lyger_segment_check(*base, file->size, size);
    if (state == SEGMENT_SOUND) {
        return LYGER_OK;
    }
    lyger_os_unmap(*base, file->size);
    if (state == SEGMENT_FOREIGN) {
        return lyger_fail(error, LYGER_E_CACHE, "cache path \"%s\" is not a lyger cache segment",
                          cache->path);
    }
    if (state == SEGMENT_DAMAGED) {
        note_damage(cache, "a header that cannot be");
    }
    *again = true;
    return lyger_os_drop_file(file, cache->path, error);
}

/* Opens the file or makes it (*fresh). *again when another process changed it meanwhile. */
static lyger_status open_once(lyger_cache *cache, const lyger_os_access *access, size_t size, bool *again,
                              lyger_os_file *file, bool *fresh, lyger_error *error)
{
    void *base;
    *again = false;
    lyger_status status = lyger_os_open_file(cache->path, access, file, error);
    if (status != LYGER_OK) {
        return status;
    }
    *fresh = file->size == 0;
    status =
        *fresh ? make_in(cache, file, size, &base, error) : take_file(cache, file, size, &base, again, error);
    lyger_os_close_file(file);
    if (status == LYGER_OK && !*again) {
        view(cache, base);
    }
    return status;
}

/* Drops the file, if it is still the one that was found to be damaged. */
static lyger_status drop_damaged(const lyger_cache *cache, const lyger_os_access *access,
                                 const lyger_os_file *found, lyger_error *error)
{
    lyger_os_file file;
    lyger_status status = lyger_os_open_file(cache->path, access, &file, error);
    if (status == LYGER_OK) {
        if (memcmp(file.id, found->id, sizeof file.id) == 0) {
            status = lyger_os_drop_file(&file, cache->path, error);
        }
        lyger_os_close_file(&file);
    }
    return status;
}

/* Verifies what other processes have written. That takes its time, so the file is unlocked meanwhile for
 * others to open. */
static lyger_status look_through(lyger_cache *cache, const lyger_os_access *access, const lyger_os_file *file,
                                 bool *again, lyger_error *error)
{
    lyger_error found;
    cache->damaged = false;
    lyger_status status = lyger_cache_verify(cache, &found);
    if (status == LYGER_OK) {
        return LYGER_OK;
    }
    lyger_lane_leave(cache);
    lyger_os_unmap(cache->base, cache->size);
    if (!cache->damaged) {
        return lyger_fail(error, status, "%s", found.message);
    }
    *again = true;
    return drop_damaged(cache, access, file, error);
}

static lyger_status open_file(lyger_cache *cache, const lyger_os_access *access, size_t size,
                              lyger_error *error)
{
    for (uint32_t i = 0; i < TRIES; i++) {
        lyger_os_file file;
        bool again, fresh;
        lyger_status status = open_once(cache, access, size, &again, &file, &fresh, error);
        if (status == LYGER_OK && !again && !fresh) {
            status = look_through(cache, access, &file, &again, error);
        }
        if (status != LYGER_OK || !again) {
            return status;
        }
    }
    return lyger_fail(
        error, LYGER_E_CACHE,
        "cache path \"%s\" is made anew again and again: let all who use it have the same cache size",
        cache->path);
}

static lyger_status read_access(const lyger_cache_place *place, lyger_os_access *access, lyger_error *error)
{
    bool grouped = place->group && place->group[0];
    access->shared = grouped || place->mode == 0660;
    access->group = 0;
    if (place->mode != 0 && place->mode != 0600 && place->mode != 0660) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "the mode of a cache path must be 0600 or 0660, 0%o given",
                          place->mode);
    }
    return access->shared ? lyger_os_group(grouped ? place->group : "", &access->group, error) : LYGER_OK;
}

/* ---- anonymous segments ---- */

static lyger_status open_anonymous(lyger_cache *cache, size_t size, lyger_error *error)
{
    void *base;
    lyger_status status = lyger_os_map_anonymous(size, &base, error);
    if (status != LYGER_OK) {
        return status;
    }
    status = lyger_segment_format(base, size, error);
    if (status != LYGER_OK) {
        lyger_os_unmap(base, size);
        return status;
    }
    view(cache, base);
    return LYGER_OK;
}

static void free_view(lyger_cache *cache)
{
    free(cache->path);
    free(cache);
}

/* The segment's size in whole pages, as bytes; 0 with an error when it is too small. */
static size_t size_for(size_t bytes, lyger_error *error)
{
    size_t size = bytes > SIZE_MAX - 4095 ? bytes : (bytes + 4095) & ~(size_t)4095;
    if (size < LYGER_CACHE_SIZE_MIN) {
        lyger_fail(error, LYGER_E_CACHE, "the cache must have at least %zu bytes, %zu asked for",
                   LYGER_CACHE_SIZE_MIN, bytes);
        return 0;
    }
    return size;
}

lyger_cache *lyger_cache_open_at(const lyger_cache_place *place, lyger_error *error)
{
    lyger_os_access access;
    size_t size = size_for(place->bytes, error);
    if (!size || read_access(place, &access, error) != LYGER_OK) {
        return NULL;
    }
    lyger_cache *cache = make_view(place->path ? place->path : "", error);
    if (!cache) {
        return NULL;
    }
    lyger_status status =
        cache->path[0] ? open_file(cache, &access, size, error) : open_anonymous(cache, size, error);
    if (status != LYGER_OK) {
        free_view(cache);
        return NULL;
    }
    return cache;
}

lyger_cache *lyger_cache_open(size_t bytes, const char *path, lyger_error *error)
{
    lyger_cache_place place = {.bytes = bytes, .path = path};
    return lyger_cache_open_at(&place, error);
}

const char *lyger_cache_remade(const lyger_cache *cache)
{
    return cache->remade;
}

void lyger_cache_close(lyger_cache *cache)
{
    if (!cache) {
        return;
    }
    lyger_lane_leave(cache);
    lyger_os_unmap(cache->base, cache->size);
    free_view(cache);
}

/* ---- pools ---- */

#define POOLS_MOST 256u

/* A segment that was set aside: the pool that has it, and the lock of the process that makes it. */
typedef struct pool_slot {
    _Atomic uint64_t pool; /* the user and, below, the pool's name; 0 while no pool has the segment */
    segment_lock making;
} pool_slot;

struct lyger_cache_pools {
    size_t bytes; /* of each segment */
    uint32_t count;
    char *segments; /* one after the other */
    pool_slot *slots;
};

#define SLOTS_SIZE (POOLS_MOST * sizeof(pool_slot))

lyger_cache_pools *lyger_cache_pools_make(size_t bytes, lyger_error *error)
{
    size_t size = size_for(bytes, error);
    lyger_cache_pools *pools = size ? calloc(1, sizeof *pools) : NULL;
    void *slots, *segments;
    if (!pools) {
        return size ? lyger_fail(error, LYGER_E_MEMORY, "out of memory"), NULL : NULL;
    }
    if (lyger_os_map_anonymous(SLOTS_SIZE, &slots, error) != LYGER_OK) {
        free(pools);
        return NULL;
    }
    /* The system may limit addresses, or count them as memory: then fewer segments will do. */
    for (pools->count = POOLS_MOST; pools->count; pools->count /= 2) {
        if (size <= SIZE_MAX / pools->count &&
            lyger_os_map_anonymous(size * pools->count, &segments, error) == LYGER_OK) {
            pools->bytes = size;
            pools->segments = segments;
            pools->slots = slots;
            if (error) {
                lyger_error_clear(error); /* the error of the attempt that was too large */
            }
            return pools;
        }
    }
    lyger_os_unmap(slots, SLOTS_SIZE);
    free(pools);
    return NULL;
}

/* FNV-1a (Fowler, Noll, Vo). */
static uint32_t sum_of(const char *name)
{
    uint32_t sum = 2166136261u;
    for (; *name; name++) {
        sum = (sum ^ (unsigned char)*name) * 16777619u;
    }
    return sum;
}

/* The number of the pool's segment, or count when there is none left. */
static uint32_t claim_slot(lyger_cache_pools *pools, uint64_t pool)
{
    for (uint32_t i = 0; i < pools->count; i++) {
        uint64_t owner = 0;
        if (atomic_compare_exchange_strong(&pools->slots[i].pool, &owner, pool) || owner == pool) {
            return i;
        }
    }
    return pools->count;
}

static const segment_header *finished(const char *base)
{
    const segment_header *header = (const segment_header *)(const void *)base;
    return header->magic[0] ? header : NULL;
}

static lyger_status make_for_pool(pool_slot *slot, char *base, size_t size, lyger_error *error)
{
    lyger_status status = LYGER_OK;
    /* A process that died while it made the segment leaves the lock to the pool's next process, which begins
     * anew. */
    if (lyger_lock_wait(&slot->making, lyger_os_thread(), error) == LOCK_REFUSED) {
        return LYGER_E_CACHE;
    }
    if (!finished(base)) {
        status = lyger_segment_format(base, size, error);
    }
    atomic_store(&slot->making.holder, 0);
    return status;
}

/* Unmaps all segments but this process's own. */
static void forget_others(lyger_cache_pools *pools, uint32_t own)
{
    size_t before = own * pools->bytes, after = (pools->count - own - 1) * pools->bytes;
    if (before) {
        lyger_os_unmap(pools->segments, before);
    }
    if (after) {
        lyger_os_unmap(pools->segments + before + pools->bytes, after);
    }
    lyger_os_unmap(pools->slots, SLOTS_SIZE);
    pools->count = 0;
}

lyger_cache *lyger_cache_pools_open(lyger_cache_pools *pools, const char *pool, size_t bytes, bool alone,
                                    lyger_error *error)
{
    size_t size = size_for(bytes, error);
    if (!size) {
        return NULL;
    }
    if (size > pools->bytes) {
        lyger_fail(
            error, LYGER_E_CACHE,
            "an anonymous cache of a pool cannot be larger than lyger.cache_size outside of the pools");
        return NULL;
    }
    uint32_t own = claim_slot(pools, (uint64_t)lyger_os_user() << 32 | 1u << 31 | sum_of(pool) >> 1);
    if (own == pools->count) {
        lyger_fail(error, LYGER_E_CACHE,
                   "there is no anonymous cache left for this pool: set its lyger.cache_path");
        return NULL;
    }
    char *base = pools->segments + own * pools->bytes;
    lyger_cache *cache = make_view("", error);
    if (!cache) {
        return NULL;
    }
    if (make_for_pool(&pools->slots[own], base, size, error) != LYGER_OK) {
        free_view(cache);
        return NULL;
    }
    view(cache, base);
    if (alone) {
        forget_others(pools, own);
    }
    return cache;
}

void lyger_cache_pools_close(lyger_cache_pools *pools)
{
    if (pools && pools->count) {
        lyger_os_unmap(pools->segments, pools->count * pools->bytes);
        lyger_os_unmap(pools->slots, SLOTS_SIZE);
    }
    free(pools);
}

/* ---- a place of its own ---- */

lyger_cache *lyger_cache_open_own(const char *pool, size_t bytes, lyger_error *error)
{
    char name[32], path[128];
    snprintf(name, sizeof name, "cache-%08x", sum_of(pool));
    return lyger_os_own_path(name, path, sizeof path, error) == LYGER_OK
               ? lyger_cache_open(bytes, path, error)
               : NULL;
}
