/*
 * The cache entered by many threads at once. Its main use is under ThreadSanitizer (scripts/test runs it so):
 * readers that take no lock must still be free of races in the build that copies atomically.
 */
#include "check.h"

#include "cache/cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#define THREADS 4
#define KEYS 200
#define LONGEST 600

static lyger_cache *cache;
static _Atomic int torn, hits;

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
    lyger_cache_describe(cache, &facts);
    CHECK(facts.entries <= KEYS + 1);
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
