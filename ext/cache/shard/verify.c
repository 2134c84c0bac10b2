/*
 * One pass over each shard's blocks, in the order of the memory, notes where blocks begin: live entries in
 * one bitmap, all other blocks in a second one. A live entry is looked up in the index, and when as many
 * entries were found as slots are in use, the slots point to just these entries. Then every list of the shard
 * is walked; each step must find the bit of its block and clears it, so a list that is crooked or has a loop
 * ends at once, and a block that is in no list leaves its bit behind.
 */
#include "verify.h"

#include "arena.h"
#include "cache/segment/hash.h"
#include "index.h"
#include "cache/segment/lane.h"
#include "cache/segment/lock.h"
#include "region.h"
#include "shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Stamps count from 1 on: a thousand years of stores do not reach this one. */
#define STAMP_MOST (STAMP_LIMBO >> 1)

/* A shard that is being looked through, and what was found in it. */
typedef struct survey {
    lyger_cache *cache;
    shard *s;
    uint32_t number, mask;
    const char *wrong;  /* the first fault, for a message; NULL as long as none was found */
    uint32_t *ordinals; /* of each region among those of this shard, from 1; 0 for all others */
    uint64_t *entries;  /* a bit for each granule where a live entry begins */
    uint64_t *others;   /* the same for blocks that are free, in a quick list or in limbo */
    uint8_t *passed;    /* what the overflow of each bucket must be */
    uint64_t entry_count, annexed, other_count, used, held, capacity;
} survey;

static const char no_memory[] = "not enough memory to look the cache through";

static bool expect(survey *of, bool holds, const char *wrong)
{
    if (!holds && !of->wrong) {
        of->wrong = wrong;
    }
    return holds;
}

static uint32_t word_of(const lyger_cache *cache, uint32_t region)
{
    return atomic_load_explicit(&cache->table[region], memory_order_acquire);
}

/* ---- entries ---- */

/* Whether the head of an entry of so many granules says only what can be. */
static bool is_whole(survey *of, const entry *e, uint64_t granules)
{
    const lyger_cache *cache = of->cache;
    uint64_t lens = atomic_load_explicit(&e->lens, memory_order_relaxed);
    uint64_t hash = atomic_load_explicit(&e->hash, memory_order_relaxed);
    uint64_t stamp = atomic_load_explicit(&e->stamp, memory_order_relaxed) & ~STAMP_LIMBO;
    lyger_cache_type type = value_type(lens);
    size_t key_len = key_length(lens), extra = extra_of(e);
    return expect(of, key_len > 0, "an entry without a key") &&
           expect(of,
                  sizeof(entry) + value_offset(key_len) + stored_length(value_length(lens), extra) <=
                      granules * GRANULE,
                  "an entry that is longer than its block") &&
           expect(of, type >= LYGER_CACHE_STRING || value_length(lens) == sizeof(int64_t),
                  "a number of the wrong size") &&
           expect(of, type <= (cache->path[0] ? LYGER_CACHE_IN_PLACE - 1 : LYGER_CACHE_TYPE_LAST),
                  "an entry of an unknown type") &&
           expect(of, lyger_hash_key(e->data, key_len, cache->hash_states[is_annexed(e)]) == hash,
                  "a hash that is not its key's") &&
           expect(of, (hash & cache->shard_mask) == of->number, "an entry in the wrong shard") &&
           expect(of, stamp && stamp < STAMP_MOST && (stamp & cache->shard_mask) == of->number,
                  "an entry without a number");
}

/* Notes the buckets that an entry passed on the way from its home to its slot. */
static void note_passed(survey *of, const index_slot *slot, uint64_t hash)
{
    const char *first = (const char *)bucket_numbered(of->cache, of->number, 0);
    uint32_t bucket =
        (uint32_t)((size_t)((const char *)slot - first) / sizeof(struct bucket) >> of->cache->shard_bits);
    for (uint32_t at = home_bucket(hash) & of->mask; at != bucket; at = (at + 1) & of->mask) {
        of->passed[at]++;
    }
}

static bool check_live(survey *of, granule at, uint64_t granules)
{
    const entry *e = entry_at(of->cache, at);
    uint64_t hash = atomic_load_explicit(&e->hash, memory_order_relaxed);
    uint64_t stamp = atomic_load_explicit(&e->stamp, memory_order_relaxed);
    if (!is_whole(of, e, granules)) {
        return false;
    }
    const index_slot *slot = lyger_index_slot_of(of->cache, of->s, at);
    if (!expect(of, slot != NULL, "an entry that the index does not know") ||
        !expect(of, stamp >> of->cache->shard_bits < of->s->next_stamp, "an entry from the future")) {
        return false;
    }
    note_passed(of, slot, hash);
    of->entry_count++;
    of->annexed += is_annexed(e);
    of->used += granules;
    return true;
}

/* ---- blocks ---- */

static uint64_t bit_number(const survey *of, granule at)
{
    uint32_t region = region_of(of->cache, at), size = of->cache->header->region_granules;
    return (uint64_t)(of->ordinals[region] - 1) * size + (at - of->cache->regions - region * size);
}

static void set_bit(const survey *of, uint64_t *bits, granule at)
{
    uint64_t number = bit_number(of, at);
    bits[number / 64] |= (uint64_t)1 << number % 64;
}

/* Whether the granule that a list names is the beginning of a block; true only once for each. */
static bool clear_bit(const survey *of, uint64_t *bits, granule at)
{
    const lyger_cache *cache = of->cache;
    if (at < cache->regions || region_of(cache, at) >= cache->header->region_count ||
        !of->ordinals[region_of(cache, at)]) {
        return false;
    }
    uint64_t number = bit_number(of, at), bit = (uint64_t)1 << number % 64;
    bool was = bits[number / 64] & bit;
    bits[number / 64] &= ~bit;
    return was;
}

static bool check_taken(survey *of, granule at, uint64_t granules)
{
    uint64_t stamp = atomic_load_explicit(&entry_at(of->cache, at)->stamp, memory_order_relaxed);
    if (stamp && !(stamp & STAMP_LIMBO)) {
        set_bit(of, of->entries, at);
        return check_live(of, at, granules);
    }
    set_bit(of, of->others, at);
    of->other_count++;
    return !stamp || is_whole(of, entry_at(of->cache, at), granules);
}

static bool check_free(survey *of, granule at, uint32_t granules)
{
    uint32_t footer;
    memcpy(&footer, of->cache->base + (size_t)(at + granules) * GRANULE - sizeof footer, sizeof footer);
    set_bit(of, of->others, at);
    of->other_count++;
    return expect(of, footer == granules, "a free block whose end does not fit its beginning");
}

static bool check_region(survey *of, uint32_t region)
{
    granule at = lyger_arena_region_start(of->cache, region);
    granule end = lyger_arena_region_end(of->cache, region);
    bool free = false;
    while (at < end) {
        uint32_t word = entry_at(of->cache, at)->size_flags, size = word >> 2;
        if (!expect(of, size >= BLOCK_LEAST && size <= end - at, "a block of an impossible size") ||
            !expect(of, (word & BLOCK_PREV_FREE) == (free ? BLOCK_PREV_FREE : 0),
                    "a block that is wrong about the one before") ||
            !expect(of, !free || !(word & BLOCK_FREE), "two free blocks side by side")) {
            return false;
        }
        __builtin_prefetch(entry_at(of->cache, at + size));
        free = word & BLOCK_FREE;
        if (!(free ? check_free(of, at, size) : check_taken(of, at, size))) {
            return false;
        }
        at += size;
    }
    of->capacity += of->cache->header->region_granules;
    return expect(of, entry_at(of->cache, end)->size_flags == (free ? BLOCK_PREV_FREE : 0),
                  "a region without an end");
}

/* How many regions from this one on belong to its large entry. */
static uint32_t run_length(const lyger_cache *cache, uint32_t head)
{
    uint32_t count = 1;
    while (head + count < cache->header->region_count &&
           word_of(cache, head + count) == region_word(REGION_BODY, head)) {
        count++;
    }
    return count;
}

static bool check_run(survey *of, uint32_t head)
{
    granule at = lyger_arena_region_start(of->cache, head);
    uint32_t word = entry_at(of->cache, at)->size_flags, count = word >> 2;
    uint64_t granules = (uint64_t)count * of->cache->header->region_granules;
    if (!expect(of, (word & BLOCK_LARGE) == BLOCK_LARGE && count == run_length(of->cache, head),
                "a large entry that has not the regions it needs")) {
        return false;
    }
    of->capacity += granules;
    return expect(of, atomic_load_explicit(&entry_at(of->cache, at)->stamp, memory_order_relaxed),
                  "a large entry that is gone") &&
           check_taken(of, at, granules);
}

static bool check_regions(survey *of)
{
    for (uint32_t region = 0; region < of->cache->header->region_count; region++) {
        uint32_t word = word_of(of->cache, region);
        if ((word == region_word(REGION_SHARD, of->number) && !check_region(of, region)) ||
            (word == region_word(REGION_HEAD, of->number) && !check_run(of, region))) {
            return false;
        }
    }
    return true;
}

/* ---- lists ---- */

static bool check_queue(survey *of, const entry_queue *queue, queue_name name, uint64_t *count)
{
    granule newest = 0;
    uint64_t granules = 0;
    for (granule at = queue->tail; at; at = entry_at(of->cache, at)->newer) {
        if (!expect(of, clear_bit(of, of->entries, at), "a queue that names what is no entry")) {
            return false;
        }
        const entry *e = entry_at(of->cache, at);
        if (!expect(of, e->queue == name && e->older == newest, "a queue that is not linked")) {
            return false;
        }
        granules += block_size(of->cache, e);
        newest = at;
        ++*count;
    }
    return expect(of, queue->head == newest && queue->granules == granules, "a queue that is not linked");
}

static bool check_quick(survey *of, uint32_t size, uint64_t *count)
{
    uint32_t length = 0;
    for (granule at = of->s->quick[size]; at; at = entry_at(of->cache, at)->free.next) {
        const entry *e = entry_at(of->cache, at);
        if (!expect(of,
                    clear_bit(of, of->others, at) && !(e->size_flags & BLOCK_FREE) &&
                        e->size_flags >> 2 == size && !atomic_load(&e->stamp),
                    "a quick list that is not linked")) {
            return false;
        }
        length++;
    }
    *count += length;
    return expect(of, length == of->s->quick_length[size], "a quick list of the wrong length");
}

static bool check_limbo(survey *of, uint64_t *count)
{
    for (granule at = of->s->limbo; at; at = entry_at(of->cache, at)->older) {
        const entry *e = entry_at(of->cache, at);
        if (!expect(of, clear_bit(of, of->others, at), "limbo that names what is no entry") ||
            !expect(of, e->queue == QUEUE_LIMBO && (atomic_load(&e->stamp) & STAMP_LIMBO),
                    "limbo that names what is no entry")) {
            return false;
        }
        of->held += block_size(of->cache, e);
        ++*count;
    }
    return true;
}

static bool check_free_list(survey *of, uint32_t first, uint32_t second, uint64_t *count)
{
    const shard *s = of->s;
    granule at = s->free_lists[first][second], before = 0;
    if (!expect(of, !at == !(s->second_bitmap[first] >> second & 1), "a free list that its bit denies")) {
        return false;
    }
    for (; at; at = entry_at(of->cache, at)->free.next) {
        if (!expect(of, clear_bit(of, of->others, at), "a free list that names what is no block")) {
            return false;
        }
        const entry *e = entry_at(of->cache, at);
        if (!expect(of,
                    (e->size_flags & BLOCK_FREE) && e->free.prev == before &&
                        lyger_arena_lists(e->size_flags >> 2, first, second),
                    "a free list that is not linked")) {
            return false;
        }
        before = at;
        ++*count;
    }
    return true;
}

static bool check_lists(survey *of)
{
    uint64_t queued = 0, others = 0;
    bool fine = check_queue(of, &of->s->small, QUEUE_SMALL, &queued) &&
                check_queue(of, &of->s->main, QUEUE_MAIN, &queued) && check_limbo(of, &others);
    for (uint32_t size = 0; fine && size < QUICK_SIZES; size++) {
        fine = check_quick(of, size, &others);
    }
    for (uint32_t first = 0; fine && first < ARENA_FIRST_LEVELS; first++) {
        fine = expect(of, !of->s->second_bitmap[first] == !(of->s->first_bitmap >> first & 1),
                      "a free list that its bit denies");
        for (uint32_t second = 0; fine && second < ARENA_SECOND_LEVELS; second++) {
            fine = check_free_list(of, first, second, &others);
        }
    }
    return fine &&
           expect(of, of->s->first_bitmap >> ARENA_FIRST_LEVELS == 0, "free lists that do not exist") &&
           expect(of, queued == of->entry_count, "an entry that is in no queue") &&
           expect(of, others == of->other_count, "a block that is in no list");
}

/* ---- the index and the figures ---- */

static bool check_index(survey *of)
{
    uint64_t slots = 0;
    for (uint32_t number = 0; number <= of->mask; number++) {
        const bucket *b = bucket_numbered(of->cache, of->number, number);
        for (uint32_t i = 0; i < BUCKET_SLOTS; i++) {
            slots += atomic_load_explicit(&b->slots[i], memory_order_relaxed) != 0;
        }
        if (!expect(of, atomic_load_explicit(&b->overflow, memory_order_relaxed) == of->passed[number],
                    "a bucket that miscounts what passed it")) {
            return false;
        }
    }
    return expect(of, slots == of->entry_count, "a slot of the index without an entry");
}

static bool check_figures(survey *of)
{
    const shard *s = of->s;
    return expect(of, s->next_stamp < STAMP_MOST >> of->cache->shard_bits,
                  "a number of entries that cannot be") &&
           expect(of,
                  atomic_load(&s->entries) == of->entry_count && atomic_load(&s->annexed) == of->annexed &&
                      atomic_load(&s->used) == of->used && atomic_load(&s->held) == of->held &&
                      atomic_load(&s->capacity) == of->capacity,
                  "figures that are not those of the entries");
}

/* ---- what a holder that died left, before the shard is rebuilt ---- */

static int by_position(const void *a, const void *b)
{
    granule x = *(const granule *)a, y = *(const granule *)b;
    return (x > y) - (x < y);
}

/* Whether a slot points to an entry that is whole, in memory of this shard. */
static bool check_slot(survey *of, uint64_t word)
{
    const lyger_cache *cache = of->cache;
    granule at = slot_granule(word), from;
    uint32_t region = at < cache->regions ? UINT32_MAX : region_of(cache, at), owner;
    if (!expect(of, region < cache->header->region_count, "a slot that points nowhere")) {
        return false;
    }
    from = lyger_arena_region_start(cache, region);
    owner = word_of(cache, region);
    uint64_t granules = owner == region_word(REGION_SHARD, of->number)
                            ? lyger_arena_region_end(cache, region) - at
                        : owner == region_word(REGION_HEAD, of->number) && at == from
                            ? (uint64_t)run_length(cache, region) * cache->header->region_granules
                            : 0;
    const entry *e = entry_at(cache, at);
    return expect(of, granules >= BLOCK_LEAST, "a slot that points into foreign memory") &&
           is_whole(of, e, granules) &&
           expect(of, slot_word(atomic_load(&e->hash), at) == word, "a slot whose tag is not its entry's");
}

/* The rebuild links and sizes entries by what the index says, so the entries must be whole and must not
 * overlap. */
static bool check_before_rebuild(survey *of)
{
    size_t room = ((size_t)of->mask + 1) * BUCKET_SLOTS, count = 0;
    granule *places = malloc(room * sizeof *places);
    if (!expect(of, places != NULL, no_memory)) {
        return false;
    }
    bool fine = true;
    for (size_t i = 0; fine && i < room; i++) {
        const bucket *b = bucket_numbered(of->cache, of->number, (uint32_t)(i / BUCKET_SLOTS));
        uint64_t word = atomic_load_explicit(&b->slots[i % BUCKET_SLOTS], memory_order_relaxed);
        if (word && slot_granule(word) != SLOT_MOVING) {
            fine = check_slot(of, word);
            places[count++] = slot_granule(word);
        }
    }
    qsort(places, count, sizeof *places, by_position);
    for (size_t i = 1; fine && i < count; i++) {
        /* An index that was growing may have two slots for an entry. */
        fine = places[i] == places[i - 1] ||
               expect(of, places[i - 1] + granules_said(entry_at(of->cache, places[i - 1])) <= places[i],
                      "entries that lie in each other");
    }
    free(places);
    return fine;
}

/* ---- shard by shard ---- */

static bool make_room(survey *of)
{
    uint32_t count = 0;
    for (uint32_t region = 0; region < of->cache->header->region_count; region++) {
        uint32_t word = word_of(of->cache, region);
        bool ours =
            word == region_word(REGION_SHARD, of->number) || word == region_word(REGION_HEAD, of->number);
        of->ordinals[region] = ours ? ++count : 0;
    }
    size_t words = ((uint64_t)count * of->cache->header->region_granules + 63) / 64 + 1;
    of->entries = calloc(words, sizeof *of->entries);
    of->others = calloc(words, sizeof *of->others);
    of->passed = calloc((size_t)of->mask + 1, 1);
    return expect(of, of->entries && of->others && of->passed, no_memory);
}

/* Locks the shard. A shard that a dead holder left half changed is rebuilt, when that is safe. */
static lyger_status lock_shard(survey *of, lyger_error *error)
{
    lock_result result = lyger_lock_take(of->cache, &of->s->lock, error);
    if (result == LOCK_REFUSED) {
        return LYGER_E_CACHE;
    }
    of->mask = atomic_load_explicit(bucket_mask_of(of->cache, of->s), memory_order_relaxed);
    if (result == LOCK_INHERITED) {
        if (!check_before_rebuild(of)) {
            atomic_store_explicit(&of->s->lock.holder, LOCK_LEFT, memory_order_release);
            return LYGER_OK;
        }
        lyger_shard_rebuild(of->cache, of->s);
    }
    return LYGER_OK;
}

static lyger_status damaged(lyger_cache *cache, const char *what, lyger_error *error)
{
    if (what == no_memory) {
        return lyger_fail(error, LYGER_E_MEMORY, "%s", what);
    }
    cache->damaged = true;
    snprintf(cache->remade, sizeof cache->remade, "%s", what);
    return lyger_fail(error, LYGER_E_CACHE, "cache path \"%s\" is damaged (%s)", cache->path, what);
}

static lyger_status check_shard(lyger_cache *cache, uint32_t number, lyger_error *error)
{
    uint32_t ordinals[REGION_MOST];
    survey of = {.cache = cache, .s = &cache->shards[number], .number = number, .ordinals = ordinals};
    lyger_status status = lock_shard(&of, error);
    if (status != LYGER_OK) {
        return status;
    }
    if (!of.wrong) {
        if (make_room(&of) && check_regions(&of) && check_lists(&of) && check_index(&of)) {
            check_figures(&of);
        }
        lyger_shard_unlock(of.s);
    }
    free(of.entries);
    free(of.others);
    free(of.passed);
    return of.wrong ? damaged(cache, of.wrong, error) : LYGER_OK;
}

/* ---- what all shards share ---- */

static bool is_bucket_mask(const lyger_cache *cache, uint32_t mask)
{
    return (mask & (mask + 1)) == 0 && mask >= BUCKETS_FIRST - 1 && mask < cache->bucket_count;
}

static bool is_region_word(const segment_header *header, uint32_t word)
{
    uint32_t value = value_of_region(word);
    switch (kind_of_region(word)) {
    case REGION_UNUSED:
    case REGION_RESERVED:
        return value == 0;
    case REGION_SHARD:
    case REGION_HEAD:
        return value < header->shard_count;
    case REGION_BODY:
        return value < header->region_count;
    }
    return false;
}

/* Checks what readers rely on without a lock; the fault, or NULL. */
static const char *check_shared(const lyger_cache *cache)
{
    const segment_header *header = cache->header;
    for (uint32_t i = 0; i < header->shard_count; i++) {
        if (!is_bucket_mask(cache, atomic_load(&cache->masks[i]))) {
            return "an index of an impossible size";
        }
    }
    for (uint32_t region = 0; region < header->region_count; region++) {
        if (!is_region_word(header, word_of(cache, region))) {
            return "a region that belongs to nobody";
        }
    }
    for (uint32_t i = 0; i < LANE_COUNT; i++) {
        if (cache->path[0] && atomic_load(&cache->lanes[i].chunks)) {
            return "a thread that uses values in place";
        }
    }
    return NULL;
}

/* Checks that every body belongs to a head, while no run is gathered: a run's bodies are freed before their
 * head, which says what they are. */
static const char *check_runs(const lyger_cache *cache)
{
    for (uint32_t region = 0; region < cache->header->region_count; region++) {
        uint32_t word = word_of(cache, region), head = value_of_region(word);
        if (kind_of_region(word) == REGION_RESERVED) {
            return "a region that nobody gathers";
        }
        if (kind_of_region(word) != REGION_BODY) {
            continue;
        }
        bool follows = region > head && kind_of_region(word_of(cache, head)) == REGION_HEAD &&
                       head + run_length(cache, head) > region;
        if (!follows && word_of(cache, region) == word) {
            return "a region without a large entry";
        }
    }
    return NULL;
}

lyger_status lyger_cache_verify(lyger_cache *cache, lyger_error *error)
{
    const char *wrong = check_shared(cache);
    if (wrong) {
        return damaged(cache, wrong, error);
    }
    if (!lyger_region_lock(cache, error)) {
        return LYGER_E_CACHE;
    }
    lyger_status status = LYGER_OK;
    for (uint32_t i = 0; i < cache->header->shard_count && status == LYGER_OK; i++) {
        status = check_shard(cache, i, error);
    }
    if (status == LYGER_OK && (wrong = check_runs(cache))) {
        status = damaged(cache, wrong, error);
    }
    lyger_region_unlock(cache);
    return status;
}
