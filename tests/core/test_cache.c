#include "check.h"
#include "process.h"

#include "cache/cache.h"

#define MEGABYTE ((size_t)1 << 20)

static char fetched[1 << 20];

static char *room(void *context, size_t len)
{
    (void)context;
    return len <= sizeof fetched ? fetched : NULL;
}

static const lyger_cache_room into_fetched = {room, NULL};

static bool take_out(lyger_cache *cache, const char *key, size_t len)
{
    bool there;
    return lyger_cache_remove(cache, key, len, &there, NULL) == LYGER_OK && there;
}

static bool touch(lyger_cache *cache, const char *key, size_t len, uint32_t ttl)
{
    bool there;
    return lyger_cache_retime(cache, key, len, ttl, &there, NULL) == LYGER_OK && there;
}

static lyger_cache *open_cache(size_t size)
{
    lyger_error error;
    lyger_cache *cache = lyger_cache_open(size, NULL, &error);
    if (!cache) {
        printf("# %s\n", error.message);
        exit(EXIT_FAILURE);
    }
    return cache;
}

static bool put(lyger_cache *cache, const char *key, const char *bytes, size_t len, uint32_t ttl)
{
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = bytes, .len = len};
    bool stored;
    lyger_error error;
    return lyger_cache_store(cache, key, strlen(key), &value, ttl, 0, LYGER_CACHE_REPLACE, &stored, &error) ==
               LYGER_OK &&
           stored;
}

static bool holds(lyger_cache *cache, const char *key, const char *bytes, size_t len)
{
    lyger_cache_value value;
    return lyger_cache_fetch(cache, key, strlen(key), &value, &into_fetched) == LYGER_CACHE_HIT &&
           value.type == LYGER_CACHE_STRING && value.len == len && memcmp(value.bytes, bytes, len) == 0;
}

static void nap(long milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

static void every_type_comes_back(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    const lyger_cache_value values[] = {
        {.type = LYGER_CACHE_NULL},
        {.type = LYGER_CACHE_BOOL, .as.integer = 1},
        {.type = LYGER_CACHE_INT, .as.integer = INT64_MIN},
        {.type = LYGER_CACHE_FLOAT, .as.number = -0.5},
        {.type = LYGER_CACHE_STRING, .bytes = "a\0b", .len = 3},
        {.type = LYGER_CACHE_STRING, .bytes = "", .len = 0},
        {.type = LYGER_CACHE_SERIALIZED, .bytes = "a:0:{}", .len = 6},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char key[3] = {'k', (char)i, '\0'};
        bool stored;
        CHECK_INT(lyger_cache_store(cache, key, 3, &values[i], 0, 0, LYGER_CACHE_REPLACE, &stored, NULL),
                  LYGER_OK);
        lyger_cache_value got;
        CHECK_INT(lyger_cache_fetch(cache, key, 3, &got, &into_fetched), LYGER_CACHE_HIT);
        CHECK_INT(got.type, values[i].type);
        if (got.type >= LYGER_CACHE_STRING) {
            CHECK_INT(got.len, values[i].len);
            CHECK(got.len == 0 || memcmp(got.bytes, values[i].bytes, got.len) == 0);
        } else {
            CHECK_INT(got.as.integer, values[i].as.integer);
        }
    }
    CHECK_INT(lyger_cache_count(cache), 7);
    lyger_cache_close(cache);
}

static void replaced_and_removed_keys_leave_nothing_behind(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    lyger_cache_facts facts;
    for (int i = 0; i < 1000; i++) {
        CHECK(put(cache, "key", fetched, (size_t)i * 7, 0));
    }
    CHECK_INT(lyger_cache_count(cache), 1);
    CHECK(take_out(cache, "key", 3));
    CHECK(!take_out(cache, "key", 3));
    lyger_cache_describe(cache, &facts);
    CHECK_INT(facts.entries, 0);
    CHECK_INT(facts.bytes_used, 0);
    CHECK_INT(facts.evictions, 0);
    CHECK_INT(facts.sets, 1000);
    CHECK_INT(facts.deletes, 1);
    lyger_cache_close(cache);
}

static void longest_key_and_one_byte_key_work(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    char *key = malloc(LYGER_CACHE_KEY_MAX);
    memset(key, 'k', LYGER_CACHE_KEY_MAX);
    lyger_cache_value value = {.type = LYGER_CACHE_INT, .as.integer = 9};
    for (size_t len = 1; len <= LYGER_CACHE_KEY_MAX; len = len < 40 ? len + 1 : len * 2 + 1) {
        bool stored;
        lyger_error error;
        lyger_status status =
            lyger_cache_store(cache, key, len, &value, 0, 0, LYGER_CACHE_REPLACE, &stored, &error);
        CHECK_INT(status, LYGER_OK);
        CHECK(lyger_cache_contains(cache, key, len));
        CHECK(!lyger_cache_contains(cache, key, len == 1 ? 45 : len - 1) || len <= 40);
    }
    free(key);
    lyger_cache_close(cache);
}

static void full_cache_evicts_and_always_stores(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    char key[32], value[3000];
    lyger_cache_facts facts;
    for (int i = 0; i < 20000; i++) {
        size_t len = (size_t)(i * 2654435761u % sizeof value);
        memset(value, i & 0xFF, len);
        snprintf(key, sizeof key, "key:%d", i);
        CHECK(put(cache, key, value, len, 0));
        CHECK(holds(cache, key, value, len));
    }
    lyger_cache_describe(cache, &facts);
    CHECK(facts.evictions > 15000);
    CHECK_INT(facts.entries + facts.evictions, 20000);
    CHECK(facts.bytes_used > facts.bytes_capacity * 8 / 10);
    CHECK(facts.bytes_used <= facts.bytes_capacity);
    lyger_cache_purge(cache, "", 0, NULL);
    lyger_cache_describe(cache, &facts);
    CHECK_INT(facts.entries, 0);
    CHECK_INT(facts.bytes_used, 0);
    lyger_cache_close(cache);
}

static void tiny_entries_fill_the_index_without_failing(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    char key[32];
    for (int i = 0; i < 50000; i++) {
        snprintf(key, sizeof key, "%d", i);
        CHECK(put(cache, key, "x", 1, 0));
        CHECK(holds(cache, key, "x", 1));
    }
    CHECK(lyger_cache_count(cache) > 5000);
    lyger_cache_close(cache);
}

static void hot_entries_survive_a_scan(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    char key[32], value[200] = {0};
    int kept = 0;
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 500; i++) {
            snprintf(key, sizeof key, "hot:%d", i);
            if (!holds(cache, key, value, sizeof value)) {
                put(cache, key, value, sizeof value, 0);
            }
        }
    }
    for (int i = 0; i < 100000; i++) {
        snprintf(key, sizeof key, "scan:%d", i);
        put(cache, key, value, sizeof value, 0);
    }
    for (int i = 0; i < 500; i++) {
        snprintf(key, sizeof key, "hot:%d", i);
        kept += holds(cache, key, value, sizeof value);
    }
    CHECK(kept > 450);
    lyger_cache_close(cache);
}

static void largest_value_that_fits_is_stored_and_a_larger_one_refused(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    lyger_error error;
    bool stored;
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = fetched, .len = 65536 - 48 - 8};
    for (int i = 0; i < 100; i++) {
        put(cache, "filler", fetched, (size_t)(i * 400), 0);
        CHECK_INT(lyger_cache_store(cache, "key", 3, &value, 0, 0, LYGER_CACHE_REPLACE, &stored, &error),
                  LYGER_OK);
    }
    value.len = 2 * MEGABYTE;
    CHECK_INT(lyger_cache_store(cache, "key", 3, &value, 0, 0, LYGER_CACHE_REPLACE, &stored, &error),
              LYGER_E_CACHE);
    CHECK(!stored && strstr(error.message, "2097152"));
    CHECK(lyger_cache_contains(cache, "key", 3));
    lyger_cache_close(cache);
}

static void expired_entry_is_a_miss_and_gives_its_memory_back(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    lyger_cache_facts facts;
    CHECK(put(cache, "short", "x", 1, 1));
    CHECK(put(cache, "long", "y", 1, 100));
    CHECK(put(cache, "touched", "z", 1, 1));
    CHECK(touch(cache, "touched", 7, 100));
    CHECK(!touch(cache, "absent", 6, 100));
    nap(700);
    CHECK(holds(cache, "short", "x", 1));
    nap(350);
    CHECK(!holds(cache, "short", "x", 1));
    CHECK(holds(cache, "long", "y", 1));
    CHECK(holds(cache, "touched", "z", 1));
    lyger_cache_describe(cache, &facts);
    CHECK_INT(facts.entries, 2);
    CHECK_INT(facts.expirations, 1);
    lyger_cache_close(cache);
}

static void add_stores_only_what_is_absent(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    lyger_cache_value one = {.type = LYGER_CACHE_INT, .as.integer = 1};
    bool stored;
    lyger_cache_store(cache, "k", 1, &one, 0, 0, LYGER_CACHE_IF_ABSENT, &stored, NULL);
    CHECK(stored);
    lyger_cache_store(cache, "k", 1, &one, 0, 0, LYGER_CACHE_IF_ABSENT, &stored, NULL);
    CHECK(!stored);
    lyger_cache_close(cache);
}

static void counting_checks_type_and_range(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    int64_t result;
    lyger_error error;
    CHECK_INT(lyger_cache_add_integer(cache, "n", 1, 5, 0, &result, &error), LYGER_OK);
    CHECK_INT(result, 5);
    CHECK_INT(lyger_cache_add_integer(cache, "n", 1, -7, 0, &result, &error), LYGER_OK);
    CHECK_INT(result, -2);
    CHECK_INT(lyger_cache_add_integer(cache, "n", 1, INT64_MIN, 0, &result, &error), LYGER_E_CACHE);
    CHECK(strstr(error.message, "range") != NULL);
    CHECK_INT(lyger_cache_add_integer(cache, "n", 1, 2, 0, &result, &error), LYGER_OK);
    CHECK_INT(result, 0);
    put(cache, "s", "text", 4, 0);
    CHECK_INT(lyger_cache_add_integer(cache, "s", 1, 1, 0, &result, &error), LYGER_E_CACHE);
    lyger_cache_close(cache);
}

static void clearing_a_prefix_leaves_the_rest(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    char key[32];
    for (int i = 0; i < 300; i++) {
        snprintf(key, sizeof key, "%s:%d", i % 3 ? "user" : "user2", i);
        put(cache, key, "x", 1, 0);
    }
    lyger_cache_purge(cache, "user:", 5, NULL);
    CHECK_INT(lyger_cache_count(cache), 100);
    lyger_cache_close(cache);
}

static char *no_room(void *context, size_t len)
{
    *(size_t *)context = len;
    return NULL;
}

static void value_without_room_is_reported(void)
{
    lyger_cache *cache = open_cache(16 * MEGABYTE);
    size_t asked = 0;
    lyger_cache_value value;
    CHECK(put(cache, "k", fetched, 100000, 0));
    CHECK_INT(lyger_cache_fetch(cache, "k", 1, &value, &(lyger_cache_room){no_room, &asked}),
              LYGER_CACHE_NO_ROOM);
    CHECK_INT(asked, 100000);
    CHECK(holds(cache, "k", fetched, 100000));
    lyger_cache_close(cache);
}

static void forked_children_share_the_cache(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    for (int i = 0; i < 4; i++) {
        if (fork() == 0) {
            int64_t result;
            for (int n = 0; n < 10000; n++) {
                lyger_cache_add_integer(cache, "total", 5, 1, 0, &result, NULL);
            }
            _exit(0);
        }
    }
    while (wait(NULL) > 0) {
    }
    int64_t total;
    lyger_cache_facts facts;
    lyger_cache_add_integer(cache, "total", 5, 0, 0, &total, NULL);
    CHECK_INT(total, 40000);
    lyger_cache_describe(cache, &facts);
    CHECK_INT(facts.sets, 40001);
    lyger_cache_close(cache);
}

/* Every value says how long it is and repeats one byte: a torn or foreign value shows. */
static bool value_is_whole(const lyger_cache_value *value)
{
    uint32_t len;
    if (value->len < 8) {
        return false;
    }
    memcpy(&len, value->bytes, 4);
    if (len != value->len) {
        return false;
    }
    for (size_t i = 5; i < value->len; i++) {
        if (value->bytes[i] != value->bytes[4]) {
            return false;
        }
    }
    return true;
}

static void write_at_random(lyger_cache *cache, unsigned seed)
{
    static char value[8000];
    char key[16];
    for (;;) {
        uint32_t len = 8 + (uint32_t)rand_r(&seed) % 7000;
        memcpy(value, &len, 4);
        memset(value + 4, rand_r(&seed), len - 4);
        snprintf(key, sizeof key, "k%d", rand_r(&seed) % 400);
        if (rand_r(&seed) % 8 == 0) {
            take_out(cache, key, strlen(key));
        } else {
            put(cache, key, value, len, 0);
        }
    }
}

static int count_torn(lyger_cache *cache, unsigned seed, int reads)
{
    int torn = 0;
    char key[16];
    for (int i = 0; i < reads; i++) {
        lyger_cache_value value;
        snprintf(key, sizeof key, "k%d", rand_r(&seed) % 400);
        if (lyger_cache_fetch(cache, key, strlen(key), &value, &into_fetched) == LYGER_CACHE_HIT) {
            torn += !value_is_whole(&value);
        }
    }
    return torn;
}

static void killed_writers_leave_no_lock_no_torn_value_no_leak(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    lyger_cache_facts facts;
    int torn = 0;
    put(cache, "kept", "value", 5, 0);
    for (int round = 0; round < 300; round++) {
        pid_t writers[2];
        for (int i = 0; i < 2; i++) {
            writers[i] = fork();
            if (writers[i] == 0) {
                write_at_random(cache, (unsigned)(round * 2 + i + 1));
            }
        }
        torn += count_torn(cache, (unsigned)round, 1000);
        nap(1 + round % 4);
        for (int i = 0; i < 2; i++) {
            kill(writers[i], SIGKILL);
            waitpid(writers[i], NULL, 0);
        }
        torn += count_torn(cache, (unsigned)round, 400);
    }
    CHECK_INT(torn, 0);
    lyger_cache_describe(cache, &facts);
    printf("# %llu shards rebuilt, %llu evictions\n", (unsigned long long)facts.lock_recoveries,
           (unsigned long long)facts.evictions);
    CHECK(facts.lock_recoveries > 0);
    /* All memory is still there: empty it, then fill it with one value per region. */
    lyger_cache_purge(cache, "", 0, NULL);
    lyger_cache_describe(cache, &facts);
    CHECK_INT(facts.entries, 0);
    CHECK_INT(facts.bytes_used, 0);
    uint64_t evictions = facts.evictions;
    char key[32];
    size_t fits = facts.bytes_capacity / 70336 / facts.shards;
    for (size_t i = 0; i < fits; i++) {
        snprintf(key, sizeof key, "r%zu", i);
        CHECK(put(cache, key, fetched, 60000, 0));
    }
    lyger_cache_describe(cache, &facts);
    CHECK(facts.evictions <= evictions + fits);
    lyger_cache_close(cache);
}

static void stopped_writer_does_not_stop_readers(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    pid_t writer = fork();
    if (writer == 0) {
        write_at_random(cache, 1);
    }
    int torn = 0;
    for (int round = 0; round < 50; round++) {
        nap(1);
        kill(writer, SIGSTOP);
        torn += count_torn(cache, (unsigned)round, 2000);
        kill(writer, SIGCONT);
    }
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    CHECK_INT(torn, 0);
    lyger_cache_close(cache);
}

static const char *segment_path(void)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/lyger-test-%ld", (long)getpid());
    return path;
}

static void named_segment_is_shared_by_strangers_and_outlives_them(void)
{
    const char *path = segment_path();
    lyger_error error;
    unlink(path);
    if (fork() == 0) {
        lyger_cache *theirs = lyger_cache_open(2 * MEGABYTE, path, &error);
        bool ok = theirs && put(theirs, "from", "child", 5, 0);
        lyger_cache_close(theirs);
        _exit(ok ? 0 : 1);
    }
    int status;
    wait(&status);
    CHECK_INT(status, 0);
    lyger_cache *cache = lyger_cache_open(2 * MEGABYTE, path, &error);
    CHECK(cache && holds(cache, "from", "child", 5));
    lyger_cache_facts facts;
    lyger_cache_describe(cache, &facts);
    CHECK_INT(facts.bytes_total, 2 * MEGABYTE);
    CHECK_STR(facts.path, path);
    struct stat file;
    stat(path, &file);
    CHECK_INT(file.st_mode & 0777, 0600);
    lyger_cache_close(cache);
    unlink(path);
}

static void second_opener_does_not_wait_for_the_first_to_close(void)
{
    const char *path = segment_path();
    lyger_error error;
    unlink(path);
    lyger_cache *cache = lyger_cache_open(2 * MEGABYTE, path, &error);
    CHECK(cache && put(cache, "key", "value", 5, 0));
    pid_t other = fork();
    if (other == 0) {
        alarm(5);
        lyger_cache *theirs = lyger_cache_open(2 * MEGABYTE, path, &error);
        _exit(theirs && holds(theirs, "key", "value", 5) ? 0 : 1);
    }
    int status = -1;
    waitpid(other, &status, 0);
    CHECK_INT(status, 0);
    lyger_cache_close(cache);
    unlink(path);
}

static void check_refused(const char *path, const char *reason)
{
    lyger_error error = {0};
    lyger_cache *cache = lyger_cache_open(2 * MEGABYTE, path, &error);
    CHECK(cache == NULL);
    CHECK_INT(error.status, LYGER_E_CACHE);
    if (!strstr(error.message, reason)) {
        CHECK_STR(error.message, reason);
    }
    lyger_cache_close(cache);
}

static void what_is_no_segment_is_refused(void)
{
    const char *path = segment_path();
    lyger_error error;
    unlink(path);
    lyger_cache_close(lyger_cache_open(2 * MEGABYTE, path, &error));
    int fd = open(path, O_RDWR);
    CHECK(pwrite(fd, "?", 1, 0) == 1);
    check_refused(path, "not a lyger cache segment");
    CHECK(ftruncate(fd, 10) == 0);
    check_refused(path, "not a lyger cache segment");
    close(fd);
    unlink(path);
    check_refused("/tmp", "directory");
    check_refused("/nonexistent/cache", "No such file");
    CHECK(symlink("/tmp/elsewhere", path) == 0);
    check_refused(path, "cannot open");
    unlink(path);
}

static void sizes_out_of_range_are_refused(void)
{
    lyger_error error;
    CHECK(lyger_cache_open(1000, NULL, &error) == NULL);
    CHECK(strstr(error.message, "1000") != NULL);
    CHECK(lyger_cache_open((size_t)1 << 40, NULL, &error) == NULL);
    CHECK_INT(error.status, LYGER_E_CACHE);
    for (size_t size = MEGABYTE; size < MEGABYTE * 300; size = size * 3 / 2 + 12345) {
        lyger_cache *cache = open_cache(size);
        CHECK(put(cache, "k", "v", 1, 0) && holds(cache, "k", "v", 1));
        lyger_cache_close(cache);
    }
}

int main(void)
{
    RUN(every_type_comes_back);
    RUN(replaced_and_removed_keys_leave_nothing_behind);
    RUN(longest_key_and_one_byte_key_work);
    RUN(full_cache_evicts_and_always_stores);
    RUN(tiny_entries_fill_the_index_without_failing);
    RUN(hot_entries_survive_a_scan);
    RUN(largest_value_that_fits_is_stored_and_a_larger_one_refused);
    RUN(expired_entry_is_a_miss_and_gives_its_memory_back);
    RUN(add_stores_only_what_is_absent);
    RUN(counting_checks_type_and_range);
    RUN(clearing_a_prefix_leaves_the_rest);
    RUN(value_without_room_is_reported);
    RUN(forked_children_share_the_cache);
    RUN(killed_writers_leave_no_lock_no_torn_value_no_leak);
    RUN(stopped_writer_does_not_stop_readers);
    RUN(named_segment_is_shared_by_strangers_and_outlives_them);
    RUN(second_opener_does_not_wait_for_the_first_to_close);
    RUN(what_is_no_segment_is_refused);
    RUN(sizes_out_of_range_are_refused);
    return finish();
}
