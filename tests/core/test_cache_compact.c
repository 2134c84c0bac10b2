/*
 * Values of mixed sizes in a full segment: entries are moved together, and whoever reads one meanwhile, or is
 * killed while it moves one, does no harm.
 */
#include "cache_help.h"

#include "cache/shard/index.h"
#include "cache/segment/step.h"

#include <pthread.h>

#ifdef LYGER_TEST_HOOKS

#define SIZE (4 * MEGABYTE)
#define KEYS 3000u

static lyger_cache *cache;
static uint32_t slides, stop_at; /* so many slides are let by; UINT32_MAX: all */

static void key_of(char key[16], uint32_t i)
{
    snprintf(key, 16, "value %u", i);
}

/* 32 bytes to 48 KB; an entry's size is always the same. */
static size_t size_of(uint32_t i)
{
    uint32_t mixed = i * 2654435761u;
    return ((size_t)32 << (mixed >> 28) % 11) + (mixed >> 8) % 16384;
}

static void fill(uint32_t stores)
{
    char key[16];
    for (uint32_t i = 0; i < stores; i++) {
        uint32_t n = (i * 7919u) % KEYS;
        key_of(key, n);
        if (!number_of(cache, key)) {
            CHECK(put(cache, key, size_of(n), n + 1));
        }
    }
}

/* Every key has its value or none; how many have one. */
static uint64_t whole_values(void)
{
    char key[16];
    uint64_t there = 0;
    for (uint32_t i = 0; i < KEYS; i++) {
        key_of(key, i);
        uint64_t number = number_of(cache, key);
        CHECK(number == 0 || number == i + 1);
        there += number != 0;
    }
    return there;
}

static void count_slides(cache_step where)
{
    slides += where == STEP_SLIDING;
}

static void full_segment_is_full(void)
{
    lyger_cache_facts facts;
    cache = open_cache(SIZE);
    slides = 0;
    lyger_cache_step = count_slides;
    fill(20000);
    lyger_cache_step = NULL;
    CHECK(slides > 0);
    lyger_cache_describe(cache, &facts);
    CHECK(facts.bytes_used * 100 >= facts.bytes_capacity * 90);
    CHECK_INT(whole_values(), facts.entries);
    close_cache(cache);
}

static void die_while_it_slides(cache_step where)
{
    if (where == STEP_SLIDING && slides++ == stop_at) {
        raise(SIGKILL);
    }
}

static void writer_killed_while_an_entry_slides_loses_that_entry_only(void)
{
    for (stop_at = 0; stop_at < 40; stop_at += 13) {
        cache = open_cache(SIZE);
        pid_t child = fork();
        if (child == 0) {
            slides = 0;
            lyger_cache_step = die_while_it_slides;
            fill(20000);
            _exit(0);
        }
        CHECK_INT(end_of_other(child), -1);
        lyger_error error = {0};
        CHECK_INT(lyger_cache_verify(cache, &error), LYGER_OK);
        lyger_cache_facts facts;
        lyger_cache_describe(cache, &facts);
        CHECK(facts.entries > 100);
        CHECK_INT(whole_values(), facts.entries);
        close_cache(cache);
    }
}

/* The key whose slot says that it moves; KEYS when there is none. */
static uint32_t moving_key(void)
{
    char key[16];
    for (uint32_t i = 0; i < KEYS; i++) {
        key_of(key, i);
        uint64_t hash = lyger_hash_key(key, strlen(key), cache->hash_state);
        uint32_t number = shard_number_of(cache, hash), mask = atomic_load(&cache->masks[number]);
        for (uint32_t probe = 0; probe < PROBE_LIMIT; probe++) {
            bucket *b = bucket_numbered(cache, number, (home_bucket(hash) + probe) & mask);
            for (uint32_t slot = 0; slot < BUCKET_SLOTS; slot++) {
                if (atomic_load(&b->slots[slot]) == slot_word(hash, SLOT_MOVING)) {
                    return i;
                }
            }
        }
    }
    return KEYS;
}

static uint32_t wanted;
static uint64_t found;
static atomic_bool begun, done;
static pthread_t reader;

static void *read_it(void *context)
{
    char key[16];
    key_of(key, wanted);
    atomic_store(&begun, true);
    found = number_of(cache, key);
    atomic_store(&done, true);
    return context;
}

static void read_while_it_slides(cache_step where)
{
    if (where != STEP_SLIDING) {
        return;
    }
    lyger_cache_step = NULL;
    wanted = moving_key();
    CHECK(wanted < KEYS);
    CHECK_INT(pthread_create(&reader, NULL, read_it, NULL), 0);
    while (!atomic_load(&begun)) {
        nap(1);
    }
    nap(5);
    CHECK(!atomic_load(&done));
    slides++;
}

static void reader_of_an_entry_that_slides_waits_and_has_it(void)
{
    cache = open_cache(SIZE);
    slides = 0;
    lyger_cache_step = read_while_it_slides;
    char key[16];
    for (uint32_t i = 0; i < 20000 && !slides; i++) {
        key_of(key, i % KEYS);
        CHECK(put(cache, key, size_of(i % KEYS), i % KEYS + 1));
    }
    CHECK_INT(slides, 1);
    pthread_join(reader, NULL);
    CHECK_INT(found, wanted + 1);
    close_cache(cache);
}

int main(void)
{
    RUN(full_segment_is_full);
    RUN(writer_killed_while_an_entry_slides_loses_that_entry_only);
    RUN(reader_of_an_entry_that_slides_waits_and_has_it);
    return finish();
}

#else
#error "scripts/test-core defines LYGER_TEST_HOOKS"
#endif
