/*
 * The cache entered by many threads at once. Its main use is under ThreadSanitizer (scripts/test runs it so):
 * readers that take no lock must still be free of races in the build that copies atomically.
 */
#include "check.h"
#include "process.h"

#include "cache/cache.h"
#include "cache/segment/racy.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#define THREADS 4
#define KEYS 200
#define LONGEST 600
#define LARGE 150000 /* more than a region */

static lyger_cache *cache;
static _Atomic int torn, hits, pinned, holders;

/* A value says its length and repeats one byte. */
static void fill(char *value, uint32_t len, int byte)
{
    memcpy(value, &len, sizeof len);
    memset(value + sizeof len, byte, len - sizeof len);
}

static bool whole(const char *value, size_t len)
{
    uint32_t said;
    if (len < sizeof said + 1) {
        return false;
    }
    memcpy(&said, value, sizeof said);
    for (size_t i = sizeof said + 1; i < len; i++) {
        if (value[i] != value[sizeof said]) {
            return false;
        }
    }
    return said == len;
}

static void store_large(unsigned *seed)
{
    static __thread char large[LARGE];
    bool stored;
    fill(large, LARGE, rand_r(seed));
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = large, .len = LARGE};
    lyger_cache_store(cache, "large", 5, &value, 0, 0, LYGER_CACHE_REPLACE, &stored, NULL);
}

/* Values used in place are under keys of their own; what is pinned must stay as it is. */
static void pin_or_store(unsigned *seed)
{
    char key[16], copy[LONGEST];
    int key_len = snprintf(key, sizeof key, "p%d", rand_r(seed) % 20);
    lyger_cache_sight sight;
    if (rand_r(seed) % 2 && lyger_cache_see(cache, key, (size_t)key_len, &sight) == LYGER_CACHE_HIT &&
        lyger_cache_pin(cache, &sight)) {
        for (int i = 0; i < 3; i++) {
            lyger_racy_read(copy, sight.value.bytes, sight.value.len);
            torn += !whole(copy, sight.value.len);
        }
        pinned++;
        lyger_cache_unpin(cache);
        return;
    }
    bool stored;
    char value[LONGEST];
    uint32_t len = 8 + (uint32_t)rand_r(seed) % (LONGEST - 8);
    fill(value, len, rand_r(seed));
    lyger_cache_image image = {.head = ""};
    lyger_cache_value stores = {
        .type = LYGER_CACHE_STRING_IN_PLACE, .bytes = value, .len = len, .image = &image};
    lyger_cache_store(cache, key, (size_t)key_len, &stores, 0, 0, LYGER_CACHE_REPLACE, &stored, NULL);
}

static void lock_and_unlock(void)
{
    uint64_t token;
    bool held;
    if (lyger_cache_lock(cache, "lock", 4, 10, &token, NULL) == LYGER_OK && token) {
        int inside = ++holders;
        torn += inside != 1;
        holders--;
        lyger_cache_give_back(cache, "lock", 4, LYGER_CACHE_LOCK, token, &held, NULL);
    }
}

static char *room(void *context, size_t len)
{
    return len <= LONGEST ? context : NULL;
}

static void *mix(void *argument)
{
    unsigned seed = (unsigned)(uintptr_t)argument;
    char key[16], value[LONGEST], copy[LONGEST];
    const lyger_cache_room into = {room, copy};
    for (int i = 0; i < 8000; i++) {
        int64_t total;
        bool stored;
        int key_len = snprintf(key, sizeof key, "k%d", rand_r(&seed) % KEYS);
        int what = rand_r(&seed) % 10;
        if (what < 2) {
            uint32_t len = 8 + (uint32_t)rand_r(&seed) % (LONGEST - 8);
            fill(value, len, rand_r(&seed));
            lyger_cache_value stores = {.type = LYGER_CACHE_STRING, .bytes = value, .len = len};
            lyger_cache_store(cache, key, (size_t)key_len, &stores, 0, 0, LYGER_CACHE_REPLACE, &stored, NULL);
        } else if (what == 2) {
            lyger_cache_remove(cache, key, (size_t)key_len, &stored, NULL);
        } else if (i % 97 == 0) {
            store_large(&seed);
        } else if (i % 11 == 0) {
            pin_or_store(&seed);
        } else if (i % 13 == 0) {
            lock_and_unlock();
        } else if (what == 3) {
            lyger_cache_add_integer(cache, "total", 5, 1, 0, &total, NULL);
        } else if (what == 4) {
            lyger_cache_retime(cache, key, (size_t)key_len, 1000, &stored, NULL);
        } else {
            lyger_cache_value got;
            if (lyger_cache_fetch(cache, key, (size_t)key_len, &got, &into) == LYGER_CACHE_HIT) {
                hits++;
                torn += !whole(got.bytes, got.len);
            }
        }
    }
    lyger_cache_end_request(cache);
    return NULL;
}

static void threads_see_only_whole_values(void)
{
    pthread_t threads[THREADS];
    lyger_error error;
    lyger_cache_facts facts;
    cache = lyger_cache_open(LYGER_CACHE_SIZE_MIN, NULL, &error);
    CHECK(cache != NULL);
    for (uintptr_t i = 0; i < THREADS; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, mix, (void *)(i + 1)), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_INT(torn, 0);
    CHECK(hits > 1000);
    CHECK(pinned > 100);
    CHECK_INT(lyger_cache_purge(cache, "", 0, NULL), LYGER_OK);
    lyger_cache_describe(cache, &facts);
    CHECK_INT(facts.entries, 0);
    CHECK_INT(facts.bytes_used + facts.bytes_held, 0);
    lyger_cache_close(cache);
}

static _Atomic int64_t expected;

static void *count_up(void *argument)
{
    for (int i = 0; i < 5000; i++) {
        int64_t by = 1 + (int64_t)(uintptr_t)argument, total;
        lyger_cache_add_integer(cache, "counter", 7, by, 0, &total, NULL);
        expected += by;
    }
    return NULL;
}

static void counters_lose_nothing_between_threads(void)
{
    pthread_t threads[THREADS];
    lyger_error error;
    cache = lyger_cache_open(LYGER_CACHE_SIZE_MIN, NULL, &error);
    for (uintptr_t i = 0; i < THREADS; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, count_up, (void *)i), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    int64_t total;
    CHECK_INT(lyger_cache_add_integer(cache, "counter", 7, 0, 0, &total, &error), LYGER_OK);
    CHECK_INT(total, expected);
    lyger_cache_close(cache);
}

int main(void)
{
    RUN(threads_see_only_whole_values);
    RUN(counters_lose_nothing_between_threads);
    return finish();
}
