/*
 * Processes that share nothing but the path of a segment: this program begun again, on every system that has
 * processes. What the others do is told by their first argument.
 */
#include "cache_help.h"

#include "cache/system/os.h"

static const char *program;

static const char *segment_path(void)
{
    return path_of_own("strangers");
}

static lyger_cache *open_named(const char *path)
{
    lyger_error error;
    lyger_cache *cache = lyger_cache_open(2 * MEGABYTE, path, &error);
    if (!cache) {
        printf("# %s\n", error.message);
        exit(EXIT_FAILURE);
    }
    return cache;
}

static lyger_cache *make_named(void)
{
    unlink(segment_path());
    return open_named(segment_path());
}

static void remove_named(lyger_cache *cache)
{
    close_cache(cache);
    CHECK_INT(unlink(segment_path()), 0);
}

/* Waits until the other process has stored this key; it has ten seconds. */
static bool appears(lyger_cache *cache, const char *key)
{
    uint64_t end = milliseconds() + 10000;
    while (number_of(cache, key) == 0) {
        if (milliseconds() > end) {
            return false;
        }
        nap(1);
    }
    return true;
}

/* Who holds the lock of that key's shard, as soon as somebody does. */
static uint64_t holder_of(lyger_cache *cache, const char *key)
{
    uint64_t end = milliseconds() + 10000, holder;
    while ((holder = atomic_load(&shard_of_key(cache, key)->lock.holder)) == 0 && milliseconds() < end) {
        nap(1);
    }
    return holder;
}

/* ---- what the others do ---- */

#define COUNTS 20000

static int count_up(lyger_cache *cache)
{
    int64_t result;
    for (int i = 0; i < COUNTS; i++) {
        if (lyger_cache_add_integer(cache, "total", 5, 1, 0, &result, NULL) != LYGER_OK) {
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}

/* Holds the lock of the key's shard, for a while or for ever. */
static int hold_lock(lyger_cache *cache, long milliseconds)
{
    put(cache, "here", 64, 1);
    lyger_lock_take(cache, &shard_of_key(cache, "key")->lock, NULL);
    nap(milliseconds);
    lyger_lock_give(&shard_of_key(cache, "key")->lock);
    lyger_cache_close(cache);
    return EXIT_SUCCESS;
}

static int hold_lease(lyger_cache *cache, long milliseconds)
{
    uint64_t token = 0;
    bool held = false;
    lyger_cache_lease(cache, "value", 5, &token, NULL);
    put(cache, "here", 64, 1);
    nap(milliseconds);
    lyger_cache_give_back(cache, "value", 5, LYGER_CACHE_LEASE, token, &held, NULL);
    lyger_cache_close(cache);
    return held ? EXIT_SUCCESS : EXIT_FAILURE;
}

static _Noreturn void write_for_ever(lyger_cache *cache)
{
    char key[32];
    for (uint64_t n = 1;; n++) {
        put(cache, "here", 64, 1); /* again and again: the others evict it */
        snprintf(key, sizeof key, "key%d", (int)(content_mix(n) % 300));
        put(cache, key, 24 + content_mix(n) % (n % 100 ? 3000 : 300000), n);
    }
}

static int play(const char *part, const char *path)
{
    lyger_cache *cache = open_named(path);
    if (strcmp(part, "store") == 0) {
        bool stored = put(cache, "from", 100, 42);
        lyger_cache_close(cache);
        return stored ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    if (strcmp(part, "write-for-ever") == 0) {
        write_for_ever(cache);
    }
    return strcmp(part, "count") == 0            ? count_up(cache)
           : strcmp(part, "lock") == 0           ? hold_lock(cache, 300)
           : strcmp(part, "lock-for-ever") == 0  ? hold_lock(cache, 60000)
           : strcmp(part, "lease") == 0          ? hold_lease(cache, 300)
           : strcmp(part, "lease-for-ever") == 0 ? hold_lease(cache, 60000)
                                                 : EXIT_FAILURE;
}

/* ---- cases ---- */

static void what_a_stranger_stored_outlives_it(void)
{
    unlink(segment_path());
    CHECK_INT(end_of_other(begin_other(program, "store", segment_path())), EXIT_SUCCESS);
    lyger_cache *cache = lyger_cache_open(2 * MEGABYTE, segment_path(), NULL);
    CHECK(cache != NULL);
    CHECK_INT(number_of(cache, "from"), 42);
    remove_named(cache);
}

static void strangers_count_together(void)
{
    lyger_cache *cache = make_named();
    other_process others[3];
    int64_t total;
    for (int i = 0; i < 3; i++) {
        others[i] = begin_other(program, "count", segment_path());
    }
    for (int i = 0; i < 3; i++) {
        CHECK_INT(end_of_other(others[i]), EXIT_SUCCESS);
    }
    CHECK_INT(lyger_cache_add_integer(cache, "total", 5, 0, 0, &total, NULL), LYGER_OK);
    CHECK_INT(total, 3 * COUNTS);
    remove_named(cache);
}

static void lock_of_a_stranger_is_waited_for(void)
{
    lyger_cache *cache = make_named();
    other_process other = begin_other(program, "lock", segment_path());
    CHECK(appears(cache, "here"));
    uint64_t holder = holder_of(cache, "key");
    CHECK_INT(lyger_os_thread_state(holder, 0), LYGER_OS_RUNS);
    CHECK(put(cache, "key", 100, 2));
    CHECK_INT(end_of_other(other), EXIT_SUCCESS);
    CHECK_INT(lyger_os_thread_state(holder, 0), LYGER_OS_GONE);
    CHECK_INT(facts_of(cache).lock_recoveries, 0);
    remove_named(cache);
}

static void lock_of_a_killed_stranger_is_taken_over(void)
{
    lyger_cache *cache = make_named();
    CHECK(put(cache, "key", 100, 1));
    other_process other = begin_other(program, "lock-for-ever", segment_path());
    CHECK(appears(cache, "here"));
    CHECK(holder_of(cache, "key") != 0);
    kill_other(other);
    uint64_t begin = milliseconds();
    CHECK(put(cache, "key", 100, 2));
    CHECK(milliseconds() - begin < 2000);
    CHECK_INT(number_of(cache, "key"), 2);
    CHECK_INT(facts_of(cache).lock_recoveries, 1);
    remove_named(cache);
}

static uint64_t lease(lyger_cache *cache)
{
    uint64_t token = 0;
    CHECK_INT(lyger_cache_lease(cache, "value", 5, &token, NULL), LYGER_OK);
    return token;
}

static void who_waits_goes_on_when_a_stranger_gives_its_lease_back(void)
{
    lyger_cache *cache = make_named();
    other_process other = begin_other(program, "lease", segment_path());
    CHECK(appears(cache, "here"));
    CHECK(lease(cache) == 0);
    uint64_t begin = milliseconds();
    CHECK_INT(lyger_cache_wait(cache, "value", 5, LYGER_CACHE_LEASE, 8000, NULL), LYGER_OK);
    CHECK(milliseconds() - begin < 4000);
    CHECK(lease(cache) != 0);
    CHECK_INT(end_of_other(other), EXIT_SUCCESS);
    remove_named(cache);
}

static void lease_of_a_killed_stranger_is_free(void)
{
    lyger_cache *cache = make_named();
    other_process other = begin_other(program, "lease-for-ever", segment_path());
    CHECK(appears(cache, "here"));
    CHECK(lease(cache) == 0);
    kill_other(other);
    uint64_t begin = milliseconds();
    CHECK_INT(lyger_cache_wait(cache, "value", 5, LYGER_CACHE_LEASE, 8000, NULL), LYGER_OK);
    CHECK(milliseconds() - begin < 4000);
    CHECK(lease(cache) != 0);
    remove_named(cache);
}

static void strangers_killed_while_they_write_leave_no_torn_value(void)
{
    lyger_cache *cache = make_named();
    char key[32];
    int torn = 0, hits = 0;
    for (int round = 0; round < 20; round++) {
        take_out(cache, "here");
        other_process other = begin_other(program, "write-for-ever", segment_path());
        CHECK(appears(cache, "here"));
        nap(5 + round);
        kill_other(other);
        for (int i = 0; i < 300; i++) {
            snprintf(key, sizeof key, "key%d", i);
            uint64_t number = number_of(cache, key);
            torn += number == UINT64_MAX;
            hits += number != 0;
        }
        CHECK(put(cache, "small", 100, (uint64_t)round + 1));
        CHECK(put(cache, "large", MEGABYTE / 2, (uint64_t)round + 1));
    }
    printf("# %d hits, %llu shards rebuilt\n", hits, (unsigned long long)facts_of(cache).lock_recoveries);
    CHECK_INT(torn, 0);
    CHECK(hits > 0);
    check_all_memory_is_there(cache);
    remove_named(cache);
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

static void segment_that_others_can_reach_is_refused(void)
{
    lyger_cache_close(make_named());
    lyger_cache_close(open_named(segment_path()));
    CHECK(let_everybody_read(segment_path()));
#ifdef _WIN32
    check_refused(segment_path(), "can be reached by other users");
#else
    check_refused(segment_path(), "mode 644");
#endif
    unlink(segment_path());
}

static void what_is_no_segment_is_refused(void)
{
    char missing[600];
    lyger_cache_close(make_named()); /* so that the file is ours alone, whatever the system's habits */
    FILE *file = fopen(segment_path(), "r+b");
    CHECK(file && fputs("not a segment", file) >= 0 && fclose(file) == 0);
    check_refused(segment_path(), "not a lyger cache segment");
    unlink(segment_path());
    check_refused(temporary_directory(), "directory");
    snprintf(missing, sizeof missing, "%s/of-nobody/cache", segment_path());
    check_refused(missing, "cannot open");
}

int main(int argc, char **argv)
{
    program = argv[0];
    if (argc == 3) {
        return play(argv[1], argv[2]);
    }
    RUN(what_a_stranger_stored_outlives_it);
    RUN(strangers_count_together);
    RUN(lock_of_a_stranger_is_waited_for);
    RUN(lock_of_a_killed_stranger_is_taken_over);
    RUN(who_waits_goes_on_when_a_stranger_gives_its_lease_back);
    RUN(lease_of_a_killed_stranger_is_free);
    RUN(strangers_killed_while_they_write_leave_no_torn_value);
    RUN(segment_that_others_can_reach_is_refused);
    RUN(what_is_no_segment_is_refused);
    return finish();
}
