/*
 * Changing what was read: a version is replaced or removed only while it is the key's, whoever else writes,
 * counts, makes room, or is killed. And what is told of an entry without its value.
 */
#include "cache_help.h"

#include <sys/mman.h>

#define WORKERS 4
#define JOBS 4000

static bool set_int(lyger_cache *cache, const char *key, int64_t number)
{
    lyger_cache_value value = {.type = LYGER_CACHE_INT, .as.integer = number};
    bool stored = false;
    lyger_cache_store(cache, key, strlen(key), &value, 0, 0, LYGER_CACHE_REPLACE, &stored, NULL);
    return stored;
}

static bool set_text(lyger_cache *cache, const char *key, const char *text, size_t len)
{
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = text, .len = len};
    bool stored = false;
    lyger_cache_store(cache, key, strlen(key), &value, 0, 0, LYGER_CACHE_REPLACE, &stored, NULL);
    return stored;
}

static char *nowhere(void *context, size_t len)
{
    static char bytes[1 << 20];
    (void)context;
    return len <= sizeof bytes ? bytes : NULL;
}

/* The version of a key; its number is 0 when there is none. */
static lyger_cache_version version_of(lyger_cache *cache, const char *key)
{
    lyger_cache_value value;
    lyger_cache_version version = {0};
    lyger_cache_fetch_version(cache, key, strlen(key), &value, &version, &(lyger_cache_room){nowhere, NULL});
    return version;
}

static bool exchange_int(lyger_cache *cache, const char *key, const lyger_cache_version *version,
                         int64_t number)
{
    lyger_cache_value value = {.type = LYGER_CACHE_INT, .as.integer = number};
    bool stored = false;
    CHECK_INT(lyger_cache_exchange(cache, key, strlen(key), version, &value, 0, &stored, NULL), LYGER_OK);
    return stored;
}

static bool remove_version(lyger_cache *cache, const char *key, const lyger_cache_version *version)
{
    bool there = false;
    CHECK_INT(lyger_cache_remove_version(cache, key, strlen(key), version, &there, NULL), LYGER_OK);
    return there;
}

static int64_t read_int(lyger_cache *cache, const char *key)
{
    lyger_cache_value value = {.type = LYGER_CACHE_NULL};
    lyger_cache_fetch(cache, key, strlen(key), &value, &(lyger_cache_room){nowhere, NULL});
    return value.type == LYGER_CACHE_INT ? value.as.integer : -1;
}

static void version_is_replaced_and_removed_once(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    CHECK(version_of(cache, "key").number == 0);
    CHECK(set_text(cache, "key", "one", 3));
    lyger_cache_version first = version_of(cache, "key");
    CHECK(first.number != 0 && !exchange_int(cache, "other", &first, 1));
    CHECK(exchange_int(cache, "key", &first, 1) && !exchange_int(cache, "key", &first, 2));
    CHECK(!remove_version(cache, "key", &first) && read_int(cache, "key") == 1);
    lyger_cache_version second = version_of(cache, "key");
    CHECK(set_int(cache, "key", 1)); /* the same value, but another version */
    CHECK(!exchange_int(cache, "key", &second, 2) && !remove_version(cache, "key", &second));
    second = version_of(cache, "key");
    CHECK(remove_version(cache, "key", &second) && !remove_version(cache, "key", &second));
    CHECK(!exchange_int(cache, "key", &second, 3) && read_int(cache, "key") == -1);
    close_cache(cache);
}

static void counting_makes_another_version(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    int64_t result;
    CHECK(set_int(cache, "key", 5));
    lyger_cache_version version = version_of(cache, "key");
    CHECK_INT(lyger_cache_add_integer(cache, "key", 3, 1, 0, &result, NULL), LYGER_OK);
    CHECK(!exchange_int(cache, "key", &version, 100) && !remove_version(cache, "key", &version));
    CHECK_INT(lyger_cache_add_integer(cache, "key", 3, -1, 0, &result, NULL), LYGER_OK);
    CHECK(exchange_int(cache, "key", &version, 100) && read_int(cache, "key") == 100);
    close_cache(cache);
}

static void expired_version_is_gone(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    bool there;
    CHECK(set_int(cache, "key", 5) && set_int(cache, "other", 5));
    lyger_cache_version version = version_of(cache, "key"), other = version_of(cache, "other");
    CHECK_INT(lyger_cache_retime(cache, "key", 3, 1, &there, NULL), LYGER_OK);
    CHECK_INT(lyger_cache_retime(cache, "other", 5, 1, &there, NULL), LYGER_OK);
    nap(1100);
    CHECK(!exchange_int(cache, "key", &version, 6) && !remove_version(cache, "other", &other));
    close_cache(cache);
}

/* A value that is larger than a region is stored in another way, under other locks. */
static void large_values_are_exchanged_too(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    static char bytes[600000];
    bool stored = true;
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = bytes, .len = sizeof bytes};
    CHECK(set_int(cache, "key", 5));
    lyger_cache_version version = version_of(cache, "key"), wrong = {version.number, 6};
    CHECK_INT(lyger_cache_exchange(cache, "key", 3, &wrong, &value, 0, &stored, NULL), LYGER_OK);
    CHECK(!stored && read_int(cache, "key") == 5);
    CHECK_INT(lyger_cache_exchange(cache, "key", 3, &version, &value, 0, &stored, NULL), LYGER_OK);
    CHECK(stored);
    version = version_of(cache, "key");
    CHECK(exchange_int(cache, "key", &version, 7) && read_int(cache, "key") == 7);
    close_cache(cache);
}

/* Begun and done, of each worker, in memory that they share. */
typedef struct tally {
    _Atomic uint64_t begun, done;
} tally;

typedef struct shared_page {
    tally tallies[WORKERS];
    _Atomic uint32_t taken[JOBS];
} shared_page;

static shared_page *shared;

static void add_one(lyger_cache *cache, tally *mine, bool counts)
{
    int64_t result;
    atomic_fetch_add(&mine->begun, 1);
    if (counts) {
        lyger_cache_add_integer(cache, "total", 5, 1, 0, &result, NULL);
    } else {
        lyger_cache_version version;
        do {
            version = version_of(cache, "total");
        } while (!exchange_int(cache, "total", &version, version.integer + 1));
    }
    atomic_fetch_add(&mine->done, 1);
}

static void compared_and_counted_numbers_add_up(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    pid_t workers[WORKERS];
    memset(shared, 0, sizeof *shared);
    CHECK(set_int(cache, "total", 0));
    for (int i = 0; i < WORKERS; i++) {
        fflush(stdout);
        workers[i] = fork();
        if (workers[i] == 0) {
            for (int n = 0; i == 0 || n < 5000; n++) { /* the first goes on until it is killed */
                add_one(cache, &shared->tallies[i], n % 2);
            }
            _exit(0);
        }
    }
    for (int i = WORKERS - 1; i > 0; i--) {
        CHECK_INT(status_of(workers[i]), 0);
    }
    kill_child(workers[0]);
    uint64_t total = (uint64_t)read_int(cache, "total"), others = 5000 * (WORKERS - 1);
    CHECK(total >= others + atomic_load(&shared->tallies[0].done));
    CHECK(total <= others + atomic_load(&shared->tallies[0].begun));
    close_cache(cache);
}

/* Takes the jobs from the first to the last, as long as there are any. */
static void take_jobs(lyger_cache *cache)
{
    char key[32];
    for (int i = 0; i < JOBS; i++) {
        snprintf(key, sizeof key, "job %d", i);
        lyger_cache_version version = version_of(cache, key);
        if (version.number && remove_version(cache, key, &version)) {
            atomic_fetch_add(&shared->taken[i], 1);
        }
    }
}

static void every_entry_is_taken_once(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    char key[32];
    pid_t workers[WORKERS];
    int lost = 0;
    memset(shared, 0, sizeof *shared);
    for (int i = 0; i < JOBS; i++) {
        snprintf(key, sizeof key, "job %d", i);
        CHECK(set_int(cache, key, i));
    }
    for (int i = 0; i < WORKERS; i++) {
        fflush(stdout);
        workers[i] = fork();
        if (workers[i] == 0) {
            take_jobs(cache);
            _exit(0);
        }
    }
    while (!atomic_load(&shared->taken[JOBS / 10])) {
        nap(1);
    }
    kill_child(workers[0]);
    for (int i = 1; i < WORKERS; i++) {
        CHECK_INT(status_of(workers[i]), 0);
    }
    take_jobs(cache); /* what the killed one had looked at */
    for (int i = 0; i < JOBS; i++) {
        CHECK(atomic_load(&shared->taken[i]) <= 1);
        lost += atomic_load(&shared->taken[i]) == 0;
    }
    CHECK(lost <= 1); /* taken by the killed one, and not told any more */
    CHECK_INT(lyger_cache_count(cache), 0);
    close_cache(cache);
}

static lyger_cache_details details_of(lyger_cache *cache, const char *key)
{
    lyger_cache_details details = {0};
    CHECK(lyger_cache_inspect(cache, key, strlen(key), &details));
    return details;
}

static void type_is_told_by_its_name(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    static const struct {
        lyger_cache_type type;
        const char *bytes;
        size_t len;
        const char *name;
    } values[] = {
        {LYGER_CACHE_NULL, NULL, 0, "null"},
        {LYGER_CACHE_BOOL, NULL, 0, "bool"},
        {LYGER_CACHE_INT, NULL, 0, "int"},
        {LYGER_CACHE_FLOAT, NULL, 0, "float"},
        {LYGER_CACHE_STRING, "", 0, "string"},
        {LYGER_CACHE_ARRAY, "x", 1, "array"},
        {LYGER_CACHE_SERIALIZED, "a:0:{}", 6, "array"},
        {LYGER_CACHE_SERIALIZED, "O:1:\"A\":0:{}", 12, "object"},
        {LYGER_CACHE_SERIALIZED, "", 0, "object"},
        {LYGER_CACHE_IGBINARY, "\0\0\0\2\x14\0", 6, "array"},
        {LYGER_CACHE_IGBINARY, "\0\0\0\2\x16\0\0\0\0", 9, "array"},
        {LYGER_CACHE_IGBINARY, "\0\0\0\2\x17\1A\x14\0", 9, "object"},
        {LYGER_CACHE_IGBINARY, "\0\0\0\2", 4, "object"},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        lyger_cache_value value = {.type = values[i].type, .bytes = values[i].bytes, .len = values[i].len};
        bool stored;
        CHECK_INT(lyger_cache_store(cache, "key", 3, &value, 0, 0, LYGER_CACHE_REPLACE, &stored, NULL),
                  LYGER_OK);
        lyger_cache_details details = details_of(cache, "key");
        CHECK_STR(lyger_cache_type_name(&details), values[i].name);
    }
    close_cache(cache);
}

static void time_that_is_left_and_age_are_told(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    bool there;
    int64_t result;
    CHECK(set_int(cache, "key", 1));
    lyger_cache_details details = details_of(cache, "key");
    CHECK(details.left == 0 && details.age < 1000 && details.len == 8 && details.bytes == 64);
    nap(1000);
    CHECK_INT(lyger_cache_add_integer(cache, "key", 3, 1, 0, &result, NULL), LYGER_OK);
    CHECK_INT(lyger_cache_retime(cache, "key", 3, 100, &there, NULL), LYGER_OK);
    details = details_of(cache, "key");
    CHECK(details.age >= 1000 && details.age < 60000);
    CHECK(details.left <= 100000 && details.left > 40000);
    CHECK(set_int(cache, "key", 1));
    CHECK(details_of(cache, "key").age < details.age);
    close_cache(cache);
}

static entry *entry_of_key(lyger_cache *cache, const char *key)
{
    lyger_cache_sight seen = {0};
    CHECK(lyger_cache_peek(cache, key, strlen(key), &seen) == LYGER_CACHE_HIT);
    return (entry *)(uintptr_t)seen.entry;
}

/* Moves the entry of a key, and says how old it is then. */
static uint64_t age_when_moved(lyger_cache *cache, const char *key)
{
    shard *s = shard_of_key(cache, key);
    CHECK(lyger_shard_lock(cache, s, NULL));
    CHECK(moved_entry(cache, s, granule_of(cache, entry_of_key(cache, key))));
    lyger_shard_unlock(s);
    return details_of(cache, key).age;
}

static void entry_that_is_moved_keeps_its_age(void)
{
    static const uint64_t ages[] = {0, 5, 1000, 100000, 86400000, 5000000000u};
    lyger_cache *cache = open_cache(MEGABYTE);
    CHECK(set_text(cache, "key", "some text that is there", 23));
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
        /* It was stored so many milliseconds earlier: the number of its moment says so. */
        entry *e = entry_of_key(cache, "key");
        uint64_t stamp = atomic_load(&e->stamp), moments = ages[i] >> STAMP_MOMENT;
        uint64_t placed = stamp >> cache->shard_bits >> STAMP_NUMBER;
        if (moments >= placed) {
            break; /* the machine has not run so long */
        }
        atomic_store(&e->stamp, stamp - (moments << STAMP_NUMBER << cache->shard_bits));
        uint64_t age = details_of(cache, "key").age, allowed = age / 500 + 5000;
        CHECK(age >= ages[i] / 64 * 64 && age < ages[i] + allowed);
        for (int n = 0; n < 20; n++) {
            uint64_t moved = age_when_moved(cache, "key");
            CHECK(moved + age / 20 + 20000 > age && moved < age + age / 20 + 20000);
        }
        CHECK(set_text(cache, "key", "some text that is there", 23));
    }
    close_cache(cache);
}

int main(void)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(shared != MAP_FAILED);
    RUN(version_is_replaced_and_removed_once);
    RUN(counting_makes_another_version);
    RUN(expired_version_is_gone);
    RUN(large_values_are_exchanged_too);
    RUN(compared_and_counted_numbers_add_up);
    RUN(every_entry_is_taken_once);
    RUN(type_is_told_by_its_name);
    RUN(time_that_is_left_and_age_are_told);
    RUN(entry_that_is_moved_keeps_its_age);
    munmap(shared, sizeof *shared);
    return finish();
}
