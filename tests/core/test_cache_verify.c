/*
 * A named segment is looked through when it is opened: damage is named, and the segment made anew; what a
 * killed process left half done is not damage.
 */
#include "cache_help.h"

#include "cache/shard/region.h"

static const char *segment_path(void)
{
    return path_of_own("verify");
}

#define SIZE (4 * MEGABYTE)

static lyger_cache *open_named(void)
{
    lyger_error error;
    lyger_cache *cache = lyger_cache_open(SIZE, segment_path(), &error);
    if (!cache) {
        printf("# %s\n", error.message);
        exit(EXIT_FAILURE);
    }
    return cache;
}

/* A new one with entries of all kinds. */
static lyger_cache *make_named(void)
{
    char key[32];
    unlink(segment_path());
    lyger_cache *cache = open_named();
    for (uint64_t i = 0; i < 2000; i++) {
        snprintf(key, sizeof key, "key%d", (int)i);
        put(cache, key, 24 + i % 700, i + 1);
        if (i % 5 == 0) {
            take_out(cache, key);
        }
    }
    put(cache, "large", MEGABYTE, 4);
    return cache;
}

/* Closed, opened again: made anew for that reason, or NULL when it must not be. */
static void check_reopened(lyger_cache *cache, const char *reason)
{
    uint64_t entries = facts_of(cache).entries;
    lyger_cache_close(cache);
    cache = open_named();
    if (!reason) {
        CHECK_STR(lyger_cache_remade(cache), "");
        CHECK_INT(facts_of(cache).entries, entries);
    } else {
        if (!strstr(lyger_cache_remade(cache), reason)) {
            CHECK_STR(lyger_cache_remade(cache), reason);
        }
        CHECK_INT(facts_of(cache).entries, 0);
        CHECK(put(cache, "key1", 100, 7));
        CHECK_INT(number_of(cache, "key1"), 7);
    }
    close_cache(cache);
    unlink(segment_path());
}

static entry *entry_of_key(lyger_cache *cache, const char *key)
{
    lyger_cache_sight sight;
    CHECK_INT(lyger_cache_see(cache, key, strlen(key), &sight), LYGER_CACHE_HIT);
    return (entry *)(uintptr_t)(sight.value.bytes - value_offset(strlen(key)) - sizeof(entry));
}

static index_slot *slot_of_key(lyger_cache *cache, const char *key)
{
    return lyger_index_find(cache, shard_of_key(cache, key),
                            lyger_hash_key(key, strlen(key), cache->hash_state), key, strlen(key));
}

static void sound_segment_is_opened(void)
{
    check_reopened(make_named(), NULL);
    unlink(segment_path());
    check_reopened(open_named(), NULL);
}

/* Each of these is spoilt so that nothing else is wrong with it. */
static void each_kind_of_entry_that_cannot_be_is_found(void)
{
    lyger_error error = {0};
    lyger_cache *cache = make_named();
    entry *e = entry_of_key(cache, "key1");
    uint64_t lens = atomic_load(&e->lens), stamp = atomic_load(&e->stamp);
    for (uint64_t type = LYGER_CACHE_IN_PLACE; type < 256; type++) {
        atomic_store(&e->lens, (lens & ~(uint64_t)0xFF) | type);
        CHECK_INT(lyger_cache_verify(cache, &error), LYGER_E_CACHE);
        CHECK(strstr(error.message, "unknown type") != NULL);
    }
    atomic_store(&e->lens, lens);
    /* The next number that the shard will give is the least from the future. */
    uint64_t next = shard_of_key(cache, "key1")->next_stamp << cache->shard_bits;
    atomic_store(&e->stamp, next | (stamp & cache->shard_mask));
    CHECK_INT(lyger_cache_verify(cache, &error), LYGER_E_CACHE);
    CHECK(strstr(error.message, "from the future") != NULL);
    atomic_store(&e->stamp, stamp);
    CHECK_INT(lyger_cache_verify(cache, &error), LYGER_OK);
    /* A tag of another hash: readers would not find the entry. */
    uint64_t word = atomic_load(slot_of_key(cache, "key1"));
    index_slot *slot = slot_of_key(cache, "key1");
    atomic_store(slot, word ^ (uint64_t)1 << 40);
    CHECK_INT(lyger_cache_verify(cache, &error), LYGER_E_CACHE);
    /* And before a rebuild believes it. */
    atomic_store(&shard_of_key(cache, "key1")->lock.holder, LOCK_LEFT);
    CHECK_INT(lyger_cache_verify(cache, &error), LYGER_E_CACHE);
    CHECK(strstr(error.message, "tag is not its entry's") != NULL);
    atomic_store(slot, word);
    /* A length that reaches into the next entries: only before a rebuild is the block's own end not asked. */
    atomic_fetch_add(&e->lens, (uint64_t)3000 << 24);
    atomic_store(&shard_of_key(cache, "key1")->lock.holder, LOCK_LEFT);
    CHECK_INT(lyger_cache_verify(cache, &error), LYGER_E_CACHE);
    CHECK(strstr(error.message, "lie in each other") != NULL);
    atomic_store(&e->lens, lens);
    /* Now it is rebuilt, and not just taken. */
    uint64_t recoveries = facts_of(cache).lock_recoveries;
    shard_of_key(cache, "key1")->small.head ^= 1;
    atomic_store(&shard_of_key(cache, "key1")->lock.holder, LOCK_LEFT);
    CHECK_INT(lyger_cache_verify(cache, &error), LYGER_OK);
    CHECK_INT(facts_of(cache).lock_recoveries, recoveries + 1);
    check_reopened(cache, NULL);
}

static void damage_is_named_and_the_segment_made_anew(void)
{
    lyger_cache *cache = make_named();
    entry_of_key(cache, "key1")->data[0] ^= 1;
    check_reopened(cache, "a hash that is not its key's");
    cache = make_named();
    atomic_fetch_add(&entry_of_key(cache, "key1")->lens, (uint64_t)1000 << 24);
    check_reopened(cache, "longer than its block");
    cache = make_named();
    atomic_fetch_or(&entry_of_key(cache, "key1")->lens, LYGER_CACHE_ARRAY_IN_PLACE);
    check_reopened(cache, "unknown type");
    for (uint64_t type = LYGER_CACHE_IN_PLACE; type <= LYGER_CACHE_TYPE_LAST + 1; type++) {
        cache = make_named();
        _Atomic uint64_t *lens = &entry_of_key(cache, "key1")->lens;
        atomic_store(lens, (atomic_load(lens) & ~(uint64_t)0xFF) | type);
        check_reopened(cache, "unknown type");
    }
    cache = make_named();
    atomic_store(&entry_of_key(cache, "key1")->stamp,
                 atomic_load(&entry_of_key(cache, "key1")->stamp) + ((uint64_t)1 << 40));
    check_reopened(cache, "an entry from the future");
    cache = make_named();
    entry_of_key(cache, "key1")->size_flags += 4;
    check_reopened(cache, "block");
    cache = make_named();
    entry_of_key(cache, "key1")->newer += 1;
    check_reopened(cache, "queue");
    cache = make_named();
    atomic_fetch_add(slot_of_key(cache, "key1"), 1);
    check_reopened(cache, "the index does not know");
    cache = make_named();
    atomic_store(slot_of_key(cache, "key1"), 0);
    check_reopened(cache, "the index does not know");
    cache = make_named();
    atomic_fetch_add(&shard_of_key(cache, "key1")->used, 1);
    check_reopened(cache, "figures");
    cache = make_named();
    atomic_store(&cache->masks[1], 12);
    check_reopened(cache, "an index of an impossible size");
    cache = make_named();
    atomic_store(&cache->table[cache->header->region_count - 1], 77777);
    check_reopened(cache, "a region that belongs to nobody");
    cache = make_named();
    entry_of_key(cache, "large")->size_flags += 4;
    check_reopened(cache, "a large entry that has not the regions it needs");
    cache = make_named();
    cache->header->region_count--;
    check_reopened(cache, "a header that cannot be");
    cache = make_named();
    cache->header->seed ^= 1;
    check_reopened(cache, "a header that cannot be");
    cache = make_named();
    atomic_store(&cache->lanes[LANE_COUNT - 1].chunks, 1);
    check_reopened(cache, "a thread that uses values in place");
}

static void shard_of_a_killed_process_is_rebuilt_when_it_is_opened(void)
{
    lyger_cache *cache = make_named();
    kill_child(stop_in_lock(cache, "key1"));
    lyger_cache_close(cache);
    cache = open_named();
    CHECK_INT(facts_of(cache).lock_recoveries, 1);
    CHECK_INT(number_of(cache, "key1"), 2);
    CHECK_INT(number_of(cache, "large"), 4);
    check_reopened(cache, NULL);
}

static void damage_is_found_before_a_rebuild_believes_it(void)
{
    lyger_cache *cache = make_named();
    kill_child(stop_in_lock(cache, "key1"));
    atomic_fetch_add(slot_of_key(cache, "key1"), 1u << 20);
    lyger_error error = {0};
    for (int i = 0; i < 2; i++) {
        CHECK_INT(lyger_cache_verify(cache, &error), LYGER_E_CACHE);
        CHECK(strstr(error.message, "damaged (") != NULL);
    }
    check_reopened(cache, "a slot");
}

static void every_type_is_sound_in_a_file(void)
{
    static const lyger_cache_type types[] = {LYGER_CACHE_STRING, LYGER_CACHE_SERIALIZED, LYGER_CACHE_ARRAY,
                                             LYGER_CACHE_IGBINARY};
    lyger_cache *cache = make_named();
    bool stored;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char key[32];
        snprintf(key, sizeof key, "type%d", (int)types[i]);
        CHECK_INT(put_typed(cache, key, types[i], 100, 5, LYGER_CACHE_REPLACE, &stored, NULL), LYGER_OK);
    }
    for (lyger_cache_type type = LYGER_CACHE_NULL; type < LYGER_CACHE_STRING; type++) {
        lyger_cache_value value = {.type = type, .as.integer = 1};
        char key[2] = {(char)('0' + type)};
        CHECK_INT(lyger_cache_store(cache, key, 1, &value, 0, 0, LYGER_CACHE_REPLACE, &stored, NULL),
                  LYGER_OK);
    }
    check_reopened(cache, NULL);
}

static void segment_is_looked_through_while_others_write(void)
{
    lyger_cache *cache = make_named();
    fflush(stdout);
    pid_t writer = fork();
    if (writer == 0) {
        char key[32];
        for (uint64_t n = 0;; n++) {
            snprintf(key, sizeof key, "key%d", (int)(content_mix(n) % 3000));
            if (n % 3) {
                put(cache, key, 24 + content_mix(n) % (n % 500 ? 3000 : 900000), n + 1);
            } else {
                take_out(cache, key);
            }
        }
    }
    for (int i = 0; i < 200; i++) {
        lyger_error error = {0};
        CHECK_INT(lyger_cache_verify(cache, &error), LYGER_OK);
        CHECK_STR(error.message, "");
    }
    kill_child(writer);
    check_reopened(cache, NULL);
}

/* In the cache for most of its time. */
static _Noreturn void write_without_end(lyger_cache *cache, uint64_t from)
{
    static char bytes[900000];
    char key[32];
    bool stored;
    for (uint64_t n = from;; n++) {
        size_t key_len = (size_t)snprintf(key, sizeof key, "key%d", (int)(content_mix(n) % 3000));
        lyger_cache_value value = {.type = LYGER_CACHE_STRING,
                                   .bytes = bytes,
                                   .len = content_mix(n) % (n % 50 ? 3000 : sizeof bytes)};
        lyger_cache_store(cache, key, key_len, &value, 0, 0, LYGER_CACHE_REPLACE, &stored, NULL);
    }
}

/* Segments of processes that were killed at any moment are opened by the next ones. */
static void segment_is_opened_after_any_kill(void)
{
    lyger_cache_close(make_named());
    uint64_t recoveries = 0;
    for (int round = 0; round < 100; round++) {
        fflush(stdout);
        pid_t writer = fork();
        if (writer == 0) {
            write_without_end(open_named(), (uint64_t)round * 7919);
        }
        nap(20 + round % 10);
        kill_child(writer);
        lyger_cache *cache = open_named();
        recoveries = facts_of(cache).lock_recoveries;
        lyger_cache_close(cache);
    }
    printf("# %llu shards rebuilt\n", (unsigned long long)recoveries);
    CHECK(recoveries > 0);
    check_reopened(open_named(), NULL);
}

int main(void)
{
    RUN(sound_segment_is_opened);
    RUN(each_kind_of_entry_that_cannot_be_is_found);
    RUN(every_type_is_sound_in_a_file);
    RUN(damage_is_named_and_the_segment_made_anew);
    RUN(shard_of_a_killed_process_is_rebuilt_when_it_is_opened);
    RUN(damage_is_found_before_a_rebuild_believes_it);
    RUN(segment_is_looked_through_while_others_write);
    RUN(segment_is_opened_after_any_kill);
    return finish();
}
