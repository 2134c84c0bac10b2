#include "cache.h"

#include "hash.h"
#include "index.h"
#include "os.h"
#include "policy.h"
#include "segment.h"
#include "shard.h"
#include "stats.h"

#include <inttypes.h>
#include <stdlib.h>

static lyger_status open_file(lyger_cache *cache, size_t size, lyger_error *error)
{
    void *base;
    bool fresh;
    int lock;
    lyger_status status = lyger_os_map_file(cache->path, &size, &base, &fresh, &lock, error);
    if (status != LYGER_OK) {
        return status;
    }
    status =
        fresh ? lyger_segment_format(base, size, error) : lyger_segment_check(base, size, cache->path, error);
    lyger_os_map_ready(lock);
    if (status != LYGER_OK) {
        lyger_os_unmap(base, size);
        return status;
    }
    lyger_segment_view(cache, base);
    return LYGER_OK;
}

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
    lyger_segment_view(cache, base);
    return LYGER_OK;
}

lyger_cache *lyger_cache_open(size_t bytes, const char *path, lyger_error *error)
{
    lyger_cache *cache = calloc(1, sizeof *cache);
    if (!cache || !(cache->path = strdup(path ? path : ""))) {
        free(cache);
        lyger_fail(error, LYGER_E_MEMORY, "out of memory");
        return NULL;
    }
    size_t size = bytes > SIZE_MAX - 4095 ? bytes : (bytes + 4095) & ~(size_t)4095;
    lyger_status status =
        size < LYGER_CACHE_SIZE_MIN
            ? lyger_fail(error, LYGER_E_CACHE, "the cache must have at least %u bytes, %zu asked for",
                         LYGER_CACHE_SIZE_MIN, bytes)
        : cache->path[0] ? open_file(cache, size, error)
                         : open_anonymous(cache, size, error);
    if (status != LYGER_OK) {
        free(cache->path);
        free(cache);
        return NULL;
    }
    return cache;
}

void lyger_cache_close(lyger_cache *cache)
{
    if (!cache) {
        return;
    }
    lyger_stats_leave(cache);
    lyger_os_unmap(cache->base, cache->size);
    free(cache->path);
    free(cache);
}

static uint64_t expiry_after(uint32_t ttl)
{
    return ttl ? lyger_os_milliseconds() + (uint64_t)ttl * 1000u : 0;
}

/* Under the lock: the slot of a live entry; drops one that has expired. */
static index_slot *find_live(lyger_cache *cache, shard *s, uint64_t hash, const char *key, size_t key_len)
{
    index_slot *slot = lyger_index_find(cache, s, hash, key, key_len);
    if (!slot) {
        return NULL;
    }
    entry *e = entry_at(cache, slot_granule(atomic_load_explicit(slot, memory_order_relaxed)));
    if (atomic_load_explicit(&e->expires, memory_order_relaxed) &&
        entry_expired(e, lyger_os_milliseconds())) {
        lyger_shard_drop(cache, s, slot);
        lyger_stats_add(cache, COUNT_EXPIRATIONS);
        return NULL;
    }
    return slot;
}

static entry *entry_of(lyger_cache *cache, index_slot *slot)
{
    return entry_at(cache, slot_granule(atomic_load_explicit(slot, memory_order_relaxed)));
}

static entry_draft draft_of(uint64_t hash, const char *key, size_t key_len, const lyger_cache_value *value,
                            uint32_t ttl)
{
    bool bytes = value->type >= LYGER_CACHE_STRING;
    return (entry_draft){
        .hash = hash,
        .key = key,
        .key_len = key_len,
        .type = value->type,
        .bytes = bytes ? (const void *)value->bytes : (const void *)&value->as,
        .len = bytes ? value->len : sizeof value->as,
        .expires = expiry_after(ttl),
    };
}

lyger_status lyger_cache_store(lyger_cache *cache, const char *key, size_t key_len,
                               const lyger_cache_value *value, uint32_t ttl, lyger_cache_mode mode,
                               bool *stored, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    shard *s = shard_of(cache, hash);
    entry_draft draft = draft_of(hash, key, key_len, value, ttl);
    *stored = false;
    if (!lyger_shard_fits(cache, key_len, draft.len)) {
        return lyger_fail(error, LYGER_E_CACHE,
                          "the value has %zu bytes, more than an entry of this cache can have", draft.len);
    }
    lyger_shard_lock(cache, s);
    if (mode == LYGER_CACHE_REPLACE || !find_live(cache, s, hash, key, key_len)) {
        lyger_shard_store(cache, s, &draft);
        *stored = true;
    }
    lyger_shard_unlock(s);
    if (*stored) {
        lyger_stats_add(cache, COUNT_SETS);
    }
    return LYGER_OK;
}

bool lyger_cache_remove(lyger_cache *cache, const char *key, size_t key_len)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    shard *s = shard_of(cache, hash);
    lyger_shard_lock(cache, s);
    index_slot *slot = find_live(cache, s, hash, key, key_len);
    if (slot) {
        lyger_shard_drop(cache, s, slot);
    }
    lyger_shard_unlock(s);
    if (slot) {
        lyger_stats_add(cache, COUNT_DELETES);
    }
    return slot != NULL;
}

bool lyger_cache_retime(lyger_cache *cache, const char *key, size_t key_len, uint32_t ttl)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    shard *s = shard_of(cache, hash);
    lyger_shard_lock(cache, s);
    index_slot *slot = find_live(cache, s, hash, key, key_len);
    if (slot) {
        uint64_t expires = expiry_after(ttl);
        atomic_store_explicit(&entry_of(cache, slot)->expires, expires, memory_order_relaxed);
        lyger_shard_note_expiry(s, expires);
    }
    lyger_shard_unlock(s);
    return slot != NULL;
}

/* Under the lock. */
static lyger_status add_to_entry(entry *e, int64_t by, int64_t *result, lyger_error *error)
{
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    if ((lens & 0xFF) != LYGER_CACHE_INT) {
        return lyger_fail(error, LYGER_E_CACHE, "the value is not an integer");
    }
    _Atomic int64_t *value = (_Atomic int64_t *)(e->data + value_offset(key_length(lens)));
    int64_t old = atomic_load_explicit(value, memory_order_relaxed);
    if (__builtin_add_overflow(old, by, result)) {
        return lyger_fail(error, LYGER_E_CACHE,
                          "%" PRId64 " changed by %" PRId64 " is out of an integer's range", old, by);
    }
    atomic_store_explicit(value, *result, memory_order_relaxed);
    lyger_policy_hit(e);
    return LYGER_OK;
}

lyger_status lyger_cache_add_integer(lyger_cache *cache, const char *key, size_t key_len, int64_t by,
                                     uint32_t ttl, int64_t *result, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    shard *s = shard_of(cache, hash);
    lyger_cache_value value = {.type = LYGER_CACHE_INT, .as.integer = by};
    entry_draft draft = draft_of(hash, key, key_len, &value, ttl);
    lyger_status status = LYGER_OK;
    if (!lyger_shard_fits(cache, key_len, draft.len)) {
        return lyger_fail(error, LYGER_E_CACHE, "the key is larger than an entry of this cache can be");
    }
    lyger_shard_lock(cache, s);
    index_slot *slot = find_live(cache, s, hash, key, key_len);
    if (slot) {
        status = add_to_entry(entry_of(cache, slot), by, result, error);
    } else {
        lyger_shard_store(cache, s, &draft);
        *result = by;
    }
    lyger_shard_unlock(s);
    if (status == LYGER_OK) {
        lyger_stats_add(cache, COUNT_SETS);
    }
    return status;
}

typedef struct key_prefix {
    const char *bytes;
    size_t len;
} key_prefix;

static bool has_prefix(const entry *e, void *context)
{
    const key_prefix *prefix = context;
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    return key_length(lens) >= prefix->len &&
           (!prefix->len || memcmp(e->data, prefix->bytes, prefix->len) == 0);
}

void lyger_cache_purge(lyger_cache *cache, const char *prefix, size_t len)
{
    key_prefix wanted = {prefix, len};
    for (uint32_t i = 0; i < cache->header->shard_count; i++) {
        shard *s = &cache->shards[i];
        lyger_shard_lock(cache, s);
        lyger_shard_sweep(cache, s, lyger_os_milliseconds(), has_prefix, &wanted);
        lyger_shard_unlock(s);
    }
}

uint64_t lyger_cache_count(lyger_cache *cache)
{
    uint64_t entries = 0;
    uint64_t now = lyger_os_milliseconds();
    for (uint32_t i = 0; i < cache->header->shard_count; i++) {
        shard *s = &cache->shards[i];
        uint64_t earliest = atomic_load_explicit(&s->earliest_expiry, memory_order_relaxed);
        if (earliest && earliest <= now) {
            lyger_shard_lock(cache, s);
            lyger_shard_sweep(cache, s, now, NULL, NULL);
            lyger_shard_unlock(s);
        }
        entries += atomic_load_explicit(&s->entries, memory_order_relaxed);
    }
    return entries;
}

void lyger_cache_describe(lyger_cache *cache, lyger_cache_facts *facts)
{
    *facts = (lyger_cache_facts){0};
    facts->entries = lyger_cache_count(cache);
    facts->bytes_total = cache->size;
    facts->shards = cache->header->shard_count;
    facts->bytes_capacity = (uint64_t)cache->header->region_count * cache->header->region_granules * GRANULE;
    for (uint32_t i = 0; i < facts->shards; i++) {
        facts->bytes_used += atomic_load_explicit(&cache->shards[i].used, memory_order_relaxed) * GRANULE;
    }
    facts->bytes_free = facts->bytes_capacity - facts->bytes_used;
    facts->hits = lyger_stats_sum(cache, COUNT_HITS);
    facts->misses = lyger_stats_sum(cache, COUNT_MISSES);
    facts->sets = lyger_stats_sum(cache, COUNT_SETS);
    facts->deletes = lyger_stats_sum(cache, COUNT_DELETES);
    facts->evictions = lyger_stats_sum(cache, COUNT_EVICTIONS);
    facts->expirations = lyger_stats_sum(cache, COUNT_EXPIRATIONS);
    facts->lock_recoveries = lyger_stats_sum(cache, COUNT_RECOVERIES);
    facts->path = cache->path;
}
