/*
 * Looking inside while others write: walks miss no key that stays, figures add up.
 */
#include "cache_help.h"

#include "cache/shard/region.h"

#define STAY 300

typedef struct visited {
    uint32_t stay[STAY];
    uint32_t others;
    size_t most; /* stop after so many, 0 for never */
} visited;

static bool note(const char *key, size_t key_len, void *context)
{
    visited *v = context;
    char text[32] = "";
    int number;
    memcpy(text, key, key_len < sizeof text ? key_len : sizeof text - 1);
    if (sscanf(text, "stay%d", &number) == 1 && number >= 0 && number < STAY) {
        v->stay[number]++;
    } else {
        v->others++;
    }
    return !v->most || --v->most;
}

static void put_stay(lyger_cache *cache)
{
    char key[32];
    for (int i = 0; i < STAY; i++) {
        snprintf(key, sizeof key, "stay%d", i);
        put(cache, key, 30, 1);
    }
}

static int count_missed(const visited *v)
{
    int missed = 0;
    for (int i = 0; i < STAY; i++) {
        missed += v->stay[i] == 0;
    }
    return missed;
}

static void walk_visits_each_key_once_when_nothing_changes(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    visited v = {0};
    lyger_cache_walk walk = {0};
    put_stay(cache);
    while (lyger_cache_walk_on(cache, &walk, "", 0, note, &v)) {
    }
    for (int i = 0; i < STAY; i++) {
        CHECK_INT(v.stay[i], 1);
    }
    CHECK_INT(v.others, 0);
    close_cache(cache);
}

static void walk_visits_only_the_prefix_and_ends_when_told(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    visited v = {0};
    lyger_cache_walk walk = {0};
    put_stay(cache);
    put(cache, "other", 100, 1);
    put(cache, "sta", 100, 1);
    while (lyger_cache_walk_on(cache, &walk, "stay", 4, note, &v)) {
    }
    CHECK_INT(v.others, 0);
    CHECK_INT(count_missed(&v), 0);
    v = (visited){.most = 5};
    walk = (lyger_cache_walk){0};
    while (lyger_cache_walk_on(cache, &walk, "stay", 4, note, &v)) {
    }
    CHECK_INT(count_missed(&v), STAY - 5);
    close_cache(cache);
}

/* What grows the index in the middle of a walk: no lock is held while a visitor is called. */
typedef struct growth {
    lyger_cache *cache;
    visited seen;
    int calls, grow_at, add;
} growth;

static bool note_and_grow(const char *key, size_t key_len, void *context)
{
    growth *g = context;
    char more[32];
    if (g->calls++ == g->grow_at) {
        for (int i = 0; i < g->add; i++) {
            snprintf(more, sizeof more, "more%d", i);
            put(g->cache, more, 24, 1);
        }
    }
    return note(key, key_len, &g->seen);
}

static void walk_misses_nothing_while_the_index_grows(void)
{
    int missed = 0;
    for (int grow_at = 0; grow_at < STAY; grow_at++) {
        lyger_cache *cache = open_cache(2 * MEGABYTE);
        growth g = {.cache = cache, .grow_at = grow_at, .add = 200 + grow_at % 7 * 200};
        lyger_cache_walk walk = {0};
        put_stay(cache);
        while (lyger_cache_walk_on(cache, &walk, "", 0, note_and_grow, &g)) {
        }
        CHECK_INT(facts_of(cache).evictions, 0);
        missed += count_missed(&g.seen);
        lyger_cache_close(cache);
    }
    CHECK_INT(missed, 0);
}

static void walk_misses_nothing_while_processes_write(void)
{
    lyger_cache *cache = open_cache(16 * MEGABYTE);
    pid_t writers[2];
    uint64_t missed = 0, others = 0;
    put_stay(cache);
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        writers[i] = fork();
        if (writers[i] == 0) {
            char key[32];
            for (uint64_t n = 0;; n++) {
                snprintf(key, sizeof key, "other%d:%d", i, (int)(n % 5000));
                if (n / 5000 % 2) {
                    take_out(cache, key);
                } else {
                    put(cache, key, 30 + n % 300, n + 1);
                }
            }
        }
    }
    /* On a busy machine the writers may get their first turn late. */
    for (int round = 0; round < 300 || (others == 0 && round < 30000); round++) {
        visited v = {0};
        lyger_cache_walk walk = {0};
        while (lyger_cache_walk_on(cache, &walk, "", 0, note, &v)) {
        }
        missed += (uint64_t)count_missed(&v);
        others += v.others;
    }
    kill_child(writers[0]);
    kill_child(writers[1]);
    CHECK_INT(missed, 0);
    CHECK(others > 0);
    CHECK_INT(facts_of(cache).evictions, 0);
    close_cache(cache);
}

/* Used and free bytes of the classes are those of the facts, but for the granule that ends each region.
 */
static void check_classes(lyger_cache *cache)
{
    lyger_cache_class_facts classes[LYGER_CACHE_CLASSES];
    uint64_t entries = 0, used = 0, free_bytes = 0, ends = 0;
    CHECK_INT(lyger_cache_describe_classes(cache, classes, NULL), LYGER_OK);
    lyger_cache_facts facts = facts_of(cache);
    for (uint32_t i = 0; i < LYGER_CACHE_CLASSES; i++) {
        entries += classes[i].entries;
        used += classes[i].bytes_used;
        free_bytes += classes[i].bytes_free;
    }
    uint64_t unused = (uint64_t)facts.regions_unused * cache->header->region_granules * GRANULE;
    for (uint32_t region = 0; region < facts.regions; region++) {
        ends += kind_of_region(atomic_load(&cache->table[region])) == REGION_SHARD ? GRANULE : 0;
    }
    CHECK_INT(used, facts.bytes_used);
    CHECK_INT(free_bytes + unused + ends, facts.bytes_free);
    CHECK_INT(entries, facts.entries);
}

static void classes_add_up_to_used_and_free(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    char key[32];
    lyger_cache_sight sight;
    check_classes(cache);
    for (uint64_t i = 0; i < 20000; i++) {
        snprintf(key, sizeof key, "key%d", (int)(content_mix(i) % 3000));
        if (i % 5 == 0) {
            take_out(cache, key);
        } else {
            put(cache, key, 24 + content_mix(i + 1) % (i % 997 == 0 ? 500000 : 2000), i + 1);
        }
        if (i % 1000 == 0) {
            check_classes(cache);
        }
    }
    bool stored;
    lyger_error error;
    CHECK_INT(
        put_typed(cache, "array", LYGER_CACHE_ARRAY_IN_PLACE, 90000, 1, LYGER_CACHE_REPLACE, &stored, &error),
        LYGER_OK);
    CHECK_INT(lyger_cache_see(cache, "array", 5, &sight), LYGER_CACHE_HIT);
    CHECK(lyger_cache_pin(cache, &sight) && take_out(cache, "array"));
    CHECK(facts_of(cache).bytes_held > 90000);
    check_classes(cache);
    lyger_cache_unpin(cache);
    check_classes(cache);
    check_all_memory_is_there(cache);
    check_classes(cache);
    close_cache(cache);
}

static void shards_add_up_to_the_whole(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    put_stay(cache);
    CHECK(put(cache, "large", 400000, 1));
    lyger_cache_facts facts = facts_of(cache);
    lyger_cache_shard_facts sum = {0};
    for (uint32_t i = 0; i < facts.shards; i++) {
        lyger_cache_shard_facts one;
        lyger_cache_describe_shard(cache, i, &one);
        sum.entries += one.entries;
        sum.bytes_used += one.bytes_used;
        CHECK_INT(one.bytes_small + one.bytes_main, one.bytes_used);
        CHECK(one.bytes_used <= one.bytes_capacity);
    }
    CHECK_INT(sum.entries, facts.entries);
    CHECK_INT(sum.bytes_used, facts.bytes_used);
    close_cache(cache);
}

int main(void)
{
    RUN(walk_visits_each_key_once_when_nothing_changes);
    RUN(walk_visits_only_the_prefix_and_ends_when_told);
    RUN(walk_misses_nothing_while_the_index_grows);
    RUN(walk_misses_nothing_while_processes_write);
    RUN(classes_add_up_to_used_and_free);
    RUN(shards_add_up_to_the_whole);
    return finish();
}
