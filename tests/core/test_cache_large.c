/*
 * Values of every size, from one byte to the whole segment: in a block, in a region, in a run of regions.
 */
#include "cache_help.h"

#include "cache/shard/region.h"

static bool put_bytes(lyger_cache *cache, const char *key, const char *bytes, size_t len)
{
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = bytes, .len = len};
    bool stored;
    lyger_error error = {0};
    if (lyger_cache_store(cache, key, strlen(key), &value, 0, 0, LYGER_CACHE_REPLACE, &stored, &error) !=
        LYGER_OK) {
        printf("# %zu bytes: %s\n", len, error.message);
        return false;
    }
    return stored;
}

static bool holds_bytes(lyger_cache *cache, const char *key, const char *bytes, size_t len)
{
    lyger_cache_sight sight;
    return lyger_cache_see(cache, key, strlen(key), &sight) == LYGER_CACHE_HIT && sight.value.len == len &&
           memcmp(sight.value.bytes, bytes, len) == 0 && lyger_cache_confirm(cache, &sight);
}

static size_t largest_value(lyger_cache *cache, size_t key_len)
{
    return facts_of(cache).bytes_capacity - sizeof(entry) - value_offset(key_len);
}

static void value_of_every_size_comes_back_byte_for_byte(void)
{
    for (size_t size = MEGABYTE; size <= 24 * MEGABYTE; size *= 4) {
        lyger_cache *cache = open_cache(size);
        size_t most = largest_value(cache, 3), region = cache->header->region_granules * GRANULE;
        char *bytes = malloc(most);
        content_fill(bytes, most, 5, size);
        for (size_t len = 1; len < most; len = len < 300 ? len + 1 : len * 5 / 4 + 3) {
            CHECK(put_bytes(cache, "key", bytes, len) && holds_bytes(cache, "key", bytes, len));
        }
        /* Around whole regions, where one more is needed. */
        for (size_t count = 1; count * region < most; count += 1 + count / 3) {
            for (size_t len = count * region - 70; len < count * region + 20; len += 3) {
                CHECK(put_bytes(cache, "key", bytes, len) && holds_bytes(cache, "key", bytes, len));
            }
        }
        CHECK(put_bytes(cache, "key", bytes, most) && holds_bytes(cache, "key", bytes, most));
        CHECK_INT(facts_of(cache).bytes_free, 0);
        free(bytes);
        check_all_memory_is_there(cache);
        close_cache(cache);
    }
}

static void value_larger_than_the_segment_is_refused_and_evicts_nothing(void)
{
    lyger_cache *cache = open_cache(2 * MEGABYTE);
    size_t most = largest_value(cache, 3);
    char *bytes = calloc(1, most + 1);
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = bytes, .len = most + 1};
    lyger_error error = {0};
    bool stored;
    CHECK(put(cache, "small", 100, 7));
    CHECK_INT(lyger_cache_store(cache, "key", 3, &value, 0, 0, LYGER_CACHE_REPLACE, &stored, &error),
              LYGER_E_CACHE);
    CHECK(strstr(error.message, "room for") != NULL);
    CHECK_INT(number_of(cache, "small"), 7);
    CHECK(put_bytes(cache, "key", bytes, most));
    CHECK_INT(number_of(cache, "small"), 0);
    free(bytes);
    close_cache(cache);
}

static void replaced_and_removed_large_values_give_their_regions_back(void)
{
    lyger_cache *cache = open_cache(8 * MEGABYTE);
    for (uint64_t i = 1; i < 300; i++) {
        CHECK(put(cache, i % 3 ? "a" : "b", 60000 + i * 7919 % 1000000, i));
        CHECK_INT(number_of(cache, i % 3 ? "a" : "b"), i);
        if (i % 7 == 0) {
            CHECK(take_out(cache, "a") && number_of(cache, "a") == 0);
        }
    }
    CHECK_INT(facts_of(cache).evictions, 0);
    CHECK(take_out(cache, "a") + take_out(cache, "b") >= 1);
    CHECK_INT(facts_of(cache).bytes_used, 0);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

static void large_values_take_the_place_of_small_ones_and_back(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    char key[32];
    for (int round = 0; round < 6; round++) {
        for (uint64_t i = 0; i < 4000; i++) {
            snprintf(key, sizeof key, "small%d", (int)i);
            CHECK(put(cache, key, 100 + i * 31 % 2000, i + 1));
            CHECK_INT(number_of(cache, key), i + 1);
        }
        CHECK(facts_of(cache).evictions > 0);
        for (uint64_t i = 0; i < 5; i++) {
            snprintf(key, sizeof key, "large%d", (int)i);
            CHECK(put(cache, key, 300000 + i * 100000, i + 1));
            CHECK_INT(number_of(cache, key), i + 1);
        }
        lyger_error error = {0};
        CHECK_INT(lyger_cache_verify(cache, &error), LYGER_OK);
        CHECK_STR(error.message, "");
    }
    check_all_memory_is_there(cache);
    close_cache(cache);
}

static void several_large_values_live_side_by_side(void)
{
    lyger_cache *cache = open_cache(16 * MEGABYTE);
    char key[32];
    for (uint64_t i = 0; i < 12; i++) {
        snprintf(key, sizeof key, "large%d", (int)i);
        CHECK(put(cache, key, MEGABYTE, i + 1));
    }
    CHECK_INT(facts_of(cache).evictions, 0);
    CHECK_INT(facts_of(cache).entries, 12);
    for (uint64_t i = 0; i < 12; i++) {
        snprintf(key, sizeof key, "large%d", (int)i);
        CHECK_INT(number_of(cache, key), i + 1);
    }
    check_all_memory_is_there(cache);
    close_cache(cache);
}

static void small_values_evict_a_large_one_when_nothing_else_is_left(void)
{
    lyger_cache *cache = open_cache(2 * MEGABYTE);
    char key[32];
    CHECK(put(cache, "large", largest_value(cache, 5), 3));
    for (uint64_t i = 0; i < 20000; i++) {
        snprintf(key, sizeof key, "small%d", (int)i);
        CHECK(put(cache, key, 200, i + 1));
        CHECK_INT(number_of(cache, key), i + 1);
    }
    CHECK_INT(number_of(cache, "large"), 0);
    CHECK(facts_of(cache).entries > 3000);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

static void large_value_is_stored_if_absent_only(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    bool stored;
    lyger_error error;
    for (int round = 0; round < 20; round++) {
        CHECK_INT(
            put_typed(cache, "a", LYGER_CACHE_STRING, MEGABYTE, 1, LYGER_CACHE_IF_ABSENT, &stored, &error),
            LYGER_OK);
        CHECK_INT(stored, round == 0);
    }
    CHECK_INT(facts_of(cache).entries, 1);
    CHECK_INT(put_typed(cache, "a", LYGER_CACHE_STRING, 30, 2, LYGER_CACHE_IF_ABSENT, &stored, &error),
              LYGER_OK);
    CHECK(!stored && number_of(cache, "a") == 1);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

static bool anything_gathered(const lyger_cache *cache)
{
    for (uint32_t region = 0; region < cache->header->region_count; region++) {
        if (kind_of_region(atomic_load(&cache->table[region])) == REGION_RESERVED) {
            return true;
        }
    }
    return false;
}

/* Kills a process while it gathers regions or fills them. */
static bool kill_in_large_store(lyger_cache *cache, size_t len)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        for (uint64_t i = 1;; i++) {
            put(cache, "large", len, i);
        }
    }
    uint64_t end = milliseconds() + 3000;
    while (milliseconds() < end && !anything_gathered(cache)) {
    }
    kill_child(child);
    return anything_gathered(cache);
}

static void killed_process_leaves_no_gathered_region_behind(void)
{
    lyger_cache *cache = open_cache(32 * MEGABYTE);
    char key[32];
    int left = 0;
    for (int round = 0; round < 20; round++) {
        left += kill_in_large_store(cache, 20 * MEGABYTE);
        /* Small stores are enough to find what it left, once they need it. */
        for (uint64_t i = 0; i < 30000 && (anything_gathered(cache) || i < 10); i++) {
            snprintf(key, sizeof key, "small%d", (int)i);
            CHECK(put(cache, key, 8000, i + 1));
            CHECK_INT(number_of(cache, key), i + 1);
        }
        CHECK(!anything_gathered(cache));
        lyger_error error = {0};
        CHECK_INT(lyger_cache_verify(cache, &error), LYGER_OK);
        CHECK_STR(error.message, "");
    }
    printf("# %d of 20 died while they gathered\n", left);
    CHECK(left > 0);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

/* A process that is killed while it publishes a run has marked bodies, and the head not yet. */
static void bodies_that_a_killed_process_marked_before_their_head_are_freed(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    uint32_t first = 0; /* large entries are put at the end */
    size_t len = 3 * (size_t)cache->header->region_granules * GRANULE;
    CHECK(put(cache, "large", len, 7)); /* whose bodies have a head */
    size_t unused = facts_of(cache).regions_unused;
    atomic_store(&cache->table[first], region_word(REGION_RESERVED, 0));
    for (uint32_t region = first + 1; region < first + 4; region++) {
        CHECK_INT(kind_of_region(atomic_load(&cache->table[region])), REGION_UNUSED);
        atomic_store(&cache->table[region], region_word(REGION_BODY, first));
    }
    CHECK_INT(facts_of(cache).regions_unused, unused - 4);
    atomic_store(&cache->header->runs.holder, LOCK_LEFT);
    CHECK(lyger_region_lock(cache, NULL));
    lyger_region_unlock(cache);
    CHECK_INT(facts_of(cache).regions_unused, unused);
    CHECK_INT(number_of(cache, "large"), 7);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

static void processes_store_large_values_at_once(void)
{
    lyger_cache *cache = open_cache(16 * MEGABYTE);
    pid_t children[4];
    fflush(stdout);
    for (int child = 0; child < 4; child++) {
        children[child] = fork();
        if (children[child] == 0) {
            char key[32];
            unsigned seed = (unsigned)child;
            int wrong = 0;
            for (uint64_t i = 1; i < 60; i++) {
                snprintf(key, sizeof key, "key%d", rand_r(&seed) % 6);
                wrong += !put(cache, key, 30 + (size_t)rand_r(&seed) % (5 * MEGABYTE), i);
                wrong += number_of(cache, key) == UINT64_MAX;
            }
            _exit(wrong != 0);
        }
    }
    for (int child = 0; child < 4; child++) {
        CHECK_INT(status_of(children[child]), 0);
    }
    check_all_memory_is_there(cache);
    close_cache(cache);
}

int main(void)
{
    RUN(value_of_every_size_comes_back_byte_for_byte);
    RUN(value_larger_than_the_segment_is_refused_and_evicts_nothing);
    RUN(replaced_and_removed_large_values_give_their_regions_back);
    RUN(large_values_take_the_place_of_small_ones_and_back);
    RUN(several_large_values_live_side_by_side);
    RUN(small_values_evict_a_large_one_when_nothing_else_is_left);
    RUN(large_value_is_stored_if_absent_only);
    RUN(killed_process_leaves_no_gathered_region_behind);
    RUN(bodies_that_a_killed_process_marked_before_their_head_are_freed);
    RUN(processes_store_large_values_at_once);
    return finish();
}
