/*
 * Looking inside: figures, size classes, keys.
 */
#include "account.h"
#include "cache/shard/arena.h"
#include "cache/segment/lane.h"
#include "cache/system/os.h"
#include "cache/shard/region.h"

#include <stdlib.h>

#define TRIES_MOST 1000000u
#define BUCKETS_AT_ONCE 256u /* of a step of a walk over the keys */

uint64_t lyger_cache_count(lyger_cache *cache)
{
    uint64_t entries = 0, now = lyger_os_milliseconds();
    for (uint32_t i = 0; i < cache->header->shard_count; i++) {
        shard *s = &cache->shards[i];
        uint64_t earliest = atomic_load_explicit(&s->earliest_expiry, memory_order_relaxed), stale = 0;
        bool over = earliest && earliest <= now;
        bool held = atomic_load_explicit(&s->held, memory_order_relaxed) != 0;
        if ((over || held) && lyger_shard_try_lock(cache, s)) {
            if (over) {
                stale = lyger_shard_sweep(cache, s, now, NULL, NULL);
            } else {
                lyger_shard_reap(cache, s);
            }
            lyger_shard_unlock(s);
        }
        uint64_t annexed = atomic_load_explicit(&s->annexed, memory_order_relaxed);
        entries += cache->is_annex
                       ? annexed
                       : atomic_load_explicit(&s->entries, memory_order_relaxed) - annexed - stale;
    }
    return entries;
}

/* Whether a value in a serialised form is an array; if not, it is an object. */
static bool is_serialised_array(const lyger_cache_details *details)
{
    if (details->type == LYGER_CACHE_SERIALIZED) {
        return details->begins[0] == 'a';
    }
    /* igbinary: four bytes of its version, then the type; three sizes of arrays have neighbouring ones. */
    return details->begins[4] >= 0x14 && details->begins[4] <= 0x16;
}

const char *lyger_cache_type_name(const lyger_cache_details *details)
{
    switch (details->type) {
    case LYGER_CACHE_NULL:
        return "null";
    case LYGER_CACHE_BOOL:
        return "bool";
    case LYGER_CACHE_INT:
        return "int";
    case LYGER_CACHE_FLOAT:
        return "float";
    case LYGER_CACHE_STRING:
    case LYGER_CACHE_STRING_IN_PLACE:
        return "string";
    case LYGER_CACHE_SERIALIZED:
    case LYGER_CACHE_IGBINARY:
        return is_serialised_array(details) ? "array" : "object";
    default:
        return "array";
    }
}

static uint64_t bytes_of(const _Atomic uint64_t *granules)
{
    return atomic_load_explicit(granules, memory_order_relaxed) * GRANULE;
}

void lyger_cache_describe(lyger_cache *cache, lyger_cache_facts *facts)
{
    const segment_header *header = cache->header;
    *facts = (lyger_cache_facts){0};
    facts->entries = lyger_cache_count(cache);
    facts->bytes_total = cache->size;
    facts->shards = header->shard_count;
    facts->regions = header->region_count;
    for (uint32_t region = 0; region < facts->regions; region++) {
        facts->regions_unused +=
            atomic_load_explicit(&cache->table[region], memory_order_relaxed) == REGION_UNUSED;
    }
    facts->bytes_capacity = (uint64_t)header->region_count * header->region_granules * GRANULE;
    for (uint32_t i = 0; i < facts->shards; i++) {
        facts->bytes_used += bytes_of(&cache->shards[i].used);
        facts->bytes_held += bytes_of(&cache->shards[i].held);
    }
    facts->bytes_free = facts->bytes_capacity - facts->bytes_used - facts->bytes_held;
    facts->hits = lyger_lane_sum(cache, COUNT_HITS);
    facts->misses = lyger_lane_sum(cache, COUNT_MISSES);
    facts->sets = lyger_lane_sum(cache, COUNT_SETS);
    facts->deletes = lyger_lane_sum(cache, COUNT_DELETES);
    facts->evictions = lyger_lane_sum(cache, COUNT_EVICTIONS);
    facts->expirations = lyger_lane_sum(cache, COUNT_EXPIRATIONS);
    for (uint32_t i = 0; i < facts->shards; i++) {
        facts->annexed += atomic_load_explicit(&cache->shards[i].annexed, memory_order_relaxed);
    }
    facts->annex_evictions = lyger_lane_sum(cache, COUNT_ANNEX_EVICTIONS);
    facts->lock_recoveries = lyger_lane_sum(cache, COUNT_RECOVERIES);
    facts->path = cache->path;
}

void lyger_cache_describe_shard(lyger_cache *cache, uint32_t number, lyger_cache_shard_facts *facts)
{
    const shard *s = &cache->shards[number];
    *facts = (lyger_cache_shard_facts){
        .entries = atomic_load_explicit(&s->entries, memory_order_relaxed),
        .bytes_capacity = bytes_of(&s->capacity),
        .bytes_used = bytes_of(&s->used),
        .bytes_held = bytes_of(&s->held),
        .bytes_small = s->small.granules * GRANULE,
        .bytes_main = s->main.granules * GRANULE,
        .buckets = atomic_load_explicit(&cache->masks[number], memory_order_relaxed) + 1,
    };
    for (uint32_t region = 0; region < cache->header->region_count; region++) {
        facts->regions += atomic_load_explicit(&cache->table[region], memory_order_relaxed) ==
                          region_word(REGION_SHARD, number);
    }
}

static lyger_cache_class_facts *class_of(lyger_cache_class_facts *classes, uint32_t granules)
{
    uint32_t class = 30u - (uint32_t)__builtin_clz(granules < 2 ? 2 : granules);
    return &classes[class < LYGER_CACHE_CLASSES ? class : LYGER_CACHE_CLASSES - 1];
}

/* Counts one block in its class. A removed entry that readers have pinned is neither an entry nor free. */
static void classify(const lyger_cache *cache, const entry *e, lyger_cache_class_facts *classes)
{
    uint32_t size = block_size(cache, e);
    lyger_cache_class_facts *class = class_of(classes, size);
    if (!is_large(e) && (e->size_flags & BLOCK_FREE)) {
        class->free_blocks++;
        class->bytes_free += (uint64_t)size * GRANULE;
    } else if (e->queue != QUEUE_LIMBO) {
        class->entries++;
        class->bytes_used += (uint64_t)size * GRANULE;
    }
}

/* Counts the blocks of a shard, under its lock. Blocks that wait in quick lists are free, but look like
 * entries until they are joined. */
static void survey(lyger_cache *cache, shard *s, lyger_cache_class_facts *classes)
{
    lyger_shard_reap(cache, s);
    lyger_arena_coalesce(cache, s);
    for (uint32_t region = 0; region < cache->header->region_count; region++) {
        uint32_t word = atomic_load_explicit(&cache->table[region], memory_order_relaxed);
        granule at = lyger_arena_region_start(cache, region);
        granule end = lyger_arena_region_end(cache, region);
        if (word == region_word(REGION_HEAD, number_of_shard(cache, s))) {
            classify(cache, entry_at(cache, at), classes);
        }
        if (word != region_word(REGION_SHARD, number_of_shard(cache, s))) {
            continue;
        }
        for (; at < end; at += block_size(cache, entry_at(cache, at))) {
            classify(cache, entry_at(cache, at), classes);
        }
    }
}

lyger_status lyger_cache_describe_classes(lyger_cache *cache,
                                          lyger_cache_class_facts classes[LYGER_CACHE_CLASSES],
                                          lyger_error *error)
{
    memset(classes, 0, LYGER_CACHE_CLASSES * sizeof *classes);
    for (uint32_t i = 0; i < cache->header->shard_count; i++) {
        if (!lyger_shard_lock(cache, &cache->shards[i], error)) {
            return LYGER_E_CACHE;
        }
        survey(cache, &cache->shards[i], classes);
        lyger_shard_unlock(&cache->shards[i]);
    }
    return LYGER_OK;
}

/* ---- walking over the keys ---- */

/* What is wanted of a walk: the keys that begin with prefix, or the entries that have an account. */
typedef struct walk_wish {
    const char *prefix;
    size_t len;
    bool accounts; /* instead of keys; the visitor gets details only then */
    lyger_cache_account_visitor visit;
    void *context;
} walk_wish;

static bool has_prefix(const char *key, size_t key_len, const walk_wish *wish)
{
    return key_len >= wish->len && (!wish->len || memcmp(key, wish->prefix, wish->len) == 0);
}

/* Copies the key of a slot's entry when the entry is live and wanted; the key's length, or 0. Describes the
 * entry when accounts are wanted. */
static size_t copy_key(const lyger_cache *cache, index_slot *slot, const walk_wish *wish,
                       char key[LYGER_CACHE_KEY_MAX], lyger_cache_details *details)
{
    for (uint32_t tries = 0; tries < TRIES_MOST; tries++) {
        uint64_t word = atomic_load_explicit(slot, memory_order_acquire);
        if (slot_granule(word) == SLOT_MOVING) {
            lyger_os_yield();
            continue;
        }
        if (!is_in_regions(cache, slot_granule(word))) {
            return 0;
        }
        const entry *e = entry_at(cache, slot_granule(word));
        entry_sight seen = {.e = e, .slot = slot, .word = word};
        lyger_step(STEP_SLOT_READ);
        seen.stamp = atomic_load_explicit(&e->stamp, memory_order_acquire);
        seen.lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
        seen.expires = expiry_of(e);
        lyger_step(STEP_STAMP_READ);
        size_t key_len = key_length(seen.lens);
        lyger_racy_read(key, e->data, key_len);
        bool of_view = is_annexed(e) == cache->is_annex;
        if (wish->accounts) {
            lyger_account_describe(cache, &seen, details);
        }
        lyger_step(STEP_COPIED);
        if (stamp_is_set(seen.stamp) && still_there(&seen)) {
            bool wanted = wish->accounts ? details->accounted : has_prefix(key, key_len, wish);
            return wanted && of_view && !expired(&seen) ? key_len : 0;
        }
    }
    return 0; /* damaged: no writer overtakes a reader so often */
}

/* Growing an index moves entries to higher buckets only (index.c), so no entry escapes a walk that
 * ascends. */
static bool walk_on(lyger_cache *cache, lyger_cache_walk *walk, const walk_wish *wish)
{
    char key[LYGER_CACHE_KEY_MAX];
    lyger_cache_details details;
    if (walk->shard >= cache->header->shard_count) {
        return false;
    }
    uint32_t stop = walk->bucket + BUCKETS_AT_ONCE;
    for (; walk->bucket < stop; walk->bucket++) {
        uint32_t mask = atomic_load_explicit(&cache->masks[walk->shard], memory_order_acquire);
        if (walk->bucket > mask || walk->bucket >= cache->bucket_count) {
            walk->shard++;
            walk->bucket = 0;
            return true;
        }
        bucket *b = bucket_numbered(cache, walk->shard, walk->bucket);
        for (uint32_t i = 0; i < BUCKET_SLOTS; i++) {
            size_t key_len = copy_key(cache, &b->slots[i], wish, key, &details);
            if (!key_len) {
                continue;
            }
            if (!wish->visit(key, key_len, &details, wish->context)) {
                walk->shard = cache->header->shard_count;
                return true;
            }
        }
    }
    return true;
}

typedef struct key_visit {
    lyger_cache_visitor visit;
    void *context;
} key_visit;

static bool visit_key(const char *key, size_t key_len, const lyger_cache_details *details, void *context)
{
    (void)details;
    const key_visit *keys = context;
    return keys->visit(key, key_len, keys->context);
}

bool lyger_cache_walk_on(lyger_cache *cache, lyger_cache_walk *walk, const char *prefix, size_t len,
                         lyger_cache_visitor visit, void *context)
{
    key_visit keys = {visit, context};
    walk_wish wish = {.prefix = prefix, .len = len, .visit = visit_key, .context = &keys};
    return walk_on(cache, walk, &wish);
}

bool lyger_cache_walk_accounts(lyger_cache *cache, lyger_cache_walk *walk, lyger_cache_account_visitor visit,
                               void *context)
{
    walk_wish wish = {.accounts = true, .visit = visit, .context = context};
    return walk_on(cache, walk, &wish);
}
