/*
 * Readers without a lock at full speed while others overwrite, evict and are killed: no foreign byte may come
 * back. scripts/stress-reads builds and runs this.
 *
 *     stress_reads SECONDS
 *
 * Strings of 32 and 200 bytes go the short way (fetch_short(), which is the native door's), longer ones the
 * long way, and values in place are pinned. Values are content.h's, so every byte is known.
 */
#include "cache_help.h"

#include "cache/read_fast.h"

#include <sys/mman.h>

#define READERS 2u
#define WRITERS 2u
#define KEYS 4u

static const size_t lengths[KEYS] = {32, 200, 3000, 700};
static const char *const keys[KEYS] = {"short", "middle", "long", "in place"};

typedef struct shared_page {
    _Atomic uint64_t reads[KEYS], foreign[KEYS], kills;
} shared_page;

static shared_page *shared;
static lyger_cache *cache;

static void write_for_ever(void)
{
    char key[32];
    for (uint64_t i = 1;; i++) {
        uint32_t which = i % KEYS;
        bool stored;
        lyger_error error;
        put_typed(cache, keys[which], which == 3 ? LYGER_CACHE_ARRAY_IN_PLACE : LYGER_CACHE_STRING,
                  lengths[which], i, LYGER_CACHE_REPLACE, &stored, &error);
        if (i % 64 == 0) { /* evicts and moves */
            snprintf(key, sizeof key, "other%d", (int)(i / 64 % 5000));
            put(cache, key, 30 + i % 1500, i);
        }
    }
}

static char *place(void *context, size_t len)
{
    return len <= 4096 ? context : NULL;
}

static bool read_one(uint32_t which, char *copy)
{
    const char *key = keys[which];
    size_t key_len = strlen(key);
    lyger_cache_value value = {.len = lengths[which], .bytes = copy};
    lyger_cache_sight sight;
    if (which == 3 && lyger_cache_see(cache, key, key_len, &sight) == LYGER_CACHE_HIT &&
        lyger_cache_pin(cache, &sight)) {
        bool whole = content_whole(sight.value.bytes, sight.value.len, content_key(key, key_len), NULL);
        lyger_cache_unpin(cache);
        return whole;
    }
    glance result = fetch_short(cache, key, key_len, 231, place, copy);
    if (result == GLANCE_AGAIN) {
        result = lyger_cache_fetch(cache, key, key_len, &value, &(lyger_cache_room){place, copy}) ==
                         LYGER_CACHE_HIT
                     ? GLANCE_HIT
                     : GLANCE_MISS;
    }
    return result == GLANCE_MISS || content_whole(copy, lengths[which], content_key(key, key_len), NULL);
}

static void read_until(uint64_t end)
{
    static char copy[4096];
    while (milliseconds() < end) {
        for (uint32_t i = 0; i < 40000; i++) {
            uint32_t which = i % 64 < 28 ? 0 : i % 64 < 56 ? 1 : i % 64 < 60 ? 2 : 3;
            atomic_fetch_add_explicit(&shared->reads[which], 1, memory_order_relaxed);
            if (!read_one(which, copy)) {
                atomic_fetch_add(&shared->foreign[which], 1);
            }
        }
    }
}

static pid_t begin_writer(void)
{
    pid_t child = fork();
    if (child == 0) {
        write_for_ever();
    }
    return child;
}

static void no_read_has_a_foreign_byte(uint64_t end)
{
    pid_t readers[READERS], writers[WRITERS];
    for (uint32_t i = 0; i < READERS; i++) {
        readers[i] = fork();
        if (readers[i] == 0) {
            read_until(end);
            _exit(0);
        }
    }
    for (uint32_t i = 0; i < WRITERS; i++) {
        writers[i] = begin_writer();
    }
    for (uint32_t i = 0; milliseconds() < end; i++) {
        nap(20 + i * 7 % 60);
        kill_child(writers[i % WRITERS]);
        writers[i % WRITERS] = begin_writer();
        atomic_fetch_add(&shared->kills, 1);
    }
    for (uint32_t i = 0; i < WRITERS; i++) {
        kill_child(writers[i]);
    }
    for (uint32_t i = 0; i < READERS; i++) {
        CHECK_INT(status_of(readers[i]), 0);
    }
    for (uint32_t i = 0; i < KEYS; i++) {
        printf("# %s: %llu reads, %llu foreign\n", keys[i], (unsigned long long)shared->reads[i],
               (unsigned long long)shared->foreign[i]);
        CHECK(shared->reads[i] > 1000 && shared->foreign[i] == 0);
    }
    printf("# %llu writers killed\n", (unsigned long long)shared->kills);
}

int main(int argc, char **argv)
{
    uint64_t end = milliseconds() + (argc > 1 ? strtoull(argv[1], NULL, 10) : 10) * 1000;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cache = open_cache(2 * MEGABYTE);
    fflush(stdout);
    no_read_has_a_foreign_byte(end);
    printf("%s no read has a foreign byte\n", case_failed ? "not ok" : "ok");
    printf("stress: %d passed, %d failed, 0 skipped\n", !case_failed, case_failed);
    cases_failed += case_failed;
    return finish();
}
