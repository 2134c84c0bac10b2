/*
 * Values used where they lie: a pinned one stays what it is until it is unpinned, whatever becomes of its
 * entry.
 */
#include "cache_help.h"

#include "cache/system/os.h"
#include "cache/segment/pin.h"
#include "cache/segment/step.h"

typedef struct pinned_value {
    const char *bytes;
    size_t len;
    uint64_t key, number;
} pinned_value;

static bool put_array(lyger_cache *cache, const char *key, size_t len, uint64_t number)
{
    bool stored;
    lyger_error error = {0};
    return put_typed(cache, key, LYGER_CACHE_ARRAY_IN_PLACE, len, number, LYGER_CACHE_REPLACE, &stored,
                     &error) == LYGER_OK &&
           stored;
}

static bool pin(lyger_cache *cache, const char *key, pinned_value *pinned)
{
    lyger_cache_sight sight;
    if (lyger_cache_see(cache, key, strlen(key), &sight) != LYGER_CACHE_HIT ||
        !lyger_cache_pin(cache, &sight)) {
        return false;
    }
    *pinned = (pinned_value){sight.value.bytes, sight.value.len, content_key(key, strlen(key)), 0};
    return content_whole(pinned->bytes, pinned->len, pinned->key, &pinned->number);
}

static bool is_unchanged(const pinned_value *pinned)
{
    uint64_t number;
    return content_whole(pinned->bytes, pinned->len, pinned->key, &number) && number == pinned->number;
}

static void churn(lyger_cache *cache, int count)
{
    char key[32];
    for (int i = 0; i < count; i++) {
        snprintf(key, sizeof key, "churn%d", i);
        put(cache, key, 30 + (size_t)i * 37 % 3000, (uint64_t)i + 1);
    }
}

static void pinned_value_survives_replacing_removing_and_clearing(void)
{
    lyger_cache *cache = open_cache(2 * MEGABYTE);
    pinned_value pins[3];
    CHECK(put_array(cache, "a", 5000, 1) && put_array(cache, "b", 5000, 2) && put_array(cache, "c", 5000, 3));
    CHECK(pin(cache, "a", &pins[0]) && pin(cache, "b", &pins[1]) && pin(cache, "c", &pins[2]));
    CHECK(put_array(cache, "a", 5000, 9) && take_out(cache, "b"));
    CHECK(facts_of(cache).bytes_held > 10000 && facts_of(cache).bytes_held < 11000);
    lyger_cache_purge(cache, "", 0, NULL);
    CHECK_INT(facts_of(cache).entries, 0);
    CHECK_INT(facts_of(cache).bytes_used, 0);
    churn(cache, 20000);
    for (int i = 0; i < 3; i++) {
        CHECK(is_unchanged(&pins[i]));
    }
    CHECK(facts_of(cache).bytes_held > 15000 && facts_of(cache).bytes_held < 16000);
    lyger_cache_unpin(cache);
    CHECK_INT(facts_of(cache).bytes_held, 0);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

static void pinned_value_survives_eviction(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    pinned_value pins[10];
    char key[32];
    for (int i = 0; i < 10; i++) {
        snprintf(key, sizeof key, "array%d", i);
        CHECK(put_array(cache, key, 1000 + (size_t)i * 500, (uint64_t)i + 1) && pin(cache, key, &pins[i]));
    }
    churn(cache, 30000);
    CHECK_INT(number_of(cache, "array0"), 0);
    for (int i = 0; i < 10; i++) {
        CHECK(is_unchanged(&pins[i]));
    }
    lyger_cache_unpin(cache);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

static void large_stores_leave_regions_with_pins_alone(void)
{
    lyger_cache *cache = open_cache(8 * MEGABYTE);
    pinned_value small, large;
    lyger_error error = {0};
    bool stored;
    CHECK(put_array(cache, "small", 3000, 1) && pin(cache, "small", &small));
    CHECK(put_array(cache, "large", MEGABYTE, 2) && pin(cache, "large", &large));
    CHECK(take_out(cache, "small") && take_out(cache, "large"));
    for (uint64_t i = 0; i < 40; i++) {
        CHECK(put(cache, "other", 1500000 + i * 20000, i + 1));
        CHECK(is_unchanged(&small) && is_unchanged(&large));
    }
    CHECK_INT(put_typed(cache, "all", LYGER_CACHE_STRING, facts_of(cache).bytes_capacity - 64, 1,
                        LYGER_CACHE_REPLACE, &stored, &error),
              LYGER_E_CACHE);
    CHECK(strstr(error.message, "readers hold values in place") != NULL);
    CHECK(is_unchanged(&small) && is_unchanged(&large));
    lyger_cache_unpin(cache);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

static void reader_without_budget_is_told_to_copy(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    pinned_value pinned;
    char key[32];
    int count = 0;
    uint64_t bytes = 0;
    for (int i = 0; i < 30; i++) {
        snprintf(key, sizeof key, "array%d", i);
        CHECK(put_array(cache, key, 100000, (uint64_t)i + 1));
        bool could = pin(cache, key, &pinned);
        count += could;
        bytes += could ? 100000 : 0;
        CHECK_INT(number_of(cache, key), i + 1);
    }
    CHECK(count >= 4 && count < 30);
    CHECK(bytes <= facts_of(cache).bytes_capacity / 4);
    lyger_cache_unpin(cache);
    CHECK(pin(cache, "array29", &pinned));
    lyger_cache_unpin(cache);
    /* As many entries as one thread may pin, however small. */
    count = 0;
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "tiny%d", i);
        CHECK(put_array(cache, key, 24, (uint64_t)i + 1));
        count += pin(cache, key, &pinned);
    }
    CHECK(count > 5 && count <= (int)cache->header->pin_count);
    lyger_cache_unpin(cache);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

static void same_value_counts_once(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    pinned_value pinned;
    CHECK(put_array(cache, "array", 500000, 4));
    for (int i = 0; i < 1000; i++) {
        CHECK(pin(cache, "array", &pinned));
    }
    lyger_cache_unpin(cache);
    close_cache(cache);
}

static void value_that_is_not_used_in_place_is_not_pinned(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    lyger_cache_sight sight;
    CHECK(put(cache, "text", 100, 1));
    CHECK_INT(lyger_cache_see(cache, "text", 4, &sight), LYGER_CACHE_HIT);
    CHECK(!lyger_cache_pin(cache, &sight));
    close_cache(cache);
}

static void value_that_has_changed_is_not_pinned(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    lyger_cache_sight sight;
    CHECK(put_array(cache, "array", 100, 1));
    CHECK_INT(lyger_cache_see(cache, "array", 5, &sight), LYGER_CACHE_HIT);
    CHECK(put_array(cache, "array", 100, 2));
    CHECK(!lyger_cache_pin(cache, &sight));
    CHECK(take_out(cache, "array"));
    CHECK_INT(facts_of(cache).bytes_held, 0);
    close_cache(cache);
}

/* A child that pins and is stopped. */
static pid_t pin_in_child(lyger_cache *cache, const char *key)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        pinned_value pinned;
        if (pin(cache, key, &pinned)) {
            raise(SIGSTOP);
            _exit(is_unchanged(&pinned) ? 0 : 1);
        }
        _exit(2);
    }
    wait_until_stopped(child);
    return child;
}

static void stopped_reader_keeps_what_it_pinned(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    CHECK(put_array(cache, "array", 5000, 1));
    pid_t reader = pin_in_child(cache, "array");
    CHECK(take_out(cache, "array"));
    churn(cache, 20000);
    CHECK(facts_of(cache).bytes_held > 5000);
    kill(reader, SIGCONT);
    CHECK_INT(status_of(reader), 0);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

/* A quarter of the memory is what all readers may pin together. */
static void readers_share_what_may_be_pinned(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    pinned_value pinned;
    size_t quarter = facts_of(cache).bytes_capacity / 4;
    CHECK(put_array(cache, "most", quarter / 4 * 3, 1));
    CHECK(put_array(cache, "half", quarter / 2, 2) && put_array(cache, "eighth", quarter / 8, 3));
    CHECK(put_array(cache, "more", quarter + 65536, 4) && !pin(cache, "more", &pinned));
    pid_t reader = pin_in_child(cache, "most");
    CHECK(!pin(cache, "half", &pinned));
    CHECK(pin(cache, "eighth", &pinned));
    kill(reader, SIGCONT);
    CHECK_INT(status_of(reader), 0);
    lyger_cache_unpin(cache);
    close_cache(cache);
}

static void memory_that_a_killed_reader_pinned_comes_back(void)
{
    lyger_cache *cache = open_cache(4 * MEGABYTE);
    pinned_value pinned;
    for (int round = 0; round < 5; round++) {
        nap(1001); /* REAP_EVERY_MS since what came before */
        CHECK(put_array(cache, "array", 700000, 1));
        pid_t reader = pin_in_child(cache, "array");
        CHECK(take_out(cache, "array"));
        CHECK(facts_of(cache).bytes_held > 700000);
        kill_child(reader);
        CHECK_INT(facts_of(cache).bytes_held, 0);
        /* Its share of what may be pinned, too. */
        CHECK(put_array(cache, "next", 700000, 2) && pin(cache, "next", &pinned));
        lyger_cache_unpin(cache);
    }
    check_all_memory_is_there(cache);
    close_cache(cache);
}

static void forked_child_keeps_what_its_parent_pinned(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    pinned_value pinned;
    CHECK(put_array(cache, "array", 5000, 1) && pin(cache, "array", &pinned));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        raise(SIGSTOP);
        bool unchanged = is_unchanged(&pinned);
        lyger_cache_unpin(cache);
        _exit(unchanged && facts_of(cache).bytes_held == 0 ? 0 : 1);
    }
    wait_until_stopped(child);
    lyger_cache_unpin(cache);
    CHECK(take_out(cache, "array"));
    churn(cache, 20000);
    CHECK(facts_of(cache).bytes_held > 5000);
    CHECK(is_unchanged(&pinned));
    kill(child, SIGCONT);
    CHECK_INT(status_of(child), 0);
    CHECK_INT(facts_of(cache).bytes_held, 0);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

/* The process lives on, its memory does not: neither what it pinned nor a lease is its own any more. */
static void process_that_executes_another_program_holds_nothing(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    int executed[2], alive[2];
    char byte;
    uint64_t token = 0;
    lyger_error error;
    CHECK(put_array(cache, "array", 5000, 1) && pipe(executed) == 0 && pipe(alive) == 0);
    fcntl(executed[1], F_SETFD, FD_CLOEXEC);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        pinned_value pinned;
        bool held = pin(cache, "array", &pinned) &&
                    lyger_cache_lease(cache, "value", 5, &token, &error) == LYGER_OK && token;
        dup2(alive[0], 0);
        close(alive[1]);
        if (held && write(executed[1], "h", 1) == 1) {
            execlp("cat", "cat", (char *)NULL);
        }
        _exit(1);
    }
    close(executed[1]);
    CHECK(read(executed[0], &byte, 1) == 1 && byte == 'h');
    CHECK(read(executed[0], &byte, 1) == 0); /* closed by the execution */
    CHECK(take_out(cache, "array"));
    CHECK_INT(facts_of(cache).bytes_held, 0);
    CHECK(lyger_cache_lease(cache, "value", 5, &token, &error) == LYGER_OK && token);
    lyger_cache_end_request(cache);
    check_all_memory_is_there(cache);
    close(alive[1]);
    CHECK_INT(status_of(child), 0); /* it was running all the time */
    close_cache(cache);
}

static void grandchild_keeps_it_when_both_before_it_are_gone(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    int ready[2], go[2];
    char byte;
    CHECK(put_array(cache, "array", 5000, 1) && pipe(ready) == 0 && pipe(go) == 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        pinned_value pinned;
        bool pinned_it = pin(cache, "array", &pinned);
        if (fork() == 0) {
            bool told = write(ready[1], "r", 1) == 1 && read(go[0], &byte, 1) == 1;
            byte = pinned_it && told && is_unchanged(&pinned) ? 'y' : 'n';
            _exit(write(ready[1], &byte, 1) == 1 ? 0 : 1);
        }
        _exit(0);
    }
    CHECK_INT(status_of(child), 0);
    CHECK(read(ready[0], &byte, 1) == 1 && byte == 'r');
    CHECK(take_out(cache, "array"));
    churn(cache, 20000);
    CHECK(facts_of(cache).bytes_held > 5000);
    CHECK(write(go[1], "g", 1) == 1 && read(ready[0], &byte, 1) == 1 && byte == 'y');
    uint64_t end = milliseconds() + 5000;
    while (facts_of(cache).bytes_held && milliseconds() < end) {
        nap(5);
    }
    check_all_memory_is_there(cache);
    close_cache(cache);
}

/* Parents that pin, fork and unpin at once, while others look for pins of what they remove. */
static void hand_over_at_a_fork_is_never_missed(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    fflush(stdout);
    pid_t remover = fork();
    if (remover == 0) {
        for (uint64_t i = 1;; i++) {
            put_array(cache, "array", 2000, i);
        }
    }
    int changed = 0, pinned_count = 0;
    for (int round = 0; round < 60; round++) {
        pinned_value pinned;
        bool could = pin(cache, "array", &pinned);
        for (int tries = 0; !could && tries < 1000000; tries++) {
            lyger_cache_unpin(cache);
            could = pin(cache, "array", &pinned);
        }
        if (!could) {
            continue;
        }
        pinned_count++;
        pid_t child = fork();
        if (child == 0) {
            bool unchanged = true;
            for (int i = 0; i < 200 && unchanged; i++) {
                unchanged = is_unchanged(&pinned);
            }
            _exit(unchanged ? 0 : 1);
        }
        lyger_cache_unpin(cache);
        changed += status_of(child) != 0;
    }
    kill_child(remover);
    CHECK(pinned_count > 20);
    CHECK_INT(changed, 0);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

#ifdef LYGER_TEST_HOOKS

static lyger_cache *searched;
static int lanes_seen, lanes_before; /* the pins move */

/* What a fork does (lane.c): the lane that a writer has just looked at gets the pins, the parent gives up its
 * own. */
static void hand_over_once(cache_step step)
{
    if (step == STEP_LANE_SEEN && ++lanes_seen == lanes_before + 1) {
        lyger_pin_copy(searched, lyger_lane(searched)->own, &searched->lanes[1]);
        lyger_pin_clear(searched, lyger_lane(searched)->own);
    }
}

static void pins_that_move_while_a_writer_looks_are_found(void)
{
    lyger_cache *cache = searched = open_cache(MEGABYTE);
    lyger_cache_sight sight;
    atomic_store(&cache->lanes[1].owner, lyger_os_thread()); /* the reader's own becomes the second */
    CHECK(put_array(cache, "array", 5000, 1));
    CHECK_INT(lyger_cache_see(cache, "array", 5, &sight), LYGER_CACHE_HIT);
    CHECK(lyger_cache_pin(cache, &sight));
    CHECK(lyger_lane(cache)->own == &cache->lanes[2]);
    lanes_seen = lanes_before = 0;
    lyger_cache_step = hand_over_once;
    CHECK(lyger_pin_holds(cache, granule_of(cache, sight.entry)));
    CHECK(lanes_seen > 2);
    lyger_cache_step = NULL;
    lyger_pin_clear(cache, &cache->lanes[1]);
    CHECK(!lyger_pin_holds(cache, granule_of(cache, sight.entry)));
    lyger_cache_unpin(cache);
    close_cache(cache);
}

/* A rebuild looks at all lanes twice; what it does not find the second time is free memory. */
static void pins_that_move_while_a_shard_is_rebuilt_are_found(void)
{
    lyger_cache *cache = searched = open_cache(MEGABYTE);
    pinned_value pinned;
    atomic_store(&cache->lanes[1].owner, lyger_os_thread());
    CHECK(put_array(cache, "array", 5000, 1) && pin(cache, "array", &pinned) && take_out(cache, "array"));
    CHECK(lyger_lane(cache)->own == &cache->lanes[2]);
    uint64_t held = facts_of(cache).bytes_held;
    CHECK(held > 5000);
    lanes_seen = 0;
    lanes_before = LANE_COUNT - 1;
    lyger_cache_step = hand_over_once;
    lyger_shard_rebuild(cache, shard_of_key(cache, "array"));
    lyger_cache_step = NULL;
    CHECK(lanes_seen > lanes_before);
    CHECK_INT(facts_of(cache).bytes_held, held);
    churn(cache, 3000);
    CHECK(is_unchanged(&pinned));
    lyger_pin_clear(cache, &cache->lanes[1]);
    lyger_cache_unpin(cache);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

#endif

static void rebuild_keeps_what_readers_hold(void)
{
    lyger_cache *cache = open_cache(2 * MEGABYTE);
    pinned_value small, large;
    CHECK(put_array(cache, "small", 3000, 1) && put_array(cache, "large", 200000, 2));
    CHECK(pin(cache, "small", &small) && pin(cache, "large", &large));
    CHECK(take_out(cache, "small") && take_out(cache, "large"));
    uint64_t held = facts_of(cache).bytes_held;
    kill_child(stop_in_lock(cache, "small"));
    kill_child(stop_in_lock(cache, "large"));
    CHECK(put(cache, "small", 100, 3) && put(cache, "large", 100, 4));
    CHECK(facts_of(cache).lock_recoveries >= 1);
    CHECK_INT(facts_of(cache).bytes_held, held);
    churn(cache, 20000);
    CHECK(is_unchanged(&small) && is_unchanged(&large));
    lyger_cache_unpin(cache);
    check_all_memory_is_there(cache);
    close_cache(cache);
}

static void named_segment_has_nothing_in_place(void)
{
    const char *path = path_of_own("pins");
    lyger_error error = {0};
    lyger_cache_sight sight;
    lyger_cache *cache = lyger_cache_open(MEGABYTE, path, &error);
    CHECK(cache != NULL);
    if (cache) {
        CHECK(!put_array(cache, "array", 100, 1));
        CHECK_INT(lyger_cache_see(cache, "array", 5, &sight), LYGER_CACHE_MISS);
        close_cache(cache);
    }
    unlink(path);
}

int main(void)
{
    RUN(pinned_value_survives_replacing_removing_and_clearing);
    RUN(pinned_value_survives_eviction);
    RUN(large_stores_leave_regions_with_pins_alone);
    RUN(reader_without_budget_is_told_to_copy);
    RUN(same_value_counts_once);
    RUN(value_that_is_not_used_in_place_is_not_pinned);
    RUN(value_that_has_changed_is_not_pinned);
    RUN(stopped_reader_keeps_what_it_pinned);
    RUN(readers_share_what_may_be_pinned);
    RUN(memory_that_a_killed_reader_pinned_comes_back);
    RUN(forked_child_keeps_what_its_parent_pinned);
    RUN(process_that_executes_another_program_holds_nothing);
    RUN(grandchild_keeps_it_when_both_before_it_are_gone);
    RUN(hand_over_at_a_fork_is_never_missed);
#ifdef LYGER_TEST_HOOKS
    RUN(pins_that_move_while_a_writer_looks_are_found);
    RUN(pins_that_move_while_a_shard_is_rebuilt_are_found);
#endif
    RUN(rebuild_keeps_what_readers_hold);
    RUN(named_segment_has_nothing_in_place);
    return finish();
}
