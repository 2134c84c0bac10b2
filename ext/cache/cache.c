#include "cache.h"

#include "cache/segment/hash.h"
#include "cache/segment/lane.h"
#include "cache/system/os.h"
#include "cache/shard/policy.h"
#include "cache/shard/region.h"
#include "cache/shard/shard.h"

#include <inttypes.h>
#include <string.h>

static uint64_t expiry_after(uint32_t ttl, uint32_t stale)
{
    return ttl ? (lyger_os_milliseconds() + (uint64_t)ttl * 1000u) | (uint64_t)stale << EXPIRY_BITS : 0;
}

static entry *entry_of(lyger_cache *cache, index_slot *slot)
{
    return entry_at(cache, slot_granule(atomic_load_explicit(slot, memory_order_relaxed)));
}

static entry_draft draft_of(const lyger_cache *cache, uint64_t hash, const char *key, size_t key_len,
                            const lyger_cache_value *value, uint64_t expires,
                            const lyger_cache_account *account)
{
    bool bytes = value->type >= LYGER_CACHE_STRING;
    const lyger_cache_image *image = value->type >= LYGER_CACHE_IN_PLACE ? value->image : NULL;
    size_t len = bytes ? value->len : sizeof value->as, whole = image ? image->head_len + len : len;
    return (entry_draft){
        .hash = hash,
        .key = key,
        .key_len = key_len,
        .type = value->type,
        .bytes = bytes ? value->bytes : (const char *)&value->as,
        .bytes_len = len,
        .image = image,
        .len = whole,
        .account = account,
        .stored = stored_length(whole, account ? sizeof *account : 0),
        .expires = expires,
        .annexed = cache->is_annex,
    };
}

/* The largest value that fits into this cache under a key of that length, in bytes. */
static uint64_t bytes_most(const lyger_cache *cache, size_t key_len)
{
    uint64_t segment = (uint64_t)cache->header->region_count * cache->header->region_granules * GRANULE;
    uint64_t lens = ((uint64_t)1 << 40) - 1;
    uint64_t room = segment - sizeof(entry) - value_offset(key_len);
    return room < lens ? room : lens;
}

/* Stores an entry, when it is wanted. Called under no lock: takes the shard's. */
static lyger_status store_draft(lyger_cache *cache, shard *s, const entry_draft *draft, bool *stored,
                                lyger_error *error)
{
    if (draft->stored > bytes_most(cache, draft->key_len)) {
        return lyger_fail(error, LYGER_E_CACHE,
                          "the value has %zu bytes, the whole cache has room for %" PRIu64, draft->len,
                          bytes_most(cache, draft->key_len));
    }
    if (granules_for(draft->key_len, draft->stored) > cache->block_most) {
        return lyger_region_store(cache, s, draft, stored, error);
    }
    for (;;) {
        if (!lyger_shard_lock(cache, s, error)) {
            return LYGER_E_CACHE;
        }
        bool wanted = lyger_shard_wants(cache, s, draft);
        *stored = wanted && lyger_shard_store(cache, s, draft);
        lyger_shard_unlock(s);
        if (*stored || !wanted) {
            return LYGER_OK;
        }
        /* The shard has nothing to evict: it must get a region of another shard. */
        lyger_status status = lyger_region_relieve(cache, error);
        if (status != LYGER_OK) {
            return status;
        }
    }
}

static lyger_status store_value(lyger_cache *cache, const entry_draft *draft, const lyger_cache_value *value,
                                bool *stored, lyger_error *error)
{
    *stored = false;
    if (value->type >= LYGER_CACHE_IN_PLACE && cache->path[0]) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "values that are used in place hold addresses: not for a cache in a file");
    }
    lyger_status status = store_draft(cache, shard_of(cache, draft->hash), draft, stored, error);
    if (*stored) {
        lyger_lane_count(cache, COUNT_SETS);
    }
    return status;
}

lyger_status lyger_cache_store(lyger_cache *cache, const char *key, size_t key_len,
                               const lyger_cache_value *value, uint32_t ttl, uint32_t stale,
                               lyger_cache_mode mode, bool *stored, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    entry_draft draft = draft_of(cache, hash, key, key_len, value, expiry_after(ttl, stale), NULL);
    draft.if_absent = mode == LYGER_CACHE_IF_ABSENT;
    return store_value(cache, &draft, value, stored, error);
}

lyger_status lyger_cache_exchange(lyger_cache *cache, const char *key, size_t key_len,
                                  const lyger_cache_version *version, const lyger_cache_value *value,
                                  uint32_t ttl, bool *stored, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    entry_draft draft = draft_of(cache, hash, key, key_len, value, expiry_after(ttl, 0), NULL);
    draft.version = version;
    return store_value(cache, &draft, value, stored, error);
}

lyger_status lyger_cache_store_account(lyger_cache *cache, const char *key, size_t key_len,
                                       const lyger_cache_value *value, uint64_t lifetime,
                                       const lyger_cache_account *account, lyger_cache_mode mode,
                                       bool *stored, lyger_error *error)
{
    uint64_t expires =
        lifetime && lifetime <= LYGER_CACHE_TTL_MAX * (uint64_t)1000 ? lyger_os_milliseconds() + lifetime : 0;
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    entry_draft draft = draft_of(cache, hash, key, key_len, value, expires, account);
    draft.if_absent = mode == LYGER_CACHE_IF_ABSENT;
    return store_value(cache, &draft, value, stored, error);
}

lyger_status lyger_cache_remove(lyger_cache *cache, const char *key, size_t key_len, bool *there,
                                lyger_error *error)
{
    return lyger_cache_remove_version(cache, key, key_len, NULL, there, error);
}

lyger_status lyger_cache_remove_version(lyger_cache *cache, const char *key, size_t key_len,
                                        const lyger_cache_version *version, bool *there, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    shard *s = shard_of(cache, hash);
    *there = false;
    if (!lyger_shard_lock(cache, s, error)) {
        return LYGER_E_CACHE;
    }
    index_slot *slot = lyger_shard_find_live(cache, s, hash, key, key_len);
    if (slot && (!version || lyger_shard_has_version(cache, slot, version))) {
        lyger_shard_drop(cache, s, slot);
        lyger_lane_count(cache, COUNT_DELETES);
        *there = true;
    }
    lyger_shard_unlock(s);
    return LYGER_OK;
}

lyger_status lyger_cache_retime(lyger_cache *cache, const char *key, size_t key_len, uint32_t ttl,
                                bool *there, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    shard *s = shard_of(cache, hash);
    *there = false;
    if (!lyger_shard_lock(cache, s, error)) {
        return LYGER_E_CACHE;
    }
    index_slot *slot = lyger_shard_find_live(cache, s, hash, key, key_len);
    if (slot) {
        uint64_t expires = expiry_after(ttl, 0);
        atomic_store_explicit(&entry_of(cache, slot)->expires, expires, memory_order_relaxed);
        lyger_shard_note_expiry(s, expires);
        *there = true;
    }
    lyger_shard_unlock(s);
    return LYGER_OK;
}

/* Adds to an integer entry, under the shard's lock. */
static lyger_status add_to_entry(entry *e, int64_t by, int64_t *result, lyger_error *error)
{
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    if (value_type(lens) != LYGER_CACHE_INT) {
        return lyger_fail(error, LYGER_E_CACHE, "the value is not an integer");
    }
    _Atomic int64_t *value = (_Atomic int64_t *)(e->data + value_offset(key_length(lens)));
    int64_t old = atomic_load_explicit(value, memory_order_relaxed);
    if (__builtin_add_overflow(old, by, result)) {
        return lyger_fail(error, LYGER_E_CACHE,
                          "%" PRId64 " changed by %" PRId64 " is out of an integer's range", old, by);
    }
    atomic_store_explicit(value, *result, memory_order_relaxed);
    return LYGER_OK;
}

/* Adds to the entry of the key; *there says whether the key has one. */
static lyger_status add_if_there(lyger_cache *cache, uint64_t hash, const char *key, size_t key_len,
                                 int64_t by, int64_t *result, bool *there, lyger_error *error)
{
    shard *s = shard_of(cache, hash);
    lyger_status status = LYGER_OK;
    if (!lyger_shard_lock(cache, s, error)) {
        return LYGER_E_CACHE;
    }
    index_slot *slot = lyger_shard_find_live(cache, s, hash, key, key_len);
    *there = slot != NULL;
    if (slot) {
        status = add_to_entry(entry_of(cache, slot), by, result, error);
        lyger_policy_hit(slot);
    }
    lyger_shard_unlock(s);
    return status;
}

lyger_status lyger_cache_add_integer(lyger_cache *cache, const char *key, size_t key_len, int64_t by,
                                     uint32_t ttl, int64_t *result, lyger_error *error)
{
    uint64_t hash = lyger_hash_key(key, key_len, cache->hash_state);
    lyger_cache_value value = {.type = LYGER_CACHE_INT, .as.integer = by};
    entry_draft draft = draft_of(cache, hash, key, key_len, &value, expiry_after(ttl, 0), NULL);
    draft.if_absent = true;
    for (;;) {
        bool there = false, stored = false;
        lyger_status status = add_if_there(cache, hash, key, key_len, by, result, &there, error);
        if (status == LYGER_OK && !there) {
            /* Another thread may create the entry in between; then the loop adds to that entry. */
            status = store_draft(cache, shard_of(cache, hash), &draft, &stored, error);
            *result = by;
        }
        if (status != LYGER_OK) {
            return status;
        }
        if (there || stored) {
            lyger_lane_count(cache, COUNT_SETS);
            return LYGER_OK;
        }
    }
}

typedef struct key_prefix {
    const char *bytes;
    size_t len;
    bool annexed;
} key_prefix;

static bool has_prefix(const entry *e, void *context)
{
    const key_prefix *prefix = context;
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    return is_annexed(e) == prefix->annexed && key_length(lens) >= prefix->len &&
           (!prefix->len || memcmp(e->data, prefix->bytes, prefix->len) == 0);
}

lyger_status lyger_cache_purge(lyger_cache *cache, const char *prefix, size_t len, lyger_error *error)
{
    key_prefix wanted = {prefix, len, cache->is_annex};
    for (uint32_t i = 0; i < cache->header->shard_count; i++) {
        shard *s = &cache->shards[i];
        if (!lyger_shard_lock(cache, s, error)) {
            return LYGER_E_CACHE;
        }
        lyger_shard_sweep(cache, s, lyger_os_milliseconds(), has_prefix, &wanted);
        lyger_shard_unlock(s);
    }
    return LYGER_OK;
}
