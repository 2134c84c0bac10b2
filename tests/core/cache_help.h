/*
 * What the C tests of the cache share: opening, storing and fetching self-describing values, children that
 * are waited for. Included once by each test program, after check.h.
 */
#ifndef LYGER_TESTS_CACHE_HELP_H
#define LYGER_TESTS_CACHE_HELP_H

#include "cache_content.h"
#include "check.h"
#include "process.h"

#include "cache/shard/arena.h"
#include "cache/cache.h"
#include "cache/segment/hash.h"
#include "cache/segment/layout.h"
#include "cache/segment/lock.h"
#include "cache/shard/shard.h"
#include "cache/shard/verify.h"

#define MEGABYTE ((size_t)1 << 20)
#define MAYBE_UNUSED __attribute__((unused))

MAYBE_UNUSED static lyger_cache *open_cache(size_t size)
{
    lyger_error error;
    lyger_cache *cache = lyger_cache_open(size, NULL, &error);
    if (!cache) {
        printf("# %s\n", error.message);
        exit(EXIT_FAILURE);
    }
    return cache;
}

/* Looks the segment through before it goes. */
MAYBE_UNUSED static void close_cache(lyger_cache *cache)
{
    lyger_error error = {0};
    if (lyger_cache_verify(cache, &error) != LYGER_OK) {
        CHECK_STR(error.message, "");
    }
    lyger_cache_close(cache);
}

/* Moves an entry to any free block, under the lock of its shard. */
MAYBE_UNUSED static bool moved_entry(lyger_cache *cache, shard *s, granule at)
{
    granule to = lyger_arena_take(cache, s, granules_said(entry_at(cache, at)));
    if (to) {
        lyger_shard_move_to(cache, s, at, to);
    }
    return to != 0;
}

MAYBE_UNUSED static void nap(long milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

MAYBE_UNUSED static uint64_t milliseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000u + (uint64_t)time.tv_nsec / 1000000u;
}

/* Stores what content_fill() makes of the key and a number. */
MAYBE_UNUSED static lyger_status put_typed(lyger_cache *cache, const char *key, lyger_cache_type type,
                                           size_t len, uint64_t number, lyger_cache_mode mode, bool *stored,
                                           lyger_error *error)
{
    char *bytes = malloc(len);
    content_fill(bytes, len, content_key(key, strlen(key)), number);
    lyger_cache_value value = {.type = type, .bytes = bytes, .len = len};
    lyger_status status = lyger_cache_store(cache, key, strlen(key), &value, 0, 0, mode, stored, error);
    free(bytes);
    return status;
}

MAYBE_UNUSED static bool put(lyger_cache *cache, const char *key, size_t len, uint64_t number)
{
    bool stored;
    lyger_error error;
    return put_typed(cache, key, LYGER_CACHE_STRING, len, number, LYGER_CACHE_REPLACE, &stored, &error) ==
               LYGER_OK &&
           stored;
}

static char *help_room(void *context, size_t len)
{
    char **bytes = context;
    free(*bytes);
    return *bytes = malloc(len ? len : 1);
}

/* The number of the value that is there, 0 when none is, UINT64_MAX when it is not whole. */
MAYBE_UNUSED static uint64_t number_of(lyger_cache *cache, const char *key)
{
    char *bytes = NULL;
    uint64_t number = 0;
    lyger_cache_value value;
    if (lyger_cache_fetch(cache, key, strlen(key), &value, &(lyger_cache_room){help_room, &bytes}) ==
            LYGER_CACHE_HIT &&
        !content_whole(bytes, value.len, content_key(key, strlen(key)), &number)) {
        number = UINT64_MAX;
    }
    free(bytes);
    return number;
}

MAYBE_UNUSED static bool take_out(lyger_cache *cache, const char *key)
{
    bool there;
    return lyger_cache_remove(cache, key, strlen(key), &there, NULL) == LYGER_OK && there;
}

MAYBE_UNUSED static lyger_cache_facts facts_of(lyger_cache *cache)
{
    lyger_cache_facts facts;
    lyger_cache_describe(cache, &facts);
    return facts;
}

/* Everything goes, and one value gets all the regions: none is lost. */
MAYBE_UNUSED static void check_all_memory_is_there(lyger_cache *cache)
{
    CHECK_INT(lyger_cache_purge(cache, "", 0, NULL), LYGER_OK);
    CHECK_INT(facts_of(cache).entries, 0);
    CHECK_INT(facts_of(cache).bytes_used, 0);
    CHECK_INT(facts_of(cache).bytes_held, 0);
    CHECK(put(cache, "all", facts_of(cache).bytes_capacity - 64, 1));
    CHECK_INT(number_of(cache, "all"), 1);
    CHECK(take_out(cache, "all"));
    CHECK_INT(facts_of(cache).regions_unused, facts_of(cache).regions);
}

/* A path of this program's and this process's own. */
MAYBE_UNUSED static const char *path_of_own(const char *name)
{
    static char path[512]; /* children inherit it */
    if (!path[0]) {
        snprintf(path, sizeof path, "%s/lyger-%s-%ld", temporary_directory(), name, (long)getpid());
    }
    return path;
}

/* Kills the child and waits until it is gone. */
MAYBE_UNUSED static void kill_child(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

/* The child's exit status; it has a minute, which only one that hangs needs, also on a busy machine. */
MAYBE_UNUSED static int status_of(pid_t child)
{
    int status = -1;
    uint64_t end = milliseconds() + 60000;
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (milliseconds() > end) {
            kill_child(child);
            return -2;
        }
        nap(1);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

MAYBE_UNUSED static void wait_until_stopped(pid_t child)
{
    waitpid(child, NULL, WUNTRACED);
}

MAYBE_UNUSED static shard *shard_of_key(lyger_cache *cache, const char *key)
{
    return shard_of(cache, lyger_hash_key(key, strlen(key), cache->hash_state));
}

/* A child that holds the lock of this key's shard and is stopped. */
MAYBE_UNUSED static pid_t stop_in_lock(lyger_cache *cache, const char *key)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        lyger_lock_take(cache, &shard_of_key(cache, key)->lock, NULL);
        raise(SIGSTOP);
        lyger_lock_give(&shard_of_key(cache, key)->lock);
        _exit(0);
    }
    wait_until_stopped(child);
    return child;
}

#endif
