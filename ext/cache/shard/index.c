#include "index.h"

#include <string.h>

static uint64_t hash_of(const lyger_cache *cache, uint64_t word)
{
    return atomic_load_explicit(&entry_at(cache, slot_granule(word))->hash, memory_order_relaxed);
}

/* Under the lock: buckets in use - 1. A damaged number is bounded, so it only leads to another bucket. */
static uint32_t bucket_mask(const lyger_cache *cache, const shard *s)
{
    return atomic_load_explicit(bucket_mask_of(cache, s), memory_order_relaxed) & (cache->bucket_count - 1);
}

static bucket *bucket_at(lyger_cache *cache, shard *s, uint32_t number)
{
    return bucket_of(cache, s, number & bucket_mask(cache, s));
}

index_slot *lyger_index_find(lyger_cache *cache, shard *s, uint64_t hash, const char *key, size_t key_len)
{
    uint32_t home = home_bucket(hash);
    for (uint32_t probe = 0; probe < PROBE_LIMIT; probe++) {
        bucket *b = bucket_at(cache, s, home + probe);
        for (uint32_t slots = matching_slots(b, (uint32_t)(hash >> 32)); slots; slots &= slots - 1) {
            index_slot *slot = &b->slots[__builtin_ctz(slots)];
            uint64_t word = atomic_load_explicit(slot, memory_order_relaxed);
            if (!is_in_regions(cache, slot_granule(word))) {
                continue;
            }
            const entry *e = entry_at(cache, slot_granule(word));
            uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
            if (key_length(lens) == key_len && lyger_racy_equal(e->data, key, key_len)) {
                return slot;
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
    uint32_t home = home_bucket(hash);
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

/* Changes the overflow of the `count` buckets from home on. Readers must see the raised count before they can
 * need it. */
static void add_overflow(lyger_cache *cache, shard *s, uint32_t home, uint32_t count, int by)
{
    for (uint32_t probe = 0; probe < count; probe++) {
        bucket *b = bucket_at(cache, s, home + probe);
        uint8_t overflow = atomic_load_explicit(&b->overflow, memory_order_relaxed);
        atomic_store_explicit(&b->overflow, (uint8_t)(overflow + by), memory_order_release);
    }
}

bool lyger_index_publish(lyger_cache *cache, shard *s, uint64_t hash, granule at)
{
    uint32_t home = home_bucket(hash);
    for (uint32_t probe = 0; probe < PROBE_LIMIT; probe++) {
        index_slot *slot = free_slot(bucket_at(cache, s, home + probe));
        if (slot) {
            add_overflow(cache, s, home, probe, 1);
            atomic_store_explicit(frequency_of(slot), 0, memory_order_relaxed);
            atomic_store_explicit(slot, slot_word(hash, at), memory_order_release);
            return true;
        }
    }
    return false;
}

index_slot *lyger_index_occupant(lyger_cache *cache, shard *s, uint64_t hash)
{
    uint32_t home = home_bucket(hash);
    index_slot *least = NULL;
    uint8_t least_frequency = UINT8_MAX;
    for (uint32_t probe = 0; probe < PROBE_LIMIT; probe++) {
        bucket *b = bucket_at(cache, s, home + probe);
        for (uint32_t i = 0; i < BUCKET_SLOTS; i++) {
            uint8_t frequency = atomic_load_explicit(&b->frequency[i], memory_order_relaxed);
            if (atomic_load_explicit(&b->slots[i], memory_order_relaxed) && frequency < least_frequency) {
                least = &b->slots[i];
                least_frequency = frequency;
            }
        }
    }
    return least;
}

static uint32_t bucket_number(lyger_cache *cache, shard *s, const index_slot *slot)
{
    size_t ahead = (size_t)((const char *)slot - (const char *)bucket_of(cache, s, 0)) / sizeof(bucket);
    return (uint32_t)(ahead >> cache->shard_bits);
}

void lyger_index_withdraw(lyger_cache *cache, shard *s, index_slot *slot, uint64_t hash)
{
    uint32_t home = home_bucket(hash);
    uint32_t passed = (bucket_number(cache, s, slot) - home) & bucket_mask(cache, s);
    atomic_store_explicit(slot, 0, memory_order_release);
    add_overflow(cache, s, home, passed, -1);
}

/*
 * The overflow of a bucket is the number of entries in the next seven buckets whose home is this bucket or
 * earlier. Each overflow is stored once, so a reader meanwhile sees either the old number or the true one;
 * the old number is too high or true (it is raised before a slot is published and lowered after a slot is
 * withdrawn), never too low. The stores are releases: a reader that sees an overflow lowered by a growth also
 * sees the new number of buckets.
 */
void lyger_index_recount(lyger_cache *cache, shard *s)
{
    uint32_t mask = bucket_mask(cache, s);
    for (uint32_t number = 0; number <= mask; number++) {
        uint8_t overflow = 0;
        for (uint32_t ahead = 1; ahead < PROBE_LIMIT; ahead++) {
            bucket *b = bucket_at(cache, s, number + ahead);
            for (uint32_t i = 0; i < BUCKET_SLOTS; i++) {
                uint64_t word = atomic_load_explicit(&b->slots[i], memory_order_relaxed);
                if (word) {
                    bool passed = ((number + ahead - home_bucket(hash_of(cache, word))) & mask) >= ahead;
                    overflow = (uint8_t)(overflow + passed);
                }
            }
        }
        atomic_store_explicit(&bucket_at(cache, s, number)->overflow, overflow, memory_order_release);
    }
}

/* Whether a slot in this bucket can be found by its entry's hash. */
static bool reachable(lyger_cache *cache, uint64_t word, uint32_t number, uint32_t mask)
{
    return ((number - home_bucket(hash_of(cache, word))) & mask) < PROBE_LIMIT;
}

/* Counts an entry as passing `count` buckets from home on, among mask + 1 buckets. */
static void pass_by(lyger_cache *cache, shard *s, uint32_t home, uint32_t count, uint32_t mask)
{
    for (uint32_t probe = 0; probe < count; probe++) {
        bucket *b = bucket_of(cache, s, (home + probe) & mask);
        uint8_t overflow = atomic_load_explicit(&b->overflow, memory_order_relaxed);
        atomic_store_explicit(&b->overflow, (uint8_t)(overflow + 1), memory_order_relaxed);
    }
}

/* Gives the entry of a slot a second slot where it is found among mask + 1 buckets, when the first is not
 * there; false when no slot is free. */
static bool copy_up(lyger_cache *cache, shard *s, const index_slot *from, uint32_t number, uint32_t mask)
{
    uint64_t word = atomic_load_explicit(from, memory_order_relaxed);
    uint32_t home = home_bucket(hash_of(cache, word));
    if (reachable(cache, word, number, mask)) {
        pass_by(cache, s, home, (number - home) & mask, mask);
        return true;
    }
    for (uint32_t probe = 0; probe < PROBE_LIMIT; probe++) {
        index_slot *slot = free_slot(bucket_of(cache, s, (home + probe) & mask));
        if (slot) {
            pass_by(cache, s, home, probe, mask);
            atomic_store_explicit(frequency_of(slot), atomic_load(frequency_of(from)), memory_order_relaxed);
            atomic_store_explicit(slot, word, memory_order_relaxed);
            return true;
        }
    }
    return false;
}

static void clear_buckets(lyger_cache *cache, shard *s, uint32_t from, uint32_t count)
{
    for (uint32_t number = from; number < from + count; number++) {
        bucket *b = bucket_of(cache, s, number);
        for (uint32_t i = 0; i < BUCKET_SLOTS; i++) {
            atomic_store_explicit(&b->slots[i], 0, memory_order_relaxed);
        }
        atomic_store_explicit(&b->overflow, 0, memory_order_relaxed);
    }
}

static void drop_unreachable(lyger_cache *cache, shard *s)
{
    uint32_t mask = bucket_mask(cache, s);
    for (uint32_t number = 0; number <= mask; number++) {
        bucket *b = bucket_at(cache, s, number);
        for (uint32_t i = 0; i < BUCKET_SLOTS; i++) {
            uint64_t word = atomic_load_explicit(&b->slots[i], memory_order_relaxed);
            if (word && !reachable(cache, word, number, mask)) {
                atomic_store_explicit(&b->slots[i], 0, memory_order_release);
            }
        }
    }
}

/* Removes the second slot of every entry that has two; links the entries by `newer` when list is given. */
static void drop_doubles(lyger_cache *cache, shard *s, granule *list)
{
    uint32_t slots = (bucket_mask(cache, s) + 1) * BUCKET_SLOTS;
    /* The first pass drops the marks of an earlier rebuild that was cut off. */
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t slot = 0; slot < slots; slot++) {
            index_slot *at = &bucket_at(cache, s, slot / BUCKET_SLOTS)->slots[slot % BUCKET_SLOTS];
            uint64_t word = atomic_load_explicit(at, memory_order_relaxed);
            entry *e = entry_at(cache, slot_granule(word));
            if (!word) {
                continue;
            }
            if (pass == 1 && e->collected) {
                atomic_store_explicit(at, 0, memory_order_release);
                continue;
            }
            e->collected = pass == 1;
            if (pass == 1 && list) {
                e->newer = *list;
                *list = slot_granule(word);
            }
        }
    }
}

/* Undoes a growth that did not publish its new buckets: until it does, an entry may have two slots. */
static void undo_growth(lyger_cache *cache, shard *s, granule *list)
{
    uint32_t used = bucket_mask(cache, s) + 1;
    if (used < cache->bucket_count) {
        clear_buckets(cache, s, used, used);
    }
    lyger_index_recount(cache, s);
    drop_unreachable(cache, s);
    drop_doubles(cache, s, list);
    lyger_index_recount(cache, s);
}

void lyger_index_grow(lyger_cache *cache, shard *s)
{
    uint32_t old = bucket_mask(cache, s) + 1;
    uint64_t entries = atomic_load_explicit(&s->entries, memory_order_relaxed);
    if (entries * 5 >= (uint64_t)old * BUCKET_SLOTS * 3) {
        lyger_index_double(cache, s);
    }
}

bool lyger_index_double(lyger_cache *cache, shard *s)
{
    uint32_t old = bucket_mask(cache, s) + 1;
    if (old == cache->bucket_count) {
        return false;
    }
    uint32_t mask = old * 2 - 1;
    clear_buckets(cache, s, old, old);
    for (uint32_t slot = 0; slot < old * BUCKET_SLOTS; slot++) {
        uint32_t number = slot / BUCKET_SLOTS;
        index_slot *from = &bucket_of(cache, s, number)->slots[slot % BUCKET_SLOTS];
        if (atomic_load_explicit(from, memory_order_relaxed) && !copy_up(cache, s, from, number, mask)) {
            /* An entry's eight buckets are full, though doubling leaves every second slot free: chance, which
             * the next store tries again. */
            undo_growth(cache, s, NULL);
            return false;
        }
    }
    atomic_store_explicit(bucket_mask_of(cache, s), mask, memory_order_release);
    drop_unreachable(cache, s);
    lyger_index_recount(cache, s);
    return true;
}

/* Empties the slot of an entry that was half moved. */
static void drop_moving(lyger_cache *cache, shard *s)
{
    uint32_t slots = (bucket_mask(cache, s) + 1) * BUCKET_SLOTS;
    for (uint32_t slot = 0; slot < slots; slot++) {
        index_slot *at = &bucket_at(cache, s, slot / BUCKET_SLOTS)->slots[slot % BUCKET_SLOTS];
        if (slot_granule(atomic_load_explicit(at, memory_order_relaxed)) == SLOT_MOVING) {
            atomic_store_explicit(at, 0, memory_order_release);
        }
    }
}

granule lyger_index_collect(lyger_cache *cache, shard *s)
{
    granule list = 0;
    drop_moving(cache, s);
    undo_growth(cache, s, &list);
    return list;
}
