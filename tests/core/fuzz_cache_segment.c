/*
 * A damaged segment: it is refused when it is opened, or everything works on it and it stays sound. The input
 * changes a segment that is always the same: a byte that says whose locks were left behind, then records of
 * six bytes: area, offset (2), what to write, value (2). The segment is heap memory, so ASan sees its ends.
 */
#include "cache/cache.h"
#include "cache/shard/arena.h"
#include "cache/segment/hash.h"
#include "cache/segment/lane.h"
#include "cache/segment/lock.h"
#include "cache/shard/region.h"
#include "cache/segment/segment.h"
#include "cache/shard/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE ((size_t)1 << 20)
#define SEED 0x5EED5EED5EED5EEDu
#define KEYS 120
#define BLOCKS_MOST 4096u
#define RECORD 6u

static char *original, *segment;
static granule blocks[BLOCKS_MOST]; /* where blocks begin in the original */
static uint32_t block_count;

static void need(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void look_at(lyger_cache *view, char *base)
{
    *view = (lyger_cache){0};
    lyger_segment_view(view, base);
    view->path = "fuzz";
}

static size_t name_key(char *key, size_t size, int number)
{
    return (size_t)snprintf(key, size, "%s%d", number % 3 ? "key" : "another kind of key: ", number);
}

static void put(lyger_cache *cache, int number, size_t len, uint32_t ttl)
{
    static char bytes[SIZE];
    char key[64];
    size_t key_len = name_key(key, sizeof key, number);
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = bytes, .len = len};
    lyger_error error;
    bool stored;
    if (number % 3 == 1) {
        lyger_cache_account account = {.created = 1, .modified = 2, .ttl = 3};
        lyger_cache_store_account(cache, key, key_len, &value, ttl * 1000u, &account, LYGER_CACHE_REPLACE,
                                  &stored, &error);
        return;
    }
    lyger_cache_store(cache, key, key_len, &value, ttl, ttl, LYGER_CACHE_REPLACE, &stored, &error);
}

/* FNV-1a, as segment.c has it: the seed of the hash must not differ from run to run. */
static void fix_seed(segment_header *header)
{
    const unsigned char *at = (const unsigned char *)&header->layout;
    uint32_t check = 2166136261u;
    header->seed = SEED;
    for (; at < (const unsigned char *)&header->check; at++) {
        check = (check ^ *at) * 16777619u;
    }
    header->check = check;
}

static void note_blocks(const lyger_cache *cache)
{
    for (uint32_t region = 0; region < cache->header->region_count; region++) {
        granule at = lyger_arena_region_start(cache, region), end = lyger_arena_region_end(cache, region);
        blocks[block_count++] = end;
        bool small = kind_of_region(cache->table[region]) == REGION_SHARD;
        for (; at < end && block_count < BLOCKS_MOST;
             at += small ? block_size(cache, entry_at(cache, at)) : end) {
            blocks[block_count++] = at;
        }
    }
}

static void make_original(void)
{
    lyger_cache cache;
    lyger_error error;
    uint64_t token;
    int64_t result;
    original = aligned_alloc(4096, SIZE);
    segment = aligned_alloc(4096, SIZE);
    need(original && segment);
    memset(original, 0, SIZE);
    need(lyger_segment_format(original, SIZE, &error) == LYGER_OK);
    fix_seed((segment_header *)original);
    look_at(&cache, original);
    for (int i = 0; i < KEYS; i++) {
        put(&cache, i, (size_t)i * 53 % 900, i % 4 ? 0 : 1000);
    }
    put(&cache, KEYS, 150000, 0);
    for (int i = 0; i < KEYS; i += 7) {
        char key[64];
        bool there;
        lyger_cache_remove(&cache, key, name_key(key, sizeof key, i), &there, &error);
    }
    lyger_cache_add_integer(&cache, "count", 5, 7, 0, &result, &error);
    lyger_cache_value zero = {.type = LYGER_CACHE_INT};
    lyger_cache_account account = {.created = 1, .modified = 1, .ttl = 0};
    bool stored;
    lyger_cache_store_account(&cache, "counted", 7, &zero, 0, &account, LYGER_CACHE_REPLACE, &stored, &error);
    lyger_cache_lock(&cache, "lock", 4, 1000, &token, &error);
    lyger_cache_lock_as(&cache, "bearer's", 8, 1000, "bearer", 6, &stored, &error);
    lyger_cache_end_request(&cache);
    need(lyger_cache_verify(&cache, &error) == LYGER_OK);
    note_blocks(&cache);
    lyger_lane_leave(&cache);
}

/* Where a record writes: each part of a segment is an area of its own, or chance would never hit the small
 * ones. */
static char *place_of(const lyger_cache *cache, unsigned area, uint32_t offset)
{
    const segment_header *header = (const segment_header *)original;
    const char *base = cache->base;
    char *at = segment;
    switch (area % 11) {
    case 0:
        return at + offset % sizeof(segment_header);
    case 1:
        return at + ((const char *)cache->lanes - base) + offset % (LANE_COUNT * sizeof(lane));
    case 2:
        return at + ((const char *)cache->shards - base) + offset % (header->shard_count * sizeof(shard));
    case 3:
        return at + ((const char *)cache->holds - base) + offset % (header->hold_count * sizeof(hold_slot));
    case 4:
        return at + ((const char *)cache->masks - base) + offset % (header->shard_count * sizeof(uint32_t));
    case 5:
        return at + ((const char *)cache->table - base) + offset % (header->region_count * sizeof(uint32_t));
    case 6:
        return at + ((const char *)cache->buckets - base) + offset % (64 * sizeof(bucket));
    case 7:
        return at + ((const char *)cache->pins - base) + offset;
    case 10:
        return at + ((const char *)cache->tokens - base) + offset % (header->hold_count * sizeof(hold_token));
    default: /* the head and the key of a block, or its last bytes */
        return at + (size_t)blocks[offset % block_count] * GRANULE + (offset / block_count) % 80 -
               (area % 11 == 9 ? 8 : 0);
    }
}

static void change(const lyger_cache *cache, const uint8_t *record)
{
    char *at = place_of(cache, record[0], (uint32_t)record[1] | (uint32_t)record[2] << 8);
    uint32_t value = (uint32_t)record[4] | (uint32_t)record[5] << 8;
    size_t room = (size_t)(segment + SIZE - at);
    if (record[3] % 4 == 0) {
        *at = (char)value;
    } else if (record[3] % 4 == 1 && room >= 8) {
        memcpy((char *)((uintptr_t)at & ~(uintptr_t)3), &blocks[value % block_count], 4);
    } else if (record[3] % 4 == 2 && room >= 8) {
        memcpy((char *)((uintptr_t)at & ~(uintptr_t)3), &value, 4);
    } else if (room >= 16) {
        memcpy((char *)((uintptr_t)at & ~(uintptr_t)7), segment + (size_t)value * 8, 8);
    }
}

/* A lock that names a process, dead or alive, would be waited for. */
static void leave_locks(lyger_cache *cache, unsigned left)
{
    for (uint32_t i = 0; i < cache->header->shard_count + 1; i++) {
        segment_lock *lock = i ? &cache->shards[i - 1].lock : &cache->header->runs;
        if (left >> i % 8 & 1 || atomic_load(&lock->holder)) {
            atomic_store(&lock->holder, LOCK_LEFT);
        }
    }
}

static char *room(void *context, size_t len)
{
    free(*(char **)context);
    return *(char **)context = malloc(len ? len : 1);
}

static bool visit(const char *key, size_t key_len, void *context)
{
    lyger_cache_value value;
    char *bytes = NULL;
    lyger_cache_fetch(context, key, key_len, &value, &(lyger_cache_room){room, &bytes});
    free(bytes);
    return true;
}

static bool visit_account(const char *key, size_t key_len, const lyger_cache_details *details, void *context)
{
    lyger_cache_details again;
    need(details->accounted);
    lyger_cache_inspect(context, key, key_len, &again);
    return true;
}

static bool visit_free(uint64_t offset, uint64_t bytes, void *context)
{
    (void)context;
    need(offset <= SIZE && bytes <= SIZE - offset);
    return true;
}

static void read_everything(lyger_cache *cache)
{
    static lyger_cache_class_facts classes[LYGER_CACHE_CLASSES];
    lyger_cache_facts facts;
    lyger_cache_walk walk = {0}, accounts = {0};
    lyger_cache_value value;
    lyger_cache_sight sight;
    char key[64], *bytes = NULL;
    bool fresh;
    for (int i = 0; i <= KEYS; i++) {
        size_t len = name_key(key, sizeof key, i);
        lyger_cache_fetch(cache, key, len, &value, &(lyger_cache_room){room, &bytes});
        if (lyger_cache_see_stale(cache, key, len, &sight, &fresh) == LYGER_CACHE_HIT) {
            need(!lyger_cache_pin(cache, &sight));
        }
    }
    free(bytes);
    while (lyger_cache_walk_on(cache, &walk, "", 0, visit, cache)) {
    }
    while (lyger_cache_walk_accounts(cache, &accounts, visit_account, cache)) {
    }
    lyger_cache_each_free(cache, visit_free, NULL, NULL);
    lyger_cache_describe(cache, &facts);
    need(facts.bytes_used <= facts.bytes_capacity);
    lyger_cache_describe_classes(cache, classes, NULL);
}

static void write_everything(lyger_cache *cache)
{
    char key[64];
    bool there;
    int64_t result;
    uint64_t token;
    lyger_cache_token owner = {0};
    lyger_error error;
    lyger_cache_update update = {.operand = 1, .modified = 2};
    lyger_cache_updated updated;
    lyger_cache_update_integer(cache, "count", 5, &update, &updated, &result, &error);
    lyger_cache_update_integer(cache, "counted", 7, &update, &updated, &result, &error);
    for (int i = 0; i < KEYS * 2; i++) {
        size_t len = name_key(key, sizeof key, i);
        if (i % 5 == 0) {
            lyger_cache_remove(cache, key, len, &there, &error);
        } else if (i % 5 == 1) {
            lyger_cache_retime(cache, key, len, 100, &there, &error);
        } else if (i % 5 == 2) {
            lyger_cache_add_integer(cache, key, len, 1, 0, &result, &error);
        } else {
            put(cache, i, (size_t)i * 97 % 5000, 0);
        }
    }
    put(cache, 1, 200000, 0);
    put(cache, KEYS, 300000, 0);
    lyger_cache_lock(cache, "lock", 4, 10, &token, &error);
    lyger_cache_lease(cache, "lease", 5, &token, &error);
    lyger_cache_wait(cache, "lock", 4, LYGER_CACHE_LOCK, 0, &error);
    lyger_cache_lock_as(cache, "bearer's", 8, 10, "bearer", 6, &there, &error);
    lyger_cache_lock_owner(cache, "bearer's", 8, &owner, &error);
    need(owner.len <= sizeof owner.bytes);
    lyger_cache_lock_extend(cache, "bearer's", 8, "bearer", 6, 10, &there, &error);
    lyger_cache_unlock(cache, "bearer's", 8, "bearer", 6, &there, &error);
    lyger_cache_end_request(cache);
    lyger_cache_purge(cache, "key", 3, &error);
    lyger_cache_purge_accounts(cache, 1, &error);
    for (int i = 0; i < 100; i++) {
        put(cache, 1000 + i, 12000, 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lyger_cache cache;
    lyger_error error = {0};
    if (!original) {
        make_original();
    }
    memcpy(segment, original, SIZE);
    look_at(&cache, segment);
    for (size_t at = 1; at + RECORD <= size; at += RECORD) {
        change(&cache, data + at);
    }
    if (lyger_segment_check(segment, SIZE, SIZE) != SEGMENT_SOUND) {
        return 0;
    }
    look_at(&cache, segment);
    leave_locks(&cache, size ? data[0] : 0);
    if (lyger_cache_verify(&cache, &error) == LYGER_OK) {
        read_everything(&cache);
        write_everything(&cache);
        read_everything(&cache);
        need(lyger_cache_verify(&cache, &error) == LYGER_OK);
    } else {
        need(error.status == LYGER_E_CACHE && strstr(error.message, "damaged"));
    }
    lyger_lane_leave(&cache);
    return 0;
}
