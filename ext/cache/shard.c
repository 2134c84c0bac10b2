#include "shard.h"

#include "arena.h"
#include "os.h"
#include "policy.h"
#include "racy.h"
#include "stats.h"

#include <errno.h>

static void rebuild(lyger_cache *cache, shard *s);

/* A holder that died left the lock marked; what it was doing is undone or completed by the rebuild. */
static void entered(lyger_cache *cache, shard *s, int result)
{
    if (__builtin_expect(result == EOWNERDEAD, 0)) {
        rebuild(cache, s);
        pthread_mutex_consistent(&s->lock);
        lyger_stats_add(cache, COUNT_RECOVERIES);
    }
}

void lyger_shard_lock(lyger_cache *cache, shard *s)
{
    entered(cache, s, pthread_mutex_lock(&s->lock));
}

bool lyger_shard_try_lock(lyger_cache *cache, shard *s)
{
    int result = pthread_mutex_trylock(&s->lock);
    if (result == EBUSY) {
        return false;
    }
    entered(cache, s, result);
    return true;
}

void lyger_shard_unlock(shard *s)
{
    pthread_mutex_unlock(&s->lock);
}

bool lyger_shard_fits(const lyger_cache *cache, size_t key_len, size_t value_len)
{
    size_t largest = (size_t)lyger_arena_largest(cache) * GRANULE;
    return value_len <= largest && sizeof(entry) + value_offset(key_len) + value_len <= largest;
}

void lyger_shard_note_expiry(shard *s, uint64_t expires)
{
    uint64_t earliest = atomic_load_explicit(&s->earliest_expiry, memory_order_relaxed);
    if (expires && (!earliest || expires < earliest)) {
        atomic_store_explicit(&s->earliest_expiry, expires, memory_order_relaxed);
    }
}

static void count(_Atomic uint64_t *figure, uint64_t by)
{
    atomic_store_explicit(figure, atomic_load_explicit(figure, memory_order_relaxed) + by,
                          memory_order_relaxed);
}

/*
 * Ends an entry that no slot points to any more and gives its memory back. The stamp goes first, and the
 * fence keeps every later write to the memory behind it: a reader that saw a byte of what comes next sees no
 * stamp.
 */
static void retire(lyger_cache *cache, shard *s, granule at)
{
    entry *e = entry_at(cache, at);
    atomic_store_explicit(&e->stamp, 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    lyger_policy_forget(cache, s, at);
    count(&s->entries, UINT64_MAX);
    count(&s->used, -(uint64_t)block_size(e));
    lyger_arena_give(cache, s, at);
}

void lyger_shard_drop(lyger_cache *cache, shard *s, index_slot *slot)
{
    granule at = slot_granule(atomic_load_explicit(slot, memory_order_relaxed));
    uint64_t hash = atomic_load_explicit(&entry_at(cache, at)->hash, memory_order_relaxed);
    lyger_index_withdraw(cache, s, slot, hash);
    retire(cache, s, at);
}

static void evict(lyger_cache *cache, shard *s, granule at, uint64_t now)
{
    entry *e = entry_at(cache, at);
    bool expired = entry_expired(e, now);
    if (!expired && e->queue == QUEUE_SMALL) {
        lyger_policy_remember(cache, s, atomic_load_explicit(&e->hash, memory_order_relaxed));
    }
    lyger_shard_drop(cache, s, lyger_index_slot_of(cache, s, at));
    lyger_stats_add(cache, expired ? COUNT_EXPIRATIONS : COUNT_EVICTIONS);
}

/* Takes a block, joining free neighbours when nothing else helps. */
static granule take(lyger_cache *cache, shard *s, uint32_t size)
{
    granule at = lyger_arena_take(cache, s, size);
    return at || !lyger_arena_settle(cache, s) ? at : lyger_arena_take(cache, s, size);
}

static granule make_room(lyger_cache *cache, shard *s, uint32_t size)
{
    granule at = take(cache, s, size);
    if (at) {
        return at;
    }
    uint64_t now = lyger_os_milliseconds();
    uint64_t earliest = atomic_load_explicit(&s->earliest_expiry, memory_order_relaxed);
    if (earliest && earliest <= now) {
        lyger_shard_sweep(cache, s, now, NULL, NULL);
        at = take(cache, s, size);
    }
    while (!at) {
        /* An empty shard is one free block per region, and an entry that fits is no larger than that. */
        evict(cache, s, lyger_policy_victim(cache, s), now);
        at = take(cache, s, size);
    }
    return at;
}

static void write_entry(lyger_cache *cache, shard *s, granule at, const entry_draft *draft)
{
    entry *e = entry_at(cache, at);
    uint64_t lens = (uint64_t)draft->len << 24 | (uint64_t)draft->key_len << 8 | (uint64_t)draft->type;
    atomic_store_explicit(&e->hash, draft->hash, memory_order_relaxed);
    atomic_store_explicit(&e->expires, draft->expires, memory_order_relaxed);
    atomic_store_explicit(&e->lens, lens, memory_order_relaxed);
    lyger_racy_write(e->data, draft->key, draft->key_len);
    lyger_racy_write(e->data + value_offset(draft->key_len), draft->bytes, draft->len);
    uint64_t stamp = s->next_stamp++ * cache->header->shard_count + (uint64_t)(s - cache->shards);
    atomic_store_explicit(&e->stamp, stamp, memory_order_release);
}

void lyger_shard_store(lyger_cache *cache, shard *s, const entry_draft *draft)
{
    granule at = make_room(cache, s, granules_for(draft->key_len, draft->len));
    write_entry(cache, s, at, draft);
    lyger_policy_admit(cache, s, at);
    count(&s->entries, 1);
    count(&s->used, block_size(entry_at(cache, at)));
    lyger_shard_note_expiry(s, draft->expires);

    index_slot *slot = lyger_index_find(cache, s, draft->hash, draft->key, draft->key_len);
    if (slot) {
        granule old = slot_granule(atomic_load_explicit(slot, memory_order_relaxed));
        entry *replaced = entry_at(cache, old);
        uint8_t frequency = atomic_load_explicit(&replaced->frequency, memory_order_relaxed);
        atomic_store_explicit(&entry_at(cache, at)->frequency, frequency, memory_order_relaxed);
        atomic_store_explicit(slot, slot_word(draft->hash, at), memory_order_release);
        retire(cache, s, old);
        return;
    }
    lyger_index_grow(cache, s);
    while (!lyger_index_publish(cache, s, draft->hash, at)) {
        evict(cache, s, lyger_index_occupant(cache, s, draft->hash), lyger_os_milliseconds());
    }
}

void lyger_shard_sweep(lyger_cache *cache, shard *s, uint64_t now, shard_condemn condemned, void *context)
{
    uint64_t earliest = 0;
    granule starts[] = {s->small.tail, s->main.tail};
    for (size_t i = 0; i < 2; i++) {
        for (granule at = starts[i]; at;) {
            entry *e = entry_at(cache, at);
            granule next = e->newer;
            uint64_t expires = atomic_load_explicit(&e->expires, memory_order_relaxed);
            if (entry_expired(e, now)) {
                lyger_shard_drop(cache, s, lyger_index_slot_of(cache, s, at));
                lyger_stats_add(cache, COUNT_EXPIRATIONS);
            } else if (condemned && condemned(e, context)) {
                lyger_shard_drop(cache, s, lyger_index_slot_of(cache, s, at));
                lyger_stats_add(cache, COUNT_DELETES);
            } else if (expires && (!earliest || expires < earliest)) {
                earliest = expires;
            }
            at = next;
        }
    }
    atomic_store_explicit(&s->earliest_expiry, earliest, memory_order_relaxed);
}

/*
 * The rebuild. Only the index is believed: what a slot points to is whole, because the slot was stored after
 * it. Arena, queues and figures are made again from that. Entries are sorted in place through their own
 * links, so nothing has to be allocated.
 */

static bool older_position(const lyger_cache *cache, granule a, granule b)
{
    (void)cache;
    return a < b;
}

static bool older_stamp(const lyger_cache *cache, granule a, granule b)
{
    return atomic_load_explicit(&entry_at(cache, a)->stamp, memory_order_relaxed) <
           atomic_load_explicit(&entry_at(cache, b)->stamp, memory_order_relaxed);
}

static granule merge(lyger_cache *cache, granule a, granule b,
                     bool (*before)(const lyger_cache *, granule, granule))
{
    granule first = 0, last = 0;
    while (a && b) {
        granule *from = before(cache, a, b) ? &a : &b;
        granule at = *from;
        *from = entry_at(cache, at)->newer;
        if (last) {
            entry_at(cache, last)->newer = at;
        } else {
            first = at;
        }
        last = at;
    }
    granule rest = a ? a : b;
    if (!last) {
        return rest;
    }
    entry_at(cache, last)->newer = rest;
    return first;
}

/* Bottom-up merge sort of the list linked by `newer`: runs[i] holds 2^i entries or none. */
static granule sort(lyger_cache *cache, granule list, bool (*before)(const lyger_cache *, granule, granule))
{
    granule runs[32] = {0};
    while (list) {
        granule run = list;
        list = entry_at(cache, run)->newer;
        entry_at(cache, run)->newer = 0;
        size_t i = 0;
        for (; runs[i]; i++) {
            run = merge(cache, runs[i], run, before);
            runs[i] = 0;
        }
        runs[i] = run;
    }
    granule all = 0;
    for (size_t i = 0; i < 32; i++) {
        all = merge(cache, runs[i], all, before);
    }
    return all;
}

/* Restores block sizes and free blocks. Returns the list, sorted by position, unchanged. */
static void rebuild_arena(lyger_cache *cache, shard *s, granule list)
{
    lyger_arena_reset(s);
    uint64_t entries = 0, used = 0;
    granule at = list;
    /* Regions of a shard ascend with n, and so does the list. */
    for (uint32_t n = 0; n < s->regions_active; n++) {
        uint32_t region = lyger_arena_nth_region(cache, s, n);
        granule from = lyger_arena_region_start(cache, region);
        granule end = lyger_arena_region_end(cache, region);
        lyger_arena_seal(cache, region);
        while (at && at < end) {
            entry *e = entry_at(cache, at);
            uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
            uint32_t size = granules_for(key_length(lens), value_length(lens));
            granule next = e->newer;
            granule limit = next && next < end ? next : end;
            /* What is left before the next entry is its own when it is too small to be a block. */
            if (limit - (at + size) < BLOCK_LEAST) {
                size = limit - at;
            }
            e->size_flags = size << 2;
            lyger_arena_refill(cache, s, from, at);
            from = at + size;
            entries++;
            used += size;
            at = next;
        }
        lyger_arena_refill(cache, s, from, end);
    }
    atomic_store_explicit(&s->entries, entries, memory_order_relaxed);
    atomic_store_explicit(&s->used, used, memory_order_relaxed);
}

static void rebuild_queues(lyger_cache *cache, shard *s, granule list)
{
    uint64_t earliest = 0, latest_stamp = 0;
    s->small = s->main = (entry_queue){0};
    for (granule at = list; at;) {
        entry *e = entry_at(cache, at);
        granule next = e->newer;
        uint64_t expires = atomic_load_explicit(&e->expires, memory_order_relaxed);
        latest_stamp = atomic_load_explicit(&e->stamp, memory_order_relaxed);
        lyger_policy_restore(cache, s, at, e->queue == QUEUE_MAIN ? QUEUE_MAIN : QUEUE_SMALL);
        if (expires && (!earliest || expires < earliest)) {
            earliest = expires;
        }
        at = next;
    }
    atomic_store_explicit(&s->earliest_expiry, earliest, memory_order_relaxed);
    uint64_t next_stamp = latest_stamp / cache->header->shard_count + 1;
    s->next_stamp = (s->next_stamp > next_stamp ? s->next_stamp : next_stamp) + 1;
}

static void rebuild(lyger_cache *cache, shard *s)
{
    granule list = sort(cache, lyger_index_collect(cache, s), older_position);
    rebuild_arena(cache, s, list);
    rebuild_queues(cache, s, sort(cache, list, older_stamp));
    lyger_index_recount(cache, s);
}
