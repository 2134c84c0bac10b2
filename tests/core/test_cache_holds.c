/*
 * Named locks and leases: who has them, when they end, what becomes of those who wait.
 */
#include "cache_help.h"

#include <sys/mman.h>

static uint64_t lock(lyger_cache *cache, const char *key, uint32_t ttl)
{
    uint64_t token = 0;
    lyger_error error = {0};
    if (lyger_cache_lock(cache, key, strlen(key), ttl, &token, &error) != LYGER_OK) {
        printf("# %s\n", error.message);
    }
    return token;
}

static uint64_t lease(lyger_cache *cache, const char *key)
{
    uint64_t token = 0;
    lyger_cache_lease(cache, key, strlen(key), &token, NULL);
    return token;
}

static bool give_back(lyger_cache *cache, const char *key, lyger_cache_kind kind, uint64_t token)
{
    bool held;
    return lyger_cache_give_back(cache, key, strlen(key), kind, token, &held, NULL) == LYGER_OK && held;
}

static bool lock_as(lyger_cache *cache, const char *key, uint32_t ttl, const char *token)
{
    bool got = false;
    lyger_error error = {0};
    if (lyger_cache_lock_as(cache, key, strlen(key), ttl, token, strlen(token), &got, &error) != LYGER_OK) {
        printf("# %s\n", error.message);
    }
    return got;
}

static bool unlock(lyger_cache *cache, const char *key, const char *token)
{
    bool held;
    return lyger_cache_unlock(cache, key, strlen(key), token, token ? strlen(token) : 0, &held, NULL) ==
               LYGER_OK &&
           held;
}

static bool extend(lyger_cache *cache, const char *key, const char *token, uint32_t ttl)
{
    bool held;
    return lyger_cache_lock_extend(cache, key, strlen(key), token, strlen(token), ttl, &held, NULL) ==
               LYGER_OK &&
           held;
}

/* The token with which the lock is held, "" when it is free; in memory of this function. */
static const char *owner_of(lyger_cache *cache, const char *key)
{
    static char text[LYGER_CACHE_TOKEN_MAX + 1];
    lyger_cache_token token;
    CHECK_INT(lyger_cache_lock_owner(cache, key, strlen(key), &token, NULL), LYGER_OK);
    memcpy(text, token.bytes, token.len);
    text[token.len] = '\0';
    return text;
}

static const char *text_of(uint64_t number)
{
    static char text[LYGER_CACHE_TOKEN_MAX + 1];
    lyger_cache_token token;
    lyger_cache_token_text(number, &token);
    memcpy(text, token.bytes, token.len);
    text[token.len] = '\0';
    return text;
}

static pid_t begin_child(void)
{
    fflush(stdout);
    return fork();
}

static void lock_is_held_until_its_token_is_given_back(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    uint64_t token = lock(cache, "door", 100);
    CHECK(token != 0);
    CHECK(lock(cache, "door", 100) == 0);
    CHECK(lock(cache, "window", 100) != 0);
    CHECK(!give_back(cache, "door", LYGER_CACHE_LOCK, token + 1));
    CHECK(!give_back(cache, "door", LYGER_CACHE_LEASE, token));
    CHECK(lock(cache, "door", 100) == 0);
    CHECK(give_back(cache, "door", LYGER_CACHE_LOCK, token));
    CHECK(!give_back(cache, "door", LYGER_CACHE_LOCK, token));
    CHECK(lock(cache, "door", 100) != 0);
    lyger_cache_end_request(cache);
    close_cache(cache);
}

static void locks_leases_and_entries_of_one_name_are_three_things(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    CHECK(put(cache, "x", 100, 1));
    uint64_t a = lock(cache, "x", 100), b = lease(cache, "x");
    CHECK(a && b);
    lyger_cache_purge(cache, "", 0, NULL);
    CHECK(lock(cache, "x", 100) == 0);
    CHECK(give_back(cache, "x", LYGER_CACHE_LOCK, a));
    CHECK(give_back(cache, "x", LYGER_CACHE_LEASE, b));
    close_cache(cache);
}

static void lock_ends_when_its_time_is_over(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    uint64_t late = lock(cache, "window", 1), token = lock(cache, "door", 1);
    CHECK(late && token && !lock(cache, "door", 1));
    uint64_t begun = milliseconds();
    CHECK_INT(lyger_cache_wait(cache, "door", 4, LYGER_CACHE_LOCK, 5000, NULL), LYGER_OK);
    CHECK(milliseconds() - begun > 800 && milliseconds() - begun < 1500);
    CHECK(!give_back(cache, "window", LYGER_CACHE_LOCK, late)); /* not any more, though nobody took it */
    uint64_t next = lock(cache, "door", 100);
    CHECK(next && next != token);
    CHECK(!give_back(cache, "door", LYGER_CACHE_LOCK, token));
    CHECK(lock(cache, "door", 100) == 0);
    CHECK(give_back(cache, "door", LYGER_CACHE_LOCK, next));
    lyger_cache_end_request(cache);
    close_cache(cache);
}

static void who_waits_is_woken_when_it_is_given_back(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    uint64_t token = lock(cache, "door", 100);
    pid_t child = begin_child();
    if (child == 0) {
        uint64_t begun = milliseconds();
        lyger_cache_wait(cache, "door", 4, LYGER_CACHE_LOCK, 8000, NULL);
        _exit(milliseconds() - begun < 2000 && lock(cache, "door", 100) ? 0 : 1);
    }
    nap(100);
    CHECK(give_back(cache, "door", LYGER_CACHE_LOCK, token));
    CHECK_INT(status_of(child), 0);
    close_cache(cache);
}

static void waiting_ends_after_its_time(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    lock(cache, "door", 100);
    uint64_t begun = milliseconds();
    CHECK_INT(lyger_cache_wait(cache, "door", 4, LYGER_CACHE_LOCK, 200, NULL), LYGER_OK);
    CHECK(milliseconds() - begun >= 190 && milliseconds() - begun < 1000);
    CHECK_INT(lyger_cache_wait(cache, "nobody's", 8, LYGER_CACHE_LOCK, 5000, NULL), LYGER_OK);
    CHECK(milliseconds() - begun < 1500);
    lyger_cache_end_request(cache);
    close_cache(cache);
}

static void killed_holder_gives_up_lock_and_lease_at_once(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    pid_t child = begin_child();
    if (child == 0) {
        bool both = lock(cache, "door", 1000) && lease(cache, "value");
        raise(both ? SIGSTOP : SIGKILL);
        _exit(0);
    }
    wait_until_stopped(child);
    CHECK(!lock(cache, "door", 100) && !lease(cache, "value"));
    kill_child(child);
    uint64_t begun = milliseconds();
    CHECK_INT(lyger_cache_wait(cache, "value", 5, LYGER_CACHE_LEASE, 5000, NULL), LYGER_OK);
    CHECK(lock(cache, "door", 100) && lease(cache, "value"));
    CHECK(milliseconds() - begun < 200);
    lyger_cache_end_request(cache);
    close_cache(cache);
}

/* Also while it is a zombie: who starts workers may be slow to collect them. */
static void holder_that_nobody_waited_for_is_dead(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    pid_t child = begin_child();
    if (child == 0) {
        _exit(lease(cache, "value") ? 0 : 1);
    }
    siginfo_t info;
    CHECK_INT(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    CHECK(lease(cache, "value") != 0);
    waitpid(child, NULL, 0);
    lyger_cache_end_request(cache);
    close_cache(cache);
}

static void end_of_request_gives_leases_back_and_leaves_locks(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    uint64_t token = lock(cache, "door", 100);
    CHECK(token && lease(cache, "value"));
    lyger_cache_end_request(cache);
    CHECK(lease(cache, "value") != 0);
    CHECK(lock(cache, "door", 100) == 0);
    CHECK(give_back(cache, "door", LYGER_CACHE_LOCK, token));
    CHECK(lock(cache, "door", 100) != 0);
    lyger_cache_end_request(cache);
    lyger_cache_end_request(cache);
    close_cache(cache);
}

static void lock_of_an_ended_request_outlives_its_process(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    pid_t child = begin_child();
    if (child == 0) {
        bool got = lock(cache, "door", 1) != 0;
        lyger_cache_end_request(cache);
        _exit(got ? 0 : 1);
    }
    CHECK_INT(status_of(child), 0);
    CHECK(lock(cache, "door", 1) == 0);
    nap(1100);
    CHECK(lock(cache, "door", 1) != 0);
    lyger_cache_end_request(cache);
    close_cache(cache);
}

static void lease_taken_twice_by_one_thread_is_an_error(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    uint64_t token = lease(cache, "value"), second;
    lyger_error error = {0};
    CHECK(token != 0);
    CHECK_INT(lyger_cache_lease(cache, "value", 5, &second, &error), LYGER_E_CACHE);
    CHECK(strstr(error.message, "computing") != NULL);
    CHECK(give_back(cache, "value", LYGER_CACHE_LEASE, token));
    CHECK(lease(cache, "value") != 0);
    lyger_cache_end_request(cache);
    close_cache(cache);
}

static void forked_child_holds_nothing_of_its_parent(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    uint64_t token = lease(cache, "value");
    pid_t child = begin_child();
    if (child == 0) {
        bool theirs = lease(cache, "value") != 0;
        lyger_cache_end_request(cache);
        _exit(theirs || give_back(cache, "value", LYGER_CACHE_LEASE, token));
    }
    CHECK_INT(status_of(child), 0);
    CHECK(give_back(cache, "value", LYGER_CACHE_LEASE, token));
    close_cache(cache);
}

static void full_table_refuses_and_takes_what_the_dead_held(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    char key[32];
    pid_t child = begin_child();
    if (child == 0) {
        lyger_error error = {0};
        uint64_t token = 1;
        for (int i = 0; token; i++) {
            snprintf(key, sizeof key, "theirs%d", i);
            lyger_cache_lease(cache, key, strlen(key), &token, &error);
        }
        bool told = strstr(error.message, "more named locks") != NULL;
        /* Every shard is full. */
        for (int i = 0; i < 2000; i++) {
            snprintf(key, sizeof key, "more%d", i);
            lyger_cache_lease(cache, key, strlen(key), &token, &error);
        }
        raise(told ? SIGSTOP : SIGKILL);
        _exit(0);
    }
    wait_until_stopped(child);
    for (int i = 0; i < 20; i++) {
        snprintf(key, sizeof key, "mine%d", i);
        CHECK(lease(cache, key) == 0);
    }
    kill_child(child);
    for (int i = 0; i < 20; i++) {
        snprintf(key, sizeof key, "mine%d", i);
        CHECK(lease(cache, key) != 0);
    }
    lyger_cache_end_request(cache);
    close_cache(cache);
}

/* Whatever they are called: each segment hashes with another seed. */
static void all_the_locks_that_are_promised_are_had(void)
{
    static const size_t sizes[] = {MEGABYTE,      MEGABYTE,      MEGABYTE, 5 * MEGABYTE + 12345,
                                   64 * MEGABYTE, 100 * MEGABYTE};
    char key[32];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        lyger_cache *cache = open_cache(sizes[i]);
        size_t promised = sizes[i] / 16384, count = 0;
        lyger_error error = {0};
        for (uint64_t token = 1; token && count < promised * 4; count += token != 0) {
            snprintf(key, sizeof key, "lock %zu", count);
            token = 0;
            lyger_cache_lock(cache, key, strlen(key), 1000, &token, &error);
        }
        if (count < promised) {
            printf("# %zu of %zu locks in %zu bytes\n", count, promised, sizes[i]);
        }
        CHECK(count >= promised && count < promised * 4);
        CHECK(strstr(error.message, "more named locks") != NULL);
        lyger_cache_end_request(cache);
        close_cache(cache);
    }
}

/* Takes its own, then tries to take the next one's, as remember() does; whether it was told of a circle. */
static bool compute_in_circle(lyger_cache *cache, int number, int count, _Atomic int *begun, bool *got)
{
    char mine[32], next[32];
    lyger_error error;
    uint64_t token = 0;
    snprintf(mine, sizeof mine, "value%d", number);
    snprintf(next, sizeof next, "value%d", (number + 1) % count);
    lease(cache, mine);
    atomic_fetch_add(begun, 1);
    while (atomic_load(begun) < count) {
        nap(1);
    }
    uint64_t end = milliseconds() + 8000;
    while (milliseconds() < end) {
        if (lyger_cache_lease(cache, next, strlen(next), &token, &error) != LYGER_OK) {
            break;
        }
        if (token) {
            *got = true;
            break;
        }
        if (lyger_cache_wait(cache, next, strlen(next), LYGER_CACHE_LEASE, 50, &error) != LYGER_OK) {
            lyger_cache_end_request(cache);
            return true;
        }
    }
    lyger_cache_end_request(cache);
    return false;
}

static void one_of_a_circle_gets_an_error_and_the_others_go_on(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    _Atomic int *begun = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(begun != MAP_FAILED);
    for (int count = 2; count <= 5; count++) {
        pid_t children[5];
        atomic_store(begun, 0);
        int told = 0, went_on = 0;
        for (int i = 0; i < count; i++) {
            children[i] = begin_child();
            if (children[i] == 0) {
                bool got = false;
                _exit(compute_in_circle(cache, i, count, begun, &got) ? 1 : got ? 2 : 3);
            }
        }
        for (int i = 0; i < count; i++) {
            int status = status_of(children[i]);
            told += status == 1;
            went_on += status == 2;
        }
        CHECK_INT(told, 1);
        CHECK_INT(went_on, count - 1);
    }
    munmap(begun, 4096);
    close_cache(cache);
}

/* The lane of a thread that was killed while it waited goes to the next thread: that one waits for nothing.
 */
static void wait_of_a_killed_process_is_not_inherited(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    lyger_error error = {0};
    /* Its lane is lower than those of the children, and so is, as a rule, its name. */
    CHECK(lease(cache, "mine") != 0);
    pid_t waiter = begin_child();
    if (waiter == 0) {
        lyger_cache_wait(cache, "mine", 4, LYGER_CACHE_LEASE, 20000, NULL);
        _exit(0);
    }
    nap(100);
    kill_child(waiter);
    pid_t holder = begin_child();
    if (holder == 0) {
        lease(cache, "theirs");
        raise(SIGSTOP);
        _exit(0);
    }
    wait_until_stopped(holder);
    CHECK_INT(lyger_cache_wait(cache, "theirs", 6, LYGER_CACHE_LEASE, 50, &error), LYGER_OK);
    kill_child(holder);
    lyger_cache_end_request(cache);
    close_cache(cache);
}

static void lease_is_given_back_later_when_its_shard_was_stuck(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    CHECK(lease(cache, "value") != 0);
    pid_t stuck = stop_in_lock(cache, "value");
    lyger_cache_end_request(cache);
    kill(stuck, SIGCONT);
    CHECK_INT(status_of(stuck), 0);
    lyger_cache_end_request(cache);
    pid_t child = begin_child();
    if (child == 0) {
        _exit(lease(cache, "value") ? 0 : 1);
    }
    CHECK_INT(status_of(child), 0);
    close_cache(cache);
}

static void lock_with_a_token_of_ones_own_is_the_bearers(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    char longest[LYGER_CACHE_TOKEN_MAX + 1] = {0};
    memset(longest, 'x', LYGER_CACHE_TOKEN_MAX);
    CHECK(strcmp(owner_of(cache, "door"), "") == 0);
    CHECK(lock_as(cache, "door", 100, "bearer"));
    CHECK(strcmp(owner_of(cache, "door"), "bearer") == 0);
    CHECK(!lock_as(cache, "door", 100, "beaver") && !lock_as(cache, "door", 100, "beare") &&
          !lock_as(cache, "door", 100, "bearers") && !lock(cache, "door", 100));
    CHECK(!unlock(cache, "door", "beaver") && !unlock(cache, "door", "bearers") &&
          !unlock(cache, "door", ""));
    CHECK(!extend(cache, "door", "beaver", 100) && extend(cache, "door", "bearer", 100));
    CHECK(unlock(cache, "door", "bearer") && !unlock(cache, "door", "bearer"));
    CHECK(!extend(cache, "door", "bearer", 100));
    CHECK(lock_as(cache, "door", 100, longest));
    CHECK(strcmp(owner_of(cache, "door"), longest) == 0);
    longest[LYGER_CACHE_TOKEN_MAX - 1] = 'y';
    CHECK(!unlock(cache, "door", longest) && unlock(cache, "door", NULL) && !unlock(cache, "door", NULL));
    CHECK(lock(cache, "door", 100) != 0);
    lyger_cache_end_request(cache);
    close_cache(cache);
}

static void number_is_found_by_its_text(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    uint64_t token = lock(cache, "door", 100);
    CHECK(strcmp(owner_of(cache, "door"), text_of(token)) == 0 && strlen(text_of(token)) == 16);
    CHECK(strcmp(text_of(0x0123456789ABCDEF), "0123456789abcdef") == 0);
    CHECK(!unlock(cache, "door", text_of(token ^ 1)) && !extend(cache, "door", text_of(token ^ 1), 100));
    CHECK(extend(cache, "door", text_of(token), 100) && unlock(cache, "door", text_of(token)));
    token = lock(cache, "door", 100);
    CHECK(unlock(cache, "door", NULL));
    /* A lease of that name is nobody's to take away. */
    CHECK(lease(cache, "door") && !unlock(cache, "door", NULL) && !lease(cache, "door"));
    lyger_cache_end_request(cache);
    close_cache(cache);
}

static void lock_of_a_bearer_outlives_its_process(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    pid_t child = begin_child();
    if (child == 0) {
        uint64_t made = lock(cache, "theirs", 0), given = lock(cache, "given", 1000);
        bool all = made && lock_as(cache, "door", 1000, "bearer") && lock_as(cache, "endless", 0, "bearer") &&
                   lock_as(cache, "given", 1000, text_of(given));
        raise(all ? SIGSTOP : SIGKILL);
        _exit(0);
    }
    wait_until_stopped(child);
    CHECK(lock(cache, "theirs", 100) == 0 && strlen(owner_of(cache, "theirs")) == 16);
    kill_child(child);
    CHECK(strcmp(owner_of(cache, "theirs"), "") == 0);
    CHECK(lock(cache, "door", 100) == 0 && lock(cache, "endless", 100) == 0);
    CHECK(lock(cache, "given", 100) == 0 && strlen(owner_of(cache, "given")) == 16);
    CHECK(extend(cache, "door", "bearer", 100) && unlock(cache, "door", "bearer"));
    CHECK(unlock(cache, "endless", "bearer") && unlock(cache, "given", NULL));
    lyger_cache_end_request(cache);
    close_cache(cache);
}

static void lock_of_the_dead_is_neither_extended_nor_given_back(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    _Atomic uint64_t *told = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(told != MAP_FAILED);
    pid_t child = begin_child();
    if (child == 0) {
        atomic_store(told, lock(cache, "door", 1000));
        atomic_store(told + 1, lock(cache, "window", 1000));
        raise(SIGSTOP);
        _exit(0);
    }
    wait_until_stopped(child);
    CHECK(extend(cache, "door", text_of(atomic_load(told)), 1000));
    kill_child(child);
    CHECK(!extend(cache, "door", text_of(atomic_load(told)), 1000));
    CHECK(!unlock(cache, "window", text_of(atomic_load(told + 1))));
    munmap(told, 4096);
    close_cache(cache);
}

static void lock_without_a_time_ends_with_its_token_only(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    pid_t child = begin_child();
    if (child == 0) {
        bool got = lock(cache, "door", 0) != 0;
        lyger_cache_end_request(cache);
        _exit(got ? 0 : 1);
    }
    CHECK_INT(status_of(child), 0);
    CHECK(lock(cache, "door", 1) == 0 && unlock(cache, "door", NULL) && lock(cache, "door", 1) != 0);
    lyger_cache_end_request(cache);
    close_cache(cache);
}

static void time_of_a_lock_begins_anew(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    uint64_t number = lock(cache, "numbered", 1);
    CHECK(lock_as(cache, "again", 1, "bearer") && lock_as(cache, "extended", 1, "bearer") &&
          lock_as(cache, "endless", 1, "bearer") && lock_as(cache, "shortened", 1000, "bearer") &&
          lock_as(cache, "over", 1, "bearer"));
    CHECK(lock_as(cache, "again", 1000, "bearer") && extend(cache, "extended", "bearer", 1000) &&
          extend(cache, "endless", "bearer", 0) && extend(cache, "shortened", "bearer", 1) &&
          extend(cache, "numbered", text_of(number), 1000));
    nap(1100);
    CHECK(!lock(cache, "again", 1) && !lock(cache, "extended", 1) && !lock(cache, "endless", 1) &&
          !lock(cache, "numbered", 1));
    CHECK(strcmp(owner_of(cache, "over"), "") == 0 && !extend(cache, "over", "bearer", 1) &&
          !unlock(cache, "over", "bearer"));
    CHECK(lock(cache, "shortened", 1) != 0);
    lyger_cache_end_request(cache);
    close_cache(cache);
}

static void bearer_takes_over_from_one_whose_time_is_over(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    uint64_t number = lock(cache, "door", 1);
    CHECK(number && lock_as(cache, "window", 1, "bearer"));
    nap(1100);
    CHECK(lock_as(cache, "door", 1000, "other") && lock_as(cache, "window", 1000, "other"));
    CHECK(!unlock(cache, "door", text_of(number)) && !unlock(cache, "window", "bearer"));
    CHECK(!give_back(cache, "door", LYGER_CACHE_LOCK, number));
    lyger_cache_end_request(cache); /* what it says of the number's lock does not touch the bearer's */
    CHECK(strcmp(owner_of(cache, "door"), "other") == 0 && strcmp(owner_of(cache, "window"), "other") == 0);
    close_cache(cache);
}

/* A thread that takes a lock again and again remembers it once. */
static void lock_that_is_taken_from_its_holder_is_forgotten(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    for (int i = 0; i < 100000; i++) {
        CHECK(lock(cache, "door", 100) != 0 && unlock(cache, "door", NULL));
    }
    CHECK(lock(cache, "door", 100) != 0);
    lyger_cache_end_request(cache);
    CHECK(unlock(cache, "door", NULL));
    close_cache(cache);
}

static void session_is_given_back_later_when_its_shard_was_stuck(void)
{
    lyger_cache *cache = open_cache(MEGABYTE);
    uint64_t token = 0;
    bool held;
    CHECK(lyger_cache_lock_session(cache, "value", 5, &token, NULL) == LYGER_OK && token);
    pid_t stuck = stop_in_lock(cache, "value");
    CHECK(lyger_cache_give_back(cache, "value", 5, LYGER_CACHE_SESSION, token, &held, NULL) != LYGER_OK);
    kill(stuck, SIGCONT);
    CHECK_INT(status_of(stuck), 0);
    lyger_cache_end_request(cache);
    pid_t child = begin_child();
    if (child == 0) {
        lyger_cache_lock_session(cache, "value", 5, &token, NULL);
        _exit(token ? 0 : 1);
    }
    CHECK_INT(status_of(child), 0);
    close_cache(cache);
}

int main(void)
{
    RUN(lock_with_a_token_of_ones_own_is_the_bearers);
    RUN(number_is_found_by_its_text);
    RUN(lock_of_a_bearer_outlives_its_process);
    RUN(lock_of_the_dead_is_neither_extended_nor_given_back);
    RUN(lock_without_a_time_ends_with_its_token_only);
    RUN(time_of_a_lock_begins_anew);
    RUN(bearer_takes_over_from_one_whose_time_is_over);
    RUN(lock_that_is_taken_from_its_holder_is_forgotten);
    RUN(lock_is_held_until_its_token_is_given_back);
    RUN(locks_leases_and_entries_of_one_name_are_three_things);
    RUN(lock_ends_when_its_time_is_over);
    RUN(who_waits_is_woken_when_it_is_given_back);
    RUN(waiting_ends_after_its_time);
    RUN(killed_holder_gives_up_lock_and_lease_at_once);
    RUN(holder_that_nobody_waited_for_is_dead);
    RUN(end_of_request_gives_leases_back_and_leaves_locks);
    RUN(lock_of_an_ended_request_outlives_its_process);
    RUN(lease_taken_twice_by_one_thread_is_an_error);
    RUN(forked_child_holds_nothing_of_its_parent);
    RUN(all_the_locks_that_are_promised_are_had);
    RUN(full_table_refuses_and_takes_what_the_dead_held);
    RUN(one_of_a_circle_gets_an_error_and_the_others_go_on);
    RUN(wait_of_a_killed_process_is_not_inherited);
    RUN(lease_is_given_back_later_when_its_shard_was_stuck);
    RUN(session_is_given_back_later_when_its_shard_was_stuck);
    return finish();
}
