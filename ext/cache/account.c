/*
 * What APCu's functions need and the cache's own do not: accounts of entries, integers that wrap around or
 * are compared, a tally that begins anew.
 */
#include "account.h"

#include "cache/shard/arena.h"
#include "cache/shard/region.h"

static const char *account_of(const entry *e, uint64_t lens)
{
    return e->data + value_offset(key_length(lens)) + value_offset(value_length(lens));
}

/* See lyger_cache_details.left. */
static uint64_t left_of(uint64_t expires)
{
    uint64_t now = lyger_os_milliseconds();
    return !expires ? 0 : EXPIRY_TIME(expires) > now ? EXPIRY_TIME(expires) - now : 1;
}

void lyger_account_describe(const lyger_cache *cache, const entry_sight *seen, lyger_cache_details *details)
{
    size_t key_len = key_length(seen->lens), extra = extra_of(seen->e);
    size_t bucket_number =
        (size_t)((const bucket *)(const void *)((uintptr_t)seen->slot & ~(uintptr_t)63) - cache->buckets);
    *details = (lyger_cache_details){
        .type = value_type(seen->lens),
        .len = value_length(seen->lens),
        .hits = atomic_load_explicit(frequency_of(seen->slot), memory_order_relaxed),
        .slot = bucket_number,
        .age =
            lyger_shard_age(cache, seen->stamp, atomic_load_explicit(&seen->e->extra, memory_order_relaxed)),
        .left = left_of(seen->expires),
    };
    if (!ends_in_segment(cache, seen)) {
        return;
    }
    const char *account = account_of(seen->e, seen->lens);
    lyger_racy_read(details->begins, value_seen(seen, key_len),
                    details->len < sizeof details->begins ? details->len : sizeof details->begins);
    details->bytes = (uint64_t)granules_for(key_len, stored_length(details->len, extra)) * GRANULE;
    if (extra == sizeof details->account &&
        (size_t)(account - cache->base) + sizeof details->account <= cache->size) {
        details->accounted = true;
        lyger_racy_read(&details->account, account, sizeof details->account);
    }
}

/* Changes the integer of an entry, under the shard's lock. */
static lyger_cache_updated update_entry(entry *e, const lyger_cache_update *update, int64_t *result)
{
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    if (value_type(lens) != LYGER_CACHE_INT) {
        return LYGER_CACHE_NO_INTEGER;
    }
    _Atomic int64_t *value = (_Atomic int64_t *)(e->data + value_offset(key_length(lens)));
    int64_t old = atomic_load_explicit(value, memory_order_relaxed);
    if (extra_of(e)) {
        /* Found by what the type says of the length: a damaged one would lead out of the segment. */
        lyger_cache_account *account = (lyger_cache_account *)(void *)(value + 1);
        _Atomic uint32_t *modified = (_Atomic uint32_t *)&account->modified;
        atomic_store_explicit(modified, update->modified, memory_order_relaxed);
    }
    if (update->compares && old != update->expected) {
        return LYGER_CACHE_NOT_EXPECTED;
    }
    *result = update->compares ? update->operand : (int64_t)((uint64_t)old + (uint64_t)update->operand);
    atomic_store_explicit(value, *result, memory_order_relaxed);
    return LYGER_CACHE_UPDATED;
}

lyger_status lyger_cache_update_integer(lyger_cache *cache, const char *key, size_t key_len,
                                        const lyger_cache_update *update, lyger_cache_updated *updated,
                                        int64_t *result, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    shard *s = shard_of(cache, hash);
    if (!lyger_shard_lock(cache, s, error)) {
        return LYGER_E_CACHE;
    }
    index_slot *slot = lyger_shard_find_live(cache, s, hash, key, key_len);
    *updated = LYGER_CACHE_NO_ENTRY;
    if (slot) {
        entry *e = entry_at(cache, slot_granule(atomic_load_explicit(slot, memory_order_relaxed)));
        *updated = update_entry(e, update, result);
        lyger_policy_hit(slot);
    }
    lyger_shard_unlock(s);
    return LYGER_OK;
}

/* ---- the tally ---- */

static bool has_account(const entry *e, void *context)
{
    (void)context;
    return extra_of(e) != 0;
}

lyger_status lyger_cache_purge_accounts(lyger_cache *cache, int64_t began, lyger_error *error)
{
    segment_header *header = cache->header;
    for (uint32_t i = 0; i < header->shard_count; i++) {
        shard *s = &cache->shards[i];
        if (!lyger_shard_lock(cache, s, error)) {
            return LYGER_E_CACHE;
        }
        lyger_shard_sweep(cache, s, lyger_os_milliseconds(), has_account, NULL);
        lyger_shard_unlock(s);
    }
    atomic_store_explicit(&header->tally_hits, lyger_lane_sum(cache, COUNT_HITS), memory_order_relaxed);
    atomic_store_explicit(&header->tally_misses, lyger_lane_sum(cache, COUNT_MISSES), memory_order_relaxed);
    atomic_store_explicit(&header->tally_sets, lyger_lane_sum(cache, COUNT_SETS), memory_order_relaxed);
    atomic_store_explicit(&header->tally_evictions, lyger_lane_sum(cache, COUNT_EVICTIONS),
                          memory_order_relaxed);
    atomic_store_explicit(&header->tally_began, began, memory_order_relaxed);
    return LYGER_OK;
}

static uint64_t since(const lyger_cache *cache, lane_counter counter, const _Atomic uint64_t *before)
{
    return lyger_lane_sum(cache, counter) - atomic_load_explicit(before, memory_order_relaxed);
}

void lyger_cache_tell(const lyger_cache *cache, lyger_cache_tally *tally)
{
    const segment_header *header = cache->header;
    *tally = (lyger_cache_tally){
        .began = atomic_load_explicit(&header->tally_began, memory_order_relaxed),
        .hits = since(cache, COUNT_HITS, &header->tally_hits),
        .misses = since(cache, COUNT_MISSES, &header->tally_misses),
        .sets = since(cache, COUNT_SETS, &header->tally_sets),
        .evictions = since(cache, COUNT_EVICTIONS, &header->tally_evictions),
    };
}

/* ---- free memory ---- */

/* Visits the free blocks of a region of the shard, under its lock. */
static bool visit_free(lyger_cache *cache, uint32_t region, lyger_cache_free_visitor visit, void *context)
{
    granule at = lyger_arena_region_start(cache, region), end = lyger_arena_region_end(cache, region);
    while (at < end) {
        const entry *e = entry_at(cache, at);
        uint32_t size = block_size(cache, e);
        bool free = !is_large(e) && (e->size_flags & BLOCK_FREE);
        if (size < BLOCK_LEAST) {
            break; /* damaged: no block is that small */
        }
        if (free && !visit((uint64_t)at * GRANULE, (uint64_t)size * GRANULE, context)) {
            return false;
        }
        at += size;
    }
    return true;
}

/* Visits the free blocks of a shard, under its lock. */
static bool visit_shard(lyger_cache *cache, shard *s, lyger_cache_free_visitor visit, void *context)
{
    lyger_shard_reap(cache, s);
    lyger_arena_coalesce(cache, s);
    for (uint32_t region = 0; region < cache->header->region_count; region++) {
        uint32_t word = atomic_load_explicit(&cache->table[region], memory_order_relaxed);
        if (word == region_word(REGION_SHARD, number_of_shard(cache, s)) &&
            !visit_free(cache, region, visit, context)) {
            return false;
        }
    }
    return true;
}

lyger_status lyger_cache_each_free(lyger_cache *cache, lyger_cache_free_visitor visit, void *context,
                                   lyger_error *error)
{
    bool more = true;
    for (uint32_t i = 0; more && i < cache->header->shard_count; i++) {
        shard *s = &cache->shards[i];
        if (!lyger_shard_lock(cache, s, error)) {
            return LYGER_E_CACHE;
        }
        more = visit_shard(cache, s, visit, context);
        lyger_shard_unlock(s);
    }
    uint64_t size = (uint64_t)cache->header->region_granules * GRANULE;
    for (uint32_t region = 0; more && region < cache->header->region_count; region++) {
        bool unused = atomic_load_explicit(&cache->table[region], memory_order_relaxed) == REGION_UNUSED;
        uint64_t offset = (uint64_t)cache->regions * GRANULE + region * size;
        more = !unused || visit(offset, size, context);
    }
    return LYGER_OK;
}
