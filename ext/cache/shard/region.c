#include "region.h"

#include "arena.h"
#include "cache/segment/lock.h"
#include "cache/system/os.h"

#define SALVAGE_EVERY 16u /* ms between looks whether a thread that gathers still lives */
#define ROUNDS 32u        /* attempts to gather a run while other shards take regions from it */

static uint32_t load(const lyger_cache *cache, uint32_t region)
{
    return atomic_load_explicit(&cache->table[region], memory_order_acquire);
}

static void put(lyger_cache *cache, uint32_t region, region_kind kind, uint32_t value)
{
    atomic_store_explicit(&cache->table[region], region_word(kind, value), memory_order_release);
}

static bool change(lyger_cache *cache, uint32_t region, uint32_t from, uint32_t to)
{
    return atomic_compare_exchange_strong(&cache->table[region], &from, to);
}

/* Shards that found no unused region look again when this number has changed. */
static void announce(lyger_cache *cache)
{
    atomic_fetch_add_explicit(&cache->header->regions_freed, 1, memory_order_release);
}

static void add_capacity(shard *s, uint64_t granules)
{
    atomic_store_explicit(&s->capacity, atomic_load_explicit(&s->capacity, memory_order_relaxed) + granules,
                          memory_order_relaxed);
}

uint32_t lyger_region_acquire(lyger_cache *cache, shard *s)
{
    uint32_t count = cache->header->region_count, number = number_of_shard(cache, s);
    uint32_t freed = atomic_load_explicit(&cache->header->regions_freed, memory_order_acquire);
    if (s->regions_freed == freed) {
        return count;
    }
    for (uint32_t i = 0; i < count; i++) {
        /* Each shard begins at another region, so that shards do not contend for the same word. */
        uint32_t region = (number + i) % count;
        if (load(cache, region) == REGION_UNUSED &&
            change(cache, region, REGION_UNUSED, region_word(REGION_SHARD, number))) {
            add_capacity(s, cache->header->region_granules);
            return region;
        }
    }
    s->regions_freed = freed;
    return count;
}

uint32_t lyger_region_run(const lyger_cache *cache, uint64_t granules)
{
    uint64_t region = cache->header->region_granules;
    return (uint32_t)((granules + region - 1) / region);
}

/* Frees the regions that still belong to the run; the head goes last, because a recovery looks for the
 * head. */
static void free_run(lyger_cache *cache, uint32_t head, uint32_t count)
{
    for (uint32_t region = head + 1; region < head + count && region < cache->header->region_count;
         region++) {
        change(cache, region, region_word(REGION_BODY, head), REGION_UNUSED);
    }
    put(cache, head, REGION_UNUSED, 0);
    announce(cache);
}

void lyger_region_free_run(lyger_cache *cache, granule at)
{
    const entry *e = entry_at(cache, at);
    uint32_t head = region_of(cache, at);
    add_capacity(&cache->shards[value_of_region(load(cache, head))], -(uint64_t)block_size(cache, e));
    free_run(cache, head, e->size_flags >> 2);
}

/* The large entry that begins in a region and that this shard indexes, or was to index; NULL when there is
 * none. */
static entry *large_entry(const lyger_cache *cache, const shard *s, uint32_t region)
{
    bool begins = load(cache, region) == region_word(REGION_HEAD, number_of_shard(cache, s));
    return begins ? entry_at(cache, lyger_arena_region_start(cache, region)) : NULL;
}

void lyger_region_unmark(lyger_cache *cache, const shard *s)
{
    for (uint32_t region = 0; region < cache->header->region_count; region++) {
        entry *e = large_entry(cache, s, region);
        if (e) {
            e->collected = 0;
        }
    }
}

void lyger_region_recover(lyger_cache *cache, const shard *s)
{
    for (uint32_t region = 0; region < cache->header->region_count; region++) {
        const entry *e = large_entry(cache, s, region);
        if (e && !e->collected) {
            free_run(cache, region, e->size_flags >> 2);
        }
    }
    announce(cache);
}

/* ---- gathering a run, under header->runs ---- */

/* Frees the regions that a dead holder of header->runs had gathered. */
static void free_reserved(lyger_cache *cache)
{
    for (uint32_t region = 0; region < cache->header->region_count; region++) {
        uint32_t word = load(cache, region);
        if (kind_of_region(word) == REGION_RESERVED) {
            put(cache, region, REGION_UNUSED, 0);
        }
        if (kind_of_region(word) == REGION_BODY) {
            /* Bodies are marked before their head: a body without a head belongs to no entry. */
            if (kind_of_region(load(cache, value_of_region(word))) != REGION_HEAD) {
                change(cache, region, word, REGION_UNUSED);
            }
        }
    }
    announce(cache);
}

bool lyger_region_salvage(lyger_cache *cache, uint64_t now)
{
    static __thread uint64_t looked;
    segment_lock *lock = &cache->header->runs;
    uint64_t holder = atomic_load_explicit(&lock->holder, memory_order_relaxed);
    if (!holder || now - looked < SALVAGE_EVERY) {
        return false;
    }
    looked = now;
    if (lyger_os_thread_state(holder, 0) != LYGER_OS_GONE ||
        !atomic_compare_exchange_strong(&lock->holder, &holder, lyger_lane(cache)->thread)) {
        return false;
    }
    free_reserved(cache);
    lyger_lock_give(lock);
    return true;
}

bool lyger_region_lock(lyger_cache *cache, lyger_error *error)
{
    lock_result result = lyger_lock_take(cache, &cache->header->runs, error);
    if (result == LOCK_INHERITED) {
        free_reserved(cache);
    }
    return result != LOCK_REFUSED;
}

void lyger_region_unlock(lyger_cache *cache)
{
    lyger_lock_give(&cache->header->runs);
}

/* How much is lost when a region is taken, for comparison only; a large entry is evicted whole, so it costs
 * more. */
static uint32_t cost(const lyger_cache *cache, uint32_t region)
{
    switch (kind_of_region(load(cache, region))) {
    case REGION_UNUSED:
        return 0;
    case REGION_SHARD:
        return 2;
    default:
        return 3;
    }
}

/* The first region of the cheapest run without a region that is blocked; region_count when there is none. */
static uint32_t choose(const lyger_cache *cache, uint32_t count, const bool *blocked, uint32_t begin)
{
    uint32_t regions = cache->header->region_count, best = regions, least = UINT32_MAX;
    uint32_t starts = regions - count + 1;
    for (uint32_t i = 0; i < starts; i++) {
        uint32_t start = (begin + i) % starts, sum = 0;
        bool free = true;
        for (uint32_t region = start; region < start + count && free; region++) {
            free = !blocked[region];
            sum += cost(cache, region);
        }
        /* Of runs that cost nothing, take the last: shards take their regions from the front. */
        if (free && (sum < least || (sum == 0 && start > best))) {
            least = sum;
            best = start;
        }
    }
    return best;
}

/* Evicts the large entry that a region is part of; false when its shard cannot be locked. */
static bool evict_large(lyger_cache *cache, uint32_t head, lyger_error *error)
{
    uint32_t word = load(cache, head);
    if (kind_of_region(word) != REGION_HEAD) {
        return true; /* gone meanwhile */
    }
    shard *s = &cache->shards[value_of_region(word)];
    if (!lyger_shard_lock(cache, s, error)) {
        return false;
    }
    if (load(cache, head) == word) {
        lyger_shard_evict_large(cache, s, lyger_arena_region_start(cache, head));
    }
    lyger_shard_unlock(s);
    return true;
}

/* Takes a region from the shard that has it; *blocked when an entry in it cannot be evicted. */
static bool vacate(lyger_cache *cache, uint32_t region, uint32_t word, bool *blocked, lyger_error *error)
{
    shard *s = &cache->shards[value_of_region(word)];
    if (!lyger_shard_lock(cache, s, error)) {
        return false;
    }
    if (load(cache, region) == word) {
        lyger_shard_vacate(cache, s, region);
        if (lyger_arena_drop(cache, s, region)) {
            put(cache, region, REGION_RESERVED, 0);
            add_capacity(s, -(uint64_t)cache->header->region_granules);
        } else {
            *blocked = true;
        }
    }
    lyger_shard_unlock(s);
    return true;
}

/* Reserves one region, whatever it is used for. False with an error; *blocked when readers have pinned
 * something in it. */
static bool reserve(lyger_cache *cache, uint32_t region, bool *blocked, lyger_error *error)
{
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t word = load(cache, region);
        switch (kind_of_region(word)) {
        case REGION_UNUSED:
            if (change(cache, region, word, region_word(REGION_RESERVED, 0))) {
                return true;
            }
            break;
        case REGION_SHARD:
            if (!vacate(cache, region, word, blocked, error)) {
                return false;
            }
            if (*blocked) {
                return true;
            }
            break;
        case REGION_RESERVED:
            return true;
        case REGION_HEAD:
        case REGION_BODY:
            if (!evict_large(cache, kind_of_region(word) == REGION_HEAD ? region : value_of_region(word),
                             error)) {
                return false;
            }
            break;
        }
    }
    *blocked = true;
    return true;
}

static void give_back(lyger_cache *cache, uint32_t first, uint32_t count)
{
    for (uint32_t region = first; region < first + count; region++) {
        change(cache, region, region_word(REGION_RESERVED, 0), REGION_UNUSED);
    }
    announce(cache);
}

/* Reserves `count` neighbouring regions; *first is the number of the first region. */
static lyger_status gather(lyger_cache *cache, uint32_t count, uint32_t begin, uint32_t *first,
                           lyger_error *error)
{
    bool blocked[REGION_MOST] = {false};
    uint32_t regions = cache->header->region_count;
    for (;;) {
        uint32_t start = choose(cache, count, blocked, begin), region = start;
        if (start == regions) {
            return lyger_fail(error, LYGER_E_CACHE,
                              "no %u neighbouring regions of the cache can be freed: readers hold values in "
                              "place",
                              count);
        }
        for (; region < start + count; region++) {
            bool failed = !reserve(cache, region, &blocked[region], error);
            if (failed || blocked[region]) {
                give_back(cache, start, region - start);
                if (failed) {
                    return LYGER_E_CACHE;
                }
                break;
            }
        }
        if (region == start + count) {
            *first = start;
            return LYGER_OK;
        }
    }
}

static lyger_status place_run(lyger_cache *cache, shard *s, const entry_draft *draft, bool *stored,
                              lyger_error *error)
{
    uint32_t count = lyger_region_run(cache, granules_for(draft->key_len, draft->stored)), first;
    lyger_status status =
        gather(cache, count, (uint32_t)draft->hash % cache->header->region_count, &first, error);
    if (status != LYGER_OK) {
        return status;
    }
    granule at = lyger_arena_region_start(cache, first);
    entry_at(cache, at)->size_flags = count << 2 | BLOCK_LARGE;
    lyger_shard_write(cache, at, draft);
    if (!lyger_shard_lock(cache, s, error)) {
        give_back(cache, first, count);
        return LYGER_E_CACHE;
    }
    if (!lyger_shard_wants(cache, s, draft)) {
        give_back(cache, first, count);
    } else {
        for (uint32_t region = first + 1; region < first + count; region++) {
            put(cache, region, REGION_BODY, first);
        }
        put(cache, first, REGION_HEAD, number_of_shard(cache, s));
        add_capacity(s, (uint64_t)count * cache->header->region_granules);
        lyger_shard_publish(cache, s, at, draft);
        *stored = true;
    }
    lyger_shard_unlock(s);
    return LYGER_OK;
}

lyger_status lyger_region_store(lyger_cache *cache, shard *s, const entry_draft *draft, bool *stored,
                                lyger_error *error)
{
    *stored = false;
    if (!lyger_region_lock(cache, error)) {
        return LYGER_E_CACHE;
    }
    lyger_status status = place_run(cache, s, draft, stored, error);
    lyger_region_unlock(cache);
    return status;
}

lyger_status lyger_region_relieve(lyger_cache *cache, lyger_error *error)
{
    uint32_t region = 0;
    if (!lyger_region_lock(cache, error)) {
        return LYGER_E_CACHE;
    }
    lyger_status status = gather(cache, 1, 0, &region, error);
    if (status == LYGER_OK) {
        give_back(cache, region, 1);
    }
    lyger_region_unlock(cache);
    return status;
}
