#include "index.h"

#include <string.h>

static bucket *bucket_at(lyger_cache *cache, shard *s, uint32_t number)
{
    return shard_buckets(cache, s) + (number & (cache->header->bucket_count - 1));
}

index_slot *lyger_index_find(lyger_cache *cache, shard *s, uint64_t hash, const char *key, size_t key_len)
{
    uint32_t home = home_bucket(cache, hash);
    for (uint32_t probe = 0; probe < PROBE_LIMIT; probe++) {
        bucket *b = bucket_at(cache, s, home + probe);
        for (uint32_t i = 0; i < BUCKET_SLOTS; i++) {
            uint64_t word = atomic_load_explicit(&b->slots[i], memory_order_relaxed);
            if (!word || word >> 32 != hash >> 32) {
                continue;
            }
            const entry *e = entry_at(cache, slot_granule(word));
            uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
            if (key_length(lens) == key_len && memcmp(e->data, key, key_len) == 0) {
                return &b->slots[i];
            }
        }
        if (atomic_load_explicit(&b->overflow, memory_order_relaxed) == 0) {
            break;
        }
    }
    return NULL;
}

index_slot *lyger_index_slot_of(lyger_cache *cache, shard *s, granule at)
{
    uint64_t hash = atomic_load_explicit(&entry_at(cache, at)->hash, memory_order_relaxed);
    uint64_t wanted = slot_word(hash, at);
    uint32_t home = home_bucket(cache, hash);
    for (uint32_t probe = 0; probe < PROBE_LIMIT; probe++) {
        bucket *b = bucket_at(cache, s, home + probe);
        for (uint32_t i = 0; i < BUCKET_SLOTS; i++) {
            if (atomic_load_explicit(&b->slots[i], memory_order_relaxed) == wanted) {
                return &b->slots[i];
            }
        }
    }
    return NULL;
}

static index_slot *free_slot(bucket *b)
{
    for (uint32_t i = 0; i < BUCKET_SLOTS; i++) {
        if (atomic_load_explicit(&b->slots[i], memory_order_relaxed) == 0) {
            return &b->slots[i];
        }
    }
    return NULL;
}

/* Changes the overflow of the `count` buckets from home on. Readers must see it before they can need it. */
static void add_overflow(lyger_cache *cache, shard *s, uint32_t home, uint32_t count, uint64_t by)
{
    for (uint32_t probe = 0; probe < count; probe++) {
        bucket *b = bucket_at(cache, s, home + probe);
        uint64_t overflow = atomic_load_explicit(&b->overflow, memory_order_relaxed);
        atomic_store_explicit(&b->overflow, overflow + by, memory_order_relaxed);
    }
}

bool lyger_index_publish(lyger_cache *cache, shard *s, uint64_t hash, granule at)
{
    uint32_t home = home_bucket(cache, hash);
    for (uint32_t probe = 0; probe < PROBE_LIMIT; probe++) {
        index_slot *slot = free_slot(bucket_at(cache, s, home + probe));
        if (slot) {
            add_overflow(cache, s, home, probe, 1);
            atomic_store_explicit(slot, slot_word(hash, at), memory_order_release);
            return true;
        }
    }
    return false;
}

granule lyger_index_occupant(lyger_cache *cache, shard *s, uint64_t hash)
{
    uint32_t home = home_bucket(cache, hash);
    granule least = 0;
    uint8_t least_frequency = UINT8_MAX;
    for (uint32_t probe = 0; probe < PROBE_LIMIT; probe++) {
        bucket *b = bucket_at(cache, s, home + probe);
        for (uint32_t i = 0; i < BUCKET_SLOTS; i++) {
            granule at = slot_granule(atomic_load_explicit(&b->slots[i], memory_order_relaxed));
            uint8_t frequency = atomic_load_explicit(&entry_at(cache, at)->frequency, memory_order_relaxed);
            if (at && frequency < least_frequency) {
                least = at;
                least_frequency = frequency;
            }
        }
    }
    return least;
}

static uint32_t bucket_number(lyger_cache *cache, shard *s, const index_slot *slot)
{
    return (uint32_t)((size_t)((const char *)slot - (const char *)shard_buckets(cache, s)) / sizeof(bucket));
}

void lyger_index_withdraw(lyger_cache *cache, shard *s, index_slot *slot, uint64_t hash)
{
    uint32_t home = home_bucket(cache, hash);
    uint32_t passed = (bucket_number(cache, s, slot) - home) & (cache->header->bucket_count - 1);
    atomic_store_explicit(slot, 0, memory_order_release);
    add_overflow(cache, s, home, passed, UINT64_MAX);
}

/*
 * The count of a bucket is the number of entries in the next seven buckets whose home is this bucket or
 * earlier. Each is stored once, so a reader meanwhile sees either the old count or the true one; a killed
 * writer left the old one too high or true (it raises before it publishes and lowers after it withdraws),
 * never too low.
 */
void lyger_index_recount(lyger_cache *cache, shard *s)
{
    uint32_t mask = cache->header->bucket_count - 1;
    for (uint32_t number = 0; number <= mask; number++) {
        uint64_t overflow = 0;
        for (uint32_t ahead = 1; ahead < PROBE_LIMIT && ahead <= mask; ahead++) {
            bucket *b = bucket_at(cache, s, number + ahead);
            for (uint32_t i = 0; i < BUCKET_SLOTS; i++) {
                uint64_t word = atomic_load_explicit(&b->slots[i], memory_order_relaxed);
                if (word) {
                    const entry *e = entry_at(cache, slot_granule(word));
                    uint64_t hash = atomic_load_explicit(&e->hash, memory_order_relaxed);
                    overflow += ((number + ahead - home_bucket(cache, hash)) & mask) >= ahead;
                }
            }
        }
        atomic_store_explicit(&bucket_at(cache, s, number)->overflow, overflow, memory_order_relaxed);
    }
}
