/*
 * A process that is stopped (SIGSTOP, a debugger) while it holds a lock of the cache: readers go on, writers
 * of that part get an error in time, and all is well when it goes on, or when it is killed instead.
 */
#include "cache_help.h"

#include "cache/shard/region.h"

#define KEYS 400

static void fill(lyger_cache *cache)
{
    char key[32];
    for (uint64_t i = 0; i < KEYS; i++) {
        snprintf(key, sizeof key, "key%d", (int)i);
        put(cache, key, 30 + i, i + 1);
    }
}

static int count_whole(lyger_cache *cache)
{
    char key[32];
    int whole = 0;
    for (uint64_t i = 0; i < KEYS; i++) {
        snprintf(key, sizeof key, "key%d", (int)i);
        whole += number_of(cache, key) == i + 1;
    }
    return whole;
}

/* A store of that key fails with the reason, neither at once nor late. */
static void check_refused(lyger_cache *cache, const char *key, size_t len)
{
    lyger_error error = {0};
    bool stored = true;
    uint64_t begun = milliseconds();
    CHECK_INT(put_typed(cache, key, LYGER_CACHE_STRING, len, 9, LYGER_CACHE_REPLACE, &stored, &error),
              LYGER_E_CACHE);
    CHECK(!stored && strstr(error.message, "is stopped") != NULL);
    CHECK(milliseconds() - begun >= 400 && milliseconds() - begun < 1500);
}

static void stopped_lock_holder_stops_no_reader_and_writers_get_an_error(void)
{
    lyger_cache *cache = open_cache(2 * MEGABYTE);
    fill(cache);
    pid_t holder = stop_in_lock(cache, "key7");
    uint64_t begun = milliseconds();
    CHECK_INT(count_whole(cache), KEYS);
    CHECK_INT(facts_of(cache).entries, KEYS);
    CHECK(milliseconds() - begun < 400);
    check_refused(cache, "key7", 100);
    bool there;
    lyger_error error = {0};
    int64_t result;
    CHECK_INT(lyger_cache_remove(cache, "key7", 4, &there, &error), LYGER_E_CACHE);
    CHECK_INT(lyger_cache_add_integer(cache, "key7", 4, 1, 0, &result, &error), LYGER_E_CACHE);
    CHECK_INT(lyger_cache_purge(cache, "", 0, &error), LYGER_E_CACHE);
    kill(holder, SIGCONT);
    CHECK_INT(status_of(holder), 0);
    CHECK(put(cache, "key7", 100, 9) && number_of(cache, "key7") == 9);
    CHECK_INT(facts_of(cache).lock_recoveries, 0);
    close_cache(cache);
}

static void other_shards_are_written_meanwhile(void)
{
    lyger_cache *cache = open_cache(2 * MEGABYTE);
    char key[32];
    fill(cache);
    pid_t holder = stop_in_lock(cache, "key7");
    int written = 0;
    uint64_t begun = milliseconds();
    for (int i = 0; i < KEYS; i++) {
        snprintf(key, sizeof key, "key%d", i);
        written += shard_of_key(cache, key) != shard_of_key(cache, "key7") && put(cache, key, 50, 1);
    }
    CHECK(written > KEYS / 2 && milliseconds() - begun < 400);
    kill_child(holder);
    close_cache(cache);
}

static void stopped_lock_holder_that_is_killed_leaves_the_shard_to_the_next(void)
{
    lyger_cache *cache = open_cache(2 * MEGABYTE);
    fill(cache);
    pid_t holder = stop_in_lock(cache, "key7");
    check_refused(cache, "key7", 100);
    kill_child(holder);
    uint64_t begun = milliseconds();
    CHECK(put(cache, "key7", 100, 8));
    CHECK(milliseconds() - begun < 300);
    CHECK_INT(count_whole(cache), KEYS);
    CHECK_INT(facts_of(cache).lock_recoveries, 1);
    close_cache(cache);
}

static void who_waits_for_a_stopped_holder_gets_the_lock_when_it_goes_on(void)
{
    lyger_cache *cache = open_cache(2 * MEGABYTE);
    fill(cache);
    pid_t holder = stop_in_lock(cache, "key7");
    pid_t writer = fork();
    if (writer == 0) {
        _exit(put(cache, "key7", 100, 8) ? 0 : 1);
    }
    nap(200);
    kill(holder, SIGCONT);
    CHECK_INT(status_of(writer), 0);
    CHECK_INT(status_of(holder), 0);
    CHECK_INT(count_whole(cache), KEYS);
    close_cache(cache);
}

static void stopped_gatherer_stops_large_stores_only(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    fill(cache);
    fflush(stdout);
    pid_t holder = fork();
    if (holder == 0) {
        lyger_lock_take(cache, &cache->header->runs, NULL);
        raise(SIGSTOP);
        lyger_lock_give(&cache->header->runs);
        _exit(0);
    }
    wait_until_stopped(holder);
    CHECK(put(cache, "small", 1000, 5));
    check_refused(cache, "large", MEGABYTE);
    kill(holder, SIGCONT);
    CHECK_INT(status_of(holder), 0);
    CHECK(put(cache, "large", MEGABYTE, 4) && number_of(cache, "large") == 4);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

/* Writers without room look for what a dead process gathered. */
static void regions_of_a_stopped_gatherer_stay_its_own(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    uint32_t last = cache->header->region_count - 1;
    char key[32];
    fflush(stdout);
    pid_t holder = fork();
    if (holder == 0) {
        lyger_lock_take(cache, &cache->header->runs, NULL);
        atomic_store(&cache->table[last], region_word(REGION_RESERVED, 0));
        raise(SIGSTOP);
        atomic_store(&cache->table[last], region_word(REGION_UNUSED, 0));
        lyger_lock_give(&cache->header->runs);
        _exit(0);
    }
    wait_until_stopped(holder);
    for (uint64_t i = 0; i < 3000; i++) {
        snprintf(key, sizeof key, "key%d", (int)i);
        CHECK(put(cache, key, 1000, i + 1));
    }
    CHECK(facts_of(cache).evictions > 0);
    CHECK_INT(facts_of(cache).regions_unused, 0);
    CHECK_INT(atomic_load(&cache->table[last]), region_word(REGION_RESERVED, 0));
    CHECK_INT((uint32_t)atomic_load(&cache->header->runs.holder), holder);
    kill(holder, SIGCONT);
    CHECK_INT(status_of(holder), 0);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

/* Stops a writer wherever it is, many times; whatever it holds, readers see whole values only. */
static void readers_go_on_wherever_a_writer_is_stopped(void)
{
    lyger_cache *cache = open_cache(2 * MEGABYTE);
    char key[32];
    int torn = 0, in_lock = 0;
    fill(cache);
    fflush(stdout);
    pid_t writer = fork();
    if (writer == 0) {
        for (uint64_t i = 0;; i++) {
            snprintf(key, sizeof key, "key%d", (int)(content_mix(i) % KEYS));
            put(cache, key, 30 + content_mix(i) % 90000, i);
        }
    }
    for (int round = 0; round < 200; round++) {
        nap(1);
        kill(writer, SIGSTOP);
        wait_until_stopped(writer);
        for (uint32_t i = 0; i < cache->header->shard_count; i++) {
            in_lock += (pid_t)(uint32_t)atomic_load(&cache->shards[i].lock.holder) == writer;
        }
        for (int i = 0; i < KEYS; i += 3) {
            snprintf(key, sizeof key, "key%d", i);
            torn += number_of(cache, key) == UINT64_MAX;
        }
        kill(writer, SIGCONT);
    }
    kill_child(writer);
    printf("# stopped in a lock %d times of 200\n", in_lock);
    CHECK(in_lock > 0);
    CHECK_INT(torn, 0);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

int main(void)
{
    RUN(stopped_lock_holder_stops_no_reader_and_writers_get_an_error);
    RUN(other_shards_are_written_meanwhile);
    RUN(stopped_lock_holder_that_is_killed_leaves_the_shard_to_the_next);
    RUN(who_waits_for_a_stopped_holder_gets_the_lock_when_it_goes_on);
    RUN(stopped_gatherer_stops_large_stores_only);
    RUN(regions_of_a_stopped_gatherer_stay_its_own);
    RUN(readers_go_on_wherever_a_writer_is_stopped);
    return finish();
}
