#include "shard.h"

#include "arena.h"
#include "compact.h"
#include "cache/segment/hash.h"
#include "cache/segment/lane.h"
#include "cache/segment/lock.h"
#include "cache/system/os.h"
#include "cache/segment/pin.h"
#include "policy.h"
#include "cache/segment/racy.h"
#include "region.h"
#include "cache/segment/step.h"

#define SLACK 24u         /* 1/SLACK of the shard must be free before entries are moved together */
#define CLEARINGS_MOST 8u /* times lyger_compact() is tried for one store */
#define REAP_EVERY 64u    /* stores, after which limbo is looked through again */

/* Whether the lock was taken. When its holder died, the rebuild first undoes or completes what that holder
 * was doing. */
static bool entered(lyger_cache *cache, shard *s, lock_result result)
{
    if (__builtin_expect(result == LOCK_INHERITED, 0)) {
        lyger_shard_rebuild(cache, s);
    }
    return result != LOCK_REFUSED;
}

bool lyger_shard_lock(lyger_cache *cache, shard *s, lyger_error *error)
{
    lock_result result = lyger_lock_take(cache, &s->lock, error);
    return __builtin_expect(result == LOCK_TAKEN, 1) || entered(cache, s, result);
}

bool lyger_shard_try_lock(lyger_cache *cache, shard *s)
{
    return lyger_lock_try(cache, &s->lock) == LOCK_TAKEN;
}

void lyger_shard_unlock(shard *s)
{
    lyger_lock_give(&s->lock);
}

void lyger_shard_note_expiry(shard *s, uint64_t expires)
{
    uint64_t earliest = atomic_load_explicit(&s->earliest_expiry, memory_order_relaxed);
    if (expires && (!earliest || EXPIRY_TIME(expires) < earliest)) {
        atomic_store_explicit(&s->earliest_expiry, EXPIRY_TIME(expires), memory_order_relaxed);
    }
}

static void count(_Atomic uint64_t *figure, uint64_t by)
{
    atomic_store_explicit(figure, atomic_load_explicit(figure, memory_order_relaxed) + by,
                          memory_order_relaxed);
}

/* Gives the memory of a block back to the arena, or a large entry's regions back to all shards. */
static void free_block(lyger_cache *cache, shard *s, granule at)
{
    if (is_large(entry_at(cache, at))) {
        lyger_region_free_run(cache, at);
    } else {
        lyger_arena_give(cache, s, at);
    }
}

/* ---- limbo: removed entries that readers still have pinned ---- */

static void to_limbo(lyger_cache *cache, shard *s, granule at)
{
    entry *e = entry_at(cache, at);
    e->queue = QUEUE_LIMBO;
    atomic_fetch_or_explicit(&e->stamp, STAMP_LIMBO, memory_order_relaxed);
    e->older = s->limbo;
    s->limbo = at;
    count(&s->held, block_size(cache, e));
}

void lyger_shard_reap(lyger_cache *cache, shard *s)
{
    granule list = s->limbo, kept = 0;
    s->limbo = 0;
    while (list) {
        granule at = list;
        entry *e = entry_at(cache, at);
        list = e->older;
        if (lyger_pin_holds(cache, at)) {
            e->older = kept;
            kept = at;
            continue;
        }
        count(&s->held, -(uint64_t)block_size(cache, e));
        atomic_store_explicit(&e->stamp, 0, memory_order_relaxed);
        atomic_thread_fence(memory_order_release);
        e->queue = QUEUE_NONE;
        free_block(cache, s, at);
    }
    s->limbo = kept;
}

/*
 * Ends an entry that no slot points to any more and gives its memory back. The stamp goes first, and the
 * fence keeps every later write to the memory behind that: a reader that saw a byte of the memory's next use
 * sees no stamp.
 */
static void retire(lyger_cache *cache, shard *s, granule at)
{
    entry *e = entry_at(cache, at);
    uint64_t stamp = atomic_load_explicit(&e->stamp, memory_order_relaxed);
    bool in_place = value_type(atomic_load_explicit(&e->lens, memory_order_relaxed)) >= LYGER_CACHE_IN_PLACE;
    atomic_store_explicit(&e->stamp, in_place ? stamp | STAMP_LIMBO : 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    count(&s->entries, UINT64_MAX);
    count(&s->annexed, -(uint64_t)is_annexed(e));
    count(&s->used, -(uint64_t)block_size(cache, e));
    if (__builtin_expect(in_place, 0) && lyger_pin_holds(cache, at)) {
        to_limbo(cache, s, at);
        return;
    }
    if (in_place) {
        atomic_store_explicit(&e->stamp, 0, memory_order_relaxed);
        atomic_thread_fence(memory_order_release);
    }
    free_block(cache, s, at);
}

void lyger_shard_drop(lyger_cache *cache, shard *s, index_slot *slot)
{
    granule at = slot_granule(atomic_load_explicit(slot, memory_order_relaxed));
    uint64_t hash = atomic_load_explicit(&entry_at(cache, at)->hash, memory_order_relaxed);
    lyger_index_withdraw(cache, s, slot, hash);
    lyger_policy_forget(cache, s, at);
    retire(cache, s, at);
}

/* Evicts the slot's entry: the policy remembers it, the statistics count it. */
static void evict(lyger_cache *cache, shard *s, index_slot *slot, uint64_t now)
{
    const entry *e = entry_at(cache, slot_granule(atomic_load_explicit(slot, memory_order_relaxed)));
    bool over = expiry_over(expiry_of(e), now);
    if (!over && e->queue == QUEUE_SMALL) {
        lyger_policy_remember(cache, s, atomic_load_explicit(&e->hash, memory_order_relaxed));
    }
    bool annexed = is_annexed(e);
    lyger_shard_drop(cache, s, slot);
    lyger_lane_count(cache, over ? COUNT_EXPIRATIONS : COUNT_EVICTIONS);
    if (annexed && !over) {
        lyger_lane_count(cache, COUNT_ANNEX_EVICTIONS);
    }
}

void lyger_shard_evict_large(lyger_cache *cache, shard *s, granule at)
{
    index_slot *slot = lyger_index_slot_of(cache, s, at);
    if (slot) {
        evict(cache, s, slot, lyger_os_milliseconds());
    } else if (s->limbo) {
        lyger_shard_reap(cache, s);
    }
}

void lyger_shard_vacate(lyger_cache *cache, shard *s, uint32_t region)
{
    uint64_t now = lyger_os_milliseconds();
    granule from = lyger_arena_region_start(cache, region), to = lyger_arena_region_end(cache, region);
    granule ends[] = {s->small.tail, s->main.tail};
    for (size_t i = 0; i < 2; i++) {
        for (granule at = ends[i]; at;) {
            granule next = entry_at(cache, at)->newer;
            if (at >= from && at < to) {
                evict(cache, s, lyger_index_slot_of(cache, s, at), now);
            }
            at = next;
        }
    }
    lyger_shard_reap(cache, s);
    lyger_arena_coalesce(cache, s);
}

/* Takes a block, joining free neighbours when nothing else helps. */
static granule take_block(lyger_cache *cache, shard *s, uint32_t size)
{
    granule at = lyger_arena_take(cache, s, size);
    if (!at && s->limbo) {
        lyger_shard_reap(cache, s);
        at = lyger_arena_take(cache, s, size);
    }
    return at || !lyger_arena_coalesce(cache, s) ? at : lyger_arena_take(cache, s, size);
}

/* The head of an entry that is not published yet. */
static entry *start_entry(lyger_cache *cache, granule at, uint64_t hash, uint64_t expires, uint64_t lens,
                          uint16_t extra)
{
    entry *e = entry_at(cache, at);
    /* A writer that died between withdrawing the entry that was here and ending it left the stamp: see
     * retire(). */
    atomic_store_explicit(&e->stamp, 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    e->queue = QUEUE_NONE;
    e->collected = 0;
    atomic_store_explicit(&e->extra, extra, memory_order_relaxed);
    atomic_store_explicit(&e->hash, hash, memory_order_relaxed);
    atomic_store_explicit(&e->expires, expires, memory_order_relaxed);
    atomic_store_explicit(&e->lens, lens, memory_order_relaxed);
    return e;
}

static void stamp_entry(lyger_cache *cache, shard *s, granule at)
{
    uint64_t now = lyger_os_milliseconds() >> STAMP_MOMENT << STAMP_NUMBER;
    if (s->next_stamp < now) {
        s->next_stamp = now;
    }
    uint64_t stamp = s->next_stamp++ << cache->shard_bits | number_of_shard(cache, s);
    atomic_store_explicit(&entry_at(cache, at)->stamp, stamp, memory_order_release);
}

static void count_published(const lyger_cache *cache, shard *s, granule at)
{
    const entry *e = entry_at(cache, at);
    count(&s->used, block_size(cache, e));
    count(&s->entries, 1);
    count(&s->annexed, is_annexed(e));
}

uint64_t lyger_shard_age(const lyger_cache *cache, uint64_t stamp, uint16_t extra)
{
    uint64_t placed = stamp >> cache->shard_bits >> STAMP_NUMBER << STAMP_MOMENT,
             now = lyger_os_milliseconds();
    return (now > placed ? now - placed : 0) + (EXTRA_AGE(extra) << STAMP_MOMENT);
}

/* The extra of an entry that is moved now: see EXTRA_AGE(). Rounded up or down by chance, or the age of an
 * entry that is moved often would not grow. */
static uint16_t extra_when_moved(const lyger_cache *cache, const shard *s, const entry *e)
{
    uint16_t extra = atomic_load_explicit(&e->extra, memory_order_relaxed);
    uint64_t stamp = atomic_load_explicit(&e->stamp, memory_order_relaxed);
    uint64_t age = lyger_shard_age(cache, stamp, extra) >> STAMP_MOMENT;
    unsigned shift = 0;
    while (age >> shift > 510) {
        shift++;
    }
    age += (s->next_stamp * 0x9E3779B97F4A7C15u >> 32) & (((uint64_t)1 << shift) - 1);
    return (uint16_t)(shift << 11 | (unsigned)(age >> shift) << 2 |
                      (extra & (EXTRA_ACCOUNT | ENTRY_ANNEXED)));
}

/* Points a slot to another entry of the same key, which takes the old one's place in its queue. */
static void replace(lyger_cache *cache, shard *s, index_slot *slot, uint64_t word)
{
    granule old = slot_granule(atomic_load_explicit(slot, memory_order_relaxed)), at = slot_granule(word);
    atomic_store_explicit(slot, word, memory_order_release);
    lyger_policy_replace(cache, s, old, at);
    count_published(cache, s, at);
    retire(cache, s, old);
}

void lyger_shard_move_to(lyger_cache *cache, shard *s, granule at, granule to)
{
    const entry *e = entry_at(cache, at);
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    uint64_t hash = atomic_load_explicit(&e->hash, memory_order_relaxed);
    index_slot *slot = lyger_index_slot_of(cache, s, at);
    start_entry(cache, to, hash, expiry_of(e), lens, extra_when_moved(cache, s, e));
    lyger_racy_write(entry_at(cache, to)->data, e->data,
                     value_offset(key_length(lens)) + stored_length(value_length(lens), extra_of(e)));
    stamp_entry(cache, s, to);
    replace(cache, s, slot, slot_word(hash, to));
}

/* Half moved, the entry is whole nowhere: the slot says so meanwhile, and the stamp goes before the bytes, as
 * in retire(). The heads of the two places may overlap, so the old one is read first. */
granule lyger_shard_slide(lyger_cache *cache, shard *s, granule at, granule to)
{
    entry *e = entry_at(cache, at), *moved = entry_at(cache, to);
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed), expires = expiry_of(e);
    uint64_t hash = atomic_load_explicit(&e->hash, memory_order_relaxed);
    uint32_t had = block_size(cache, e), size = granules_said(e);
    size_t len = value_offset(key_length(lens)) + stored_length(value_length(lens), extra_of(e));
    uint16_t extra = extra_when_moved(cache, s, e);
    index_slot *slot = lyger_index_slot_of(cache, s, at);
    granule newer = e->newer, older = e->older, rest = to + size;
    uint8_t queue = e->queue;
    uint32_t hole = lyger_arena_seize(cache, s, to);
    atomic_store_explicit(slot, slot_word(hash, SLOT_MOVING), memory_order_release);
    atomic_store_explicit(&e->stamp, 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    lyger_step(STEP_SLIDING);
    start_entry(cache, to, hash, expires, lens, extra);
    moved->size_flags = size << 2;
    lyger_racy_lower(moved->data, entry_at(cache, at)->data, len);
    lyger_policy_moved(cache, s, to, (queue_name)queue, newer, older, had);
    count(&s->used, (uint64_t)size - had);
    stamp_entry(cache, s, to);
    atomic_store_explicit(slot, slot_word(hash, to), memory_order_release);
    entry_at(cache, rest)->size_flags = (hole + had - size) << 2;
    atomic_store_explicit(&entry_at(cache, rest)->stamp, 0, memory_order_relaxed);
    lyger_arena_give(cache, s, rest);
    lyger_arena_coalesce(cache, s);
    return rest;
}

/* Whether so much memory is free beside `size` that a block is missing only because free memory is
 * scattered. */
static bool has_slack(const shard *s, uint32_t size, uint32_t clearings)
{
    uint64_t capacity = atomic_load_explicit(&s->capacity, memory_order_relaxed);
    uint64_t taken = atomic_load_explicit(&s->used, memory_order_relaxed) +
                     atomic_load_explicit(&s->held, memory_order_relaxed);
    return capacity >= taken + size + capacity / SLACK * (clearings + 1);
}

/* The slow part of finding a block: evicts until one is free; 0 when nothing is left to evict. */
static __attribute__((noinline)) granule make_room(lyger_cache *cache, shard *s, uint32_t size)
{
    granule at = take_block(cache, s, size);
    uint64_t now = lyger_os_milliseconds();
    if (!at && lyger_region_salvage(cache, now)) {
        at = take_block(cache, s, size);
    }
    uint64_t earliest = atomic_load_explicit(&s->earliest_expiry, memory_order_relaxed);
    if (!at && earliest && earliest <= now) {
        lyger_shard_sweep(cache, s, now, NULL, NULL);
        at = take_block(cache, s, size);
    }
    for (uint32_t clearings = 0; !at;) {
        index_slot *victim = lyger_policy_victim(cache, s);
        if (!victim) {
            return 0;
        }
        bool large =
            is_large(entry_at(cache, slot_granule(atomic_load_explicit(victim, memory_order_relaxed))));
        evict(cache, s, victim, now);
        at = take_block(cache, s, size);
        if (!at && !large && clearings < CLEARINGS_MOST && has_slack(s, size, clearings)) {
            clearings++;
            at = lyger_compact(cache, s, size);
        }
    }
    return at;
}

static void write_image(char *value, const entry_draft *draft)
{
    const lyger_cache_image *image = draft->image;
    lyger_racy_write(value, image->head, image->head_len);
    lyger_racy_write(value + image->head_len, draft->bytes, draft->bytes_len);
    for (size_t i = 0; i < image->place_count; i++) {
        *(uint64_t *)(void *)(value + image->places[i]) += (uint64_t)(uintptr_t)value;
    }
}

void lyger_shard_write(lyger_cache *cache, granule at, const entry_draft *draft)
{
    uint64_t lens = (uint64_t)draft->len << 24 | (uint64_t)draft->key_len << 8 | (uint64_t)draft->type;
    entry *e = start_entry(cache, at, draft->hash, draft->expires, lens,
                           (draft->account ? EXTRA_ACCOUNT : 0) | (draft->annexed ? ENTRY_ANNEXED : 0));
    char *value = e->data + value_offset(draft->key_len);
    lyger_racy_write(e->data, draft->key, draft->key_len);
    if (__builtin_expect(draft->image != NULL, 0)) {
        write_image(value, draft);
    } else {
        lyger_racy_write(value, draft->bytes, draft->bytes_len);
    }
    if (__builtin_expect(draft->account != NULL, 0)) {
        lyger_racy_write(value + value_offset(draft->len), draft->account, sizeof *draft->account);
    }
}

/* Publishes a written entry under its key; slot is the slot of the entry it replaces, NULL when there is
 * none. */
static void publish(lyger_cache *cache, shard *s, granule at, const entry_draft *draft, index_slot *slot)
{
    stamp_entry(cache, s, at);
    if (draft->expires) {
        lyger_shard_note_expiry(s, draft->expires);
    }
    if (slot) {
        replace(cache, s, slot, slot_word(draft->hash, at));
        return;
    }
    count_published(cache, s, at);
    lyger_policy_admit(cache, s, at);
    lyger_index_grow(cache, s);
    while (!lyger_index_publish(cache, s, draft->hash, at)) {
        if (!lyger_index_double(cache, s)) {
            evict(cache, s, lyger_index_occupant(cache, s, draft->hash), lyger_os_milliseconds());
        }
    }
}

void lyger_shard_publish(lyger_cache *cache, shard *s, granule at, const entry_draft *draft)
{
    index_slot *slot = lyger_index_find(cache, s, draft->hash, draft->key, draft->key_len);
    publish(cache, s, at, draft, slot);
}

/* The slot of the entry of the same key, NULL when there is none; prefetches that entry's neighbours in the
 * queue, which are needed next. */
static index_slot *find_replaced(lyger_cache *cache, shard *s, const entry_draft *draft)
{
    index_slot *slot = lyger_index_find(cache, s, draft->hash, draft->key, draft->key_len);
    if (slot) {
        const entry *old = entry_at(cache, slot_granule(atomic_load_explicit(slot, memory_order_relaxed)));
        __builtin_prefetch(entry_at(cache, old->newer), 1);
        __builtin_prefetch(entry_at(cache, old->older), 1);
    }
    return slot;
}

/* Flattened: the steps of a store are small, and calling them would take a tenth of its time. */
__attribute__((flatten)) bool lyger_shard_store(lyger_cache *cache, shard *s, const entry_draft *draft)
{
    uint32_t size = granules_for(draft->key_len, draft->stored);
    if (__builtin_expect(s->limbo && ++s->stores % REAP_EVERY == 0, 0)) {
        lyger_shard_reap(cache, s);
    }
    index_slot *slot = find_replaced(cache, s, draft);
    granule at = lyger_arena_take(cache, s, size);
    if (__builtin_expect(!at, 0)) {
        at = make_room(cache, s, size);
        if (!at) {
            return false;
        }
        /* Making room may have evicted the old entry, or moved it. */
        slot = lyger_index_find(cache, s, draft->hash, draft->key, draft->key_len);
    }
    lyger_shard_write(cache, at, draft);
    publish(cache, s, at, draft, slot);
    return true;
}

index_slot *lyger_shard_find_live(lyger_cache *cache, shard *s, uint64_t hash, const char *key,
                                  size_t key_len)
{
    index_slot *slot = lyger_index_find(cache, s, hash, key, key_len);
    if (!slot) {
        return NULL;
    }
    const entry *e = entry_at(cache, slot_granule(atomic_load_explicit(slot, memory_order_relaxed)));
    uint64_t expires = expiry_of(e);
    if (expires && expiry_over(expires, lyger_os_milliseconds())) {
        lyger_shard_drop(cache, s, slot);
        lyger_lane_count(cache, COUNT_EXPIRATIONS);
        return NULL;
    }
    return slot;
}

bool lyger_shard_has_version(lyger_cache *cache, index_slot *slot, const lyger_cache_version *version)
{
    const entry *e = entry_at(cache, slot_granule(atomic_load_explicit(slot, memory_order_relaxed)));
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    if (atomic_load_explicit(&e->stamp, memory_order_relaxed) != version->number) {
        return false;
    }
    /* Counting changes an integer and not its number. */
    const _Atomic int64_t *integer =
        (const _Atomic int64_t *)(const void *)(e->data + value_offset(key_length(lens)));
    return value_type(lens) != LYGER_CACHE_INT ||
           atomic_load_explicit(integer, memory_order_relaxed) == version->integer;
}

bool lyger_shard_wants(lyger_cache *cache, shard *s, const entry_draft *draft)
{
    if (!draft->if_absent && !draft->version) {
        return true;
    }
    index_slot *slot = lyger_shard_find_live(cache, s, draft->hash, draft->key, draft->key_len);
    return draft->version ? slot && lyger_shard_has_version(cache, slot, draft->version) : !slot;
}

uint64_t lyger_shard_sweep(lyger_cache *cache, shard *s, uint64_t now, shard_condemn condemned, void *context)
{
    uint64_t earliest = 0, stale = 0;
    granule starts[] = {s->small.tail, s->main.tail};
    for (size_t i = 0; i < 2; i++) {
        for (granule at = starts[i]; at;) {
            entry *e = entry_at(cache, at);
            granule next = e->newer;
            uint64_t expires = expiry_of(e);
            if (expiry_gone(expires, now)) {
                lyger_shard_drop(cache, s, lyger_index_slot_of(cache, s, at));
                lyger_lane_count(cache, COUNT_EXPIRATIONS);
            } else if (condemned && condemned(e, context)) {
                lyger_shard_drop(cache, s, lyger_index_slot_of(cache, s, at));
                lyger_lane_count(cache, COUNT_DELETES);
            } else if (expires) {
                stale += expiry_over(expires, now);
                if (!earliest || EXPIRY_TIME(expires) < earliest) {
                    earliest = EXPIRY_TIME(expires);
                }
            }
            at = next;
        }
    }
    atomic_store_explicit(&s->earliest_expiry, earliest, memory_order_relaxed);
    lyger_shard_reap(cache, s);
    return stale;
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

/* The search for limbo after a crash: the entries of this shard that lanes pin and no slot points to, linked
 * by `newer`. */
typedef struct limbo_search {
    lyger_cache *cache;
    shard *s;
    bool gather; /* the second pass; the first only unmarks */
    granule found;
} limbo_search;

/*
 * Whether an entry of this shard begins at this granule. A pin that a reader is about to take back may name
 * any place, and only an entry has a stamp and a key with this hash.
 */
static bool is_entry(const lyger_cache *cache, const shard *s, granule at)
{
    const entry *e = entry_at(cache, at);
    if (at + ENTRY_LEAST > lyger_arena_region_end(cache, region_of(cache, at))) {
        return false;
    }
    uint64_t stamp = atomic_load_explicit(&e->stamp, memory_order_relaxed) & ~STAMP_LIMBO;
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    size_t key_len = key_length(lens);
    return stamp && (stamp & cache->shard_mask) == number_of_shard(cache, s) && key_len > 0 &&
           e->data + key_len <= cache->base + cache->size &&
           lyger_hash_key(e->data, key_len, cache->hash_states[is_annexed(e)]) ==
               atomic_load_explicit(&e->hash, memory_order_relaxed);
}

static void find_limbo(granule at, void *context)
{
    limbo_search *search = context;
    lyger_cache *cache = search->cache;
    uint32_t number = number_of_shard(cache, search->s);
    if (at < cache->regions || region_of(cache, at) >= cache->header->region_count) {
        return;
    }
    uint32_t word = atomic_load_explicit(&cache->table[region_of(cache, at)], memory_order_relaxed);
    bool ours = word == region_word(REGION_SHARD, number) || word == region_word(REGION_HEAD, number);
    if (!ours || !is_entry(cache, search->s, at) || lyger_index_slot_of(cache, search->s, at)) {
        return;
    }
    entry *e = entry_at(cache, at);
    if (search->gather && !e->collected) {
        e->queue = QUEUE_LIMBO;
        e->newer = search->found;
        search->found = at;
    }
    e->collected = search->gather;
}

static granule collect_limbo(lyger_cache *cache, shard *s)
{
    limbo_search search = {cache, s, false, 0};
    lyger_pin_each(cache, find_limbo, &search);
    search.gather = true;
    lyger_pin_each(cache, find_limbo, &search);
    return search.found;
}

/* Puts a list of entries back into limbo. */
static void rebuild_limbo(lyger_cache *cache, shard *s, granule at)
{
    s->limbo = 0;
    atomic_store_explicit(&s->held, 0, memory_order_relaxed);
    while (at) {
        granule next = entry_at(cache, at)->newer;
        to_limbo(cache, s, at);
        at = next;
    }
}

/* Restores block sizes and free blocks. The list is sorted by position and stays as it is. */
static void rebuild_arena(lyger_cache *cache, shard *s, granule list)
{
    lyger_arena_reset(s);
    uint64_t capacity = 0, size_of_region = cache->header->region_granules;
    uint32_t number = number_of_shard(cache, s);
    granule at = list;
    for (uint32_t region = 0; region < cache->header->region_count; region++) {
        uint32_t word = atomic_load_explicit(&cache->table[region], memory_order_relaxed);
        granule from = lyger_arena_region_start(cache, region);
        granule end = lyger_arena_region_end(cache, region);
        if (word == region_word(REGION_HEAD, number) && at == from) {
            uint32_t regions = lyger_region_run(cache, granules_said(entry_at(cache, at)));
            entry_at(cache, at)->size_flags = regions << 2 | BLOCK_LARGE;
            capacity += regions * size_of_region;
            at = entry_at(cache, at)->newer;
        }
        if (word != region_word(REGION_SHARD, number)) {
            continue;
        }
        capacity += size_of_region;
        lyger_arena_seal(cache, region);
        while (at && at < end) {
            entry *e = entry_at(cache, at);
            uint32_t size = granules_said(entry_at(cache, at));
            granule next = e->newer;
            granule limit = next && next < end ? next : end;
            /* A rest before the next entry that is too small to be a block belongs to this entry. */
            if (at + size > limit || limit - (at + size) < BLOCK_LEAST) {
                size = limit - at;
            }
            e->size_flags = size << 2;
            lyger_arena_refill(cache, s, from, at);
            from = at + size;
            at = next;
        }
        lyger_arena_refill(cache, s, from, end);
    }
    atomic_store_explicit(&s->capacity, capacity, memory_order_relaxed);
}

/* Restores queues and figures; the list is sorted by stamp. */
static void rebuild_queues(lyger_cache *cache, shard *s, granule list)
{
    uint64_t earliest = 0, latest_stamp = 0, entries = 0, annexed = 0, used = 0;
    granule limbo = 0;
    s->small = s->main = (entry_queue){0};
    for (granule at = list; at;) {
        entry *e = entry_at(cache, at);
        granule next = e->newer;
        uint64_t stamp = atomic_load_explicit(&e->stamp, memory_order_relaxed) & ~STAMP_LIMBO;
        latest_stamp = stamp > latest_stamp ? stamp : latest_stamp;
        if (e->queue == QUEUE_LIMBO) {
            e->newer = limbo;
            limbo = at;
        } else {
            uint64_t expires = EXPIRY_TIME(expiry_of(e));
            lyger_policy_restore(cache, s, at, e->queue == QUEUE_MAIN ? QUEUE_MAIN : QUEUE_SMALL);
            entries++;
            annexed += is_annexed(e);
            used += block_size(cache, e);
            if (expires && (!earliest || expires < earliest)) {
                earliest = expires;
            }
        }
        at = next;
    }
    rebuild_limbo(cache, s, limbo);
    atomic_store_explicit(&s->entries, entries, memory_order_relaxed);
    atomic_store_explicit(&s->annexed, annexed, memory_order_relaxed);
    atomic_store_explicit(&s->used, used, memory_order_relaxed);
    atomic_store_explicit(&s->earliest_expiry, earliest, memory_order_relaxed);
    uint64_t next_stamp = (latest_stamp >> cache->shard_bits) + 1;
    s->next_stamp = (s->next_stamp > next_stamp ? s->next_stamp : next_stamp) + 1;
}

/* Appends one list linked by `newer` to another. */
static granule concatenate(lyger_cache *cache, granule first, granule second)
{
    granule last = first;
    while (last && entry_at(cache, last)->newer) {
        last = entry_at(cache, last)->newer;
    }
    if (last) {
        entry_at(cache, last)->newer = second;
    }
    return last ? first : second;
}

void lyger_shard_rebuild(lyger_cache *cache, shard *s)
{
    lyger_region_unmark(cache, s);
    granule indexed = lyger_index_collect(cache, s);
    granule list = concatenate(cache, collect_limbo(cache, s), indexed);
    list = sort(cache, list, older_position);
    rebuild_arena(cache, s, list);
    lyger_region_recover(cache, s);
    rebuild_queues(cache, s, sort(cache, list, older_stamp));
    lyger_index_recount(cache, s);
    lyger_lane_count(cache, COUNT_RECOVERIES);
}
