/*
 * Limits of the cache on both sides: times, numbers of entries, names of threads, prefixes.
 */
#include "cache_help.h"

#include "cache/system/os.h"

static void entry_is_over_at_its_millisecond(void)
{
    CHECK(!expiry_over(1000, 999));
    CHECK(expiry_over(1000, 1000));
    CHECK(!expiry_over(0, UINT64_MAX));
    const uint64_t stale = 1000 | (uint64_t)2 << EXPIRY_BITS;
    CHECK(expiry_over(stale, 1000));
    CHECK(!expiry_gone(stale, 2999));
    CHECK(expiry_gone(stale, 3000));
    CHECK(!expiry_gone(0, UINT64_MAX));
    CHECK(expiry_gone(1000, 1000) && !expiry_gone(1000, 999));
}

static void longest_times_are_kept(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = "value", .len = 5};
    lyger_cache_sight sight;
    bool stored = false, there = false;
    const uint64_t longest = (uint64_t)LYGER_CACHE_TTL_MAX * 1000;
    uint64_t before = lyger_os_milliseconds();
    CHECK_INT(lyger_cache_store(cache, "key", 3, &value, LYGER_CACHE_TTL_MAX, LYGER_CACHE_STALE_MAX,
                                LYGER_CACHE_REPLACE, &stored, NULL),
              LYGER_OK);
    CHECK_INT(lyger_cache_see(cache, "key", 3, &sight), LYGER_CACHE_HIT);
    uint64_t expires = expiry_of(sight.entry), after = lyger_os_milliseconds();
    CHECK(EXPIRY_TIME(expires) >= before + longest && EXPIRY_TIME(expires) <= after + longest);
    CHECK_INT(EXPIRY_STALE(expires), LYGER_CACHE_STALE_MAX);
    CHECK_INT(lyger_cache_retime(cache, "key", 3, LYGER_CACHE_TTL_MAX - 1, &there, NULL), LYGER_OK);
    expires = expiry_of(sight.entry), after = lyger_os_milliseconds();
    CHECK(there && expires >= before + longest - 1000 && expires <= after + longest - 1000);
    close_cache(cache);
}

static void longest_lock_is_held_so_long(void)
{
    const uint32_t times[] = {LYGER_CACHE_TTL_MAX,
                              4294968}; /* the second just wraps around in milliseconds */
    for (size_t i = 0; i < 2; i++) {
        lyger_cache *cache = open_cache(MEGABYTE);
        uint64_t token = 0, before = lyger_os_milliseconds(), expires = 0;
        bool held;
        CHECK_INT(lyger_cache_lock(cache, "door", 4, times[i], &token, NULL), LYGER_OK);
        uint32_t places = cache->header->shard_count * cache->header->hold_count;
        for (uint32_t place = 0; place < places; place++) {
            if (atomic_load(&cache->holds[place].name)) {
                expires = atomic_load(&cache->holds[place].expires);
            }
        }
        uint64_t longest = (uint64_t)times[i] * 1000;
        CHECK(token && expires >= before + longest && expires <= lyger_os_milliseconds() + longest);
        CHECK_INT(lyger_cache_give_back(cache, "door", 4, LYGER_CACHE_LOCK, token, &held, NULL), LYGER_OK);
        CHECK(held);
        close_cache(cache);
    }
}

/* Else a reader that was held up would take an entry for the one that it saw. */
static void numbers_of_entries_are_not_given_again_after_a_rebuild(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    shard *s = shard_of_key(cache, "key");
    s->next_stamp = (uint64_t)1 << 55; /* years ahead of the clock, which must not be what saves the test */
    for (uint64_t i = 1; i <= 10; i++) {
        CHECK(put(cache, "key", 100, i));
    }
    CHECK(take_out(cache, "key"));
    uint64_t next = s->next_stamp;
    CHECK_INT(next, ((uint64_t)1 << 55) + 10);
    kill_child(stop_in_lock(cache, "key"));
    CHECK(put(cache, "key", 100, 11));
    CHECK_INT(facts_of(cache).lock_recoveries, 1);
    CHECK(s->next_stamp > next);
    close_cache(cache);
}

static void thread_that_has_the_id_of_a_dead_one_is_another(void)
{
    uint64_t self = lyger_os_thread(), one = (uint64_t)1 << 32;
    CHECK(self >> 32 != 0);
    CHECK_INT(lyger_os_thread_state(self, 0), LYGER_OS_RUNS);
    CHECK_INT(lyger_os_thread_state(self + one, 0), LYGER_OS_GONE);
    CHECK_INT(lyger_os_thread_state(self - one, 0), self >> 32 == 1 ? LYGER_OS_RUNS : LYGER_OS_GONE);
    CHECK_INT(lyger_os_thread_state(0, 0), LYGER_OS_GONE);
    CHECK_INT(lyger_os_thread_state(UINT32_MAX, 0), LYGER_OS_GONE);
}

static bool count_key(const char *key, size_t key_len, void *context)
{
    (void)key, (void)key_len;
    ++*(int *)context;
    return true;
}

static int count_keys(lyger_cache *cache, const char *prefix)
{
    int count = 0;
    for (lyger_cache_walk walk = {0, 0};
         lyger_cache_walk_on(cache, &walk, prefix, strlen(prefix), count_key, &count);) {
    }
    return count;
}

/* A key of eight bytes has its value right behind it. */
static void prefix_ends_with_the_key(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = "9", .len = 1};
    bool stored;
    CHECK_INT(lyger_cache_store(cache, "12345678", 8, &value, 0, 0, LYGER_CACHE_REPLACE, &stored, NULL),
              LYGER_OK);
    CHECK_INT(count_keys(cache, "12345678"), 1);
    CHECK_INT(lyger_cache_purge(cache, "123456789", 9, NULL), LYGER_OK);
    CHECK_INT(lyger_cache_count(cache), 1);
    CHECK_INT(lyger_cache_purge(cache, "12345678", 8, NULL), LYGER_OK);
    CHECK_INT(lyger_cache_count(cache), 0);
    /* What a walk copies stays where the next key goes. */
    value = (lyger_cache_value){.type = LYGER_CACHE_INT, .as.integer = 1};
    for (int i = 0; i < 100; i++) {
        char key[32];
        snprintf(key, sizeof key, "a long key %02d", i);
        lyger_cache_store(cache, key, strlen(key), &value, 0, 0, LYGER_CACHE_REPLACE, &stored, NULL);
        snprintf(key, sizeof key, "a long%02d", i);
        lyger_cache_store(cache, key, strlen("a long"), &value, 0, 0, LYGER_CACHE_REPLACE, &stored, NULL);
    }
    CHECK_INT(count_keys(cache, "a long key"), 100);
    CHECK_INT(count_keys(cache, "a long"), 101);
    close_cache(cache);
}

int main(void)
{
    RUN(entry_is_over_at_its_millisecond);
    RUN(longest_times_are_kept);
    RUN(longest_lock_is_held_so_long);
    RUN(numbers_of_entries_are_not_given_again_after_a_rebuild);
    RUN(thread_that_has_the_id_of_a_dead_one_is_another);
    RUN(prefix_ends_with_the_key);
    return finish();
}
